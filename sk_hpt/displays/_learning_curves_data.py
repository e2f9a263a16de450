"""Data of the learning curves: the mean curve of each trial, and which part of it to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sk_hpt._types import Floats
from sk_hpt.displays._search_results import FittedSearch

Curves = Sequence[Floats | None]
"""The value after each epoch for each trial; None for trials without a curve."""

LOG_RATIO = 10.0
"""Losses have a logarithmic axis if the largest is more than this many times the smallest."""

MAX_OVER_MEDIAN = 5.0
"""The axis of the losses ends at this many times the median of the largest loss of each trial."""


def mean_curves(search: FittedSearch, part: Literal["loss", "validation"]) -> Curves:
    """Return the mean over the folds of one curve for each trial of a fitted search.

    Raises
    ------
    ValueError
        If the search has no learning curves.
    """
    if not hasattr(search, "learning_curves_"):
        raise ValueError(
            f"{type(search).__name__} has no learning_curves_. Use a search of sk_hpt."
        )
    found = []
    for folds in search.learning_curves_:
        values = [getattr(curve, part) for curve in folds if curve is not None]
        found.append(mean_curve([each for each in values if each is not None]))
    return found


def mean_curve(curves: Sequence[NDArray[np.floating]]) -> Floats | None:
    """Return the mean over folds at each epoch; None if there is no fold.

    A fold that stopped earlier than another keeps its last value. Without this the mean would jump
    wherever a fold stops.
    """
    if not curves:
        return None
    longest = max(map(len, curves))
    padded = [np.pad(curve, (0, longest - len(curve)), "edge") for curve in curves]
    return np.mean(padded, axis=0, dtype=np.float64)


def best_trials(scores: Floats, curves: Curves, n_best: int) -> list[int]:
    """Return the best trials among those that have a score and a curve, the best first."""
    order = np.argsort(-scores, kind="stable")  # NaN comes last
    known = [int(row) for row in order if np.isfinite(scores[row]) and curves[row] is not None]
    return known[:n_best]


def need_log_axis(losses: Curves) -> bool:
    """Return whether the losses span so much that a linear axis would hide the small ones."""
    values = np.concatenate([[], *(curve for curve in losses if curve is not None)])
    values = values[np.isfinite(values)]
    return bool(len(values) and values.min() > 0 and values.max() > LOG_RATIO * values.min())


def highest_shown(losses: Curves, kept: Sequence[int]) -> float | None:
    """Return where to cut the axis of the losses, so that diverging trials do not take it up.

    Parameters
    ----------
    losses : sequence of ndarray of shape (n_epochs,) or None
        The loss of each trial after each epoch.
    kept : sequence of int
        Trials to show in full.

    Returns
    -------
    top : float or None
        Upper end of the axis; None if nothing needs to be cut.
    """
    finite = {i: curve[np.isfinite(curve)] for i, curve in enumerate(losses) if curve is not None}
    highest = {i: float(curve.max()) for i, curve in finite.items() if len(curve)}
    if not highest:
        return None
    # Most networks start near the same loss; far above are networks that diverge.
    median = float(np.median(list(highest.values())))
    top = max([MAX_OVER_MEDIAN * median, *(highest[i] for i in kept if i in highest)])
    return top if max(highest.values()) > top > 0 else None
