"""The point with the largest log expected improvement.

Notation
--------
d      : number of columns of X
snap   : the map from any point to the nearest one that can be decoded
tried  : points that were evaluated or are pending
smooth : columns in which the acquisition is followed along the gradient

Points that can be decoded lie on a lattice in some columns, and on a neutral value in columns of
parameters that they do not have; `snap` knows these rules. The maximiser evaluates many snapped
candidates, and climbs from the few best ones: in turn along the gradient in the smooth columns,
and from level to level in single columns.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import TypeAlias

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

Snap: TypeAlias = Callable[[Floats], Floats]

N_SOBOL = 512
"""Candidates spread over the whole cube."""

N_CENTRES, N_AROUND = 5, 20
"""Best points so far, and candidates around each of them."""

N_ASCENTS = 3
"""Candidates from which to climb."""

MAX_ASCENT_ROUNDS = 3
MIN_GAIN = 1e-3
"""A round of an ascent that gains less than this is the last one."""

MAX_ENUMERATED_POINTS = 1024
"""In a finite space of at most this many points, all of them are candidates."""

MAX_ENUMERATED_LEVELS = 20
"""An ordered column with more levels than this is climbed like a continuous one, then snapped."""


def propose(
    surrogate: Surrogate, snap: Snap, tried: Floats, rng: np.random.Generator
) -> Floats | None:
    """Return the most promising point that was not tried.

    Parameters
    ----------
    surrogate : Surrogate
        The posterior, conditioned on all pending points.
    snap : callable
        Moves points, (m, d), to the points that they decode to, (m, d).
    tried : ndarray of shape (m, d)
        Snapped points that were evaluated or are pending.
    rng : Generator
        Random numbers for the candidates.

    Returns
    -------
    x : ndarray of shape (d,) or None
        A snapped point that is not in `tried`; None if all candidates are. In a finite space of
        at most `MAX_ENUMERATED_POINTS`, every point was tried then.
    """
    maximizer = _Maximizer(surrogate, snap, tried)
    candidates = maximizer.untried(_candidates(surrogate, rng))
    if not len(candidates):
        return None
    values = maximizer.values(candidates)
    best, best_value = candidates[0], -np.inf
    for start in np.argsort(-values, kind="stable")[:N_ASCENTS]:
        x, value = maximizer.climb(candidates[start], float(values[start]))
        if value > best_value:
            best, best_value = x, value
    return best


class _Maximizer:
    """Maximises the acquisition over snapped points that were not tried."""

    def __init__(self, surrogate: Surrogate, snap: Snap, tried: Floats) -> None:
        self._surrogate, self._snap, self._tried = surrogate, snap, tried
        self._best = surrogate.best
        self._smooth = np.array([_is_smooth(surrogate.encoding, c) for c in range(tried.shape[1])])

    def values(self, X: Floats) -> Floats:
        """Return the acquisition at points, (m, d)."""
        return log_expected_improvement(*self._surrogate.predict(X), self._best)

    def untried(self, X: Floats) -> Floats:
        """Snap points and return those that were not tried."""
        X = self._snap(X)
        if not len(X) or not len(self._tried):
            return X
        return X[cdist(X, self._tried, "chebyshev").min(axis=1) > SAME_POINT_TOLERANCE]

    def climb(self, x: Floats, value: float) -> tuple[Floats, float]:
        """Alternate between the gradient and single columns until neither gains."""
        for _ in range(MAX_ASCENT_ROUNDS):
            before = value
            x, value = self._better(self._ascend(x)[None], x, value)
            x, value = self._better(_neighbours(self._surrogate.encoding, x), x, value)
            if value <= before + MIN_GAIN:
                break
        return x, value

    def _better(self, X: Floats, x: Floats, value: float) -> tuple[Floats, float]:
        """Return the best of the untried points of X and of x, with its value."""
        X = self.untried(X)
        if not len(X):
            return x, value
        values = self.values(X)
        i = int(np.argmax(values))
        return (X[i], float(values[i])) if values[i] > value else (x, value)

    def _ascend(self, x: Floats) -> Floats:
        """Follow the gradient in the smooth columns that are active at x."""
        # A column is active if a large step in it survives the snapping.
        moved = np.where(self._smooth, np.where(x < 0.5, x + 0.3, x - 0.3), x)
        change = np.abs(self._snap(moved[None])[0] - x)
        free = self._smooth & (change > SAME_POINT_TOLERANCE)
        if not free.any():
            return x

        def loss(part: Floats) -> tuple[float, Floats]:
            point = x.copy()
            point[free] = part
            mean, std, *gradients = self._surrogate.process.predict_gradient(point)
            value, gradient = log_expected_improvement_gradient(mean, std, self._best, *gradients)
            return -value, -gradient[free]

        bounds = [(0.0, 1.0)] * int(free.sum())
        options = {"maxiter": 30, "ftol": 1e-5, "gtol": 1e-3}
        found = minimize(loss, x[free], jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        point = x.copy()
        point[free] = np.clip(found.x, 0.0, 1.0)
        return point


def _candidates(surrogate: Surrogate, rng: np.random.Generator) -> Floats:
    """Return all points of a small finite space; else Sobol points, and points near the best."""
    levels = [level for level in surrogate.encoding.levels if level is not None]
    finite = len(levels) == surrogate.encoding.n_columns
    if finite and np.prod([float(len(level)) for level in levels]) <= MAX_ENUMERATED_POINTS:
        return np.array(list(product(*levels)))
    spread = sobol_points(N_SOBOL, surrogate.encoding.n_columns, rng)
    order = np.argsort(np.where(surrogate.may_be_best, surrogate.means, np.inf), kind="stable")
    centres = surrogate.X[order[:N_CENTRES]]
    return np.concatenate([spread, _around(surrogate, centres, rng)])


def _around(surrogate: Surrogate, centres: Floats, rng: np.random.Generator) -> Floats:
    """Return points near the centres, each moved in about half of the columns."""
    points = np.repeat(centres, N_AROUND, axis=0)
    # Steps of all sizes, because it is unknown at which scale the function varies.
    steps = 10.0 ** rng.uniform(-2.5, -0.5, size=(len(points), 1))
    moved = np.clip(points + steps * rng.normal(size=points.shape), 0.0, 1.0)
    # Categories have no order, so a short step is no more likely than a long one.
    categorical = surrogate.encoding.categorical
    moved[:, categorical] = rng.uniform(size=(len(points), int(categorical.sum())))
    return np.where(rng.uniform(size=points.shape) < 0.5, moved, points)


def _is_smooth(encoding: Encoding, column: int) -> bool:
    """Return whether following the gradient makes sense in this column."""
    levels = encoding.levels[column]
    is_dense = levels is None or len(levels) > MAX_ENUMERATED_LEVELS
    return not encoding.categorical[column] and is_dense


def _neighbours(encoding: Encoding, x: Floats) -> Floats:
    """Return points that differ from x in the level of one column, (m, d)."""
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
    """Return indices of other levels to try: all if they are few, else at doubling distances."""
    here = int(np.argmin(np.abs(levels - value)))
    if categorical or len(levels) <= MAX_ENUMERATED_LEVELS:
        return np.delete(np.arange(len(levels)), here)
    distances = 2 ** np.arange(int(np.log2(len(levels))) + 1)
    indices = np.concatenate([here - distances, here + distances])
    return indices[(indices >= 0) & (indices < len(levels))]
