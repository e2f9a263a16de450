# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Correct predictions and errors of a network on many rows at once, without the GIL.

The forward pass does the operations of scikit-learn's ``predict`` in the same order, with the loops
of numpy and scipy, and so are the counts and squares that accuracy and R² are made of.
"""

cimport numpy as cnp
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from numpy cimport npy_intp

from sk_hpt.training._layers cimport Layers, choose_loops, forward
from sk_hpt.training._loops cimport forget_exceptions, read_scalar

import numpy as np
from scipy.special import expit

from sk_hpt.training._engine import ACTIVATIONS

cnp.import_array()
cnp.import_ufunc()

LOOPS = np.matmul, np.add, np.exp, np.tanh, expit


cdef class Forward:
    """The forward pass of a network for a fixed number of rows.

    Parameters
    ----------
    weights : list of ndarray
        The coefficients of all layers, then the intercepts; C-contiguous. They may change between
        the calls.
    hidden, output : str
        Names of the activations.
    n : int
        Number of rows.
    """

    cdef:
        Layers layers
        npy_intp n
        int exceptions
        object kept, squares

    def __cinit__(self):
        self.layers.width = NULL
        self.layers.w = NULL

    def __dealloc__(self):
        PyMem_Free(self.layers.width)
        PyMem_Free(self.layers.w)

    def __init__(self, weights, hidden, output, npy_intp n):
        cdef int i, n_layers = len(weights) // 2
        cdef Layers *layers = &self.layers
        self.n, self.kept, self.squares = n, list(weights), np.empty(n)
        choose_loops(layers, cnp.PyArray_TYPE(weights[0]), weights[0].itemsize, LOOPS)
        layers.last, layers.exceptions = n_layers - 1, &self.exceptions
        layers.hidden, layers.output = ACTIVATIONS[hidden], ACTIVATIONS[output]
        layers.width = <npy_intp *>PyMem_Calloc(n_layers + 1, sizeof(npy_intp))
        # One block of memory for three tables of pointers, with an entry per layer: w, b and a.
        layers.w = <char **>PyMem_Calloc(3 * (n_layers + 1), sizeof(char *))
        if layers.width == NULL or layers.w == NULL:
            raise MemoryError
        layers.b = layers.w + (n_layers + 1)
        layers.a = layers.b + (n_layers + 1)
        layers.width[0] = weights[0].shape[0]
        for i in range(n_layers):
            layers.width[i + 1] = weights[i].shape[1]
            layers.w[i] = cnp.PyArray_BYTES(weights[i])
            layers.b[i] = cnp.PyArray_BYTES(weights[n_layers + i])
            layers.a[i + 1] = self.buffer(n * layers.width[i + 1], weights[0].dtype)
        layers.scratch = self.buffer(n * layers.width[n_layers], weights[0].dtype)

    cdef char *buffer(self, n, dtype) except NULL:
        """Return the memory of a new array, which lives as long as this object."""
        array = np.empty(max(n, 1), dtype=dtype)
        self.kept.append(array)
        return cnp.PyArray_BYTES(array)

    def count_correct(self, X, codes):
        """Return how many rows get their class, or -1 if an output is not a number.

        Parameters
        ----------
        X : ndarray of shape (n, n_features), of the type of the weights
            The rows, in any memory layout.
        codes : ndarray of shape (n,), intp, C-contiguous
            The number of each row's class, -1 for one that the network does not know.
        """
        cdef npy_intp *wanted = <npy_intp *>cnp.PyArray_DATA(codes)
        cdef char *x = cnp.PyArray_BYTES(X)
        cdef npy_intp rows = X.strides[0], columns = X.strides[1]
        cdef npy_intp i, code, n_correct = 0
        with nogil:
            self.run(x, rows, columns)
            for i in range(self.n):
                code = self.decode(i)
                if code == -2:
                    n_correct = -1
                    break
                n_correct += code == wanted[i]
        return n_correct

    def squared_errors(self, X, y):
        """Return the squared errors, (n,), of a network with one output of type float64.

        The array is overwritten by the next call.

        Parameters
        ----------
        X : ndarray of shape (n, n_features), float64
            The rows, in any memory layout.
        y : ndarray of shape (n,), float64, C-contiguous
            The targets.
        """
        cdef double *wanted = <double *>cnp.PyArray_DATA(y)
        cdef double *squares = <double *>cnp.PyArray_DATA(self.squares)
        cdef double *outputs = <double *>self.layers.a[self.layers.last + 1]
        cdef char *x = cnp.PyArray_BYTES(X)
        cdef npy_intp rows = X.strides[0], columns = X.strides[1]
        cdef npy_intp i
        cdef double error
        with nogil:
            self.run(x, rows, columns)
            for i in range(self.n):
                error = wanted[i] - outputs[i]
                squares[i] = error * error
        return self.squares

    cdef void run(self, char *x, npy_intp rows, npy_intp columns) noexcept nogil:
        """Compute the outputs."""
        forget_exceptions(&self.exceptions)
        forward(&self.layers, x, rows, columns, self.n)
        forget_exceptions(&self.exceptions)

    cdef npy_intp decode(self, npy_intp row) noexcept nogil:
        """Return the class of a row, as scikit-learn's label binarizer does: -2 if it has none."""
        cdef npy_intp k = self.layers.width[self.layers.last + 1], size = self.layers.size
        cdef char *outputs = self.layers.a[self.layers.last + 1] + row * k * size
        cdef npy_intp j, best = 0
        cdef double value, largest = read_scalar(outputs, size)
        if largest != largest:
            return -2
        if k == 1:
            return largest > 0.5
        for j in range(1, k):
            value = read_scalar(outputs + j * size, size)
            if value != value:
                return -2
            if value > largest:
                best, largest = j, value
        return best
