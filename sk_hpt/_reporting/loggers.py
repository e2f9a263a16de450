"""The observers that print, by the parameter `verbose`."""

from __future__ import annotations

from sk_hpt._reporting.observer import Observer
from sk_hpt._reporting.progress_line import ProgressLine
from sk_hpt._reporting.verbose_log import Announcement, VerboseLog
from sk_hpt._types import ErrorScore, PathLike


def loggers_of(
    verbose: int,
    n_folds: int,
    n_trials: int,
    journal: PathLike | None,
    error_score: ErrorScore,
) -> list[Observer]:
    """Return the observers that print during a search.

    The parameters are those of :class:`Announcement` and :class:`VerboseLog`.
    """
    if verbose < 1:
        return []
    announcement = Announcement(n_folds, n_trials, journal)
    if verbose == 1:
        return [ProgressLine(), announcement]
    # From verbose=2 on each fit prints a line of its own.
    return [announcement, VerboseLog(verbose, n_folds, n_trials, error_score)]
