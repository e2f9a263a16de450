"""The cross-validated score of an ensemble, from the predictions of its members on each fold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, is_classifier
from sklearn.preprocessing import LabelEncoder

from sk_hpt._evaluation import FitRunner, Problem, score, take_rows
from sk_hpt._search.ensemble import average
from sk_hpt._sklearn import num_samples
from sk_hpt._trials import Cell, FitResult, Job, ResultsTable, Trial
from sk_hpt._types import Estimator, Floats, Matrix

MAX_BYTES = 2**28
"""Predictions that take more memory than this together are not kept."""

SPARE = 2
"""Trials whose predictions are kept, as a multiple of the members: some are equal networks."""


class OutOfFold:
    """Keeps the test predictions of the trials that may be members of an ensemble.

    These are the best complete trials, and those that are not complete yet. Predictions that are
    not kept can be made again, by training once more.

    Parameters
    ----------
    n_members : int
        Number of members of the ensemble.
    max_bytes : int, default=MAX_BYTES
        Limit of the memory.
    """

    def __init__(self, n_members: int, max_bytes: int = MAX_BYTES) -> None:
        self._n_trials = SPARE * n_members
        self._max_bytes = max_bytes
        self._kept: dict[Cell, NDArray[Any]] = {}
        self._n_bytes = 0
        self._complete: dict[int, float] = {}  # their mean scores, by number

    def keep(self, result: FitResult, table: ResultsTable) -> None:
        """Keep the predictions of a result that the table has, if there are any and there is room.

        A trial that completes takes the place of the worst of too many complete ones.
        """
        values, trial = result.predictions, result.trial
        if values is None or self._n_bytes + values.nbytes > self._max_bytes:
            return
        self._kept[result.cell] = values
        self._n_bytes += values.nbytes
        if table.is_complete(trial):
            self._complete[trial] = np.nan_to_num(table.mean_score(trial), nan=-np.inf)
            if len(self._complete) > self._n_trials:
                # Of equal scores the later one, as in the ranking.
                worst = min(self._complete, key=lambda one: (self._complete[one], -one))
                self._drop(worst, table.n_folds)

    def _drop(self, trial: int, n_folds: int) -> None:
        del self._complete[trial]
        for fold in range(n_folds):
            values = self._kept.pop((trial, fold), None)
            self._n_bytes -= 0 if values is None else values.nbytes

    def missing(self, members: Sequence[Trial], n_folds: int) -> list[Job]:
        """Return the jobs that make the predictions that are not kept."""
        return [
            Job(trial, fold)
            for trial in members
            for fold in range(n_folds)
            if (trial.number, fold) not in self._kept
        ]

    def complete(self, members: Sequence[Trial], runner: FitRunner, n_folds: int) -> None:
        """Make the predictions that are not kept, as those of trials from a journal."""
        if jobs := self.missing(members, n_folds):
            with runner:
                for result in runner.run(jobs):
                    if result.predictions is not None:
                        self._kept[result.cell] = result.predictions

    def fold_scores(self, problem: Problem, members: Sequence[Trial], metric: str) -> Floats:
        """Return the scores of the ensemble, (n_folds,); NaN if predictions are missing."""
        n_folds = len(problem.folds)
        if self.missing(members, n_folds):
            return np.full(n_folds, np.nan)
        return np.array(list(self._scores(problem, members, metric)), dtype=float)

    def _scores(self, problem: Problem, members: Sequence[Trial], metric: str) -> Iterator[float]:
        params = [trial.params for trial in members]
        for fold, (train, test) in enumerate(problem.folds):
            (_, y_train), (X, y) = take_rows(problem.estimator, problem.X, problem.y, train, test)
            recalled = {
                row: Recalled.of(problem.estimator, self._kept[trial.number, fold], y_train)
                for row, trial in enumerate(members)
            }
            ensemble = average(problem.estimator, y_train, recalled, params)
            weights = problem.score_params_of(test)
            # A scorer that looks into the estimator may not know a voting estimator.
            scores = score(ensemble, X, y, problem.scorer, weights, error_score=np.nan)
            yield scores[metric] if isinstance(scores, dict) else scores


class Recalled(BaseEstimator):
    """Stands for a member that was fitted on a fold, and recalls its predictions of the test rows.

    Parameters
    ----------
    predictions : ndarray of shape (n_rows,) or (n_rows, n_classes)
        The predictions.
    """

    def __init__(self, predictions: NDArray[Any]) -> None:
        self.predictions = predictions

    @classmethod
    def of(cls, estimator: Estimator, predictions: NDArray[Any], y_train: Matrix) -> Self:
        """Return what stands for such an estimator, fitted on these targets."""
        if predictions.ndim == 2 and is_classifier(estimator):
            return RecalledProbabilities(predictions)
        if is_classifier(estimator):
            predictions = LabelEncoder().fit(y_train).transform(predictions)
        return cls(predictions)

    def predict(self, X: Matrix) -> NDArray[Any]:
        """Return the predictions.

        Raises
        ------
        ValueError
            If these cannot be the test rows.
        """
        if num_samples(X) != len(self.predictions):
            raise ValueError("Only the test rows of the fold can be predicted, all at once.")
        return self.predictions


class RecalledProbabilities(Recalled):
    """Recalls probabilities."""

    def predict_proba(self, X: Matrix) -> NDArray[Any]:
        """Return the probabilities."""
        return Recalled.predict(self, X)
