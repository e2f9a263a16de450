"""Data of the timeline: when and in which worker each fit of a search ran."""

from __future__ import annotations

from dataclasses import dataclass

from sk_hpt._types import Floats, Rows
from sk_hpt.displays._search_results import FittedSearch, Statuses, read_trials


@dataclass(frozen=True, eq=False)
class Timeline:
    """The fits of a search, in the order of their starts.

    Parameters
    ----------
    starts, ends : ndarray of shape (n_fits,)
        Start and end of each fit, in seconds since the search began.
    workers : ndarray of shape (n_fits,), dtype=int
        Number of the worker of each fit, from 0 on.
    trials : ndarray of shape (n_fits,), dtype=int
        Row of the trial of each fit in ``cv_results_``.
    status : ndarray of shape (n_trials,), dtype=object
        How each trial ended.
    best : int or None
        The best complete trial; None if there is none.
    """

    starts: Floats
    ends: Floats
    workers: Rows
    trials: Rows
    status: Statuses
    best: int | None


def read_timeline(search: FittedSearch) -> Timeline:
    """Return when and in which worker the fits of a search ran.

    Raises
    ------
    ValueError
        If the search has no log of its fits.
    """
    trials = read_trials(search)
    if not hasattr(search, "fit_log_"):
        raise ValueError(
            f"{type(search).__name__} has no fit_log_. Use a search of sk_hpt, or FitTimeDisplay "
            "for any search."
        )
    log = search.fit_log_
    if not len(log["trial"]):
        raise ValueError(
            "fit_log_ of this search must have at least one fit, and the workers of its fits were "
            "not stored. Use FitTimeDisplay, or fit the search without its old journal."
        )
    return Timeline(
        log["start"], log["end"], log["worker"], log["trial"], trials.status, trials.best
    )
