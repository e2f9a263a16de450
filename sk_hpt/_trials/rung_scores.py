"""Test scores on the rungs below the end of training, by one metric."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from sk_hpt._trials.trial import Cell, FitResult, Rung
from sk_hpt._types import Floats, Rows, Scores


class RungScores:
    """Test scores of all trials on the rungs, one row per trial and one column per fold.

    Parameters
    ----------
    n_folds : int
        Number of folds of every trial.
    n_levels : int
        Number of rungs below the end of training.
    """

    def __init__(self, n_folds: int, n_levels: int) -> None:
        self.n_levels = n_levels
        self._reached = np.zeros((0, n_folds), dtype=np.int64)  # the highest rung with a score
        self._scores: dict[tuple[int, bool], Floats] = {}
        self._resources: dict[int, Floats] = {}
        self._levels: set[int] = set()  # the rungs that were in a job
        self._has_other_resource = False

    def grow(self, n_more: int) -> None:
        """Add rows without scores."""
        more = ((0, n_more), (0, 0))
        self._reached = np.pad(self._reached, more)
        for key, column in self._scores.items():
            self._scores[key] = np.pad(column, more, constant_values=np.nan)
        for level, column in self._resources.items():
            self._resources[level] = np.pad(column, more, constant_values=np.nan)

    def record(self, result: FitResult, metric_of: Callable[[Scores], float]) -> None:
        """Enter the scores of a result on its rungs.

        Parameters
        ----------
        result : FitResult
            A result.
        metric_of : callable
            Returns the metric of interest from the scores.
        """
        # Where each rung is a fit of its own, the resource is not epochs.
        is_own_fit = result.n_resources > 0
        self._has_other_resource |= is_own_fit
        self._levels |= {rung.level for rung in result.rung_scores if not rung.halfway}
        for rung, scores in result.rung_scores.items():
            self._reached[result.cell] = max(self._reached[result.cell], rung.n_resources)
            # A network may have stopped by itself before the rung.
            spent = rung.n_resources if is_own_fit else min(rung.n_resources, result.n_epochs)
            self._enter((rung.level, rung.halfway), result.cell, metric_of(scores), spent)
        if result.rung_scores and result.test_scores is not None:
            # The network stopped by itself: on all higher rungs it is what it is now.
            score = metric_of(result.test_scores)
            for key in self._rungs_above(result.rung_scores):
                self._enter(key, result.cell, score, result.n_epochs)

    @property
    def reached(self) -> NDArray[np.int64]:
        """Resource of the highest rung of each fit that has a score, 0 without one."""
        return self._reached

    def scores(self, rows: Sequence[int], level: int, halfway: bool = False) -> Floats:
        """Return the scores on a rung, (len(rows), n_folds); NaN where it was not reached."""
        if (level, halfway) not in self._scores:
            return np.full((len(rows), self._reached.shape[1]), np.nan)
        return self._scores[level, halfway][rows]

    def columns(self, rows: Rows, metric: str) -> dict[str, Floats]:
        """Return two columns for each rung that a trial was on: its resource and the mean score.

        Parameters
        ----------
        rows : ndarray of shape (n_rows,)
            Rows of the trials to return.
        metric : str
            Name of the metric in the names of the columns.
        """
        amount = "n_resources" if self._has_other_resource else "n_epochs"
        columns: dict[str, Floats] = {}
        for level in sorted(self._levels):
            resources = self._resources[level][rows]
            if np.isfinite(resources).any():
                columns[f"rung{level}_{amount}"] = np.fmax.reduce(resources, axis=1)
                scores = np.ma.masked_invalid(self._scores[level, False][rows])
                columns[f"rung{level}_test_{metric}"] = scores.mean(axis=1).filled(np.nan)
        return columns

    def _enter(self, key: tuple[int, bool], cell: Cell, score: float, spent: int) -> None:
        level, halfway = key
        if key not in self._scores:
            self._scores[key] = np.full(self._reached.shape, np.nan)
        self._scores[key][cell] = score
        if not halfway:
            if level not in self._resources:
                self._resources[level] = np.full(self._reached.shape, np.nan)
            self._resources[level][cell] = spent

    def _rungs_above(self, rungs: Iterable[Rung]) -> list[tuple[int, bool]]:
        highest = max((rung.level, not rung.halfway) for rung in rungs)
        return [
            (level, not reached)
            for level in range(self.n_levels)
            for reached in (False, True)
            if (level, reached) > highest
        ]
