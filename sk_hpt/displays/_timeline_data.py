"""Data of the timeline: when each trial was fitted, and rows in which trials do not overlap."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from sk_hpt._types import Floats, Rows
from sk_hpt.displays._search_results import FittedSearch, Statuses, read_trials


@dataclass(frozen=True, eq=False)
class Timeline:
    """When each trial was fitted, in seconds since the search began.

    Parameters
    ----------
    starts, ends : ndarray of shape (n_trials,)
        Begin and end of each trial. The end is known; the begin is the end minus the time of all
        fits.
    rows : ndarray of shape (n_trials,), dtype=int
        Row of each trial, from 0 on.
    status : ndarray of shape (n_trials,), dtype=object
        How each trial ended.
    best : int or None
        The best complete trial; None if there is none.
    """

    starts: Floats
    ends: Floats
    rows: Rows
    status: Statuses
    best: int | None


def read_timeline(search: FittedSearch) -> Timeline:
    """Return when the trials of a fitted search were fitted.

    Raises
    ------
    ValueError
        If the search has no finish times.
    """
    trials = read_trials(search)
    if not hasattr(search, "finish_times_"):
        raise ValueError(
            f"{type(search).__name__} has no finish_times_. Use a search of sk_hpt, or "
            "FitTimeDisplay for any search."
        )
    results = search.cv_results_
    column = re.compile(r"split\d+_test_.*")
    folds = np.column_stack([results[name] for name in results if column.fullmatch(name)])
    n_metrics = max(len([name for name in results if name.startswith("split0_test_")]), 1)
    # A trial that was stopped early has times of fewer folds; how many is not stored.
    n_folds = np.maximum(np.isfinite(folds).sum(axis=1) // n_metrics, 1)
    times = results["mean_fit_time"] + results["mean_score_time"]
    ends = np.asarray(search.finish_times_, dtype=np.float64)
    starts = np.maximum(ends - np.nan_to_num(times) * n_folds, 0.0)
    return Timeline(starts, ends, rows_without_overlap(starts, ends), trials.status, trials.best)


def rows_without_overlap(starts: Floats, ends: Floats) -> Rows:
    """Return a row for each interval, so that those in the same row do not overlap.

    There are as few rows as possible: each interval, in the order of their starts, takes the first
    row that is free.
    """
    rows = np.zeros(len(starts), dtype=np.intp)
    free_from: list[float] = []
    for trial in np.argsort(starts, kind="stable"):
        free = [row for row, end in enumerate(free_from) if end <= starts[trial]]
        rows[trial] = free[0] if free else len(free_from)
        if not free:
            free_from.append(0.0)
        free_from[rows[trial]] = ends[trial]
    return rows
