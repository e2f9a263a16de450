"""The Matern-5/2 kernel as a function of squared distances.

Notation
--------
U, V : points as rows, of shapes (n, q) and (m, q), already divided by the lengthscales
r2   : squared distances between them, shape (n, m)
s    : sqrt(5 r2)
k    : correlation, (1 + s + s^2 / 3) exp(-s) (Rasmussen and Williams 2006, equation 4.17)

As a function of r2 the kernel is differentiable at 0 too, dk/dr2 = -5/6 (1 + s) exp(-s). Working
with r2 rather than with the distance therefore needs no special case for equal points.
"""

from __future__ import annotations

import numpy as np

from sk_hpt._types import Floats


def squared_distances(U: Floats, V: Floats) -> Floats:
    """Return squared distances between the rows of U, (n, q), and of V, (m, q); shape (n, m)."""
    # |u - v|^2 = |u|^2 - 2 u.v + |v|^2, so that most of the work is one product of matrices.
    r2 = np.dot(U * -2.0, V.T)
    r2 += np.einsum("ij,ij->i", U, U)[:, None]
    r2 += np.einsum("ij,ij->i", V, V)
    # For nearly equal points, rounding can make the sum negative.
    return np.maximum(r2, 0.0, out=r2)


def matern(r2: Floats) -> Floats:
    """Return the correlation at squared distances."""
    s = np.sqrt(5.0 * r2)
    return (1.0 + s + (5.0 / 3.0) * r2) * np.exp(-s)


def matern_and_slope(r2: Floats) -> tuple[Floats, Floats]:
    """Return the correlation at squared distances, and its derivative by r2."""
    s = np.sqrt(5.0 * r2)
    decay = np.exp(-s)
    s += 1.0
    slope = s * decay  # (1 + s) exp(-s), common to the correlation and the derivative
    correlation = slope + (5.0 / 3.0) * r2 * decay
    slope *= -5.0 / 6.0
    return correlation, slope
