# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""The elementwise operations of the losses, all of which are exact in IEEE arithmetic."""

from numpy cimport npy_intp


ctypedef fused real:
    float
    double

ctypedef fused wide_or_same:
    float
    double


cdef inline void clip(real *p, npy_intp n, real eps, real *out) noexcept nogil:
    """Compute np.clip(p, eps, 1 - eps); NaN stays NaN."""
    cdef npy_intp i
    cdef real high = 1 - eps
    for i in range(n):
        out[i] = eps if p[i] < eps else high if p[i] > high else p[i]


cdef inline npy_intp take_ones(
    real *y, real *p, npy_intp n, wide_or_same *y_out, wide_or_same *p_out
) noexcept nogil:
    """Collect the elements whose y is not 0 or whose p is NaN, and return their number.

    The loop always writes and then decides whether to advance, which avoids a branch.
    """
    cdef npy_intp i, count = 0
    for i in range(n):
        y_out[count] = y[i]
        p_out[count] = p[i]
        count += y[i] != 0 or p[i] != p[i]
    return count


cdef inline void put_ones(
    real *y, real *p, npy_intp n, wide_or_same *terms, wide_or_same *out
) noexcept nogil:
    """Write the terms of the collected elements to their places in `out`, and 0 elsewhere."""
    cdef npy_intp i, count = 0
    for i in range(n):
        if y[i] != 0 or p[i] != p[i]:
            out[i] = terms[count]
            count += 1
        else:
            out[i] = 0


cdef inline void one_minus(real *a, npy_intp n, double *out) noexcept nogil:
    """Compute 1 - a in the type of `a`, then convert to float64."""
    cdef npy_intp i
    for i in range(n):
        out[i] = <real>1 - a[i]


cdef inline void widen(real *a, npy_intp n, double *out) noexcept nogil:
    """Convert to float64."""
    cdef npy_intp i
    for i in range(n):
        out[i] = a[i]


cdef inline void add(real *a, double *out, npy_intp n) noexcept nogil:
    """Compute out += a in float64."""
    cdef npy_intp i
    for i in range(n):
        out[i] = a[i] + out[i]


cdef inline void squared_errors(real *y, real *p, npy_intp n, real *out) noexcept nogil:
    """Compute (y - p) ** 2."""
    cdef npy_intp i
    cdef real difference
    for i in range(n):
        difference = y[i] - p[i]
        out[i] = difference * difference


cdef inline void quotients(real *y, real *p, npy_intp n, real *out) noexcept nogil:
    """Compute y / p."""
    cdef npy_intp i
    for i in range(n):
        out[i] = y[i] / p[i]


cdef inline void poisson_terms(real *y, real *p, npy_intp n, real *terms) noexcept nogil:
    """Complete the terms of the Poisson loss in place: xlogy(y, y / p) - y + p."""
    cdef npy_intp i
    for i in range(n):
        terms[i] = terms[i] - y[i] + p[i]
