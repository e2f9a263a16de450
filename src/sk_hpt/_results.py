"""What is known of the trials, and its form as ``cv_results_``.

The table is a struct of arrays, one row per trial and one column per fold, that grows by
doubling. Results are appended in any order; nothing is formatted before the end.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.ma import MaskedArray
from numpy.typing import NDArray
from scipy.stats import rankdata

from sk_hpt._trial import FoldResult, Params, Scores, Trial

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
        self.multimetric = False
        self.trials: list[Trial] = []
        self._metric = metric
        self._must_decide = must_decide
        self._done = np.zeros((0, n_folds), dtype=bool)
        self._columns: dict[str, Floats] = {}
        self._errors: dict[tuple[int, int], str] = {}
        self._error_texts: dict[str, str] = {}

    def enroll(self, proposals: Sequence[Params]) -> list[Trial]:
        """Give each proposal a number and a row."""
        first = len(self.trials)
        trials = [Trial(first + i, params) for i, params in enumerate(proposals)]
        self.trials.extend(trials)
        if len(self.trials) > len(self._done):
            self._grow(max(len(self.trials), 2 * len(self._done)))
        return trials

    def append(self, result: FoldResult) -> None:
        """Enter the result of one fit."""
        cell = result.trial, result.fold
        self._done[cell] = True
        self.n_done += 1
        self._column("fit_time")[cell] = result.fit_time
        self._column("score_time")[cell] = result.score_time
        if result.error is not None:
            # One copy of each text: a thousand fits tend to fail in the same way.
            self._errors[cell] = self._error_texts.setdefault(result.error, result.error)
        self._enter_scores("test", result.test_scores, cell)
        self._enter_scores("train", result.train_scores, cell)

    def has(self, trial: int, fold: int) -> bool:
        """Whether a fit has its result."""
        return bool(self._done[trial, fold])

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

    def best_value(self) -> float:
        """Best mean test score of all complete trials, NaN if there is none."""
        return float(np.fmax.reduce(self._decisive().mean(axis=1), initial=np.nan))

    def to_cv_results(self, error_score: Any, return_train_score: bool) -> dict[str, Any]:
        """Everything in the form of scikit-learn's ``cv_results_``.

        Parameters
        ----------
        error_score : float
            Score of the fits that failed.
        return_train_score : bool
            Whether there are columns for the training scores.
        """
        columns = {name: self._filled(name, error_score) for name in self._columns}
        results: dict[str, Any] = {}
        for name in ("fit_time", "score_time"):
            results |= _mean_and_std(name, columns[name])
        params = [trial.params for trial in self.trials]
        results |= _param_columns(params)
        results["params"] = params
        for metric in self.metrics:
            name = f"test_{metric}"
            results |= _splits(name, columns[name]) | _mean_and_std(name, columns[name])
            results[f"rank_{name}"] = _ranks(results[f"mean_{name}"])
            if return_train_score:
                name = f"train_{metric}"
                results |= _splits(name, columns[name]) | _mean_and_std(name, columns[name])
        return results

    def _column(self, name: str) -> Floats:
        if name not in self._columns:
            self._columns[name] = np.full(self._done.shape, np.nan)
        return self._columns[name]

    def _enter_scores(self, part: str, scores: Scores | None, cell: tuple[int, int]) -> None:
        if isinstance(scores, dict):
            if self._must_decide and self._metric not in scores:
                raise ValueError(
                    f"The scorer returns the metrics {sorted(scores)}, and this search learns "
                    "from one: set refit to the name of the one to optimise."
                )
            self.multimetric = True
            for metric, score in scores.items():
                self._column(f"{part}_{metric}")[cell] = score
        elif scores is not None:
            self._column(f"{part}_score")[cell] = scores

    def _grow(self, n_rows: int) -> None:
        more = n_rows - len(self._done)
        self._done = np.pad(self._done, ((0, more), (0, 0)))
        for name, column in self._columns.items():
            self._columns[name] = np.pad(column, ((0, more), (0, 0)), constant_values=np.nan)

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


def _splits(name: str, column: Floats) -> dict[str, Floats]:
    return {f"split{fold}_{name}": column[:, fold] for fold in range(column.shape[1])}


def _mean_and_std(name: str, column: Floats) -> dict[str, Floats]:
    # In scikit-learn's order of operations: the numbers must agree to the last bit.
    means = np.average(column, axis=1)
    if name.startswith(("train_", "test_")) and not np.all(np.isfinite(means)):
        part = name.split("_")[0]
        warnings.warn(
            f"One or more of the {part} scores are non-finite: {means}", UserWarning, stacklevel=2
        )
    stds = np.sqrt(np.average((column - means[:, np.newaxis]) ** 2, axis=1))
    return {f"mean_{name}": means, f"std_{name}": stds}


def _ranks(means: Floats) -> NDArray[np.int32]:
    """Rank 1 for the best; trials that failed tie behind all others."""
    if np.isnan(means).all():
        return np.ones_like(means, dtype=np.int32)
    means = np.nan_to_num(means, nan=np.nanmin(means) - 1)
    ranks: NDArray[np.int32] = rankdata(-means, method="min").astype(np.int32, copy=False)
    return ranks


def _param_columns(candidates: Sequence[Params]) -> dict[str, MaskedArray[Any, Any]]:
    """A column ``param_*`` for each name, masked where a candidate does not set it."""
    settings: dict[str, dict[int, Any]] = {}
    for row, params in enumerate(candidates):
        for name, value in params.items():
            settings.setdefault(name, {})[row] = value
    return {
        f"param_{name}": _param_column(values, len(candidates)) for name, values in settings.items()
    }


def _param_column(values: dict[int, Any], n_rows: int) -> MaskedArray[Any, Any]:
    column: MaskedArray[Any, Any] = MaskedArray(
        np.empty(n_rows, dtype=_common_dtype(list(values.values()))), mask=True
    )
    for row, value in values.items():
        column[row] = value
    return column


def _common_dtype(values: list[Any]) -> np.dtype[Any]:
    """The type numpy finds for all values; object for strings and for values with a length."""
    try:
        array = np.array(values)
    except ValueError:  # sequences of different lengths
        return np.dtype(object)
    return array.dtype if array.dtype.kind != "U" and array.ndim == 1 else np.dtype(object)
