"""What the picture of a search's history shows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sk_hpt.displays._trials import Trials

Floats = NDArray[np.float64]


def known_scores(search: Any, trials: Trials) -> Floats:
    """Each trial's score, of one that lacks folds the mean of those that it has.

    NaN where there is none, and where a fit failed.
    """
    scores = np.where(trials.status == "failed", np.nan, trials.scores)
    lacking = np.flatnonzero(np.isin(trials.status, ["pruned", "unfinished"]))
    if len(lacking):
        folds = np.stack(
            [
                np.asarray(column, dtype=np.float64)[lacking]
                for name, column in search.cv_results_.items()
                if name.startswith("split") and name.endswith(f"_test_{trials.metric}")
            ],
            axis=1,
        )
        known = np.isfinite(folds)
        sums, counts = np.where(known, folds, 0.0).sum(axis=1), known.sum(axis=1)
        means = np.full(len(lacking), np.nan)
        scores[lacking] = np.divide(sums, counts, out=means, where=counts > 0)
    return scores


def best_so_far(positions: Floats, scores: Floats, status: Any) -> Floats:
    """For each trial the best complete score up to its position; NaN before the first.

    Several at one position all count there.
    """
    scores = np.where((status == "complete") & np.isfinite(scores), scores, -np.inf)
    order = np.argsort(positions, kind="stable")
    running = np.maximum.accumulate(scores[order])
    last_there = np.searchsorted(positions[order], positions, side="right") - 1
    best = running[last_there]
    return np.where(np.isfinite(best), best, np.nan)


def positions_of(search: Any, over: str, n_trials: int) -> Floats:
    """Where trials stand: at their numbers, from 1 on, or when they were done, in seconds.

    Raises
    ------
    ValueError
        If `over` is something else, or the search does not know the times.
    """
    if over == "trials":
        return np.arange(1.0, n_trials + 1)
    if over != "time":
        raise ValueError(f"over={over!r} is neither 'trials' nor 'time'.")
    if not hasattr(search, "finish_times_"):
        raise ValueError(
            f"{type(search).__name__} does not know when its trials were done (it has no "
            "finish_times_). Use over='trials', or a search of sk_hpt."
        )
    return np.asarray(search.finish_times_, dtype=np.float64)
