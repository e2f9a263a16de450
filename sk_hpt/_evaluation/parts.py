"""Fits that pause on rungs, to be continued or dropped."""

from __future__ import annotations

import copy
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from traceback import format_exc
from typing import Any, cast

from sklearn.pipeline import Pipeline

from sk_hpt._evaluation.curve import learning_curve
from sk_hpt._evaluation.fold import FoldEvaluation
from sk_hpt._evaluation.prefixes import Stage, prefix_key
from sk_hpt._reporting import FitTask, NullTask
from sk_hpt._sklearn import check_method_params
from sk_hpt._trials import FitResult, Job
from sk_hpt._types import Scores
from sk_hpt.training import Plan, TrainingRun, TrainingStopped, check_is_finite


@dataclass(frozen=True)
class PausedFit:
    """A fit that waits on a rung.

    It is small, for the data are let go where they can be had again, and so is the transformed
    fold. What came before a network with randomness of its own stays in ``stage``.
    """

    run: TrainingRun
    stage: Stage | None
    fit_time: float
    score_time: float


def fit_and_score_part(
    evaluation: FoldEvaluation,
    fit: Job,
    paused: PausedFit | None,
    train: Any,
    test: Any,
    task: NullTask | FitTask,
) -> tuple[FitResult, PausedFit | None]:
    """Begin a fit or go on with it, over its rungs or to the end.

    Returns
    -------
    result : FitResult
        With the scores of the rungs that it came to; complete if the fit was to the end, stopped
        by itself, failed, or could not be paused.
    paused : PausedFit or None
        What waits for more, if anything does.
    """
    evaluation.messages.start(fit)
    part = _Part(evaluation, fit, train, test, paused)
    try:
        stage = part.stage()
        with part.watched(stage, task):
            run = part.open(stage)
            if run is not None:
                part.climb(stage, run, task)
    except TrainingStopped:
        raise
    except Exception:
        if evaluation.error_score == "raise":
            raise
        result, paused = part.failure(format_exc()), None
    else:
        if run is None or run.finished:
            result, paused = part.completed(stage, run), None
        else:
            result, paused = part.pause(stage, run)
    evaluation.messages.end(fit, result)
    return result, paused


class _Part:
    """One part of a fit, and its clock."""

    def __init__(
        self,
        evaluation: FoldEvaluation,
        fit: Job,
        train: Any,
        test: Any,
        paused: PausedFit | None,
    ) -> None:
        self._evaluation, self._fit = evaluation, fit
        self._train, self._test = train, test
        self._paused = paused
        self._started = time.time()
        self._score_time = 0.0
        self._rung_scores: dict[int, Scores] = {}
        self._n_epochs = 0 if paused is None else paused.run.epoch
        self._network = None if paused is None else paused.run.network

    def stage(self) -> Stage:
        """The estimator and its rows: kept, or made again."""
        if self._paused is not None and self._paused.stage is not None:
            return self._paused.stage
        candidate = self._evaluation.candidate(self._fit.trial.params)
        return self._evaluation.stage(self._fit, candidate, self._train, self._test)

    def watched(self, stage: Stage, task: NullTask | FitTask) -> AbstractContextManager[None]:
        """A context within which callbacks watch this part."""
        # What goes on is the network alone, whatever came before it in a Pipeline.
        fitted = stage.estimator if self._paused is None else self._paused.run.network
        X, params = self._evaluation.X, self._evaluation.fit_params
        params = check_method_params(X, params=params, indices=self._train)
        return task.around(fitted, stage.X_train, stage.y_train, params)

    def open(self, stage: Stage) -> TrainingRun | None:
        """The run, ready to go on; None if the fit could not be paused."""
        paused = self._paused
        if paused is not None and paused.stage is not None:
            return paused.run
        runs: list[TrainingRun] = []
        plan = Plan(paused=runs, resumed=paused.run if paused else None, data=stage.data)
        self._evaluation.fit_network(stage, self._train, plan)
        if paused is not None:
            return paused.run
        return runs[0] if runs else None

    def climb(self, stage: Stage, run: TrainingRun, task: NullTask | FitTask) -> None:
        """Train over the rungs, or to the end where there are none."""
        self._network = run.network
        asked = self._evaluation.should_stop([self._fit], [run.network], run.epoch)
        top = self._fit.rungs[-1].epoch if self._fit.rungs else run.network.max_iter
        with task.training(run.network, asked, n_epochs=top - run.epoch) as should_stop:
            self._climb(stage, run, should_stop)
        self._n_epochs = run.epoch

    def _climb(self, stage: Stage, run: TrainingRun, should_stop: Any) -> None:
        if not self._fit.rungs:
            run.advance(run.network.max_iter, should_stop=should_stop)
        scored_at = -1
        for rung in self._fit.rungs:
            run.advance(rung.epoch, should_stop=should_stop)
            self._n_epochs = run.epoch
            if run.finished:
                break
            if scored_at != run.epoch:
                scores = self._scores_now(stage, run)
                scored_at = run.epoch
            self._rung_scores[rung.below] = scores

    def _scores_now(self, stage: Stage, run: TrainingRun) -> Scores:
        network = run.predictor()
        check_is_finite(network)
        started = time.time()
        scores: Scores = self._evaluation.test_scores(_with_network(stage, network), self._test)
        self._score_time += time.time() - started
        return scores

    def pause(self, stage: Stage, run: TrainingRun) -> tuple[FitResult, PausedFit]:
        """What is known so far, and what waits."""
        result = self._result()
        if _can_be_made_again(stage, self._fit):
            run.detach()
            kept = None
        else:
            kept = stage
        return result, PausedFit(run, kept, result.fit_time, result.score_time)

    def completed(self, stage: Stage, run: TrainingRun | None) -> FitResult:
        """The result of a fit that came to its end; what it was before its rungs is what it is."""
        before = self._result()
        if run is not None:
            stage = _with_network(stage, run.predictor())
        evaluation = self._evaluation
        result = evaluation.scored(self._fit, stage, before.fit_time, self._train, self._test)
        final = cast("Scores", result.test_scores)
        missed = {
            rung.below: final for rung in self._fit.rungs if rung.below not in self._rung_scores
        }
        return replace(
            result,
            score_time=before.score_time + result.score_time,
            rung_scores=self._rung_scores | missed,
        )

    def failure(self, error: str) -> FitResult:
        """The result of a fit that failed."""
        return replace(self._result(), error=error)

    def _result(self) -> FitResult:
        fit_time = time.time() - self._started - self._score_time
        score_time = self._score_time
        if self._paused is not None:
            fit_time += self._paused.fit_time
            score_time += self._paused.score_time
        return FitResult(
            self._fit.trial.number,
            self._fit.fold,
            fit_time,
            score_time,
            None,
            rung_scores=self._rung_scores,
            n_epochs=self._n_epochs,
            curve=learning_curve(self._network),
        )


def _with_network(stage: Stage, network: Any) -> Stage:
    """The stage with this network in place of the one that was fitted."""
    if type(stage.estimator) is not Pipeline:
        return replace(stage, estimator=network)
    pipeline = copy.copy(stage.estimator)
    pipeline.steps = [*pipeline.steps[:-1], (pipeline.steps[-1][0], network)]
    return replace(stage, estimator=pipeline)


def _can_be_made_again(stage: Stage, fit: Job) -> bool:
    """Whether the network would see the same rows, to the last bit, another time."""
    estimator = stage.estimator
    if type(estimator) is not Pipeline or len(estimator.steps) == 1:
        return True
    return prefix_key(estimator, fit.trial.params) is not None
