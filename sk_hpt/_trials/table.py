"""The table of all results, and its form as ``cv_results_``.

The table is a struct of arrays, one row per trial and one column per fold, that grows by
doubling. Results are recorded in any order; nothing is formatted before the end, and
``cv_results.py`` has scikit-learn's formats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sk_hpt._trials.cv_results import mean_and_std_of_known, param_columns, ranks, score_columns
from sk_hpt._trials.fit_log import FitLog
from sk_hpt._trials.missing_scores import MissingScores
from sk_hpt._trials.rung_scores import RungScores
from sk_hpt._trials.trial import Cell, FitResult, LearningCurve, Trial
from sk_hpt._types import CVResults, ErrorScore, Flags, Floats, Params, Scores


class ResultsTable:
    """Table of the results of all fits.

    Parameters
    ----------
    n_folds : int
        Number of folds of every trial.
    metric : str, default="score"
        The metric that decides which trial is best, where there are several.
    must_decide : bool, default=False
        Whether results of several metrics without the deciding one are an error.
    n_levels : int, default=0
        Number of rungs below the end of training.

    Attributes
    ----------
    ranking_folds : tuple of int
        Numbers of the folds on which trials are compared first; the first fold unless set.
    missing_scores : MissingScores
        Whether the trials lack scores, where the metric that decides must be there.
    """

    def __init__(
        self, n_folds: int, metric: str = "score", must_decide: bool = False, n_levels: int = 0
    ) -> None:
        self.n_folds = n_folds
        self.ranking_folds: tuple[int, ...] = (0,)
        self.n_levels = n_levels
        self.n_done = 0
        self.n_skipped = 0
        self.has_paused = False  # the training of any trial, on a rung or by itself before it
        self.multimetric = False
        self.missing_scores = MissingScores()
        self.trials: list[Trial] = []
        self._metric = metric
        self._must_decide = must_decide
        self._done = np.zeros((0, n_folds), dtype=bool)
        self._unconverged = np.zeros((0, n_folds), dtype=bool)
        self._n_epochs = np.zeros((0, n_folds), dtype=np.int64)
        self._n_resources = np.zeros((0, n_folds), dtype=np.int64)
        self._columns: dict[str, Floats] = {}
        self._rungs = RungScores(n_folds, n_levels)
        self._log = FitLog()
        self._pruned: set[int] = set()
        self._errors: dict[Cell, str] = {}
        self._error_texts: dict[str, str] = {}
        self._curves: dict[Cell, LearningCurve] = {}

    def add_trials(
        self,
        candidates: Sequence[Params],
        max_resources: Callable[[Params], int | None] | None = None,
    ) -> list[Trial]:
        """Give each candidate a number and a row."""
        trials = [
            Trial(number, params, None if max_resources is None else max_resources(params))
            for number, params in enumerate(candidates, start=len(self.trials))
        ]
        self.trials.extend(trials)
        if len(self.trials) > len(self._done):
            self._grow(max(len(self.trials), 2 * len(self._done)))
        return trials

    def record(self, result: FitResult) -> None:
        """Enter the result of a job; one of a trial that was cut off is ignored."""
        if result.trial >= len(self.trials):
            return
        cell = result.cell
        if result.is_complete:
            self._done[cell] = True
            self.n_done += 1
            self.n_skipped -= result.trial in self._pruned
            self._unconverged[cell] = not result.has_converged
        self._n_epochs[cell] = result.n_epochs
        self._n_resources[cell] += result.n_resources
        self._column("fit_time")[cell] = result.fit_time
        self._column("score_time")[cell] = result.score_time
        self._column("finish_time")[cell] = result.finish_time
        if result.curve is not None:
            self._curves[cell] = result.curve
        if result.error is not None:
            # One copy of each text: a thousand fits tend to fail in the same way.
            self._errors[cell] = self._error_texts.setdefault(result.error, result.error)
        if self._must_decide:
            for scores in (*result.rung_scores.values(), result.test_scores):
                if scores is not None:
                    self.missing_scores.note(result.trial, self._deciding_score(scores))
        self._record_scores("test", result.test_scores, cell)
        self._record_scores("train", result.train_scores, cell)
        self.has_paused |= any(result.n_epochs <= rung.n_resources for rung in result.rung_scores)
        self._rungs.record(result, self._deciding_score)
        self._log.record(result)

    def prune(self, trials: Sequence[Trial]) -> None:
        """Note that these trials are not trained any further."""
        for trial in trials:
            if trial.number not in self._pruned:
                self._pruned.add(trial.number)
                self.n_skipped += int(np.count_nonzero(~self._done[trial.number]))

    def cut(self, n_trials: int) -> None:
        """Remove all trials after the first ones, where no trial is pruned."""
        del self.trials[n_trials:]
        self.n_done = int(np.count_nonzero(self._done[:n_trials]))
        self._errors = {cell: text for cell, text in self._errors.items() if cell[0] < n_trials}
        self._curves = {cell: curve for cell, curve in self._curves.items() if cell[0] < n_trials}

    def is_done(self, cell: Cell) -> bool:
        """Return whether a fit has succeeded or failed."""
        return bool(self._done[cell])

    def is_resolved(self, cell: Cell) -> bool:
        """Return whether a fit is done, or pruning has made it unnecessary."""
        return cell[0] in self._pruned or self.is_done(cell)

    def has_reached(self, cell: Cell, n_resources: int) -> bool:
        """Return whether a fit has been scored with this much of the resource, or is done."""
        return bool(self._rungs.reached[cell] >= n_resources or self._done[cell])

    @property
    def n_resolved(self) -> int:
        """Number of fits that are done or that pruning has made unnecessary."""
        return self.n_done + self.n_skipped

    @property
    def n_unconverged(self) -> int:
        """Number of fits of networks that still improved in their last epoch."""
        return int(np.count_nonzero(self._unconverged[: len(self.trials)]))

    @property
    def metrics(self) -> list[str]:
        """Names of the metrics that were scored."""
        return [name[len("test_") :] for name in self._columns if name.startswith("test_")]

    @property
    def errors(self) -> list[str]:
        """Tracebacks of the fits that failed, in the order of the fits."""
        return [self._errors[cell] for cell in sorted(self._errors)]

    def fold_scores(self, trials: Sequence[Trial]) -> Floats:
        """Return test scores, (n_trials, n_folds); NaN where a fold is missing or failed."""
        return self._deciding_scores()[[trial.number for trial in trials]]

    def scores_on_rung(self, trials: Sequence[Trial], level: int, halfway: bool = False) -> Floats:
        """Return test scores on a rung, (n_trials, n_folds); NaN where it was not reached."""
        return self._rungs.scores([trial.number for trial in trials], level, halfway)

    def scores_on_all_rungs(self, trials: Sequence[Trial]) -> Floats:
        """Return test scores over the course of training, NaN for trials that failed.

        Returns
        -------
        scores : ndarray of shape (n_trials, 2 * n_levels + 1, n_folds)
            For each level halfway to the rung and on it, the lowest first; last at the end.
        """
        has_failed = np.array([self.has_failed(trial.number) for trial in trials], dtype=bool)
        on_rungs = [
            np.where(has_failed[:, np.newaxis], np.nan, self.scores_on_rung(trials, level, halfway))
            for level in range(self.n_levels)
            for halfway in (True, False)
        ]
        return np.stack([*on_rungs, self.fold_scores(trials)], axis=1)

    def has_failed(self, trial: int) -> bool:
        """Return whether one of the trial's fits failed."""
        return any((trial, fold) in self._errors for fold in range(self.n_folds))

    def is_complete(self, trial: int) -> bool:
        """Return whether all of the trial's fits are done."""
        return bool(self._done[trial].all())

    def is_trial_resolved(self, trial: int) -> bool:
        """Return whether all of the trial's fits are done or made unnecessary by pruning."""
        return trial in self._pruned or self.is_complete(trial)

    def mean_score(self, trial: int) -> float:
        """Return the mean test score of a trial, NaN unless it succeeded on every fold."""
        return float(self._deciding_scores()[trial].mean())

    @property
    def n_complete(self) -> int:
        """Number of trials of which all fits are done."""
        return int(np.count_nonzero(self._done[: len(self.trials)].all(axis=1)))

    @property
    def n_scored(self) -> int:
        """Number of trials that have a score on every fold."""
        return int(np.count_nonzero(np.isfinite(self._deciding_scores().mean(axis=1))))

    @property
    def pruned(self) -> list[Trial]:
        """Trials that are pruned, and neither failed nor trained to their end after all."""
        return [
            self.trials[number]
            for number in sorted(self._pruned)
            if not self.has_failed(number) and not self.is_complete(number)
        ]

    def incumbent_scores(self, before: int) -> Floats | None:
        """Return fold scores, (n_folds,), of the best complete trial with a lower number."""
        scores = self._deciding_scores()[:before]
        means = scores.mean(axis=1)
        return None if np.isnan(means).all() else scores[np.nanargmax(means)]

    def best_mean_score(self) -> float:
        """Return the best mean test score of all complete trials, NaN if there is none."""
        return float(np.fmax.reduce(self._deciding_scores().mean(axis=1), initial=np.nan))

    def to_cv_results(
        self, error_score: ErrorScore, return_train_score: bool, multi_fidelity: bool = False
    ) -> CVResults:
        """Return everything in the form of scikit-learn's ``cv_results_``.

        Parameters
        ----------
        error_score : float
            Score of the fits that failed.
        return_train_score : bool
            Whether there are columns for the training scores.
        multi_fidelity : bool, default=False
            Whether trials may lack folds, so that there are columns that tell how far each went.
        """
        shown = self._shown(multi_fidelity)
        columns = {name: self._filled(name, error_score)[shown] for name in self._columns}
        results: dict[str, Any] = {}
        for name in ("fit_time", "score_time"):
            results |= mean_and_std_of_known(name, columns[name])
        params = [self.trials[row].params for row in shown]
        results |= param_columns(params)
        results["params"] = params
        complete: Flags = np.all(self._done[shown], axis=1)
        for metric in self.metrics:
            name = f"test_{metric}"
            results |= score_columns(name, columns[name], complete)
            results[f"rank_{name}"] = ranks(results[f"mean_{name}"], complete)
            if return_train_score:
                name = f"train_{metric}"
                results |= score_columns(name, columns[name], complete)
        if multi_fidelity:
            results["n_epochs"] = self._n_epochs[shown].sum(axis=1)
            if self._n_resources.any():
                results["n_resources"] = self._n_resources[shown].sum(axis=1)
            results["status"] = self._status()[shown]
            results |= self._rungs.columns(shown, self._deciding_name)
        return results

    def learning_curves(self, multi_fidelity: bool = False) -> list[list[LearningCurve | None]]:
        """Return the learning curves of each trial by fold, in the order of ``cv_results_``."""
        folds = range(self.n_folds)
        rows = self._shown(multi_fidelity).tolist()
        return [[self._curves.get((row, fold)) for fold in folds] for row in rows]

    def finish_times(self, multi_fidelity: bool = False) -> Floats:
        """Return when the last fit of each trial was done, in the order of ``cv_results_``."""
        times = self._column("finish_time")[self._shown(multi_fidelity)]
        return np.fmax.reduce(times, axis=1, initial=-np.inf)

    def fit_log(self, multi_fidelity: bool = False) -> dict[str, NDArray[Any]]:
        """Return when and in which worker each job of the trials in ``cv_results_`` ran."""
        return self._log.columns(self._shown(multi_fidelity))

    def shown_trials(self, multi_fidelity: bool = False) -> list[Trial]:
        """Return the trials in the order of ``cv_results_``."""
        return [self.trials[row] for row in self._shown(multi_fidelity)]

    def _shown(self, multi_fidelity: bool) -> NDArray[np.intp]:
        """Return the rows of complete trials, or with multi-fidelity of all that were begun."""
        done = self._done[: len(self.trials)]
        if not multi_fidelity:
            return np.flatnonzero(done.all(axis=1))
        is_begun = (self._rungs.reached > 0) | (self._n_epochs > 0)
        return np.flatnonzero((is_begun[: len(done)] | done).any(axis=1))

    def _status(self) -> NDArray[np.object_]:
        """Return how each trial ended."""
        status = np.full(len(self.trials), "unfinished", dtype=object)
        status[sorted(self._pruned)] = "pruned"
        status[self._done[: len(self.trials)].all(axis=1)] = "complete"
        status[sorted({trial for trial, _ in self._errors})] = "failed"
        return status

    def _column(self, name: str) -> Floats:
        if name not in self._columns:
            self._columns[name] = np.full(self._done.shape, np.nan)
        return self._columns[name]

    def _record_scores(self, part: str, scores: Scores | None, cell: Cell) -> None:
        if isinstance(scores, dict):
            self.multimetric = True
            for metric, score in scores.items():
                self._column(f"{part}_{metric}")[cell] = score
        elif scores is not None:
            self._column(f"{part}_score")[cell] = scores

    def _deciding_score(self, scores: Scores) -> float:
        """Return the score of the metric that decides."""
        if not isinstance(scores, dict):
            return scores
        if self._metric not in scores:
            raise ValueError(
                f"The scorer returns the metrics {sorted(scores)}, and this search learns "
                "from one: set refit to the name of the one to optimise."
            )
        return scores[self._metric]

    @property
    def _deciding_name(self) -> str:
        """Name of the metric that decides, in the columns."""
        return self._metric if self.multimetric else "score"

    def _deciding_scores(self) -> Floats:
        """Return the test scores of the metric that decides, (n_trials, n_folds)."""
        name = f"test_{self._deciding_name}"
        if name not in self._columns:
            return np.full((len(self.trials), self.n_folds), np.nan)
        return self._columns[name][: len(self.trials)]

    def _grow(self, n_rows: int) -> None:
        n_more = n_rows - len(self._done)
        more = ((0, n_more), (0, 0))
        self._done = np.pad(self._done, more)
        self._unconverged = np.pad(self._unconverged, more)
        self._n_epochs = np.pad(self._n_epochs, more)
        self._rungs.grow(n_more)
        self._n_resources = np.pad(self._n_resources, more)
        for name, column in self._columns.items():
            self._columns[name] = np.pad(column, more, constant_values=np.nan)

    def _filled(self, name: str, error_score: ErrorScore) -> Floats:
        """Return a column with `error_score` as the score of fits that failed."""
        column = self._columns[name][: len(self.trials)].copy()
        if self._errors and name.startswith(("test_", "train_")):
            column[tuple(np.transpose(list(self._errors)))] = error_score
        return column
