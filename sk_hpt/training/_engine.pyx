# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""One epoch of training, compiled and without the GIL.

The engine does for each mini-batch the same as scikit-learn's ``_fit_stochastic``: the same
floating-point operations in the same order. Where the result depends on the implementation (matrix
products, exponentials, pairwise sums), it calls the inner loops of numpy and scipy. The other
operations are exact in IEEE arithmetic and are written in C and Cython.

=====================  ================================================
``_engine.pyx``        memory, the epoch, and the step of the optimizer
``_forward.pyx``       accuracy and error on many rows
``_layers.pxd``        forward and backward pass of a batch
``_losses.pxd``        the loss of a batch
``_loops.pxd``         the inner loops of numpy and scipy
``_kernels.h``         our own loops over weights and activations
``_terms.pxd``         our own loops over the terms of a loss
=====================  ================================================
"""

cimport numpy as cnp
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from libc.math cimport pow, sqrt
from numpy cimport npy_intp

from sk_hpt.training._kernels cimport KERNELS_F32, KERNELS_F64, Step
from sk_hpt.training._layers cimport (
    EXP,
    IDENTITY,
    LOGISTIC,
    RELU,
    SOFTMAX,
    TANH,
    Layers,
    backward,
    choose_loops,
    forward,
    penalty,
)
from sk_hpt.training._loops cimport (
    dot_function,
    find_loop,
    forget_exceptions,
    note_exceptions,
    read_scalar,
    reduce_sum,
)
from sk_hpt.training._losses cimport (
    BINARY_LOG_LOSS,
    LOG_LOSS,
    POISSON,
    SQUARED_ERROR,
    Losses,
    mean_loss,
)

import numpy as np
from scipy.special import expit, xlogy

cnp.import_array()
cnp.import_ufunc()

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
    """Training of one network on one data set, one epoch at a time.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), float64 or float32
        The data, in any memory layout. It may contain rows that are not used for training if
        each epoch is given the rows to use.
    y : ndarray of shape (n_rows, n_outputs), C-contiguous, of the type of X
        The targets of the rows to train on. Classes are indicators.
    sample_weight : ndarray of shape (n_rows,), C-contiguous, of the type of X, or None
        Weights of the rows to train on.
    weights : list of ndarray
        The coefficients of all layers, then the intercepts. Changed in place.
    first, second : list of ndarray
        State of the optimizer, with the structure of `weights`: the first and second moments of
        Adam; for gradient descent both are the velocities. Changed in place.
    hidden, output, loss : str
        Names of the activation of the hidden layers, of the activation of the output, and of
        the loss.
    batch_size : int or numpy integer
        Number of rows of a mini-batch. Its type matters: with a numpy integer, the sum of
        float32 losses is a float64.
    optimizer : dict
        ``adam`` (True for Adam, False for gradient descent), ``alpha`` and the constants of the
        optimizer.

    Attributes
    ----------
    overflowed : bool
        True if an operation of the last epoch overflowed, was invalid or divided by zero.
    """

    cdef:
        Layers layers
        Losses losses
        Step step
        npy_intp n, n_batch, row_stride, column_stride
        bint weighted, adam, single_sum
        char **first
        char **second
        char *X
        char *y
        char *sw
        char *y_batch
        char *sw_batch
        char *sums
        double beta_1, beta_2, rate
        int exceptions
        object kept
        readonly bint overflowed

    def __cinit__(self):
        self.layers.width = NULL
        self.layers.w = NULL

    def __dealloc__(self):
        PyMem_Free(self.layers.width)
        PyMem_Free(self.layers.w)

    def __init__(
        self, X, y, sample_weight, weights, first, second, hidden, output, loss, batch_size, optimizer
    ):
        cdef int typenum = cnp.PyArray_TYPE(X)
        cdef int n_layers = len(weights) // 2
        self.n, self.n_batch = y.shape[0], batch_size
        self.row_stride, self.column_stride = X.strides
        self.weighted = sample_weight is not None
        self.kept = [X, y, sample_weight, list(weights), list(first), list(second)]
        self.X, self.y = cnp.PyArray_BYTES(X), cnp.PyArray_BYTES(y)
        self.sw = cnp.PyArray_BYTES(sample_weight) if self.weighted else NULL
        self.layers.last = n_layers - 1
        self.layers.hidden, self.layers.output = ACTIVATIONS[hidden], ACTIVATIONS[output]
        self.set_types(typenum, X.itemsize, LOSSES[loss])
        self.single_sum = not self.losses.wide and not isinstance(batch_size, np.integer)
        self.set_optimizer(optimizer)
        self.allocate(n_layers, weights, first, second, X.dtype)

    cdef set_types(self, int typenum, npy_intp size, int loss):
        """Choose the loops for the type of the network and for the type of its losses."""
        cdef bint single = typenum == cnp.NPY_FLOAT32
        self.losses.single = single
        choose_loops(&self.layers, typenum, size, (np.matmul, np.add, np.exp, np.tanh, expit))
        self.layers.dot = dot_function(typenum)
        # Losses of float32 networks can be float64 for two reasons: the loop that xlogy chooses for
        # boolean indicators and float32 depends on scipy's version, and in the binary loss 1 - y
        # is an integer.
        indicator, half = np.ones(1, dtype=bool), np.ones(1, dtype=f"f{size}")
        wide_terms = single and xlogy(indicator, half).dtype == np.float64
        wide = not single or loss == BINARY_LOG_LOSS or (loss == LOG_LOSS and wide_terms)
        self.losses.kind = loss
        self.losses.wide_terms, self.losses.wide = wide_terms, wide
        self.losses.kernels = KERNELS_F64 if wide else KERNELS_F32
        self.losses.add = find_loop(np.add, cnp.NPY_FLOAT64 if wide else cnp.NPY_FLOAT32)
        self.losses.xlogy = find_loop(xlogy, typenum)
        self.losses.xlogy_f64 = find_loop(xlogy, cnp.NPY_FLOAT64)

    cdef set_optimizer(self, optimizer):
        """Store the constants of the optimizer."""
        self.adam = optimizer["adam"]
        self.step.alpha = self.layers.alpha = optimizer["alpha"]
        self.step.beta_1 = self.beta_1 = optimizer.get("beta_1", 0)
        self.step.beta_2 = self.beta_2 = optimizer.get("beta_2", 0)
        self.step.epsilon = optimizer.get("epsilon", 0)
        self.step.momentum = optimizer.get("momentum", 0)
        self.step.nesterov = optimizer.get("nesterov", False)

    cdef allocate(self, int n_layers, weights, first, second, dtype):
        """Allocate the buffers for one batch, and store pointers to all arrays."""
        cdef int i
        cdef npy_intp largest = 1
        cdef Layers *layers = &self.layers
        layers.width = <npy_intp *>PyMem_Calloc(n_layers + 1, sizeof(npy_intp))
        # One block of memory for eight tables of pointers: w, b, a, d, gw, gb with one entry per
        # layer, and the optimizer's `first` and `second` with two (weights and biases).
        layers.w = <char **>PyMem_Calloc(11 * (n_layers + 1), sizeof(char *))
        if layers.width == NULL or layers.w == NULL:
            raise MemoryError
        layers.b = layers.w + (n_layers + 1)
        layers.a = layers.b + (n_layers + 1)
        layers.d = layers.a + (n_layers + 1)
        layers.gw = layers.d + (n_layers + 1)
        layers.gb = layers.gw + (n_layers + 1)
        self.first = layers.gb + (n_layers + 1)
        self.second = self.first + 2 * (n_layers + 1)
        rows = self.n_batch
        layers.width[0] = weights[0].shape[0]
        layers.a[0] = self.buffer(rows * layers.width[0], dtype)
        for i in range(n_layers):
            layers.width[i + 1] = weights[i].shape[1]
            largest = max(largest, layers.width[i + 1])
            layers.w[i] = cnp.PyArray_BYTES(weights[i])
            layers.b[i] = cnp.PyArray_BYTES(weights[n_layers + i])
            layers.a[i + 1] = self.buffer(rows * layers.width[i + 1], dtype)
            layers.d[i] = self.buffer(rows * layers.width[i + 1], dtype)
            layers.gw[i] = self.buffer(layers.width[i] * layers.width[i + 1], dtype)
            layers.gb[i] = self.buffer(layers.width[i + 1], dtype)
        for i in range(2 * n_layers):
            self.first[i] = cnp.PyArray_BYTES(first[i])
            self.second[i] = cnp.PyArray_BYTES(second[i])
        self.allocate_rest(rows, rows * layers.width[n_layers], largest, dtype)

    cdef allocate_rest(self, npy_intp rows, npy_intp n_terms, npy_intp largest, dtype):
        """Allocate the buffers for targets, sample weights and terms of the loss of a batch."""
        self.y_batch = self.buffer(n_terms, dtype)
        self.sw_batch = self.buffer(rows, dtype)
        self.sums = self.losses.sums = self.buffer(largest, np.float64)
        self.layers.scratch = self.losses.clipped = self.buffer(max(n_terms, rows), dtype)
        self.losses.sw_wide = self.buffer(rows, np.float64)
        self.losses.terms = self.buffer(n_terms, np.float64)
        self.losses.more_terms = self.buffer(n_terms, np.float64)
        self.losses.y_rest = self.buffer(n_terms, np.float64)
        self.losses.p_rest = self.buffer(n_terms, np.float64)

    cdef char *buffer(self, n, dtype) except NULL:
        """Return the memory of a new array, which lives as long as the engine."""
        array = np.empty(max(n, 1), dtype=dtype)
        self.kept.append(array)
        return cnp.PyArray_BYTES(array)

    def run_epoch(self, order, rows, double rate, npy_intp n_steps):
        """Train for one epoch, which visits every row once.

        Parameters
        ----------
        order : ndarray of shape (n_rows,), intp, or None
            The order in which the targets and sample weights are visited. With None, all rows
            are visited in their own order and no batch is copied.
        rows : ndarray of shape (n_rows,), intp, or None
            The rows of `X` in the same order. None if `order` is None.
        rate : float
            The learning rate; for Adam the initial learning rate.
        n_steps : int
            Number of steps that Adam has made before this epoch.

        Returns
        -------
        loss : float
            Sum over the batches of loss times number of rows.

        Raises
        ------
        ZeroDivisionError
            If the sample weights of a batch sum to zero, as in np.average.
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
        self.layers.exceptions = self.losses.exceptions = &self.exceptions
        with nogil:
            forget_exceptions(&self.exceptions)
            start = 0
            while start < self.n:
                stop = min(start + self.n_batch, self.n)
                n_steps += 1
                if not self.run_batch(rows_of_x, rows_of_y, start, stop - start, n_steps, &loss):
                    failed = True
                    break
                # scikit-learn accumulates the loss in the type of its operands.
                if self.single_sum:
                    total = <float>(<float>total + <float>(<float>loss * <float>(stop - start)))
                else:
                    total += loss * (stop - start)
                start = stop
        self.overflowed = self.exceptions != 0
        if failed:
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        # the type of scikit-learn's loss
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
        """Make one step on the batch of `n` rows from `start`, and store its loss.

        Return False if its sample weights sum to zero.
        """
        cdef Layers *layers = &self.layers
        cdef npy_intp size = layers.size
        cdef npy_intp n_features = layers.width[0], n_outputs = layers.width[layers.last + 1]
        cdef npy_intp x_rows = n_features * size, x_columns = size
        cdef double sw_sum = n, mean, of_weights
        cdef char *x = layers.a[0]
        cdef char *y = self.y_batch
        cdef char *sw = self.sw_batch if self.weighted else NULL
        # 1. The batch: a view of the data, or a copy of the rows in the order of this epoch.
        if rows_of_x == NULL:
            x = self.X + start * self.row_stride
            x_rows, x_columns = self.row_stride, self.column_stride
            y = self.y + start * n_outputs * size
            if self.weighted:
                sw = self.sw + start * size
        else:
            rows_of_y += start
            layers.kernels.gather_rows(
                self.X, self.row_stride, self.column_stride, rows_of_x + start, n, n_features, x
            )
            layers.kernels.gather_rows(self.y, n_outputs * size, size, rows_of_y, n, n_outputs, y)
            if self.weighted:
                layers.kernels.gather_rows(self.sw, size, size, rows_of_y, n, 1, sw)
        # 2. The divisor of all means: the sum of the sample weights, or the number of rows.
        if self.weighted:
            reduce_sum(layers.add, sw, n, size, self.sums)
            sw_sum = read_scalar(self.sums, size)
            if sw_sum == 0:
                return False
        # 3. Forward pass and penalised loss.
        forward(layers, x, x_rows, x_columns, n)
        mean = mean_loss(&self.losses, y, layers.a[layers.last + 1], sw, sw_sum, n, n_outputs)
        of_weights = penalty(layers, sw_sum)
        if self.losses.wide:
            loss[0] = mean + of_weights
        else:
            loss[0] = <float>(<float>mean + <float>of_weights)
        # 4. Backward pass and step of the optimizer.
        backward(layers, x, x_rows, x_columns, y, sw, n)
        self.update(sw_sum, n_steps)
        note_exceptions(&self.exceptions)
        return True

    cdef void update(self, double sw_sum, npy_intp n_steps) noexcept nogil:
        """Make step `n_steps` of the optimizer from the gradients of a batch."""
        cdef Layers *layers = &self.layers
        cdef int i, n_layers = self.layers.last + 1
        cdef long whole = <long>sw_sum if sw_sum < 2147483648.0 else 0
        self.step.divisor = sw_sum
        # Division by a power of two equals multiplication by its inverse, also in the last bit.
        self.step.power_of_two = whole == sw_sum and whole > 0 and (whole & (whole - 1)) == 0
        self.step.rate = self.rate
        if self.adam:
            # The bias corrections of both moments, moved into the learning rate (Kingma and Ba,
            # 2015, section 2).
            self.step.rate = (
                self.rate * sqrt(1 - pow(self.beta_2, n_steps)) / (1 - pow(self.beta_1, n_steps))
            )
        for i in range(n_layers):
            self.step.penalised = True
            self.update_array(layers.w[i], layers.gw[i], i, layers.width[i] * layers.width[i + 1])
            self.step.penalised = False
            self.update_array(layers.b[i], layers.gb[i], n_layers + i, layers.width[i + 1])

    cdef void update_array(self, char *weight, char *gradient, int i, npy_intp m) noexcept nogil:
        """Update the `m` values of the weights or biases with the optimizer state of index `i`."""
        if self.adam:
            self.layers.kernels.adam(weight, gradient, self.first[i], self.second[i], m, &self.step)
        else:
            self.layers.kernels.sgd(weight, gradient, self.first[i], m, &self.step)
