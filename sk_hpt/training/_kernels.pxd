# cython: language_level=3
"""Declarations of the loops that are written in C, for float64 and for float32."""

from numpy cimport npy_intp


cdef extern from "_kernels.h":
    ctypedef struct Step:
        double alpha, divisor, rate, beta_1, beta_2, epsilon, momentum
        int nesterov, power_of_two, penalised

    ctypedef struct Kernels:
        void (*gather_rows)(
            const char *, npy_intp, npy_intp, const npy_intp *, npy_intp, npy_intp, char *
        ) noexcept nogil
        void (*add_bias)(char *, const char *, npy_intp, npy_intp) noexcept nogil
        void (*add_bias_relu)(char *, const char *, npy_intp, npy_intp) noexcept nogil
        void (*subtract_row_max)(const char *, npy_intp, npy_intp, char *) noexcept nogil
        void (*divide_rows)(char *, const char *, npy_intp, npy_intp) noexcept nogil
        void (*subtract)(const char *, const char *, npy_intp, char *) noexcept nogil
        void (*weight_rows)(char *, const char *, npy_intp, npy_intp) noexcept nogil
        void (*relu_derivative)(char *, const char *, npy_intp) noexcept nogil
        void (*tanh_derivative)(char *, const char *, npy_intp) noexcept nogil
        void (*logistic_derivative)(char *, const char *, npy_intp) noexcept nogil
        void (*sum_rows)(const char *, npy_intp, npy_intp, char *) noexcept nogil
        void (*adam)(char *, const char *, char *, char *, npy_intp, const Step *) noexcept nogil
        void (*sgd)(char *, const char *, char *, npy_intp, const Step *) noexcept nogil

    Kernels KERNELS_F64, KERNELS_F32
