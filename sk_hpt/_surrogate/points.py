"""Points of the unit cube: a Sobol sequence, and which points are equal.

Notation: m or n points as rows, in d columns.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import qmc

from sk_hpt._surrogate.encoding import SAME_POINT_TOLERANCE
from sk_hpt._types import Flags, Floats

# scipy up to 1.14 has the parameter `seed`; later versions have `rng` and warn about `seed`.
SEED_NAME = "rng" if "rng" in qmc.Sobol.__init__.__annotations__ else "seed"


def sobol_points(n: int, d: int, rng: np.random.Generator) -> Floats:
    """Return `n` points of a scrambled Sobol sequence, shape (n, d); at most one if d is 0."""
    if d == 0:
        return np.empty((min(n, 1), 0))
    # scipy warns unless the number is a power of two. The points of a longer sequence are the same.
    n_bits = max(n - 1, 0).bit_length()
    points: Floats = qmc.Sobol(d, **{SEED_NAME: rng}).random_base2(n_bits)
    return points[:n]


def same_points(X: Floats, Z: Floats) -> Flags:
    """Return whether each row of X, (m, d), equals each row of Z, (n, d); shape (m, n)."""
    distances = np.abs(X[:, np.newaxis] - Z).max(axis=2, initial=0.0)
    same: Flags = distances <= SAME_POINT_TOLERANCE
    return same
