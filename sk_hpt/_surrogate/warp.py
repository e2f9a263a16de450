"""Bending of the numeric columns, so that the function varies evenly along them.

The distribution function of Kumaraswamy, w(x) = 1 - (1 - x^a)^b, maps [0, 1] onto itself; a and b
are learned (Snoek et al. 2014 with the beta distribution; Cowen-Rivers et al. 2022 with this one).
"""

from __future__ import annotations

import numpy as np

from sk_hpt._types import Floats

EDGE = 1e-4
"""Slopes at 0 and 1 may be infinite: points are kept this far away from the ends."""


def warp(X: Floats, a: Floats, b: Floats) -> Floats:
    """w(x) of each column of X, (n, p), with its own a and b, (p,)."""
    return -np.expm1(b * _log_remainder(_inside(X), a))


def warp_gradients(X: Floats, a: Floats, b: Floats) -> tuple[Floats, Floats, Floats]:
    """w(x) and its derivatives with respect to log a and log b, each (n, p)."""
    log_x = np.log(_inside(X))
    power = np.exp(a * log_x)
    remainder = np.log1p(-power)
    tail = b * np.exp(b * remainder)
    by_log_a = tail * power * a * log_x / (1.0 - power)
    return 1.0 - tail / b, by_log_a, -tail * remainder


def warp_slope(X: Floats, a: Floats, b: Floats) -> Floats:
    """dw/dx, (n, p)."""
    inside = _inside(X)
    return a * b * inside ** (a - 1.0) * np.exp((b - 1.0) * _log_remainder(inside, a))


def _inside(X: Floats) -> Floats:
    return np.clip(X, EDGE, 1.0 - EDGE)


def _log_remainder(X: Floats, a: Floats) -> Floats:
    """log(1 - x^a)."""
    return np.log1p(-(X**a))
