"""The log of all jobs: when and in which worker each of them ran."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sk_hpt._trials.trial import FitResult
from sk_hpt._types import Floats, Rows


class FitLog:
    """Log with one entry for each job that a worker has finished.

    Entries are numbers in arrays that grow: a search can have a million jobs.
    """

    def __init__(self) -> None:
        self._workers: dict[str, int] = {}  # their numbers by name
        self._numbers = array("q")  # trial, fold and worker of each job in turn
        self._times = array("d")  # finish time and seconds of each job in turn

    def record(self, result: FitResult) -> None:
        """Add the job of a result, unless its worker is not known."""
        if not result.worker:
            return
        worker = self._workers.setdefault(result.worker, len(self._workers))
        self._numbers.extend((result.trial, result.fold, worker))
        self._times.extend((result.finish_time, result.seconds))

    def columns(self, shown: Rows) -> dict[str, NDArray[Any]]:
        """Return the log as columns, in the order in which the jobs started.

        Parameters
        ----------
        shown : ndarray of shape (n_rows,)
            Rows of the results table that are shown. Jobs of other trials are left out, and the
            column ``trial`` has places in this array.

        Returns
        -------
        columns : dict of ndarray
            ``trial``, ``fold``, ``start``, ``end`` and ``worker``. Workers are numbered from 0 on
            in the order in which they appear.
        """
        trials, folds, workers = np.array(self._numbers, dtype=np.int64).reshape(-1, 3).T
        finish_times, seconds = np.array(self._times, dtype=np.float64).reshape(-1, 2).T
        ends = _ends(finish_times, seconds, workers)
        starts = ends - seconds
        jobs = np.argsort(starts, kind="stable")
        jobs = jobs[np.isin(trials[jobs], shown)]
        return {
            "trial": np.searchsorted(shown, trials[jobs]),
            "fold": folds[jobs],
            "start": starts[jobs],
            "end": ends[jobs],
            "worker": _numbered(workers[jobs]),
        }


def _ends(finish_times: Floats, seconds: Floats, workers: NDArray[np.int64]) -> Floats:
    """Return when each job ended: before its result arrived, and before the next one started.

    A worker runs one job at a time. Results arrive some milliseconds after the end, those of jobs
    that share a training at the same time, and with some joblib backends all of them at the end.
    """
    ends = np.empty_like(finish_times)
    order = np.lexsort((finish_times, workers))
    begins = np.flatnonzero(np.diff(workers[order])) + 1
    for jobs in np.split(order, begins):
        # Job i ends at the latest at finish_time_k - (seconds of i + 1, ..., k) for all k >= i.
        elapsed = np.cumsum(seconds[jobs])
        slack = finish_times[jobs] - elapsed
        ends[jobs] = elapsed + np.minimum.accumulate(slack[::-1])[::-1]
    return ends


def _numbered(workers: NDArray[np.int64]) -> Rows:
    """Return the workers by new numbers, from 0 on in the order in which they appear."""
    _, first, inverse = np.unique(workers, return_index=True, return_inverse=True)
    numbers = np.empty(len(first), dtype=np.intp)
    numbers[np.argsort(first)] = np.arange(len(first))
    return numbers[inverse]
