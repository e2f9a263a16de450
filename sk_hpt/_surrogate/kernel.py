"""Matern-5/2 covariance as a function of squared distances.

With s = sqrt(5 r2), k = (1 + s + s^2 / 3) exp(-s) (Rasmussen and Williams 2006, equation 4.17).
In terms of r2 it is differentiable at 0 too, dk/dr2 = -5/6 (1 + s) exp(-s), which spares every
special case for equal points.
"""

from __future__ import annotations

import numpy as np

from sk_hpt._types import Floats


def squared_distances(U: Floats, V: Floats) -> Floats:
    """Squared distances between the rows of U, (n, q), and of V, (m, q); shape (n, m)."""
    r2 = np.dot(U * -2.0, V.T)
    r2 += np.einsum("ij,ij->i", U, U)[:, None]
    r2 += np.einsum("ij,ij->i", V, V)
    return np.maximum(r2, 0.0, out=r2)


def matern(r2: Floats) -> Floats:
    """Correlation at the squared distances `r2`."""
    s = np.sqrt(5.0 * r2)
    return (1.0 + s + (5.0 / 3.0) * r2) * np.exp(-s)


def matern_and_slope(r2: Floats) -> tuple[Floats, Floats]:
    """Correlation at the squared distances `r2`, and its derivative with respect to them."""
    s = np.sqrt(5.0 * r2)
    decay = np.exp(-s)
    s += 1.0
    slope = s * decay
    correlation = slope + (5.0 / 3.0) * r2 * decay
    slope *= -5.0 / 6.0
    return correlation, slope
