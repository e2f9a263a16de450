"""Data of the optimization history: where each trial stands, and the best score up to there."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sk_hpt._types import Floats
from sk_hpt.displays._search_results import FittedSearch, Trials

Over = Literal["trials", "time"]
"""The horizontal axis of a history."""


def trial_positions(search: FittedSearch, over: Over, n_trials: int) -> Floats:
    """Return the numbers of the trials, from 1 on, or their finish times in seconds.

    Raises
    ------
    ValueError
        If `over` is neither ``"trials"`` nor ``"time"``, or if the search has no finish times.
    """
    if over == "trials":
        return np.arange(1.0, n_trials + 1)
    if over != "time":
        raise ValueError(f"over={over!r} must be 'trials' or 'time'.")
    if not hasattr(search, "finish_times_"):
        raise ValueError(
            f"over='time' must be 'trials' for {type(search).__name__}, which has no "
            "finish_times_. Use over='trials', or a search of sk_hpt."
        )
    return np.asarray(search.finish_times_, dtype=np.float64)


def best_so_far(positions: Floats, trials: Trials) -> Floats:
    """Return the best score of a complete trial up to the position of each trial.

    Trials at the same position all count there. NaN before the first complete trial.
    """
    order = np.argsort(positions, kind="stable")
    # Running maximum in the order of the positions: finish times are in any order.
    running = np.maximum.accumulate(trials.eligible_scores[order])
    # Trials at one position share the maximum up to the last of them.
    last_there = np.searchsorted(positions[order], positions, side="right") - 1
    best = running[last_there]
    return np.where(np.isfinite(best), best, np.nan)
