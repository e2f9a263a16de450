"""One fit on one fold, and its scores."""

from __future__ import annotations

import numbers
import time
from collections.abc import Hashable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from traceback import format_exc
from typing import Any

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from sk_hpt._evaluation.curve import learning_curve
from sk_hpt._evaluation.prefixes import Prefixes, Stage, prefix_key, transform_through
from sk_hpt._evaluation.rows import is_plain, row_numbers, take_rows
from sk_hpt._evaluation.scoring import score
from sk_hpt._reporting import FitTask, Messages, NullEpochs, NullTask
from sk_hpt._sklearn import check_method_params
from sk_hpt._stop_request import StopRequest
from sk_hpt._trials import FitResult, Job
from sk_hpt._types import Params
from sk_hpt.training import (
    Plan,
    TrainingStopped,
    has_converged,
    native_training,
    network_of,
    share_data,
    trains_natively,
)

LARGE = 2**20
"""Bytes that data are taken to have where they do not say."""


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
        As :mod:`sk_hpt._evaluation.scoring` describes it.
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
        Folds, transformed and validated, that fits in this process share.
    stop : StopRequest
        Says whether to stop.
    epochs : NullEpochs
        Hears how far the networks are.
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
    stop: StopRequest = field(default_factory=StopRequest)
    epochs: NullEpochs = field(default_factory=NullEpochs)

    def __sizeof__(self) -> int:
        """With the data: dask asks for this, and sends once what is large."""
        data = sum(getattr(each, "nbytes", LARGE) for each in (self.X, self.y))
        return object.__sizeof__(self) + data

    def fit_and_score(self, fit: Job, train: Any, test: Any, task: NullTask | FitTask) -> FitResult:
        """Fit on the rows `train`, score on the rows `test`.

        An exception in the estimator's ``fit`` becomes a result with an error, unless
        ``error_score="raise"``.

        Raises
        ------
        TrainingStopped
            If the search ends meanwhile.
        """
        self.messages.start(fit)
        estimator = self.candidate(fit.trial.params)
        started = time.time()
        stage = self.stage(fit, estimator, train, test)
        try:
            self._fit(fit, stage, train, task)
            if self.stop.is_interrupted:
                raise TrainingStopped  # scikit-learn's networks take Ctrl-C for their end
        except TrainingStopped:
            raise
        except Exception:
            if self.error_score == "raise":
                raise
            seconds = time.time() - started
            result = FitResult(
                fit.trial.number,
                fit.fold,
                seconds,
                0.0,
                None,
                error=format_exc(),
                curve=learning_curve(stage.estimator),
            )
        else:
            result = self.scored(fit, stage, time.time() - started, train, test)
        self.messages.end(fit, result)
        return result

    def candidate(self, params: Params) -> Any:
        """The estimator of a trial, unfitted."""
        # Parameters can be estimators themselves, so they are cloned too.
        return clone(self.estimator).set_params(**clone(params, safe=False))

    def max_epochs(self, params: Params) -> int | None:
        """How many epochs a trial's network trains at the most; None if it cannot be paused."""
        candidate = self.candidate(params)
        if not self.native or not trains_natively(candidate):
            return None
        network = network_of(candidate)
        return int(network.max_iter) if _has_limit(network) else None

    def stage(self, fit: Job, estimator: Any, train: Any, test: Any) -> Stage:
        """The estimator and its rows.

        Where networks share their rows, the network alone and the rows as it sees them.
        """
        shared = self._shared_stage(fit, estimator, train, test)
        if shared is not None:
            return shared
        (X_train, y_train), (X_test, y_test) = take_rows(estimator, self.X, self.y, train, test)
        return Stage(estimator, X_train, y_train, X_test, y_test, X_train)

    def _shared_stage(self, fit: Job, estimator: Any, train: Any, test: Any) -> Stage | None:
        network = network_of(estimator)
        if self.prefixes is None or network is None:
            return None
        key: Hashable | None = ()
        if network is estimator:
            prepare = partial(self._validated, network, train, test)
        elif len(estimator.steps) > 1 and not self.fit_params:
            key = prefix_key(estimator, fit.trial.params)
            prepare = partial(self._transformed, estimator, train, test)
        else:
            return None
        if key is None:
            return None
        try:
            rows = self.prefixes.get((fit.fold, type(network), key), prepare)
        except Exception:
            # The fit of the whole Pipeline will fail in the same way, and say so in its words.
            return None
        return Stage(network, *rows) if rows else None

    def _validated(self, network: Any, train: Any, test: Any) -> tuple[Any, ...]:
        """Rows of a bare network; nothing if each fit has to take its own."""
        if self.return_train_score or not is_plain(self.X) or not is_plain(self.y):
            return ()
        train = row_numbers(train, len(self.X))
        data = share_data(network, self.X, train, self.y[train, ...])
        if data is None:
            return ()
        return None, self.y[train, ...], self.X[test, ...], self.y[test, ...], None, data

    def _transformed(self, pipeline: Pipeline, train: Any, test: Any) -> tuple[Any, ...]:
        (X_train, y_train), (X_test, y_test) = take_rows(pipeline, self.X, self.y, train, test)
        transformed = pipeline[:-1].fit_transform(X_train, y_train)
        X_scored = transform_through(pipeline, X_train) if self.return_train_score else None
        data = share_data(network_of(pipeline), transformed, None, y_train)
        return transformed, y_train, transform_through(pipeline, X_test), y_test, X_scored, data

    def scored(self, fit: Job, stage: Stage, fit_time: float, train: Any, test: Any) -> FitResult:
        """The result of a fit that succeeded."""
        started = time.time()
        test_scores = self.test_scores(stage, test)
        score_time = time.time() - started
        train_scores = None
        if self.return_train_score:
            train_scores = self._score(stage.estimator, stage.X_scored, stage.y_train, train)
        network = network_of(stage.estimator)
        return FitResult(
            fit.trial.number,
            fit.fold,
            fit_time,
            score_time,
            test_scores,
            train_scores,
            n_epochs=0 if network is None else network.n_iter_,
            has_converged=network is None or has_converged(network),
            curve=learning_curve(stage.estimator),
        )

    def refit(self, estimator: Any, task: NullTask | FitTask) -> None:
        """Fit on all rows."""
        with task.around(estimator, self.X, self.y, self.fit_params):
            # However the search ended, this one is trained to its end.
            plan = Plan(watched=partial(task.training, network_of(estimator)))
            self._train(estimator, self.X, self.y, self.fit_params, plan)

    def should_stop(self, fits: Sequence[Job], networks: Sequence[Any], done: int = 0) -> Any:
        """What the networks of fits that train as one ask before each epoch."""
        limits = {
            (fit.trial.number, fit.fold): int(network.max_iter)
            for fit, network in zip(fits, networks, strict=True)
            if _has_limit(network)
        }
        return self.epochs.counted(limits, self.stop.is_requested, done)

    def _fit(self, fit: Job, stage: Stage, rows: Any, task: NullTask | FitTask) -> None:
        params = check_method_params(self.X, params=self.fit_params, indices=rows)
        with task.around(stage.estimator, stage.X_train, stage.y_train, params):
            network = network_of(stage.estimator)
            plan = Plan(
                data=stage.data,
                should_stop=self.should_stop([fit], [network]),
                watched=partial(task.training, network),
            )
            self._train(stage.estimator, stage.X_train, stage.y_train, params, plan)

    def fit_network(self, stage: Stage, rows: Any, plan: Plan) -> None:
        """Fit the network of `stage` in a way of its own: for several, or only to its start."""
        params = check_method_params(self.X, params=self.fit_params, indices=rows)
        with native_training(stage.estimator, plan):
            stage.estimator.fit(stage.X_train, stage.y_train, **params)

    def _train(
        self,
        estimator: Any,
        X: Any,
        y: Any,
        params: Mapping[str, Any],
        plan: Plan,
    ) -> None:
        with native_training(estimator, plan) if self.native else nullcontext():
            if y is None:
                estimator.fit(X, **params)
            else:
                estimator.fit(X, y, **params)

    def test_scores(self, stage: Stage, test: Any) -> Any:
        """Scores of the fitted estimator of `stage` on the rows `test`."""
        return self._score(stage.estimator, stage.X_test, stage.y_test, test)

    def _score(self, estimator: Any, X: Any, y: Any, rows: Any) -> Any:
        params = check_method_params(self.X, params=self.score_params, indices=rows)
        return score(estimator, X, y, self.scorer, params, self.error_score)


def _has_limit(network: Any) -> bool:
    """Whether there is a network, with a ``max_iter`` that its own fit will not refuse."""
    max_iter = getattr(network, "max_iter", None)
    return isinstance(max_iter, numbers.Integral) and int(max_iter) >= 1
