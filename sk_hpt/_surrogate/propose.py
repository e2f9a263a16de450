"""Where to look next: the point with the largest log expected improvement.

Points that can be decoded lie on a lattice in some columns and on the neutral value in inactive
ones; `snap` knows which. The search goes from many snapped candidates to the few best, and from
those uphill, in turn along the gradient and along single columns.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
from scipy.optimize import minimize
from scipy.spatial.distance import cdist

from sk_hpt._surrogate.acquisition import (
    log_expected_improvement,
    log_expected_improvement_gradient,
)
from sk_hpt._surrogate.encoding import SAME_POINT_TOLERANCE, Encoding
from sk_hpt._surrogate.points import sobol_points
from sk_hpt._surrogate.surrogate import Surrogate
from sk_hpt._types import Floats, Rows

Snap = Callable[[Floats], Floats]

N_SOBOL = 512
N_CENTRES, N_AROUND = 5, 20
N_ASCENTS = 3
MAX_ASCENT_ROUNDS = 3
MAX_ENUMERATED_POINTS = 1024
"""A finite space of at most so many points is looked at in full."""

MAX_ENUMERATED_LEVELS = 20
"""From so many ordered levels on, a column is climbed as if it were continuous, then snapped."""


def propose(
    surrogate: Surrogate, snap: Snap, tried: Floats, rng: np.random.Generator
) -> Floats | None:
    """The most promising point that was not tried.

    Parameters
    ----------
    surrogate : Surrogate
        What is believed of the function, conditioned on all pending points.
    snap : callable
        From points, (m, d), to those of the settings that they decode to, (m, d).
    tried : ndarray of shape (m, d)
        Snapped points that were evaluated or are pending.
    rng : Generator
        For the candidates.

    Returns
    -------
    x : ndarray of shape (d,) or None
        A snapped point that is not in `tried`; None where all candidates are: in a finite space
        of up to 1024 points nothing is left then.
    """
    search = _Maximizer(surrogate, snap, tried)
    candidates = search.new(_candidates(surrogate, rng))
    if not len(candidates):
        return None
    values = search.values(candidates)
    best, best_value = candidates[0], -np.inf
    for start in np.argsort(-values, kind="stable")[:N_ASCENTS]:
        x, value = search.climb(candidates[start], float(values[start]))
        if value > best_value:
            best, best_value = x, value
    return best


class _Maximizer:
    """Uphill search for one proposal."""

    def __init__(self, surrogate: Surrogate, snap: Snap, tried: Floats) -> None:
        self._surrogate, self._snap, self._tried = surrogate, snap, tried
        self._best = surrogate.best
        self._smooth = np.array([_is_smooth(surrogate.encoding, c) for c in range(tried.shape[1])])

    def values(self, X: Floats) -> Floats:
        return log_expected_improvement(*self._surrogate.predict(X), self._best)

    def new(self, X: Floats) -> Floats:
        """The snapped points of X that are not tried."""
        X = self._snap(X)
        if not len(X) or not len(self._tried):
            return X
        return X[cdist(X, self._tried, "chebyshev").min(axis=1) > SAME_POINT_TOLERANCE]

    def climb(self, x: Floats, value: float) -> tuple[Floats, float]:
        """Alternate between gradient and single columns until neither helps."""
        for _ in range(MAX_ASCENT_ROUNDS):
            before = value
            x, value = self._better(self._ascend(x)[None], x, value)
            x, value = self._better(_neighbours(self._surrogate.encoding, x), x, value)
            if value <= before + 1e-3:
                break
        return x, value

    def _better(self, X: Floats, x: Floats, value: float) -> tuple[Floats, float]:
        """The best of the new points X if it is better than x."""
        X = self.new(X)
        if not len(X):
            return x, value
        values = self.values(X)
        i = int(np.argmax(values))
        return (X[i], float(values[i])) if values[i] > value else (x, value)

    def _ascend(self, x: Floats) -> Floats:
        """Follow the gradient in the smooth columns that are active at x."""
        moved = np.where(self._smooth, np.where(x < 0.5, x + 0.3, x - 0.3), x)
        free = self._smooth & (np.abs(self._snap(moved[None])[0] - x) > SAME_POINT_TOLERANCE)
        if not free.any():
            return x

        def loss(part: Floats) -> tuple[float, Floats]:
            point = x.copy()
            point[free] = part
            mean, std, by_mean, by_std = self._surrogate.process.predict_gradient(point)
            value, gradient = log_expected_improvement_gradient(
                mean, std, self._best, by_mean, by_std
            )
            return -value, -gradient[free]

        bounds = [(0.0, 1.0)] * int(free.sum())
        options = {"maxiter": 30, "ftol": 1e-5, "gtol": 1e-3}
        found = minimize(loss, x[free], jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        point = x.copy()
        point[free] = np.clip(found.x, 0.0, 1.0)
        return point


def _candidates(surrogate: Surrogate, rng: np.random.Generator) -> Floats:
    """All points of a small finite space; else a Sobol sequence and what is around the best."""
    levels = [level for level in surrogate.encoding.levels if level is not None]
    finite = len(levels) == surrogate.encoding.n_columns
    if finite and np.prod([float(len(level)) for level in levels]) <= MAX_ENUMERATED_POINTS:
        return np.array(list(product(*levels)))
    spread = sobol_points(N_SOBOL, surrogate.encoding.n_columns, rng)
    order = np.argsort(np.where(surrogate.may_be_best, surrogate.means, np.inf), kind="stable")
    centres = surrogate.X[order[:N_CENTRES]]
    return np.concatenate([spread, _around(surrogate, centres, rng)])


def _around(surrogate: Surrogate, centres: Floats, rng: np.random.Generator) -> Floats:
    """Points near the centres: some columns moved, by steps from tiny to wide."""
    points = np.repeat(centres, N_AROUND, axis=0)
    steps = 10.0 ** rng.uniform(-2.5, -0.5, size=(len(points), 1))
    moved = np.clip(points + steps * rng.normal(size=points.shape), 0.0, 1.0)
    # A step along a category means nothing: any other may be the next.
    categorical = surrogate.encoding.categorical
    moved[:, categorical] = rng.uniform(size=(len(points), int(categorical.sum())))
    return np.where(rng.uniform(size=points.shape) < 0.5, moved, points)


def _is_smooth(encoding: Encoding, column: int) -> bool:
    """Whether the gradient leads anywhere in this column."""
    levels = encoding.levels[column]
    return not encoding.categorical[column] and (
        levels is None or len(levels) > MAX_ENUMERATED_LEVELS
    )


def _neighbours(encoding: Encoding, x: Floats) -> Floats:
    """Points that differ from x in the level of one column."""
    points = []
    for column, levels in enumerate(encoding.levels):
        if levels is None:
            continue
        for level in levels[_steps(levels, x[column], bool(encoding.categorical[column]))]:
            point = x.copy()
            point[column] = level
            points.append(point)
    return np.array(points).reshape(-1, len(x))


def _steps(levels: Floats, value: float, categorical: bool) -> Rows:
    """Indices of other levels to try: all of a few, else those at doubling distances."""
    here = int(np.argmin(np.abs(levels - value)))
    if categorical or len(levels) <= MAX_ENUMERATED_LEVELS:
        return np.delete(np.arange(len(levels)), here)
    distances = 2 ** np.arange(int(np.log2(len(levels))) + 1)
    indices = np.concatenate([here - distances, here + distances])
    return indices[(indices >= 0) & (indices < len(levels))]
