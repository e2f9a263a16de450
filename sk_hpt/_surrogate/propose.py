"""Where to look next: the point with the largest log expected improvement.

Points that can be decoded lie on a lattice in some columns and on the neutral value in inactive
ones; `snap` knows which. The search goes from many snapped candidates to the few best, and from
those uphill, in turn along the gradient and along single columns.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.spatial.distance import cdist

from sk_hpt._surrogate.acquisition import (
    log_expected_improvement,
    log_expected_improvement_gradient,
)
from sk_hpt._surrogate.columns import SAME, Array, Columns
from sk_hpt._surrogate.points import spread_points
from sk_hpt._surrogate.surrogate import Surrogate

Snap = Callable[[Array], Array]

N_SPREAD = 512
N_CENTRES, N_AROUND = 5, 20
N_CLIMBS = 3
MAX_ROUNDS = 3
MAX_ENUMERATED = 1024
"""A finite space of at most so many points is looked at in full."""

MANY_LEVELS = 20
"""From so many ordered levels on, a column is climbed as if it were continuous, then snapped."""


def propose(
    surrogate: Surrogate, snap: Snap, taken: Array, rng: np.random.Generator
) -> Array | None:
    """The most promising point that was not tried.

    Parameters
    ----------
    surrogate : Surrogate
        What is believed of the function, conditioned on all pending points.
    snap : callable
        From points, (m, d), to those of the settings that they decode to, (m, d).
    taken : ndarray of shape (m, d)
        Snapped points that were evaluated or are pending.
    rng : Generator
        For the candidates.

    Returns
    -------
    x : ndarray of shape (d,) or None
        A snapped point that is not in `taken`; None where all candidates are: in a finite space
        of up to 1024 points nothing is left then.
    """
    search = _Search(surrogate, snap, taken)
    candidates = search.new(_candidates(surrogate, rng))
    if not len(candidates):
        return None
    values = search.values(candidates)
    best, best_value = candidates[0], -np.inf
    for start in np.argsort(-values, kind="stable")[:N_CLIMBS]:
        x, value = search.climb(candidates[start], float(values[start]))
        if value > best_value:
            best, best_value = x, value
    return best


class _Search:
    """Uphill search for one proposal."""

    def __init__(self, surrogate: Surrogate, snap: Snap, taken: Array) -> None:
        self._surrogate, self._snap, self._taken = surrogate, snap, taken
        self._best = surrogate.best
        self._smooth = np.array([_is_smooth(surrogate.columns, c) for c in range(taken.shape[1])])

    def values(self, X: Array) -> Array:
        return log_expected_improvement(*self._surrogate.predict(X), self._best)

    def new(self, X: Array) -> Array:
        """The snapped points of X that are not taken."""
        X = self._snap(X)
        if not len(X) or not len(self._taken):
            return X
        return X[cdist(X, self._taken, "chebyshev").min(axis=1) > SAME]

    def climb(self, x: Array, value: float) -> tuple[Array, float]:
        """Alternate between gradient and single columns until neither helps."""
        for _ in range(MAX_ROUNDS):
            before = value
            x, value = self._better(self._ascend(x)[None], x, value)
            x, value = self._better(_neighbours(self._surrogate.columns, x), x, value)
            if value <= before + 1e-3:
                break
        return x, value

    def _better(self, X: Array, x: Array, value: float) -> tuple[Array, float]:
        """The best of the new points X if it is better than x."""
        X = self.new(X)
        if not len(X):
            return x, value
        values = self.values(X)
        i = int(np.argmax(values))
        return (X[i], float(values[i])) if values[i] > value else (x, value)

    def _ascend(self, x: Array) -> Array:
        """Follow the gradient in the smooth columns that are active at x."""
        moved = np.where(self._smooth, np.where(x < 0.5, x + 0.3, x - 0.3), x)
        free = self._smooth & (np.abs(self._snap(moved[None])[0] - x) > SAME)
        if not free.any():
            return x

        def loss(part: Array) -> tuple[float, Array]:
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


def _candidates(surrogate: Surrogate, rng: np.random.Generator) -> Array:
    """All points of a small finite space; else a Sobol sequence and what is around the best."""
    levels = [level for level in surrogate.columns.levels if level is not None]
    finite = len(levels) == surrogate.columns.n_columns
    if finite and np.prod([float(len(level)) for level in levels]) <= MAX_ENUMERATED:
        return np.array(list(product(*levels)))
    spread = spread_points(N_SPREAD, surrogate.columns.n_columns, rng)
    order = np.argsort(np.where(surrogate.candidates, surrogate.means, np.inf), kind="stable")
    centres = surrogate.X[order[:N_CENTRES]]
    return np.concatenate([spread, _around(surrogate, centres, rng)])


def _around(surrogate: Surrogate, centres: Array, rng: np.random.Generator) -> Array:
    """Points near the centres: some columns moved, by steps from tiny to wide."""
    points = np.repeat(centres, N_AROUND, axis=0)
    steps = 10.0 ** rng.uniform(-2.5, -0.5, size=(len(points), 1))
    moved = np.clip(points + steps * rng.normal(size=points.shape), 0.0, 1.0)
    # A step along a category means nothing: any other may be the next.
    categorical = surrogate.columns.categorical
    moved[:, categorical] = rng.uniform(size=(len(points), int(categorical.sum())))
    return np.where(rng.uniform(size=points.shape) < 0.5, moved, points)


def _is_smooth(columns: Columns, column: int) -> bool:
    """Whether the gradient leads anywhere in this column."""
    levels = columns.levels[column]
    return not columns.categorical[column] and (levels is None or len(levels) > MANY_LEVELS)


def _neighbours(columns: Columns, x: Array) -> Array:
    """Points that differ from x in the level of one column."""
    points = []
    for column, levels in enumerate(columns.levels):
        if levels is None:
            continue
        for level in levels[_steps(levels, x[column], bool(columns.categorical[column]))]:
            point = x.copy()
            point[column] = level
            points.append(point)
    return np.array(points).reshape(-1, len(x))


def _steps(levels: Array, value: float, categorical: bool) -> NDArray[np.intp]:
    """Indices of other levels to try: all of a few, else those at doubling distances."""
    here = int(np.argmin(np.abs(levels - value)))
    if categorical or len(levels) <= MANY_LEVELS:
        return np.delete(np.arange(len(levels)), here)
    distances = 2 ** np.arange(int(np.log2(len(levels))) + 1)
    indices = np.concatenate([here - distances, here + distances])
    return indices[(indices >= 0) & (indices < len(levels))]
