# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""A network's layers: a batch forward, and its gradient backward.

Notation: there are layers 0 .. L, layer 0 the input; ``w[i]`` and ``b[i]`` lead from layer i to
i + 1, ``a[i]`` is layer i's activation, ``d[i]`` the gradient of the loss by layer i + 1 before
its activation, ``gw[i]`` and ``gb[i]`` that by ``w[i]`` and ``b[i]``. Every array is C-contiguous
but the input, whose strides are free.
"""

from numpy cimport npy_intp

from sk_hpt.training._kernels cimport Kernels
from sk_hpt.training._loops cimport (
    DotFunction,
    Loop,
    apply_unary,
    call_dot,
    multiply_matrices,
    note_exceptions,
    reduce_sum,
)
from sk_hpt.training._losses cimport sum_columns


cdef enum Activation:
    IDENTITY, LOGISTIC, TANH, RELU, SOFTMAX, EXP


cdef struct Layers:
    Kernels kernels
    Loop matmul, add, exp, tanh, expit
    DotFunction *dot
    npy_intp size  # of a number
    bint single
    int last, hidden, output
    double alpha
    npy_intp *width
    char **w
    char **b
    char **a
    char **d
    char **gw
    char **gb
    char *scratch
    int *exceptions


cdef inline void forward(
    Layers *self, char *x, npy_intp x_rows, npy_intp x_columns, npy_intp n
) noexcept nogil:
    cdef int i
    cdef npy_intp rows, columns
    cdef char *a = x
    rows, columns = x_rows, x_columns
    for i in range(self.last + 1):
        multiply_matrices(
            self.matmul, a, rows, columns, self.w[i], self.width[i + 1] * self.size, self.size,
            self.a[i + 1], n, self.width[i], self.width[i + 1], self.size,
        )
        note_exceptions(self.exceptions)
        a = self.a[i + 1]
        rows, columns = self.width[i + 1] * self.size, self.size
        if i < self.last and self.hidden == RELU:
            self.kernels.add_bias_relu(a, self.b[i], n, self.width[i + 1])
            continue
        self.kernels.add_bias(a, self.b[i], n, self.width[i + 1])
        activate(self, self.output if i == self.last else self.hidden, a, n, self.width[i + 1])


cdef inline void activate(
    Layers *self, int activation, char *a, npy_intp n, npy_intp width
) noexcept nogil:
    cdef npy_intp i
    note_exceptions(self.exceptions)
    if activation == LOGISTIC:
        apply_unary(self.expit, a, a, n * width, self.size)
    elif activation == TANH:
        apply_unary(self.tanh, a, a, n * width, self.size)
    elif activation == EXP:
        apply_unary(self.exp, a, a, n * width, self.size)
    elif activation == SOFTMAX:
        self.kernels.subtract_row_max(a, n, width, self.scratch)
        apply_unary(self.exp, self.scratch, a, n * width, self.size)
        for i in range(n):
            reduce_sum(
                self.add, a + i * width * self.size, width, self.size, self.scratch + i * self.size
            )
        self.kernels.divide_rows(a, self.scratch, n, width)


cdef inline void backward(
    Layers *self, char *x, npy_intp x_rows, npy_intp x_columns, char *y, char *sw, npy_intp n
) noexcept nogil:
    """Sums over the batch of the gradients by weights and biases; what is left is a division."""
    cdef int i
    cdef char *a
    cdef npy_intp rows, columns
    cdef npy_intp k = self.width[self.last + 1]
    self.kernels.subtract(self.a[self.last + 1], y, n * k, self.d[self.last])
    if sw != NULL:
        self.kernels.weight_rows(self.d[self.last], sw, n, k)
    for i in range(self.last, -1, -1):
        if i < self.last:
            multiply_matrices(
                self.matmul, self.d[i + 1], self.width[i + 2] * self.size, self.size,
                self.w[i + 1], self.size, self.width[i + 2] * self.size,
                self.d[i], n, self.width[i + 2], self.width[i + 1], self.size,
            )
            derive(self, self.d[i], self.a[i + 1], n * self.width[i + 1])
        note_exceptions(self.exceptions)
        if i == 0:
            a, rows, columns = x, x_rows, x_columns
        else:
            a, rows, columns = self.a[i], self.width[i] * self.size, self.size
        multiply_matrices(
            self.matmul, a, columns, rows,
            self.d[i], self.width[i + 1] * self.size, self.size,
            self.gw[i], self.width[i], n, self.width[i + 1], self.size,
        )
        sum_columns(
            &self.kernels, self.add, self.d[i], n, self.width[i + 1], self.size, self.gb[i]
        )


cdef inline void derive(Layers *self, char *delta, char *a, npy_intp m) noexcept nogil:
    if self.hidden == RELU:
        self.kernels.relu_derivative(delta, a, m)
    elif self.hidden == TANH:
        self.kernels.tanh_derivative(delta, a, m)
    elif self.hidden == LOGISTIC:
        self.kernels.logistic_derivative(delta, a, m)


cdef inline double penalty(Layers *self, double sw_sum) noexcept nogil:
    cdef int i
    cdef double values = 0, one = 0
    for i in range(self.last + 1):
        call_dot(self.dot, self.w[i], self.size, <char *>&one, self.width[i] * self.width[i + 1])
        if self.single:
            values = <float>(<float>values + (<float *>&one)[0])
        else:
            values += one
    if self.single:
        return <float>(<float>(0.5 * self.alpha) * <float>values) / <float>sw_sum
    return (0.5 * self.alpha) * values / sw_sum
