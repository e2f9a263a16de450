"""Many jobs at once, through joblib."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import chain, count, takewhile
from types import TracebackType
from typing import Any, Self

import joblib
from joblib.externals.loky.process_executor import TerminatedWorkerError
from joblib.parallel import get_active_backend
from sklearn import config_context, get_config
from sklearn.utils.parallel import Parallel, delayed

from sk_hpt._blas import blas_threads
from sk_hpt._evaluation.evaluate import evaluate
from sk_hpt._evaluation.fold_cache import FoldCache, NoCache
from sk_hpt._evaluation.paused_run import PausedRun
from sk_hpt._evaluation.problem import Problem
from sk_hpt._evaluation.shared_training import evaluate_together, group_jobs
from sk_hpt._evaluation.thread_workers import ThreadWorkers
from sk_hpt._evaluation.worker import of_this_worker
from sk_hpt._reporting import Observer
from sk_hpt._sklearn import is_standard_scorer
from sk_hpt._stop_request import StopRequest, StopRequested
from sk_hpt._trials import Cell, FitResult, Job, Trial

LAST_EPOCH_SECONDS = 1.5
"""Seconds that a search waits at its end for networks to finish their epoch."""


@dataclass(frozen=True)
class WorkerReport:
    """The answer of a worker to a group of jobs.

    Parameters
    ----------
    number : int
        Number of the group.
    results : list of FitResult
        Empty if the search ended first.
    paused : PausedRun or None
        The run that waits on a rung.
    asks_to_stop : bool
        Whether an observer wants the search to end.
    """

    number: int
    results: list[FitResult]
    paused: PausedRun | None = None
    asks_to_stop: bool = False


class RunningFits:
    """Counts the fits that run in threads of this process; each enters it as a context."""

    def __init__(self) -> None:
        self._n_fits = 0
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        """Count one more."""
        with self._changed:
            self._n_fits += 1

    def __exit__(self, *exception: object) -> None:
        """Count one less."""
        with self._changed:
            self._n_fits -= 1
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Wait until there are none, but not for longer than this."""
        with self._changed:
            self._changed.wait_for(lambda: not self._n_fits, seconds)


class FitRunner:
    """Runs jobs through joblib and yields their results as they finish.

    Networks that train natively hold no GIL and prefer threads, which share the data and start
    at once; other estimators prefer processes. A user's ``parallel_config`` overrides both. Use
    it as a context manager: within the context the workers are kept from round to round.

    Parameters
    ----------
    problem : Problem
        What is fitted and scored.
    observer : Observer
        Is told of each job, in the worker that runs it.
    stop : StopRequest
        Whether the search should end.
    n_jobs, pre_dispatch
        As in joblib: how many jobs run at a time, and how many are prepared ahead.
    """

    def __init__(
        self,
        problem: Problem,
        observer: Observer,
        stop: StopRequest,
        n_jobs: int | None = None,
        pre_dispatch: int | str = "2*n_jobs",
    ) -> None:
        self._problem, self._observer, self._stop = problem, observer, stop
        native = problem.prefers_threads
        prefer = "threads" if native else None
        backend, default_n_jobs = get_active_backend(prefer=prefer)
        n_workers = backend.effective_n_jobs(default_n_jobs if n_jobs is None else n_jobs)
        self._in_process = n_workers == 1 or getattr(backend, "supports_sharedmem", False)
        self._shares_trainings = native and not observer.watches_each_fit
        # A scorer of another kind could look at the whole Pipeline, or write into its rows.
        shares_folds = self._shares_trainings and is_standard_scorer(problem.scorer)
        self._cache = FoldCache() if shares_folds and self._in_process else NoCache()
        self._parallel: Any
        if ThreadWorkers.can_run(backend, n_workers, pre_dispatch):
            self._parallel = ThreadWorkers(backend, n_workers)
        else:
            self._parallel = _parallel(
                joblib.Parallel if self._in_process else Parallel,
                n_jobs=n_jobs,
                pre_dispatch=pre_dispatch,
                prefer=prefer,
            )
        limits_blas = native and self._in_process
        self._has_threads = limits_blas and n_workers > 1
        self._blas = blas_threads.limited(n_workers) if limits_blas else nullcontext()
        self._running_fits = RunningFits()
        self._numbers = count()
        self._paused: dict[Cell, PausedRun] = {}
        self._in_workers: dict[int, tuple[tuple[Job, ...], PausedRun | None]] = {}

    def __enter__(self) -> Self:
        """Start the workers."""
        self._parallel.__enter__()
        self._blas.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let the workers go, whatever they are doing; networks in threads stop first."""
        self._parallel.__exit__(kind, exception, traceback)
        self._paused.clear()
        if self._has_threads:
            if kind is not None:
                self._stop.request("interrupted")
            # A network that trains while BLAS gets its threads back would use them, and a program
            # that ends meanwhile could wait for them forever.
            self._running_fits.wait(LAST_EPOCH_SECONDS)
        self._blas.__exit__(None, None, None)

    def run(self, jobs: Iterable[Job]) -> Iterator[FitResult]:
        """Yield results in the order in which they finish; jobs are taken as workers get free."""
        jobs = takewhile(lambda job: not self._stop.is_requested(), jobs)
        if self._shares_trainings:
            groups = group_jobs(jobs, self._problem, self._cache, self._is_in_parts)
        else:
            groups = ((job,) for job in jobs)
        tasks = map(self._task, groups)
        try:
            yield from self._results(tasks)
        except TerminatedWorkerError:
            yield from self._retry_lost()
            yield from self.run(chain.from_iterable(groups))

    def prune(self, trials: Iterable[Trial]) -> None:
        """Drop the paused runs of these trials."""
        for trial in trials:
            for fold in range(len(self._problem.folds)):
                self._paused.pop((trial.number, fold), None)

    def _results(self, tasks: Iterable[Any]) -> Iterator[FitResult]:
        for report in self._parallel(tasks):
            yield from self._receive(report)

    def _retry_lost(self) -> Iterator[FitResult]:
        """Retry the jobs that were running when a worker died, one group at a time.

        The system kills processes that take too much memory, and which job was to blame is not
        known. A job whose worker dies again has failed.
        """
        lost, self._in_workers = self._in_workers, {}
        for jobs, paused in lost.values():
            self._restart_workers()
            if paused is not None:
                self._paused[jobs[0].cell] = paused
            try:
                yield from self._results([self._task(jobs)])
            except TerminatedWorkerError:
                if self._problem.error_score == "raise":
                    raise
                self._in_workers.clear()
                yield from (_killed(job) for job in jobs)
        self._restart_workers()

    def _restart_workers(self) -> None:
        self._parallel.__exit__(None, None, None)
        self._parallel.__enter__()

    def _is_in_parts(self, job: Job) -> bool:
        return bool(job.rungs) or job.cell in self._paused

    def _receive(self, report: WorkerReport) -> list[FitResult]:
        """Keep the paused run of a report, and return its results."""
        self._in_workers.pop(report.number, None)
        if report.paused is not None:
            self._paused[report.results[0].cell] = report.paused
        if report.asks_to_stop:
            self._stop.request("callback")
        elif not report.results:
            self._stop.request("timeout")  # on a worker whose clock is ahead it comes earlier
        return report.results

    def _task(self, jobs: tuple[Job, ...]) -> Any:
        """Return joblib's task for a group of jobs."""
        number = next(self._numbers)
        observer = self._observer.for_job(number)
        paused = self._paused.pop(jobs[0].cell, None)
        arguments = (self._problem, number, jobs, paused, self._cache, observer, self._stop)
        if self._in_process:
            # Threads share the warning filters. scikit-learn's delayed would set them anew in
            # each, which is not safe while others do the same.
            return joblib.delayed(_work_in_thread)(self._running_fits, get_config(), *arguments)
        self._in_workers[number] = jobs, paused
        return delayed(_work)(*arguments)


def _work(
    problem: Problem,
    number: int,
    jobs: tuple[Job, ...],
    paused: PausedRun | None,
    cache: NoCache,
    observer: Observer,
    stop: StopRequest,
) -> WorkerReport:
    """Evaluate a group of jobs, in a worker."""
    if stop.is_requested():
        return WorkerReport(number, [])
    started = time.perf_counter()
    report = _evaluate(problem, number, jobs, paused, cache, observer, stop)
    seconds = time.perf_counter() - started
    return replace(report, results=of_this_worker(report.results, seconds))


def _evaluate(
    problem: Problem,
    number: int,
    jobs: tuple[Job, ...],
    paused: PausedRun | None,
    cache: NoCache,
    observer: Observer,
    stop: StopRequest,
) -> WorkerReport:
    if len(jobs) > 1:
        return WorkerReport(number, evaluate_together(problem, jobs, cache, observer, stop))
    try:
        result, paused = evaluate(problem, jobs[0], paused, cache, observer, stop)
    except StopRequested:
        return WorkerReport(number, [], asks_to_stop=observer.asks_to_stop)
    return WorkerReport(number, [result], paused, observer.asks_to_stop)


def _work_in_thread(
    running_fits: RunningFits, config: Mapping[str, Any], *arguments: Any
) -> WorkerReport:
    with running_fits, config_context(**config):
        return _work(*arguments)


def _killed(job: Job) -> FitResult:
    error = (
        "The worker process of this fit was killed, and so was the next one, perhaps because it "
        "took too much memory. Fewer workers (n_jobs) leave more memory for each."
    )
    return FitResult(*job.cell, 0.0, 0.0, None, error=error)


def _parallel(parallel_class: type[Parallel], **options: Any) -> Parallel:
    try:
        return parallel_class(**options, return_as="generator_unordered")
    except ValueError as error:
        if "does not support return_as" not in str(error):
            raise
        # Some backends (multiprocessing, ray) only return everything at the end.
        return parallel_class(**options)
