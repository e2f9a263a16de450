# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Forward and backward pass of a batch through the layers of a network.

Notation: the layers are 0 .. L, and layer 0 is the input. ``w[i]`` and ``b[i]`` are the weights and
biases from layer i to layer i + 1. ``a[i]`` is the activation of layer i. ``d[i]`` is the gradient
of the loss with respect to the input of the activation of layer i + 1. ``gw[i]`` and ``gb[i]`` are
the gradients with respect to ``w[i]`` and ``b[i]``. In the code, L - 1 is ``last``, the index of
the last weights. Every array is C-contiguous except the input, which may have any strides.
"""

cimport numpy as cnp
from numpy cimport npy_intp

from sk_hpt.training._kernels cimport KERNELS_F32, KERNELS_F64, Kernels
from sk_hpt.training._loops cimport (
    DotFunction,
    Loop,
    apply_unary,
    call_dot,
    find_loop,
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
    npy_intp size  # bytes of one number
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


cdef inline int choose_loops(
    Layers *self, int typenum, npy_intp size, object ufuncs
) except -1:
    """Choose the loops for the type of a network; `ufuncs` are matmul, add, exp, tanh, expit."""
    cdef bint single = typenum == cnp.NPY_FLOAT32
    self.single, self.size = single, size
    self.kernels = KERNELS_F32 if single else KERNELS_F64
    self.matmul = find_loop(ufuncs[0], typenum)
    self.add = find_loop(ufuncs[1], typenum)
    self.exp = find_loop(ufuncs[2], typenum)
    self.tanh = find_loop(ufuncs[3], typenum)
    self.expit = find_loop(ufuncs[4], typenum)
    return 0


cdef inline void forward(
    Layers *self, char *x, npy_intp x_rows, npy_intp x_columns, npy_intp n
) noexcept nogil:
    """Compute the activations of all layers for a batch `x` of `n` rows.

    `x_rows` and `x_columns` are the strides of `x` in bytes. Each ``a[i + 1]`` is overwritten:
    first by the matrix product, then in place by the sum with the bias and the activation.
    """
    cdef int i
    cdef npy_intp rows, columns
    cdef char *a = x
    rows, columns = x_rows, x_columns
    for i in range(self.last + 1):
        # a[i + 1] = a[i] @ w[i]
        multiply_matrices(
            self.matmul, a, rows, columns, self.w[i], self.width[i + 1] * self.size, self.size,
            self.a[i + 1], n, self.width[i], self.width[i + 1], self.size,
        )
        note_exceptions(self.exceptions)
        a = self.a[i + 1]
        rows, columns = self.width[i + 1] * self.size, self.size
        # a[i + 1] = activation(a[i + 1] + b[i]). For ReLU one loop does both, which saves a pass
        # over the memory; the other activations are ufuncs and need the sum first.
        if i < self.last and self.hidden == RELU:
            self.kernels.add_bias_relu(a, self.b[i], n, self.width[i + 1])
            continue
        self.kernels.add_bias(a, self.b[i], n, self.width[i + 1])
        activate(self, self.output if i == self.last else self.hidden, a, n, self.width[i + 1])


cdef inline void activate(
    Layers *self, int activation, char *a, npy_intp n, npy_intp width
) noexcept nogil:
    """Apply an activation in place to `a`, of shape (n, width)."""
    cdef npy_intp i
    # The ufunc loops below may clear the floating-point flags.
    note_exceptions(self.exceptions)
    if activation == LOGISTIC:
        apply_unary(self.expit, a, a, n * width, self.size)
    elif activation == TANH:
        apply_unary(self.tanh, a, a, n * width, self.size)
    elif activation == EXP:
        apply_unary(self.exp, a, a, n * width, self.size)
    elif activation == SOFTMAX:
        # exp(a - max(a)) / sum(exp(a - max(a))) for each row; the maximum avoids overflow.
        # The sums are numpy's pairwise sums, as in scikit-learn.
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
    """Compute the gradients of the loss with respect to weights and biases, summed over the batch.

    The optimizer step adds the penalty and divides by the size of the batch (or by the sum of
    its sample weights `sw`; NULL if there are none).
    """
    cdef int i
    cdef char *a
    cdef npy_intp rows, columns
    cdef npy_intp k = self.width[self.last + 1]
    # For each pair of loss and output activation that scikit-learn uses, the gradient with
    # respect to the input of the output activation is prediction minus target.
    self.kernels.subtract(self.a[self.last + 1], y, n * k, self.d[self.last])
    if sw != NULL:
        self.kernels.weight_rows(self.d[self.last], sw, n, k)
    for i in range(self.last, -1, -1):
        if i < self.last:
            # d[i] = (d[i + 1] @ w[i + 1].T) * activation'(a[i + 1]); swapped strides transpose w.
            multiply_matrices(
                self.matmul, self.d[i + 1], self.width[i + 2] * self.size, self.size,
                self.w[i + 1], self.size, self.width[i + 2] * self.size,
                self.d[i], n, self.width[i + 2], self.width[i + 1], self.size,
            )
            derive(self, self.d[i], self.a[i + 1], n * self.width[i + 1])
        note_exceptions(self.exceptions)
        # gw[i] = a[i].T @ d[i], where a[0] is the input with its own strides; gb[i] = sum of d[i].
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
    """Multiply `delta` in place by the derivative of the hidden activation whose output is `a`."""
    if self.hidden == RELU:
        self.kernels.relu_derivative(delta, a, m)
    elif self.hidden == TANH:
        self.kernels.tanh_derivative(delta, a, m)
    elif self.hidden == LOGISTIC:
        self.kernels.logistic_derivative(delta, a, m)


cdef inline double penalty(Layers *self, double sw_sum) noexcept nogil:
    """Return the L2 penalty of all weights, (alpha / 2) * sum(w ** 2) / sw_sum.

    Each product and sum is rounded to the type in which scikit-learn computes it. For float32
    networks `one` receives a float32 in its first bytes.
    """
    cdef int i
    cdef double values = 0, one = 0
    for i in range(self.last + 1):
        # w[i].ravel() @ w[i].ravel(), by the dot product of numpy's BLAS
        call_dot(self.dot, self.w[i], self.size, <char *>&one, self.width[i] * self.width[i + 1])
        if self.single:
            values = <float>(<float>values + (<float *>&one)[0])
        else:
            values += one
    if self.single:
        return <float>(<float>(0.5 * self.alpha) * <float>values) / <float>sw_sum
    return (0.5 * self.alpha) * values / sw_sum
