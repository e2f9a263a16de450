"""The evaluation of one job: train a candidate on one fold, and score it."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from traceback import format_exc

from sk_hpt._evaluation.fold_cache import NoCache, PreparedFold
from sk_hpt._evaluation.learning_curve import learning_curve
from sk_hpt._evaluation.problem import Problem
from sk_hpt._evaluation.runs import NetworkRun, PausedRun, Run, begin_run, pause, resume_run
from sk_hpt._evaluation.scoring import score
from sk_hpt._networks import native_network
from sk_hpt._reporting import Observer
from sk_hpt._stop_request import StopRequest, StopRequested
from sk_hpt._trials import FitResult, Job, Rung
from sk_hpt._types import Estimator, Matrix, Rows, Scores, Target
from sk_hpt.training._run import has_converged


def train(
    run: Run,
    until: int | None,
    observer: Observer,
    must_stop: Callable[[], bool],
    jobs: Sequence[tuple[Job, int]] = (),
    last_epoch: int | None = None,
) -> None:
    """Train a run to an epoch or to its end: the one loop over epochs.

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
        Number of epochs after which the job pauses or ends; by default the run's last epoch.

    Raises
    ------
    StopRequested
        If `must_stop` says so.
    """
    last_epoch = run.last_epoch if last_epoch is None else last_epoch
    try:
        for epoch in run.epochs(until):
            observer.epoch_ends()
            if must_stop():
                raise StopRequested
            if run.network is not None:
                observer.epoch_begins(run.network, epoch, last_epoch, jobs)
    except BaseException:
        observer.training_ends()
        raise
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
        The run that waits on the last rung, if it does.

    Raises
    ------
    StopRequested
        If the search ends meanwhile.
    """
    observer.evaluation_begins(job)
    result = None
    try:
        result, paused = _Evaluation(problem, job, paused, cache, observer, stop).run()
    finally:
        observer.training_ends()
        observer.evaluation_ends(result)
    return result, paused


class _Evaluation:
    """The steps of :func:`evaluate`, with its clock and the scores so far."""

    def __init__(
        self,
        problem: Problem,
        job: Job,
        paused: PausedRun | None,
        cache: NoCache,
        observer: Observer,
        stop: StopRequest,
    ) -> None:
        self._problem, self._job, self._paused = problem, job, paused
        self._cache, self._observer, self._stop = cache, observer, stop
        self._train_rows, self._test_rows = problem.folds[job.fold]
        self._run: Run | None = None
        self._rung_scores: dict[Rung, Scores] = {}
        self._scored_at = -1
        self._started = time.time()
        self._fit_time = 0.0 if paused is None else paused.fit_time
        self._score_time = 0.0 if paused is None else paused.score_time

    def run(self) -> tuple[FitResult, PausedRun | None]:
        if self._paused is None:
            train_first = self._start_new()
        else:
            train_first = self._start_paused(self._paused)
        try:
            run = self._train_over_rungs(train_first)
            if self._stop.is_interrupted:
                raise StopRequested  # scikit-learn's networks take Ctrl-C for their end
            estimator = run.fitted() if run.is_finished else None
        except StopRequested:
            raise
        except Exception:
            if self._problem.error_score == "raise":
                raise
            return self._result(error=format_exc()), None
        if estimator is None:
            result = self._result()
            return result, pause(run, self._job, result.fit_time, result.score_time)
        return self._completed(estimator, run.fold), None

    def _start_new(self) -> Callable[[Rung | None], Run]:
        """Prepare the candidate and its rows; return what trains it to its first rung."""
        candidate = self._problem.candidate(self._job.trial.params)
        self._started = time.time()  # as in scikit-learn, cloning does not count
        estimator, fold = self._cache.prepare(self._problem, self._job, candidate)
        fit_params = self._problem.fit_params_of(self._train_rows)
        self._observer.fit_begins(estimator, fold.X_train, fold.y_train, fit_params)

        def train_first(rung: Rung | None) -> Run:
            return begin_run(
                estimator,
                fold,
                fit_params,
                drive=partial(self._train_to, rung),
                native=self._problem.native,
                strict=rung is None,
            )

        return train_first

    def _start_paused(self, paused: PausedRun) -> Callable[[Rung | None], Run]:
        """Give a paused run its data again; return what trains it to its next rung."""
        run = self._run = resume_run(self._problem, self._job, paused, self._cache)
        fit_params = self._problem.fit_params_of(self._train_rows)
        # What goes on is the network alone, whatever came before it in a Pipeline.
        self._observer.fit_begins(run.network, run.fold.X_train, run.fold.y_train, fit_params)

        def train_first(rung: Rung | None) -> Run:
            self._train_to(rung, run)
            return run

        return train_first

    def _train_over_rungs(self, train_first: Callable[[Rung | None], Run]) -> Run:
        """Train over the rungs and score on each; without rungs train to the end."""
        first, *others = self._job.rungs or (None,)
        run = train_first(first)
        self._score_on(first, run)
        for rung in others:
            self._train_to(rung, run)
            self._score_on(rung, run)
        return run

    def _train_to(self, rung: Rung | None, run: Run) -> None:
        self._run = run
        train(
            run,
            None if rung is None else rung.epoch,
            self._observer,
            self._must_stop,
            [(self._job, run.last_epoch)],
            self._job.rungs[-1].epoch if self._job.rungs else None,
        )

    def _must_stop(self) -> bool:
        return self._stop.is_requested() or self._observer.asks_to_stop

    def _score_on(self, rung: Rung | None, run: Run) -> None:
        """Score on a rung; a network that stopped before it is scored at its end."""
        if rung is None or run.is_finished:
            return
        if self._scored_at != run.reached:  # two rungs may be at the same epoch
            estimator = run.fitted()
            started = time.time()
            self._scores = test_scores(self._problem, estimator, run.fold, self._test_rows)
            seconds = time.time() - started
            self._score_time += seconds
            self._fit_time -= seconds
            self._scored_at = run.reached
        self._rung_scores[rung] = self._scores

    def _completed(self, estimator: Estimator, fold: PreparedFold) -> FitResult:
        return completed(
            self._problem,
            self._job,
            estimator,
            fold,
            self._seconds_of_fit(),
            self._score_time,
            self._rung_scores,
        )

    def _seconds_of_fit(self) -> float:
        """Return the seconds since the fit began, without those of scoring and of pauses."""
        return self._fit_time + time.time() - self._started

    def _result(self, error: str | None = None) -> FitResult:
        """Return the result of a fit that pauses or has failed."""
        run = self._run
        return FitResult(
            *self._job.cell,
            fit_time=self._seconds_of_fit(),
            score_time=self._score_time,
            test_scores=None,
            error=error,
            rung_scores=self._rung_scores,
            n_epochs=0 if run is None else run.reached,
            curve=None if run is None else learning_curve(run.network or run.estimator),
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
    train_rows, test_rows = problem.folds[job.fold]
    started = time.time()
    scores = test_scores(problem, estimator, fold, test_rows)
    score_time += time.time() - started
    train_scores = None
    if problem.return_train_score:
        train_scores = _scores(problem, estimator, fold.X_train_scored, fold.y_train, train_rows)
    network = native_network(estimator)
    # On the rungs of the job that it did not come to, a network is what it is at its end.
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
        curve=learning_curve(estimator),
    )


def test_scores(
    problem: Problem, estimator: Estimator, fold: PreparedFold, test_rows: Rows
) -> Scores:
    """Return the scores of a fitted estimator on the test rows of a fold."""
    return _scores(problem, estimator, fold.X_test, fold.y_test, test_rows)


def _scores(problem: Problem, estimator: Estimator, X: Matrix, y: Target, rows: Rows) -> Scores:
    params = problem.score_params_of(rows)
    return score(estimator, X, y, problem.scorer, params, problem.error_score)


def refit(problem: Problem, estimator: Estimator, observer: Observer, stop: StopRequest) -> None:
    """Fit an estimator on all rows.

    However the search has ended, the network is trained to its end. Ctrl-C ends the training, as
    in scikit-learn's own `fit`; after a search that was interrupted it raises.
    """
    X, y = problem.X, problem.y
    all_rows = PreparedFold(X, y, X, y, None)

    def drive(run: Run) -> None:
        try:
            train(run, None, observer, must_stop=lambda: False)
        except KeyboardInterrupt:
            if not isinstance(run, NetworkRun) or stop.is_interrupted:
                raise
            warnings.warn("Training interrupted by user.", stacklevel=1)
            run.training.finish()

    try:
        observer.fit_begins(estimator, X, y, problem.fit_params)
        begin_run(
            estimator, all_rows, problem.fit_params, drive, native=problem.native, strict=True
        )
    finally:
        observer.training_ends()
        observer.evaluation_ends(None)
