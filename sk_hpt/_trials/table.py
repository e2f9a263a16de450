"""What is known of the trials, and its form as ``cv_results_``.

The table is a struct of arrays, one row per trial and one column per fold, that grows by
doubling. Results are appended in any order; nothing is formatted before the end, and
``_cv_results.py`` has scikit-learn's formats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sk_hpt._trials.cv_results import mean_and_std_of_known, param_columns, ranks, score_columns
from sk_hpt._trials.trial import FitResult, LearningCurve, Trial
from sk_hpt._types import Params, Scores

Floats = NDArray[np.float64]


class ResultsTable:
    """Append-only table of fold results.

    Parameters
    ----------
    n_folds : int
        Number of folds of every trial.
    metric : str, default="score"
        The metric that decides which trial is best, where there are several.
    must_decide : bool, default=False
        Whether results of several metrics without that one are an error.
    """

    def __init__(self, n_folds: int, metric: str = "score", must_decide: bool = False) -> None:
        self.n_folds = n_folds
        self.n_done = 0
        self.n_spared = 0
        self.n_unconverged = 0
        self.multimetric = False
        self.trials: list[Trial] = []
        self._metric = metric
        self._must_decide = must_decide
        self._done = np.zeros((0, n_folds), dtype=bool)
        self._n_epochs = np.zeros((0, n_folds), dtype=np.int64)
        self._columns: dict[str, Floats] = {}
        self._rungs: dict[int, Floats] = {}
        self._dropped: set[int] = set()
        self._errors: dict[tuple[int, int], str] = {}
        self._error_texts: dict[str, str] = {}
        self._curves: dict[tuple[int, int], LearningCurve] = {}

    def enroll(
        self,
        proposals: Sequence[Params],
        max_epochs: Callable[[Params], int | None] = lambda params: None,
    ) -> list[Trial]:
        """Give each proposal a number and a row."""
        first = len(self.trials)
        trials = [
            Trial(first + i, params, max_epochs(params)) for i, params in enumerate(proposals)
        ]
        self.trials.extend(trials)
        if len(self.trials) > len(self._done):
            self._grow(max(len(self.trials), 2 * len(self._done)))
        return trials

    def append(self, result: FitResult) -> None:
        """Enter the result of one fit, or of its way so far."""
        cell = result.trial, result.fold
        if result.is_complete:
            self._done[cell] = True
            self.n_done += 1
            self.n_spared -= result.trial in self._dropped
            self.n_unconverged += not result.has_converged
        self._n_epochs[cell] = result.n_epochs
        self._column("fit_time")[cell] = result.fit_time
        self._column("score_time")[cell] = result.score_time
        self._column("finish_time")[cell] = result.finish_time
        if result.curve is not None:
            self._curves[cell] = result.curve
        if result.error is not None:
            # One copy of each text: a thousand fits tend to fail in the same way.
            self._errors[cell] = self._error_texts.setdefault(result.error, result.error)
        self._enter_scores("test", result.test_scores, cell)
        self._enter_scores("train", result.train_scores, cell)
        for below, scores in result.rung_scores.items():
            self._rung(below)[cell] = self._decisive_of(scores)
        if result.rung_scores and result.test_scores is not None:
            # It stopped by itself: on all rungs above it is what it is now.
            for below in range(1, min(result.rung_scores)):
                self._rung(below)[cell] = self._decisive_of(result.test_scores)

    def drop(self, trials: Sequence[Trial]) -> None:
        """Note that no more fits will come of these trials."""
        for trial in trials:
            if trial.number not in self._dropped:
                self._dropped.add(trial.number)
                self.n_spared += int(np.count_nonzero(~self._done[trial.number]))

    def has(self, trial: int, fold: int) -> bool:
        """Whether a fit has its result."""
        return bool(self._done[trial, fold])

    def is_settled(self, cell: tuple[int, int]) -> bool:
        """Whether the fit of a trial and a fold has its result, or was spared."""
        return cell[0] in self._dropped or bool(self._done[cell])

    def has_reached(self, trial: int, fold: int, epoch: int) -> bool:
        """Whether a fit has trained for so many epochs, or has come to its end."""
        return bool(self._n_epochs[trial, fold] >= epoch or self._done[trial, fold])

    @property
    def n_settled(self) -> int:
        """Fits that have their result, or were spared."""
        return self.n_done + self.n_spared

    @property
    def metrics(self) -> list[str]:
        """Names of the metrics that there are scores of."""
        return [name[len("test_") :] for name in self._columns if name.startswith("test_")]

    @property
    def errors(self) -> list[str]:
        """Tracebacks of the fits that failed, in the order of the fits."""
        return [self._errors[cell] for cell in sorted(self._errors)]

    def fold_scores(self, trials: Sequence[Trial]) -> Floats:
        """Test scores, shape (len(trials), n_folds); NaN where a fold is missing or failed."""
        return self._decisive()[[trial.number for trial in trials]]

    def scores_on_rung(self, trials: Sequence[Trial], below: int) -> Floats:
        """Like `fold_scores`, of what the networks were on a rung; NaN where they were not."""
        if below not in self._rungs:
            return np.full((len(trials), self.n_folds), np.nan)
        return self._rungs[below][[trial.number for trial in trials]]

    def rung_scores(self, trials: Sequence[Trial], depth: int) -> Floats:
        """Shape (len(trials), depth + 1, n_folds), the lowest rung first, and last the end."""
        failed = np.array([self.has_failed(trial.number) for trial in trials], dtype=bool)
        lower = [
            np.where(failed[:, np.newaxis], np.nan, self.scores_on_rung(trials, below))
            for below in range(depth, 0, -1)
        ]
        return np.stack([*lower, self.fold_scores(trials)], axis=1)

    def has_failed(self, trial: int) -> bool:
        """Whether one of its fits failed."""
        return any((trial, fold) in self._errors for fold in range(self.n_folds))

    def is_complete(self, trial: int) -> bool:
        """Whether it has a result on every fold."""
        return bool(self._done[trial].all())

    def incumbent(self, before: int) -> Floats | None:
        """Fold scores of the best complete trial among those before that number."""
        scores = self._decisive()[:before]
        means = scores.mean(axis=1)
        return None if np.isnan(means).all() else scores[np.nanargmax(means)]

    def best_value(self) -> float:
        """Best mean test score of all complete trials, NaN if there is none."""
        return float(np.fmax.reduce(self._decisive().mean(axis=1), initial=np.nan))

    def to_cv_results(
        self, error_score: Any, return_train_score: bool, multi_fidelity: bool = False
    ) -> dict[str, Any]:
        """Everything in the form of scikit-learn's ``cv_results_``.

        Parameters
        ----------
        error_score : float
            Score of the fits that failed.
        return_train_score : bool
            Whether there are columns for the training scores.
        multi_fidelity : bool, default=False
            Whether trials may lack folds, and there are columns that say how far each went.
        """
        shown = self._shown(multi_fidelity)
        columns = {name: self._filled(name, error_score)[shown] for name in self._columns}
        results: dict[str, Any] = {}
        for name in ("fit_time", "score_time"):
            results |= mean_and_std_of_known(name, columns[name])
        params = [self.trials[row].params for row in shown]
        results |= param_columns(params)
        results["params"] = params
        complete: NDArray[np.bool_] = np.all(self._done[shown], axis=1)
        for metric in self.metrics:
            name = f"test_{metric}"
            results |= score_columns(name, columns[name], complete)
            results[f"rank_{name}"] = ranks(results[f"mean_{name}"], complete)
            if return_train_score:
                name = f"train_{metric}"
                results |= score_columns(name, columns[name], complete)
        if multi_fidelity:
            results["n_epochs"] = self._n_epochs[shown].sum(axis=1)
            results["status"] = self._status()[shown]
        return results

    def learning_curves(self, multi_fidelity: bool = False) -> list[list[LearningCurve | None]]:
        """What is known of each trial's networks, by fold, in the order of ``cv_results_``."""
        folds = range(self.n_folds)
        rows = self._shown(multi_fidelity).tolist()
        return [[self._curves.get((row, fold)) for fold in folds] for row in rows]

    def finish_times(self, multi_fidelity: bool = False) -> Floats:
        """When the last fit of each trial came in, in the order of ``cv_results_``."""
        times = self._column("finish_time")[self._shown(multi_fidelity)]
        return np.fmax.reduce(times, axis=1, initial=-np.inf)

    def _shown(self, multi_fidelity: bool) -> NDArray[np.intp]:
        """The complete trials, which are all unless the search was ended; or all that began."""
        done = self._done[: len(self.trials)]
        if not multi_fidelity:
            return np.flatnonzero(done.all(axis=1))
        return np.flatnonzero(((self._n_epochs[: len(done)] > 0) | done).any(axis=1))

    def _status(self) -> NDArray[np.object_]:
        """How each trial ended."""
        status = np.full(len(self.trials), "unfinished", dtype=object)
        status[sorted(self._dropped)] = "pruned"
        status[self._done[: len(self.trials)].all(axis=1)] = "complete"
        status[sorted({trial for trial, _ in self._errors})] = "failed"
        return status

    def _rung(self, below: int) -> Floats:
        if below not in self._rungs:
            self._rungs[below] = np.full(self._done.shape, np.nan)
        return self._rungs[below]

    def _column(self, name: str) -> Floats:
        if name not in self._columns:
            self._columns[name] = np.full(self._done.shape, np.nan)
        return self._columns[name]

    def _enter_scores(self, part: str, scores: Scores | None, cell: tuple[int, int]) -> None:
        if isinstance(scores, dict):
            if self._must_decide:
                self._decisive_of(scores)
            self.multimetric = True
            for metric, score in scores.items():
                self._column(f"{part}_{metric}")[cell] = score
        elif scores is not None:
            self._column(f"{part}_score")[cell] = scores

    def _decisive_of(self, scores: Scores) -> float:
        """The score that decides."""
        if not isinstance(scores, dict):
            return scores
        if self._metric not in scores:
            raise ValueError(
                f"The scorer returns the metrics {sorted(scores)}, and this search learns "
                "from one: set refit to the name of the one to optimise."
            )
        return scores[self._metric]

    def _grow(self, n_rows: int) -> None:
        more = ((0, n_rows - len(self._done)), (0, 0))
        self._done = np.pad(self._done, more)
        self._n_epochs = np.pad(self._n_epochs, more)
        for name, column in self._columns.items():
            self._columns[name] = np.pad(column, more, constant_values=np.nan)
        for below, column in self._rungs.items():
            self._rungs[below] = np.pad(column, more, constant_values=np.nan)

    def _decisive(self) -> Floats:
        """Test scores of the metric that decides."""
        name = f"test_{self._metric}" if self.multimetric else "test_score"
        if name not in self._columns:
            return np.full((len(self.trials), self.n_folds), np.nan)
        return self._columns[name][: len(self.trials)]

    def _filled(self, name: str, error_score: Any) -> Floats:
        column = self._columns[name][: len(self.trials)].copy()
        if self._errors and name.startswith(("test_", "train_")):
            column[tuple(np.transpose(list(self._errors)))] = error_score
        return column
