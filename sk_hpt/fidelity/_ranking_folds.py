"""The folds on which trials are compared first: ones that can tell good trials from poor ones.

Notation
--------
f : number of folds
k : number of classes, or of quarters of a numeric target

Mostly the first fold can rank trials. But a test fold with one class, or with very few rows, may
prefer a network that has learned nothing, and so may a training fold that is much shorter than the
others, as the first one of a TimeSeriesSplit.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from sk_hpt._types import Flags, Floats, Fold, Rows, Target

MIN_TRAIN_SHARE = 0.5
"""Training folds with fewer rows than this share of the longest one are taken last."""

MIN_TEST_ROWS = 50
"""Number of test rows that can rank trials."""

MAX_DISTANCE = 0.3
"""Total variation by which the classes of the test rows may differ from those of all folds."""

MIN_EXPECTED = 3
"""A class that a fold should have at least this often must be among the test rows."""


def ranking_folds(y: Target, folds: Sequence[Fold], is_classifier: bool) -> tuple[int, ...]:
    """Return the numbers of folds that can rank trials together: mostly the first one alone.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, n_outputs), or None
        Targets.
    folds : sequence of (train, test)
        The indices of the rows.
    is_classifier : bool
        Whether the targets are classes.

    Returns
    -------
    folds : tuple of int
        At least one.
    """
    if not folds:
        return (0,)
    train_rows = np.array([len(train) for train, _ in folds])
    long_enough = np.flatnonzero(train_rows >= MIN_TRAIN_SHARE * train_rows.max())
    counts = _counts(_levels(y, is_classifier), [np.asarray(test) for _, test in folds])
    taken: list[int] = []
    total = np.zeros(counts.shape[1])
    while len(taken) < len(long_enough) and not _can_rank(total, counts):
        left = np.setdiff1d(long_enough, taken)
        # The first fold if it is good enough alone, then the one that adds what is missing.
        able = [] if taken else [fold for fold in left[:1] if _can_rank(counts[fold], counts)]
        best = able or left[[np.argmin(_distances(total + counts[left], counts))]]
        taken.append(int(best[0]))
        total = total + counts[taken[-1]]
    return tuple(taken) or (0,)


def _levels(y: Target, is_classifier: bool) -> Rows | None:
    """Return the class of each row, or the quarter of its target; None if the rows have none."""
    with suppress(TypeError, ValueError):  # targets that numpy cannot compare
        values = np.asarray(y)
        if y is None or values.size != len(values):
            return None
        values = values.ravel()
        if not is_classifier:
            values = np.searchsorted(np.quantile(values.astype(float), [0.25, 0.5, 0.75]), values)
        levels: Rows = np.unique(values, return_inverse=True)[1]
        return levels
    return None


def _counts(levels: Rows | None, tests: Sequence[Rows]) -> Floats:
    """Return how many test rows of each class each fold has, (f, k)."""
    if levels is None:
        return np.array([[float(len(test))] for test in tests])
    k = int(levels.max(initial=0)) + 1
    return np.array([np.bincount(levels[test], minlength=k) for test in tests], dtype=float)


def _can_rank(rows: Floats, counts: Floats) -> bool:
    """Return whether test rows with these classes, (k,), are enough and like those of all folds."""
    expected = counts.mean(axis=0)
    lacks: Flags = (rows == 0) & (expected >= MIN_EXPECTED)
    n_needed = min(MIN_TEST_ROWS, float(counts.sum()))
    has_contrast = int(np.count_nonzero(rows)) >= min(2, int(np.count_nonzero(expected)))
    is_alike = _distances(rows[np.newaxis], counts)[0] <= MAX_DISTANCE
    return bool(float(rows.sum()) >= n_needed and has_contrast and is_alike and not lacks.any())


def _distances(rows: Floats, counts: Floats) -> Floats:
    """Return the total variation between the classes of rows, (m, k), and of all folds, (m,)."""
    shares = rows / np.maximum(rows.sum(axis=1, keepdims=True), 1.0)
    of_all = counts.sum(axis=0) / max(counts.sum(), 1.0)
    distances: Floats = 0.5 * np.abs(shares - of_all).sum(axis=1)
    return distances
