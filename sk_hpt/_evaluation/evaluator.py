"""Many fits at once."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count, takewhile
from typing import Any

import joblib
from joblib.externals.loky.process_executor import TerminatedWorkerError
from joblib.parallel import get_active_backend
from sklearn import config_context, get_config
from sklearn.utils.parallel import Parallel, delayed
from threadpoolctl import threadpool_limits

from sk_hpt._evaluation.fold import FoldEvaluation
from sk_hpt._evaluation.parts import PausedFit, fit_and_score_part
from sk_hpt._evaluation.prefixes import Prefixes
from sk_hpt._evaluation.together import fit_and_score_together, in_groups
from sk_hpt._reporting import FitTask, NullCallbacks, NullTask
from sk_hpt._sklearn import is_standard_scorer
from sk_hpt._stop_request import CALLBACK, INTERRUPTED
from sk_hpt._trials import FitResult, Job, Trial
from sk_hpt._types import Params
from sk_hpt.training import TrainingStopped, trains_natively

LAST_EPOCH_SECONDS = 1.5
"""How long the end of a search waits for networks to come to the end of their epoch."""


@dataclass(frozen=True)
class Evaluated:
    """What a worker gives back.

    Parameters
    ----------
    number : int
        Of the task.
    results : list of FitResult
        Empty where the search ended first.
    paused : PausedFit or None
        What waits for more.
    asks_to_stop : bool
        Whether a callback wants the search to end.
    """

    number: int
    results: list[FitResult]
    paused: PausedFit | None = None
    asks_to_stop: bool = False


class Underway:
    """Counts the fits that run in threads of this process; entered by each of them."""

    def __init__(self) -> None:
        self._n_fits = 0
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        """One more."""
        with self._changed:
            self._n_fits += 1

    def __exit__(self, *exception: Any) -> None:
        """One less."""
        with self._changed:
            self._n_fits -= 1
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Wait until there are none, but not for longer."""
        with self._changed:
            self._changed.wait_for(lambda: not self._n_fits, seconds)


class Evaluator:
    """Runs fits through joblib and yields their results as they finish.

    Networks that train natively hold no GIL and prefer threads, which share the data and start
    at once; all else prefers processes. A user's ``parallel_config`` overrides both. To be used
    as a context manager, within which the workers are kept from round to round.

    Parameters
    ----------
    evaluation : FoldEvaluation
        What to do for each fit.
    folds : sequence of (train, test)
        Row indices of each fold, split once for the whole search.
    callbacks : NullCallbacks
        Who watches.
    n_jobs, pre_dispatch
        As in joblib: how many fits run at a time, and how many are prepared ahead.
    """

    def __init__(
        self,
        evaluation: FoldEvaluation,
        folds: Sequence[tuple[Any, Any]],
        callbacks: NullCallbacks,
        n_jobs: int | None = None,
        pre_dispatch: int | str = "2*n_jobs",
    ) -> None:
        self._folds = folds
        self._callbacks = callbacks
        native = evaluation.native and trains_natively(evaluation.estimator)
        prefer = "threads" if native else None
        backend, default_n_jobs = get_active_backend(prefer=prefer)
        n_workers = backend.effective_n_jobs(default_n_jobs if n_jobs is None else n_jobs)
        self._in_process = n_workers == 1 or getattr(backend, "supports_sharedmem", False)
        # Whoever watches must see every fit begin and end, so then nothing is shared.
        self._shares = native and type(callbacks) is NullCallbacks
        # A scorer of another kind could look at the whole Pipeline, or write into its rows.
        if self._shares and self._in_process and is_standard_scorer(evaluation.scorer):
            evaluation = replace(evaluation, prefixes=Prefixes())
        self._evaluation = evaluation
        self._stop = evaluation.stop
        self._parallel = _parallel(
            joblib.Parallel if self._in_process else Parallel,
            n_jobs=n_jobs,
            pre_dispatch=pre_dispatch,
            prefer=prefer,
        )
        self._one_blas_thread = native and self._in_process and n_workers > 1
        self._limits: Any = None
        self._underway = Underway()
        self._numbers = count()
        self._paused: dict[tuple[int, int], PausedFit] = {}
        self._running: dict[int, tuple[tuple[Job, ...], PausedFit | None]] = {}

    def __enter__(self) -> Evaluator:
        """Start the workers."""
        self._parallel.__enter__()
        if self._one_blas_thread:
            self._limits = threadpool_limits(1, user_api="blas")
        return self

    def __exit__(self, *exception: Any) -> None:
        """Let the workers go, whatever they are doing; networks in threads stop first."""
        self._parallel.__exit__(*exception)
        self._paused.clear()
        if self._limits is not None:
            if exception[0] is not None:
                self._stop.request(INTERRUPTED)
            # A network that trains while BLAS gets its threads back would use them, and a program
            # that ends meanwhile could wait for them forever.
            self._underway.wait(LAST_EPOCH_SECONDS)
            self._limits.restore_original_limits()

    def run(self, fits: Iterable[Job]) -> Iterator[FitResult]:
        """Results in the order in which they finish; `fits` is consumed as workers get free."""
        estimator = self._evaluation.estimator
        fits = takewhile(lambda fit: not self._stop.is_requested(), fits)
        if self._shares:
            groups = in_groups(fits, estimator, self._is_part)
        else:
            groups = ((fit,) for fit in fits)
        tasks = map(self._task, groups)
        try:
            yield from self._results(tasks)
        except TerminatedWorkerError:
            yield from self._once_more()
            yield from self.run(chain.from_iterable(groups))

    def max_epochs(self, params: Params) -> int | None:
        """How many epochs a trial's network trains at the most; None if it cannot be paused."""
        return self._evaluation.max_epochs(params)

    def drop(self, trials: Iterable[Trial]) -> None:
        """Free what waits of these trials."""
        for trial in trials:
            for fold in range(len(self._folds)):
                self._paused.pop((trial.number, fold), None)

    def _results(self, tasks: Iterable[Any]) -> Iterator[FitResult]:
        for done in self._parallel(tasks):
            yield from self._keep(done)

    def _once_more(self) -> Iterator[FitResult]:
        """Results of what ran when a worker was killed, one by one; whose worker dies again fails.

        The system kills what takes too much memory, and who was to blame is not known.
        """
        lost, self._running = self._running, {}
        for fits, paused in lost.values():
            self._restart()
            if paused is not None:
                self._paused[_cell(fits[0])] = paused
            try:
                yield from self._results([self._task(fits)])
            except TerminatedWorkerError:
                if self._evaluation.error_score == "raise":
                    raise
                self._running.clear()
                yield from (_killed(fit) for fit in fits)
        self._restart()

    def _restart(self) -> None:
        self._parallel.__exit__(None, None, None)
        self._parallel.__enter__()

    def _is_part(self, fit: Job) -> bool:
        return bool(fit.rungs) or _cell(fit) in self._paused

    def _keep(self, done: Evaluated) -> list[FitResult]:
        """Hold on to what waits; the results."""
        self._running.pop(done.number, None)
        if done.paused is not None:
            first = done.results[0]
            self._paused[first.trial, first.fold] = done.paused
        if done.asks_to_stop:
            self._stop.request(CALLBACK)
        return done.results

    def _task(self, fits: tuple[Job, ...]) -> Any:
        first = fits[0]
        train, test = self._folds[first.fold]
        number = next(self._numbers)
        task = self._callbacks.evaluation(number)
        paused = self._paused.pop(_cell(first), None)
        if not self._in_process:
            self._running[number] = fits, paused
        arguments = (self._evaluation, number, fits, paused, train, test, task)
        if self._in_process:
            # Threads share the warning filters. scikit-learn's delayed would set them anew in
            # each, which is not safe while others do the same.
            return joblib.delayed(_evaluate_with)(self._underway, get_config(), *arguments)
        return delayed(_evaluate)(*arguments)


def _evaluate(
    evaluation: FoldEvaluation,
    number: int,
    fits: tuple[Job, ...],
    paused: PausedFit | None,
    train: Any,
    test: Any,
    task: NullTask | FitTask,
) -> Evaluated:
    fit = fits[0]
    if evaluation.stop.is_requested():
        return Evaluated(number, [])
    try:
        if len(fits) > 1:
            return Evaluated(number, fit_and_score_together(evaluation, fits, train, test))
        if fit.rungs or paused is not None:
            result, paused = fit_and_score_part(evaluation, fit, paused, train, test, task)
        else:
            result, paused = evaluation.fit_and_score(fit, train, test, task), None
    except TrainingStopped:
        return Evaluated(number, [], asks_to_stop=task.asks_to_stop)
    return Evaluated(number, [result], paused, task.asks_to_stop)


def _evaluate_with(underway: Underway, config: dict[str, Any], *arguments: Any) -> Evaluated:
    with underway, config_context(**config):
        return _evaluate(*arguments)


def _killed(fit: Job) -> FitResult:
    error = (
        "The worker process of this fit was killed, and so was the next one, perhaps because it "
        "took too much memory. Fewer workers (n_jobs) leave more for each."
    )
    return FitResult(fit.trial.number, fit.fold, 0.0, 0.0, None, error=error)


def _cell(fit: Job) -> tuple[int, int]:
    return fit.trial.number, fit.fold


def _parallel(parallel_class: Any, **options: Any) -> Any:
    try:
        return parallel_class(**options, return_as="generator_unordered")
    except ValueError as error:
        if "does not support return_as" not in str(error):
            raise
        # Some backends (multiprocessing, ray) only know how to return everything at the end.
        return parallel_class(**options)
