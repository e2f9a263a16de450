# cython: language_level=3
"""Access to the inner loops of numpy and scipy, called without the GIL.

A ufunc object has its loops in its public C struct. The dot product of two vectors is in the
descriptor of their type.

The arguments of such a loop are pointers to the operands, the number of elements, the strides of
the operands in bytes, and the data that belong to the loop.
"""

cimport numpy as cnp
from numpy cimport npy_intp


cdef extern from "numpy/ufuncobject.h":
    ctypedef struct UFunc "PyUFuncObject":
        int nargs
        cnp.PyUFuncGenericFunction *functions
        void **data
        int ntypes
        const char *types

cdef extern from *:
    """
    typedef void (*sk_hpt_loop)(char **, const npy_intp *, const npy_intp *, void *);
    static PyArray_DotFunc *sk_hpt_dot(int typenum)
    {
        PyArray_Descr *descr = PyArray_DescrFromType(typenum);
        PyArray_DotFunc *dot = PyDataType_GetArrFuncs(descr)->dotfunc;
        Py_DECREF(descr);
        return dot;
    }
    static void sk_hpt_call_dot(PyArray_DotFunc *dot, char *a, npy_intp stride, char *out,
                                npy_intp n)
    {
        dot(a, stride, a, stride, out, n, NULL);
    }
    """
    ctypedef void (*LoopFunction "sk_hpt_loop")(
        char **, const npy_intp *, const npy_intp *, void *
    ) noexcept nogil
    ctypedef struct DotFunction "PyArray_DotFunc":
        pass
    DotFunction *dot_function "sk_hpt_dot"(int)
    void call_dot "sk_hpt_call_dot"(DotFunction *, char *, npy_intp, char *, npy_intp) noexcept nogil


cdef extern from "<fenv.h>" nogil:
    int FE_OVERFLOW, FE_INVALID, FE_DIVBYZERO
    int feclearexcept(int)
    int fetestexcept(int)


cdef inline void forget_exceptions(int *exceptions) noexcept nogil:
    """Clear the recorded floating-point exceptions, and the flags of the processor."""
    exceptions[0] = 0
    feclearexcept(FE_OVERFLOW | FE_INVALID | FE_DIVBYZERO)


cdef inline void note_exceptions(int *exceptions) noexcept nogil:
    """Record the floating-point exceptions that numpy would warn about.

    Call this before each loop of numpy or scipy, because some of them clear the flags.
    """
    exceptions[0] |= fetestexcept(FE_OVERFLOW | FE_INVALID | FE_DIVBYZERO)


cdef inline double read_scalar(char *a, npy_intp size) noexcept nogil:
    """Return the float64 or float32 at `a`, depending on its `size` in bytes."""
    return (<double *>a)[0] if size == sizeof(double) else (<float *>a)[0]


cdef struct Loop:
    LoopFunction call
    void *data


cdef inline Loop find_loop(object ufunc, int typenum) except *:
    """Return the inner loop of `ufunc` whose operands all have the type `typenum`."""
    cdef UFunc *struct_ = <UFunc *><void *>ufunc
    cdef int i, j
    cdef bint fits
    cdef Loop loop
    # `types` has `nargs` consecutive entries for each loop.
    for i in range(struct_.ntypes):
        fits = True
        for j in range(struct_.nargs):
            fits = fits and struct_.types[i * struct_.nargs + j] == typenum
        if fits:
            loop.call = <LoopFunction>struct_.functions[i]
            loop.data = struct_.data[i]
            return loop
    raise TypeError(f"{ufunc} has no loop for type number {typenum}")


cdef inline void apply_unary(Loop loop, char *a, char *out, npy_intp n, npy_intp size) noexcept nogil:
    """Compute out = f(a) for contiguous vectors of `n` numbers."""
    cdef char *args[2]
    cdef npy_intp steps[2]
    args[0] = a
    args[1] = out
    steps[0] = steps[1] = size
    loop.call(args, &n, steps, loop.data)


cdef inline void apply_binary(
    Loop loop, char *a, npy_intp step_a, char *b, npy_intp step_b, char *out, npy_intp n, npy_intp size
) noexcept nogil:
    """Compute out = f(a, b) for vectors of `n` numbers; `out` is contiguous."""
    cdef char *args[3]
    cdef npy_intp steps[3]
    args[0], args[1], args[2] = a, b, out
    steps[0], steps[1], steps[2] = step_a, step_b, size
    loop.call(args, &n, steps, loop.data)


cdef inline void reduce_sum(Loop add, char *a, npy_intp n, npy_intp size, char *out) noexcept nogil:
    """Compute np.sum of a vector.

    With the same pointer and stride 0 for its first operand and its result, the loop of np.add
    reduces, and then it sums pairwise.
    """
    cdef char *args[3]
    cdef npy_intp steps[3]
    args[0], args[1], args[2] = out, a, out
    steps[0] = steps[2] = 0
    steps[1] = size
    if size == sizeof(double):
        (<double *>out)[0] = 0
    else:
        (<float *>out)[0] = 0
    add.call(args, &n, steps, add.data)


cdef inline void multiply_matrices(
    Loop matmul, char *a, npy_intp a_rows, npy_intp a_columns, char *b, npy_intp b_rows,
    npy_intp b_columns, char *out, npy_intp n, npy_intp m, npy_intp p, npy_intp size
) noexcept nogil:
    """Compute out (n, p) = a (n, m) @ b (m, p).

    `a_rows` and `a_columns` are the strides of `a` in bytes, and likewise for `b`; `out` is
    contiguous. The loop of np.matmul decides whether BLAS can be used.
    """
    cdef char *args[3]
    cdef npy_intp dims[4]
    # Three strides of the outer dimension, of length 1 here, then two for each operand.
    cdef npy_intp steps[9]
    args[0], args[1], args[2] = a, b, out
    dims[0], dims[1], dims[2], dims[3] = 1, n, m, p
    steps[0] = steps[1] = steps[2] = 0
    steps[3], steps[4] = a_rows, a_columns
    steps[5], steps[6] = b_rows, b_columns
    steps[7], steps[8] = p * size, size
    matmul.call(args, dims, steps, matmul.data)
