"""Points of the unit cube: spread over it, and told apart."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.stats import qmc

from sk_hpt._surrogate.encoding import SAME_POINT_TOLERANCE
from sk_hpt._types import Flags, Floats

# scipy calls it seed up to 1.14, and warns of that name later.
SEED_NAME = "rng" if "rng" in qmc.Sobol.__init__.__annotations__ else "seed"


def sobol_points(n: int, d: int, rng: np.random.Generator) -> Floats:
    """`n` points of a scrambled Sobol sequence, shape (n, d); without columns there is but one."""
    if d == 0:
        return np.empty((min(n, 1), 0))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The balance properties of Sobol' points")
        points: Floats = qmc.Sobol(d, **{SEED_NAME: rng}).random(n)
    return points


def same_points(X: Floats, Z: Floats) -> Flags:
    """Which rows of X, (m, d), are which rows of Z, (n, d); shape (m, n)."""
    apart = np.abs(X[:, np.newaxis] - Z).max(axis=2, initial=0.0)
    same: Flags = apart <= SAME_POINT_TOLERANCE
    return same
