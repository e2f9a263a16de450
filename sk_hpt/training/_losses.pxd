# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""The loss of a batch, with the same rounding as in numpy.

A loss is a sum of terms, one for each row and output. The terms are computed into ``terms``, then
summed over the rows and over the outputs.
"""

from numpy cimport npy_intp

from sk_hpt.training._kernels cimport Kernels
from sk_hpt.training._loops cimport Loop, apply_binary, note_exceptions, read_scalar, reduce_sum
from sk_hpt.training._terms cimport (
    add,
    clip,
    one_minus,
    poisson_terms,
    put_ones,
    quotients,
    real,
    squared_errors,
    take_ones,
    widen,
)


cdef enum Loss:
    LOG_LOSS, BINARY_LOG_LOSS, SQUARED_ERROR, POISSON


cdef struct Losses:
    int kind
    # The network is float32; the terms of xlogy are float64; the loss is float64.
    bint single, wide_terms, wide
    Loop add, xlogy, xlogy_f64
    Kernels kernels
    char *clipped
    char *terms
    char *more_terms
    char *y_rest
    char *p_rest
    char *sw_wide
    char *sums
    int *exceptions


cdef inline double mean_loss(
    Losses *self, char *y, char *p, char *sw, double sw_sum, npy_intp n, npy_intp k
) noexcept nogil:
    """Return the loss of `n` rows and `k` outputs, averaged over the rows.

    `y` are the targets, `p` the predictions, `sw` the sample weights (NULL if there are none) and
    `sw_sum` their sum (`n` if there are none).
    """
    cdef npy_intp size = sizeof(double) if self.wide else sizeof(float), j
    cdef double loss, weight = sw_sum
    terms_of_loss(self, y, p, n * k)
    if sw != NULL:
        # np.average sums the weights in the type of its result.
        if self.single and self.wide:
            widen(<float *>sw, n, <double *>self.sw_wide)
            sw = self.sw_wide
            reduce_sum(self.add, sw, n, size, self.sums)
            weight = read_scalar(self.sums, size)
        self.kernels.weight_rows(self.terms, sw, n, k)
    # Mean over the rows for each output, then the sum over the outputs.
    sum_columns(&self.kernels, self.add, self.terms, n, k, size, self.sums)
    for j in range(k):
        if self.wide:
            (<double *>self.sums)[j] /= weight
        else:
            (<float *>self.sums)[j] /= <float>weight
    reduce_sum(self.add, self.sums, k, size, self.terms)
    loss = read_scalar(self.terms, size)
    # scikit-learn's squared error is half of the mean over all outputs. Log-losses are negative
    # sums of logarithms.
    if self.kind == SQUARED_ERROR:
        return 0.5 * (loss / k if self.wide else <float>(loss / k))
    return loss if self.kind == POISSON else -loss


cdef inline void sum_columns(
    Kernels *kernels, Loop add, char *a, npy_intp n, npy_intp k, npy_intp size, char *out
) noexcept nogil:
    """Compute np.sum(a, axis=0): row by row, or pairwise if there is only one column."""
    if k == 1:
        reduce_sum(add, a, n, size, out)
    else:
        kernels.sum_rows(a, n, k, out)


cdef inline void terms_of_loss(Losses *self, char *y, char *p, npy_intp m) noexcept nogil:
    """Compute the `m` terms of the loss for the type of the network."""
    note_exceptions(self.exceptions)
    if self.single:
        typed_terms(self, <float *>y, <float *>p, m)
    else:
        typed_terms(self, <double *>y, <double *>p, m)


cdef inline void typed_terms(Losses *self, real *y, real *p, npy_intp m) noexcept nogil:
    """Compute the `m` terms of the loss into ``self.terms``."""
    # np.finfo(dtype).eps, by which scikit-learn clips probabilities
    cdef real eps = 2.220446049250313e-16 if real is double else 1.1920929e-07
    cdef npy_intp size = sizeof(real)
    cdef real *clipped = <real *>self.clipped
    if self.kind == SQUARED_ERROR:
        squared_errors(y, p, m, <real *>self.terms)
    elif self.kind == POISSON:
        # Half of the Poisson deviance: xlogy(y, y / p) - y + p
        quotients(y, p, m, clipped)
        apply_binary(self.xlogy, <char *>y, size, <char *>clipped, size, self.terms, m, size)
        poisson_terms(y, p, m, <real *>self.terms)
    else:
        # Log-loss: xlogy(y, p), and for a single output also xlogy(1 - y, 1 - p)
        clip(p, m, eps, clipped)
        terms_of_ones(self, y, clipped, m)
        if self.kind == BINARY_LOG_LOSS:
            add_terms_of_zeros(self, y, clipped, m)


cdef inline void terms_of_ones(Losses *self, real *y, real *p, npy_intp m) noexcept nogil:
    """Compute xlogy(y, p) into ``self.terms``.

    Most class indicators are 0 and their terms are 0 too, so only the others need a logarithm.
    """
    cdef npy_intp size = sizeof(real), wide = sizeof(double), n_ones
    if self.wide_terms:
        n_ones = take_ones(y, p, m, <double *>self.y_rest, <double *>self.p_rest)
        apply_binary(self.xlogy_f64, self.y_rest, wide, self.p_rest, wide, self.p_rest, n_ones, wide)
        put_ones(y, p, m, <double *>self.p_rest, <double *>self.terms)
    else:
        n_ones = take_ones(y, p, m, <real *>self.y_rest, <real *>self.p_rest)
        apply_binary(self.xlogy, self.y_rest, size, self.p_rest, size, self.p_rest, n_ones, size)
        put_ones(y, p, m, <real *>self.p_rest, <real *>self.terms)


cdef inline void add_terms_of_zeros(Losses *self, real *y, real *p, npy_intp m) noexcept nogil:
    """Add xlogy(1 - y, 1 - p) to ``self.terms``.

    In scikit-learn 1 - y is an integer array, so these terms are float64 even for float32 networks.
    """
    cdef npy_intp wide = sizeof(double)
    one_minus(y, m, <double *>self.y_rest)
    one_minus(p, m, <double *>self.p_rest)
    apply_binary(self.xlogy_f64, self.y_rest, wide, self.p_rest, wide, self.more_terms, m, wide)
    if self.wide_terms:
        add(<double *>self.terms, <double *>self.more_terms, m)
    else:
        add(<real *>self.terms, <double *>self.more_terms, m)
    self.terms, self.more_terms = self.more_terms, self.terms
