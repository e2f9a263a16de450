# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""One epoch of training, compiled and without the GIL.

What scikit-learn's ``_fit_stochastic`` does for each mini-batch, in the same order of the same
floating-point operations. Where the result depends on who computes it (matrix products,
exponentials, pairwise sums) numpy's and scipy's own inner loops are called: a ufunc object
carries them in its public C struct. The rest is exact in IEEE arithmetic and is written out in
``_kernels.h``.

Notation: a network has layers 0 .. L, layer 0 the input; ``w[i]`` and ``b[i]`` lead from layer i
to i + 1, ``a[i]`` is layer i's activation and ``d[i]`` the gradient of the loss by layer i + 1
before its activation. Every array is C-contiguous but `X`, whose strides are free.
"""

cimport numpy as cnp
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from libc.math cimport pow, sqrt
from numpy cimport npy_intp

from sk_hpt.training._loops cimport (
    FE_DIVBYZERO,
    FE_INVALID,
    FE_OVERFLOW,
    DotFunction,
    Loop,
    apply_binary,
    apply_unary,
    call_dot,
    dot_function,
    feclearexcept,
    fetestexcept,
    find_loop,
    multiply_matrices,
    reduce_sum,
)
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

import numpy as np
from scipy.special import expit, xlogy

cnp.import_array()
cnp.import_ufunc()


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

cdef int WARNED_OF = FE_OVERFLOW | FE_INVALID | FE_DIVBYZERO  # by numpy, unless told not to


cdef enum Loss:
    LOG_LOSS, BINARY_LOG_LOSS, SQUARED_ERROR, POISSON

cdef enum Activation:
    IDENTITY, LOGISTIC, TANH, RELU, SOFTMAX, EXP

LOSSES = {
    "log_loss": LOG_LOSS,
    "binary_log_loss": BINARY_LOG_LOSS,
    "squared_error": SQUARED_ERROR,
    "poisson": POISSON,
}
ACTIVATIONS = {
    "identity": IDENTITY,
    "logistic": LOGISTIC,
    "tanh": TANH,
    "relu": RELU,
    "softmax": SOFTMAX,
    "exp": EXP,
}


cdef class Engine:
    """Trains one network on one data set, an epoch at a time.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), float64 or float32
        The data, in any layout; with rows that are not trained on, if each epoch says which are.
    y : ndarray of shape (n_rows, n_outputs), C-contiguous, of the type of X
        The targets; classes as indicators.
    sample_weight : ndarray of shape (n_rows,), C-contiguous, of the type of X, or None
        Weights of the samples.
    weights : list of ndarray
        The coefficients of all layers, then the intercepts; changed in place.
    first, second : list of ndarray
        State of the optimizer, like `weights`: Adam's first and second moments, or twice the
        velocities of gradient descent; changed in place.
    hidden, output, loss : str
        Activation of the hidden layers and of the output, and the loss.
    batch_size : int or numpy integer
        Rows of a mini-batch. The type matters: a numpy integer makes the sum of float32 losses
        a float64.
    optimizer : dict
        ``alpha`` and the constants of the step; ``adam`` says which optimizer.

    Attributes
    ----------
    overflowed : bool
        Whether an operation of the last epoch overflowed, had no result or divided by zero.
    """

    cdef:
        Kernels kernels, loss_kernels
        Loop matmul, add, loss_add, exp, tanh, expit, xlogy, xlogy_f64
        DotFunction *dot
        npy_intp size, loss_size, n, n_batch, row_stride, column_stride
        int last
        int hidden, output, loss
        bint weighted, adam, single, wide_terms, single_sum
        npy_intp *width
        char **w
        char **b
        char **a
        char **d
        char **gw
        char **gb
        char **first
        char **second
        char *X
        char *y
        char *sw
        char *y_batch
        char *sw_batch
        char *sw_wide
        char *scratch
        char *terms
        char *more_terms
        char *y_rest
        char *p_rest
        char *sums
        Step step
        double beta_1, beta_2, rate
        int exceptions
        object kept
        readonly bint overflowed

    def __cinit__(self):
        self.width = NULL
        self.w = NULL

    def __dealloc__(self):
        PyMem_Free(self.width)
        PyMem_Free(self.w)

    def __init__(
        self, X, y, sample_weight, weights, first, second, hidden, output, loss, batch_size, optimizer
    ):
        cdef int typenum = cnp.PyArray_TYPE(X)
        cdef int n_layers = len(weights) // 2
        cdef int i
        self.last = n_layers - 1
        self.single = typenum == cnp.NPY_FLOAT32
        self.size = X.itemsize
        self.kernels = KERNELS_F32 if self.single else KERNELS_F64
        self.find_loops(typenum)
        self.hidden, self.output, self.loss = ACTIVATIONS[hidden], ACTIVATIONS[output], LOSSES[loss]
        # Losses of float32 networks can be float64: which loop xlogy takes for indicators and
        # float32 depends on scipy's version, and in the binary loss 1 - y is an integer.
        indicator, half = np.ones(1, dtype=bool), np.ones(1, dtype=X.dtype)
        self.wide_terms = self.single and xlogy(indicator, half).dtype == np.float64
        wide = not self.single or self.loss == BINARY_LOG_LOSS
        wide = wide or (self.loss == LOG_LOSS and self.wide_terms)
        self.loss_size = sizeof(double) if wide else sizeof(float)
        self.loss_kernels = KERNELS_F64 if wide else KERNELS_F32
        self.single_sum = not wide and not isinstance(batch_size, np.integer)
        self.loss_add = find_loop(np.add, cnp.NPY_FLOAT64 if wide else cnp.NPY_FLOAT32)
        self.n, self.n_batch = y.shape[0], batch_size
        self.row_stride, self.column_stride = X.strides
        self.weighted = sample_weight is not None
        self.set_optimizer(optimizer)
        self.kept = [X, y, sample_weight, list(weights), list(first), list(second)]
        self.X, self.y = cnp.PyArray_BYTES(X), cnp.PyArray_BYTES(y)
        self.sw = cnp.PyArray_BYTES(sample_weight) if self.weighted else NULL
        self.allocate(n_layers, weights, first, second, X.dtype)

    cdef find_loops(self, int typenum):
        self.matmul = find_loop(np.matmul, typenum)
        self.add = find_loop(np.add, typenum)
        self.exp = find_loop(np.exp, typenum)
        self.tanh = find_loop(np.tanh, typenum)
        self.expit = find_loop(expit, typenum)
        self.xlogy = find_loop(xlogy, typenum)
        self.xlogy_f64 = find_loop(xlogy, cnp.NPY_FLOAT64)
        self.dot = dot_function(typenum)

    cdef set_optimizer(self, optimizer):
        self.adam = optimizer["adam"]
        self.step.alpha = optimizer["alpha"]
        self.step.beta_1 = self.beta_1 = optimizer.get("beta_1", 0)
        self.step.beta_2 = self.beta_2 = optimizer.get("beta_2", 0)
        self.step.epsilon = optimizer.get("epsilon", 0)
        self.step.momentum = optimizer.get("momentum", 0)
        self.step.nesterov = optimizer.get("nesterov", False)

    cdef allocate(self, int n_layers, weights, first, second, dtype):
        """Buffers for one batch, and pointers to all arrays."""
        cdef int i
        cdef npy_intp largest = 1
        self.width = <npy_intp *>PyMem_Calloc(n_layers + 1, sizeof(npy_intp))
        # eight tables of pointers; the last two have an entry for weights and one for biases
        self.w = <char **>PyMem_Calloc(11 * (n_layers + 1), sizeof(char *))
        if self.width == NULL or self.w == NULL:
            raise MemoryError
        self.b = self.w + (n_layers + 1)
        self.a = self.b + (n_layers + 1)
        self.d = self.a + (n_layers + 1)
        self.gw = self.d + (n_layers + 1)
        self.gb = self.gw + (n_layers + 1)
        self.first = self.gb + (n_layers + 1)
        self.second = self.first + 2 * (n_layers + 1)
        rows = self.n_batch
        self.width[0] = weights[0].shape[0]
        self.a[0] = self.buffer(rows * self.width[0], dtype)
        for i in range(n_layers):
            self.width[i + 1] = weights[i].shape[1]
            largest = max(largest, self.width[i + 1])
            self.w[i] = cnp.PyArray_BYTES(weights[i])
            self.b[i] = cnp.PyArray_BYTES(weights[n_layers + i])
            self.a[i + 1] = self.buffer(rows * self.width[i + 1], dtype)
            self.d[i] = self.buffer(rows * self.width[i + 1], dtype)
            self.gw[i] = self.buffer(self.width[i] * self.width[i + 1], dtype)
            self.gb[i] = self.buffer(self.width[i + 1], dtype)
        for i in range(2 * n_layers):
            self.first[i] = cnp.PyArray_BYTES(first[i])
            self.second[i] = cnp.PyArray_BYTES(second[i])
        n_terms = rows * self.width[n_layers]
        self.y_batch = self.buffer(n_terms, dtype)
        self.sw_batch = self.buffer(rows, dtype)
        self.sw_wide = self.buffer(rows, np.float64)
        self.scratch = self.buffer(max(n_terms, rows), dtype)
        self.terms = self.buffer(n_terms, np.float64)
        self.more_terms = self.buffer(n_terms, np.float64)
        self.y_rest = self.buffer(n_terms, np.float64)
        self.p_rest = self.buffer(n_terms, np.float64)
        self.sums = self.buffer(largest, np.float64)

    cdef char *buffer(self, n, dtype) except NULL:
        array = np.empty(max(n, 1), dtype=dtype)
        self.kept.append(array)
        return cnp.PyArray_BYTES(array)

    def run_epoch(self, order, rows, double rate, npy_intp n_steps):
        """Go through the data once.

        Parameters
        ----------
        order : ndarray of shape (n_rows,), intp, or None
            The order of the targets and weights; None takes all as it is, without a copy.
        rows : ndarray of shape (n_rows,), intp, or None
            The rows of `X` in that order; None with `order`.
        rate : float
            Learning rate; of Adam the initial one.
        n_steps : int
            Steps that Adam has made before.

        Returns
        -------
        loss : float
            Sum over the batches of their loss times their size.

        Raises
        ------
        ZeroDivisionError
            If the weights of a batch sum to zero, as numpy's average does.
        """
        cdef npy_intp *rows_of_y = NULL
        cdef npy_intp *rows_of_x = NULL
        cdef npy_intp start, stop
        cdef double loss = 0, total = 0
        cdef bint failed = False
        if order is not None:
            rows_of_y = <npy_intp *>cnp.PyArray_DATA(order)
            rows_of_x = <npy_intp *>cnp.PyArray_DATA(rows)
        self.rate = rate
        self.exceptions = 0
        with nogil:
            feclearexcept(WARNED_OF)
            start = 0
            while start < self.n:
                stop = min(start + self.n_batch, self.n)
                n_steps += 1
                if not self.run_batch(rows_of_x, rows_of_y, start, stop - start, n_steps, &loss):
                    failed = True
                    break
                if self.single_sum:
                    total = <float>(<float>total + <float>(<float>loss * <float>(stop - start)))
                else:
                    total += loss * (stop - start)
                start = stop
        self.overflowed = self.exceptions != 0
        if failed:
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        # of the type that scikit-learn's loss has
        return np.float32(total) if self.single_sum else np.float64(total)

    cdef bint run_batch(
        self,
        npy_intp *rows_of_x,
        npy_intp *rows_of_y,
        npy_intp start,
        npy_intp n,
        npy_intp n_steps,
        double *loss,
    ) noexcept nogil:
        cdef char *x = self.a[0]
        cdef npy_intp x_rows = self.width[0] * self.size, x_columns = self.size
        cdef npy_intp n_outputs = self.width[self.last + 1]
        cdef double sw_sum = n
        cdef char *y = self.y_batch
        cdef char *sw = self.sw_batch
        if rows_of_x == NULL:
            x = self.X + start * self.row_stride
            x_rows, x_columns = self.row_stride, self.column_stride
            y = self.y + start * n_outputs * self.size
            sw = self.sw + start * self.size
        else:
            self.kernels.gather_rows(
                self.X, self.row_stride, self.column_stride, rows_of_x + start, n, self.width[0], x
            )
            rows_of_y += start
            self.kernels.gather_rows(
                self.y, n_outputs * self.size, self.size, rows_of_y, n, n_outputs, y
            )
            if self.weighted:
                self.kernels.gather_rows(self.sw, self.size, self.size, rows_of_y, n, 1, sw)
        if self.weighted:
            reduce_sum(self.add, sw, n, self.size, self.sums)
            sw_sum = self.scalar(self.sums, self.size)
            if sw_sum == 0:
                return False
        self.forward(x, x_rows, x_columns, n)
        loss[0] = self.batch_loss(y, sw, n, sw_sum)
        self.backward(x, x_rows, x_columns, y, sw, n)
        self.update(sw_sum, n_steps)
        self.note_exceptions()
        return True

    cdef void note_exceptions(self) noexcept nogil:
        """Before each loop of numpy's and scipy's, for some of these clear the flags."""
        self.exceptions |= fetestexcept(WARNED_OF)

    cdef void forward(self, char *x, npy_intp x_rows, npy_intp x_columns, npy_intp n) noexcept nogil:
        cdef int i
        cdef npy_intp rows, columns
        cdef char *a = x
        rows, columns = x_rows, x_columns
        for i in range(self.last + 1):
            multiply_matrices(
                self.matmul, a, rows, columns, self.w[i], self.width[i + 1] * self.size, self.size,
                self.a[i + 1], n, self.width[i], self.width[i + 1], self.size,
            )
            self.note_exceptions()
            a = self.a[i + 1]
            rows, columns = self.width[i + 1] * self.size, self.size
            if i < self.last and self.hidden == RELU:
                self.kernels.add_bias_relu(a, self.b[i], n, self.width[i + 1])
                continue
            self.kernels.add_bias(a, self.b[i], n, self.width[i + 1])
            self.activate(self.output if i == self.last else self.hidden, a, n, self.width[i + 1])

    cdef void activate(self, int activation, char *a, npy_intp n, npy_intp width) noexcept nogil:
        cdef npy_intp i
        self.note_exceptions()
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

    cdef double scalar(self, char *a, npy_intp size) noexcept nogil:
        return (<double *>a)[0] if size == sizeof(double) else (<float *>a)[0]

    cdef double batch_loss(self, char *y, char *sw, npy_intp n, double sw_sum) noexcept nogil:
        """Loss of the outputs ``a[L]`` and the penalty of the weights, rounded as numpy rounds."""
        cdef npy_intp k = self.width[self.last + 1], j
        cdef double loss, penalty, weight = sw_sum
        self.loss_by_element(y, self.a[self.last + 1], n * k)
        if self.weighted:
            if self.single and self.loss_size == sizeof(double):
                widen(<float *>sw, n, <double *>self.sw_wide)
                sw = self.sw_wide
                reduce_sum(self.loss_add, sw, n, self.loss_size, self.sums)
                weight = self.scalar(self.sums, self.loss_size)
            self.loss_kernels.weight_rows(self.terms, sw, n, k)
        self.sum_columns(&self.loss_kernels, self.loss_add, self.terms, n, k, self.loss_size, self.sums)
        for j in range(k):
            if self.loss_size == sizeof(double):
                (<double *>self.sums)[j] /= weight
            else:
                (<float *>self.sums)[j] /= <float>weight
        reduce_sum(self.loss_add, self.sums, k, self.loss_size, self.terms)
        loss = self.scalar(self.terms, self.loss_size)
        if self.loss == SQUARED_ERROR:
            loss = 0.5 * (loss / k if self.loss_size == sizeof(double) else <float>(loss / k))
        elif self.loss != POISSON:
            loss = -loss
        penalty = self.penalty(sw_sum)
        if self.loss_size == sizeof(double):
            return loss + penalty
        return <float>(<float>loss + <float>penalty)

    cdef void loss_by_element(self, char *y, char *p, npy_intp m) noexcept nogil:
        if self.single:
            self.loss_by_element_of(<float *>y, <float *>p, m)
        else:
            self.loss_by_element_of(<double *>y, <double *>p, m)

    cdef void loss_by_element_of(self, real *y, real *p, npy_intp m) noexcept nogil:
        cdef real eps = 2.220446049250313e-16 if real is double else 1.1920929e-07
        cdef npy_intp size = sizeof(real), wide = sizeof(double), n_ones
        cdef real *clipped = <real *>self.scratch
        self.note_exceptions()
        if self.loss == SQUARED_ERROR:
            squared_errors(y, p, m, <real *>self.terms)
        elif self.loss == POISSON:
            quotients(y, p, m, clipped)
            apply_binary(self.xlogy, <char *>y, size, <char *>clipped, size, self.terms, m, size)
            poisson_terms(y, p, m, <real *>self.terms)
        else:
            clip(p, m, eps, clipped)
            # Most indicators are 0, and so are their terms: only the others need a logarithm.
            if self.wide_terms:
                n_ones = take_ones(y, clipped, m, <double *>self.y_rest, <double *>self.p_rest)
                apply_binary(
                    self.xlogy_f64, self.y_rest, wide, self.p_rest, wide, self.p_rest, n_ones, wide
                )
                put_ones(y, clipped, m, <double *>self.p_rest, <double *>self.terms)
            else:
                n_ones = take_ones(y, clipped, m, <real *>self.y_rest, <real *>self.p_rest)
                apply_binary(
                    self.xlogy, self.y_rest, size, self.p_rest, size, self.p_rest, n_ones, size
                )
                put_ones(y, clipped, m, <real *>self.p_rest, <real *>self.terms)
            if self.loss == BINARY_LOG_LOSS:
                one_minus(y, m, <double *>self.y_rest)
                one_minus(clipped, m, <double *>self.p_rest)
                apply_binary(
                    self.xlogy_f64, self.y_rest, wide, self.p_rest, wide, self.more_terms, m, wide
                )
                if self.wide_terms:
                    add(<double *>self.terms, <double *>self.more_terms, m)
                else:
                    add(<real *>self.terms, <double *>self.more_terms, m)
                self.terms, self.more_terms = self.more_terms, self.terms

    cdef void sum_columns(
        self, Kernels *kernels, Loop add, char *a, npy_intp n, npy_intp k, npy_intp size, char *out
    ) noexcept nogil:
        """np.sum(a, axis=0): row by row, but pairwise where there is one column."""
        if k == 1:
            reduce_sum(add, a, n, size, out)
        else:
            kernels.sum_rows(a, n, k, out)

    cdef double penalty(self, double sw_sum) noexcept nogil:
        cdef int i
        cdef double values = 0, one = 0
        for i in range(self.last + 1):
            call_dot(self.dot, self.w[i], self.size, <char *>&one, self.width[i] * self.width[i + 1])
            if self.single:
                values = <float>(<float>values + (<float *>&one)[0])
            else:
                values += one
        if self.single:
            return <float>(<float>(0.5 * self.step.alpha) * <float>values) / <float>sw_sum
        return (0.5 * self.step.alpha) * values / sw_sum

    cdef void backward(
        self, char *x, npy_intp x_rows, npy_intp x_columns, char *y, char *sw, npy_intp n
    ) noexcept nogil:
        """Sums over the batch of the gradients by weights and biases; what is left is a division."""
        cdef int i
        cdef char *a
        cdef npy_intp rows, columns
        cdef npy_intp k = self.width[self.last + 1]
        self.kernels.subtract(self.a[self.last + 1], y, n * k, self.d[self.last])
        if self.weighted:
            self.kernels.weight_rows(self.d[self.last], sw, n, k)
        for i in range(self.last, -1, -1):
            if i < self.last:
                multiply_matrices(
                    self.matmul, self.d[i + 1], self.width[i + 2] * self.size, self.size,
                    self.w[i + 1], self.size, self.width[i + 2] * self.size,
                    self.d[i], n, self.width[i + 2], self.width[i + 1], self.size,
                )
                self.derive(self.d[i], self.a[i + 1], n * self.width[i + 1])
            self.note_exceptions()
            if i == 0:
                a, rows, columns = x, x_rows, x_columns
            else:
                a, rows, columns = self.a[i], self.width[i] * self.size, self.size
            multiply_matrices(
                self.matmul, a, columns, rows,
                self.d[i], self.width[i + 1] * self.size, self.size,
                self.gw[i], self.width[i], n, self.width[i + 1], self.size,
            )
            self.sum_columns(
                &self.kernels, self.add, self.d[i], n, self.width[i + 1], self.size, self.gb[i]
            )

    cdef void derive(self, char *delta, char *a, npy_intp m) noexcept nogil:
        if self.hidden == RELU:
            self.kernels.relu_derivative(delta, a, m)
        elif self.hidden == TANH:
            self.kernels.tanh_derivative(delta, a, m)
        elif self.hidden == LOGISTIC:
            self.kernels.logistic_derivative(delta, a, m)

    cdef void update(self, double sw_sum, npy_intp n_steps) noexcept nogil:
        cdef int i, n_layers = self.last + 1
        cdef long whole = <long>sw_sum if sw_sum < 2147483648.0 else 0
        self.step.divisor = sw_sum
        self.step.power_of_two = whole == sw_sum and whole > 0 and (whole & (whole - 1)) == 0
        self.step.rate = self.rate
        if self.adam:
            self.step.rate = (
                self.rate * sqrt(1 - pow(self.beta_2, n_steps)) / (1 - pow(self.beta_1, n_steps))
            )
        for i in range(n_layers):
            self.step.penalised = True
            self.update_array(self.w[i], self.gw[i], i, self.width[i] * self.width[i + 1])
            self.step.penalised = False
            self.update_array(self.b[i], self.gb[i], n_layers + i, self.width[i + 1])

    cdef void update_array(self, char *weight, char *gradient, int i, npy_intp m) noexcept nogil:
        if self.adam:
            self.kernels.adam(weight, gradient, self.first[i], self.second[i], m, &self.step)
        else:
            self.kernels.sgd(weight, gradient, self.first[i], m, &self.step)
