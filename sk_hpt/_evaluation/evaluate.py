"""The evaluation of one job: train a candidate on one fold, and score it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from traceback import format_exc

from sk_hpt._evaluation.fold_cache import NoCache, PreparedFold
from sk_hpt._evaluation.learning_curve import learning_curve
from sk_hpt._evaluation.paused_run import PausedRun, pause, resume_run
from sk_hpt._evaluation.predictions import predictions
from sk_hpt._evaluation.problem import Problem
from sk_hpt._evaluation.resource_run import begin_run
from sk_hpt._evaluation.runs import Run
from sk_hpt._evaluation.scoring import score
from sk_hpt._networks import epoch_limit, has_converged, native_network
from sk_hpt._reporting import Observer, convergence_counted, raising_errors
from sk_hpt._stop_request import StopRequest, StopRequested
from sk_hpt._trials import FitResult, Job, Rung
from sk_hpt._types import Estimator, Matrix, Rows, Scores, Target


def train(
    run: Run,
    until: int | None,
    observer: Observer,
    must_stop: Callable[[], bool],
    jobs: Sequence[tuple[Job, int]] = (),
    last_epoch: int | None = None,
) -> None:
    """Train a run to an epoch or to its end; everything that watches it is asked and told here.

    Parameters
    ----------
    run : Run
        The run.
    until : int or None
        Number of epochs to reach; None is the end.
    observer : Observer
        Is told of each epoch of a network.
    must_stop : callable
        Asked before each step.
    jobs : sequence of (Job, int)
        The jobs that the run serves, each with the maximum number of its epochs.
    last_epoch : int, optional
        Number of epochs after which the job pauses; by default the network's ``max_iter``.

    Raises
    ------
    StopRequested
        If `must_stop` says so.
    """

    def before_step(epoch: int) -> bool:
        observer.epoch_ends()
        if must_stop():
            raise StopRequested
        if observer.asks_to_end_fit:
            return True
        if run.network is not None:
            end = run.network.max_iter if last_epoch is None else last_epoch
            observer.epoch_begins(run.network, epoch, end, jobs)
        return False

    try:
        run.advance(until, before_step)
    except BaseException:
        observer.training_ends()
        raise
    observer.epoch_ends()
    if observer.asks_to_end_fit:
        run.finish()
    if run.is_finished:
        observer.training_ends()


def evaluate(
    problem: Problem,
    job: Job,
    paused: PausedRun | None,
    cache: NoCache,
    observer: Observer,
    stop: StopRequest,
) -> tuple[FitResult, PausedRun | None]:
    """Begin a fit or go on with a paused one, over the rungs of a job or to the end.

    An exception in the estimator's ``fit`` becomes a result with an error, unless
    ``error_score="raise"``.

    Returns
    -------
    result : FitResult
        Complete if the job has no rungs, the network stopped by itself, the fit failed, or it
        could not be paused. Otherwise it has the scores on the rungs.
    paused : PausedRun or None
        The network's run that waits on the last rung, if it does.

    Raises
    ------
    StopRequested
        If the search ends meanwhile.
    """
    with raising_errors():
        observer.evaluation_begins(job)
        result = None
        try:
            with convergence_counted() as unconverged:
                result, paused = _Evaluation(problem, job, paused, cache, observer, stop).run()
            if unconverged.n_warnings and result.test_scores is not None:
                result = replace(result, has_converged=False)
        finally:
            observer.training_ends()
            observer.evaluation_ends(result)
    return result, paused


@dataclass
class _Evaluation:
    """The steps of :func:`evaluate`, with its clock and the scores so far."""

    problem: Problem
    job: Job
    paused: PausedRun | None
    cache: NoCache
    observer: Observer
    stop: StopRequest
    started: float = field(default_factory=time.time)
    score_time: float = 0.0
    rung_scores: dict[Rung, Scores] = field(default_factory=dict)

    def run(self) -> tuple[FitResult, PausedRun | None]:
        """Train over the rungs of the job, or to the end, and score."""
        run = self._prepared_run()
        # What goes on after a pause is the network alone, whatever came before it in a Pipeline.
        told = run.estimator if self.paused is None else run.network
        self.observer.fit_begins(told, run.fold.X_train, run.fold.y_train, run.fit_params)
        try:
            self._train_over_rungs(run)
            if self.stop.is_interrupted:
                raise StopRequested  # scikit-learn's networks take Ctrl-C for their end
            fitted = run.fitted() if run.is_finished else None
        except StopRequested:
            raise
        except Exception:
            if self.problem.error_score == "raise":
                raise
            return self._unscored(run, error=format_exc()), None
        if fitted is None:
            result = self._unscored(run)
            return result, pause(run, result.fit_time, result.score_time)
        times = self._seconds()
        return completed(self.problem, self.job, fitted, run.fold, *times, self.rung_scores), None

    def _prepared_run(self) -> Run:
        """Return the run, before its first step or as it was paused, with its rows."""
        problem, job = self.problem, self.job
        if self.paused is not None:
            return resume_run(problem, job, self.paused, self.cache)
        candidate = problem.candidate(job.trial.params)
        self.started = time.time()  # as in scikit-learn, cloning does not count
        return begin_run(problem, job, candidate, self.cache)

    def _train_over_rungs(self, run: Run) -> None:
        """Train to each rung and score there; without rungs train to the end."""
        rungs = self.job.rungs
        jobs = [(self.job, epoch_limit(run.network) or 1)]
        last_epoch = rungs[-1].n_resources if rungs else None
        scores, scored_at = None, -1
        for rung in rungs or (None,):
            until = None if rung is None else rung.n_resources
            train(run, until, self.observer, self.stop.is_requested, jobs, last_epoch)
            if run.is_finished or rung is None:
                break
            if scores is None or scored_at != run.reached:  # two rungs may be at the same epoch
                scores, scored_at = self._scores(run), run.reached
            self.rung_scores[rung] = scores

    def _scores(self, run: Run) -> Scores:
        estimator = run.fitted()
        started = time.time()
        scores = test_scores(self.problem, self.job, estimator, run.fold)
        self.score_time += time.time() - started
        return scores

    def _seconds(self) -> tuple[float, float]:
        """Return the seconds of fitting and of scoring, also those before a pause."""
        fit_time = time.time() - self.started - self.score_time
        if self.paused is None:
            return fit_time, self.score_time
        return fit_time + self.paused.fit_time, self.score_time + self.paused.score_time

    def _unscored(self, run: Run, error: str | None = None) -> FitResult:
        """Return the result of a fit that pauses or has failed."""
        return FitResult(
            *self.job.cell,
            *self._seconds(),
            test_scores=None,
            error=error,
            rung_scores=self.rung_scores,
            n_epochs=run.reached,
            n_resources=_spent(self.problem, self.job),
            curve=learning_curve(run.network or run.estimator),
        )


def completed(
    problem: Problem,
    job: Job,
    estimator: Estimator,
    fold: PreparedFold,
    fit_time: float,
    score_time: float = 0.0,
    rung_scores: Mapping[Rung, Scores] | None = None,
) -> FitResult:
    """Return the result of a fit that succeeded, with the scores of its fitted estimator."""
    started = time.time()
    scores = test_scores(problem, job, estimator, fold)
    score_time += time.time() - started
    train_scores = None
    if problem.return_train_score:
        rows = problem.folds[job.fold][0]
        train_scores = _scores(problem, estimator, fold.X_train_scored, fold.y_train, rows)
    kept = predictions(estimator, fold.X_test) if problem.keeps_predictions else None
    network = native_network(estimator)
    # On rungs of the job that it did not reach, a network has the scores of its end.
    at_end = dict.fromkeys(job.rungs, scores)
    return FitResult(
        *job.cell,
        fit_time,
        score_time,
        scores,
        train_scores,
        rung_scores=at_end | dict(rung_scores or {}),
        n_epochs=0 if network is None else network.n_iter_,
        has_converged=network is None or has_converged(network),
        n_resources=_spent(problem, job),
        curve=learning_curve(estimator),
        predictions=kept,
    )


def _spent(problem: Problem, job: Job) -> int:
    """Return how much of the resource the fits of a job take, where each rung is a fit."""
    if problem.resource is None:
        return 0
    on_rungs = sum(rung.n_resources for rung in job.rungs)
    return on_rungs if job.rungs else job.trial.max_resources or 0


def test_scores(problem: Problem, job: Job, estimator: Estimator, fold: PreparedFold) -> Scores:
    """Return the scores of a fitted estimator on the test rows of a fold."""
    rows = problem.folds[job.fold][1]
    return _scores(problem, estimator, fold.X_test, fold.y_test, rows)


def _scores(problem: Problem, estimator: Estimator, X: Matrix, y: Target, rows: Rows) -> Scores:
    params = problem.score_params_of(rows)
    return score(estimator, X, y, problem.scorer, params, problem.error_score)
