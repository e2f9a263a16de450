"""One fit on one fold, and its scores."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from traceback import format_exc
from typing import Any

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from sk_hpt._callbacks import FitTask, NullTask
from sk_hpt._compat import check_method_params
from sk_hpt._trial import Fit, FoldResult
from sk_hpt.evaluation._messages import Messages
from sk_hpt.evaluation._prefixes import Prefixes, Stage, prefix_key, transform_through
from sk_hpt.evaluation._rows import take_rows
from sk_hpt.evaluation._scoring import score
from sk_hpt.training import SharedStops, native_training, network_of


@dataclass(frozen=True)
class FoldEvaluation:
    """What all fits of a search share; a value that travels to the workers.

    Parameters
    ----------
    estimator : estimator object
        The estimator to clone for each fit.
    X, y : array-like
        The whole data; each fit takes its rows.
    scorer : callable
        As :mod:`sk_hpt.evaluation._scoring` describes it.
    fit_params, score_params : mapping
        Further arguments of the estimator's ``fit`` and of the scorer; those with one value
        per row are split like `X`.
    return_train_score : bool
        Whether to score on the training rows too.
    error_score : float or "raise"
        The score of what fails.
    messages : Messages
        What to print.
    native : bool
        Whether networks that qualify train natively.
    prefixes : Prefixes or None
        Transformed folds that fits in this process share.
    """

    estimator: Any
    X: Any
    y: Any
    scorer: Any
    fit_params: Mapping[str, Any]
    score_params: Mapping[str, Any]
    return_train_score: bool
    error_score: Any
    messages: Messages
    native: bool = False
    prefixes: Prefixes | None = None

    def fit_and_score(
        self, fit: Fit, train: Any, test: Any, task: NullTask | FitTask
    ) -> FoldResult:
        """Fit on the rows `train`, score on the rows `test`.

        An exception in the estimator's ``fit`` becomes a result with an error, unless
        ``error_score="raise"``.
        """
        self.messages.start(fit)
        estimator = self.candidate(fit)
        started = time.time()
        stage = self.stage(fit, estimator, train, test)
        try:
            self._fit(stage, train, task)
        except Exception:
            if self.error_score == "raise":
                raise
            seconds = time.time() - started
            result = FoldResult(fit.trial.number, fit.fold, seconds, 0.0, None, None, format_exc())
        else:
            result = self.scored(fit, stage, time.time() - started, train, test)
        self.messages.end(fit, result)
        return result

    def candidate(self, fit: Fit) -> Any:
        """The estimator of a trial, unfitted."""
        # Parameters can be estimators themselves, so they are cloned too.
        return clone(self.estimator).set_params(**clone(fit.trial.params, safe=False))

    def stage(self, fit: Fit, estimator: Any, train: Any, test: Any) -> Stage:
        """The estimator and its rows.

        Where the steps before a network are shared, the network alone and transformed rows.
        """
        shared = self._shared_stage(fit, estimator, train, test)
        if shared is not None:
            return shared
        (X_train, y_train), (X_test, y_test) = take_rows(estimator, self.X, self.y, train, test)
        return Stage(estimator, X_train, y_train, X_test, y_test, X_train)

    def _shared_stage(self, fit: Fit, estimator: Any, train: Any, test: Any) -> Stage | None:
        network = network_of(estimator)
        if self.prefixes is None or network is None or network is estimator:
            return None
        key = prefix_key(estimator, fit.trial.params) if len(estimator.steps) > 1 else None
        if key is None:
            return None
        transform = partial(self._transformed, estimator, train, test)
        try:
            return Stage(network, *self.prefixes.get((fit.fold, key), transform))
        except Exception:
            # The fit of the whole Pipeline will fail in the same way, and say so in its words.
            return None

    def _transformed(self, pipeline: Pipeline, train: Any, test: Any) -> tuple[Any, ...]:
        (X_train, y_train), (X_test, y_test) = take_rows(pipeline, self.X, self.y, train, test)
        transformed = pipeline[:-1].fit_transform(X_train, y_train)
        X_scored = transform_through(pipeline, X_train) if self.return_train_score else None
        return transformed, y_train, transform_through(pipeline, X_test), y_test, X_scored

    def scored(self, fit: Fit, stage: Stage, fit_time: float, train: Any, test: Any) -> FoldResult:
        """The result of a fit that succeeded."""
        started = time.time()
        test_scores = self._score(stage.estimator, stage.X_test, stage.y_test, test)
        score_time = time.time() - started
        train_scores = None
        if self.return_train_score:
            train_scores = self._score(stage.estimator, stage.X_scored, stage.y_train, train)
        return FoldResult(
            fit.trial.number, fit.fold, fit_time, score_time, test_scores, train_scores
        )

    def refit(self, estimator: Any, task: NullTask | FitTask) -> None:
        """Fit on all rows."""
        with task.around(estimator, self.X, self.y, self.fit_params):
            self._train(estimator, self.X, self.y, self.fit_params)

    def _fit(self, stage: Stage, rows: Any, task: NullTask | FitTask) -> None:
        params = check_method_params(self.X, params=self.fit_params, indices=rows)
        with task.around(stage.estimator, stage.X_train, stage.y_train, params):
            self._train(stage.estimator, stage.X_train, stage.y_train, params)

    def fit_shared(self, stage: Stage, rows: Any, stops: SharedStops) -> None:
        """Fit the network of `stage` for all that differ from it only in when they stop."""
        params = check_method_params(self.X, params=self.fit_params, indices=rows)
        with native_training(stage.estimator, stops):
            stage.estimator.fit(stage.X_train, stage.y_train, **params)

    def _train(self, estimator: Any, X: Any, y: Any, params: Mapping[str, Any]) -> None:
        with native_training(estimator) if self.native else nullcontext():
            if y is None:
                estimator.fit(X, **params)
            else:
                estimator.fit(X, y, **params)

    def _score(self, estimator: Any, X: Any, y: Any, rows: Any) -> Any:
        params = check_method_params(self.X, params=self.score_params, indices=rows)
        return score(estimator, X, y, self.scorer, params, self.error_score)
