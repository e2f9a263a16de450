/* Elementwise kernels of a training step, for float64 and float32. */

#ifndef SK_HPT_KERNELS_H
#define SK_HPT_KERNELS_H

#include <math.h>
#include <string.h>
#include <numpy/npy_common.h>

/* Compile each kernel for several instruction sets; the loader chooses the widest vectors that the
 * processor supports. One binary therefore serves every processor. The bits do not depend on the
 * choice, because nothing is contracted or reordered. */
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CLONES
#endif

/* Constants of one optimizer step, the same for all weights of a layer. */
typedef struct {
    double alpha;     /* strength of the L2 penalty */
    double divisor;   /* number of rows of the batch, or the sum of their sample weights */
    double rate;      /* learning rate of this step */
    double beta_1, beta_2, epsilon; /* of Adam */
    double momentum;  /* of gradient descent */
    int nesterov;
    int power_of_two; /* 1 if the divisor is a power of two */
    int penalised;    /* 1 for weights, 0 for biases */
} Step;

/* The kernels for one floating type. */
typedef struct {
    void (*gather_rows)(const char *, npy_intp, npy_intp, const npy_intp *, npy_intp, npy_intp, char *);
    void (*add_bias)(char *, const char *, npy_intp, npy_intp);
    void (*add_bias_relu)(char *, const char *, npy_intp, npy_intp);
    void (*subtract_row_max)(const char *, npy_intp, npy_intp, char *);
    void (*divide_rows)(char *, const char *, npy_intp, npy_intp);
    void (*subtract)(const char *, const char *, npy_intp, char *);
    void (*weight_rows)(char *, const char *, npy_intp, npy_intp);
    void (*relu_derivative)(char *, const char *, npy_intp);
    void (*tanh_derivative)(char *, const char *, npy_intp);
    void (*logistic_derivative)(char *, const char *, npy_intp);
    void (*sum_rows)(const char *, npy_intp, npy_intp, char *);
    void (*adam)(char *, const char *, char *, char *, npy_intp, const Step *);
    void (*sgd)(char *, const char *, char *, npy_intp, const Step *);
} Kernels;

/* Include the kernels once for each type. */
#define REAL double
#define RATE double
#define SQRT sqrt
#define NAME(kernel) kernel##_f64
#include "_kernels_typed.h"
#undef REAL
#undef RATE
#undef SQRT
#undef NAME

#define REAL float
#define RATE double
#define SQRT sqrtf
#define NAME(kernel) kernel##_f32
#include "_kernels_typed.h"
#undef REAL
#undef RATE
#undef SQRT
#undef NAME

#define KERNELS(suffix)                                                                  \
    {gather_rows##suffix, add_bias##suffix, add_bias_relu##suffix, subtract_row_max##suffix, divide_rows##suffix, \
     subtract##suffix, weight_rows##suffix, relu_derivative##suffix, tanh_derivative##suffix, \
     logistic_derivative##suffix, sum_rows##suffix, adam##suffix, sgd##suffix}

static const Kernels KERNELS_F64 = KERNELS(_f64);
static const Kernels KERNELS_F32 = KERNELS(_f32);

#endif
