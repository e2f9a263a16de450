"""Tasks in threads of this process, whose results are passed on at once.

joblib looks for new results every 10 ms. A small network is fitted in less time, and a search that
learns waits for results after each round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from multiprocessing.pool import ThreadPool
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self, TypeAlias

import joblib
from joblib.parallel import ParallelBackendBase, ThreadingBackend

Task: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]
"""A call, as ``joblib.delayed`` describes it."""

DISPATCHED = 2
"""Tasks per worker that are dispatched in advance, as joblib does by default."""

MAX_WAIT = 0.1
"""Seconds after which a search that waits for a result looks whether Ctrl-C was pressed."""


class ThreadWorkers:
    """Stands in for a ``joblib.Parallel`` whose tasks run in threads; used in the same way.

    Parameters
    ----------
    backend : ThreadingBackend
        joblib's backend, which says where what is parallel within a task runs.
    n_workers : int
        Number of threads.
    """

    def __init__(self, backend: ParallelBackendBase, n_workers: int) -> None:
        self._nested, self._n_nested = backend.get_nested_backend()
        self._n_workers = n_workers
        self._pool: ThreadPool | None = None

    @staticmethod
    def can_run(backend: ParallelBackendBase, n_workers: int, pre_dispatch: int | str) -> bool:
        """Return whether joblib would run the tasks in threads, as many ahead as by default."""
        is_threads = type(backend) is ThreadingBackend and n_workers > 1
        return is_threads and pre_dispatch == f"{DISPATCHED}*n_jobs"

    def __enter__(self) -> Self:
        """Start the threads."""
        self._pool = ThreadPool(self._n_workers)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let the threads go, without waiting for what they are doing."""
        if self._pool is not None:
            self._pool.close()
            self._pool.terminate()
            self._pool = None

    def __call__(self, tasks: Iterable[Task]) -> Iterator[Any]:
        """Yield the results in the order in which they arrive; tasks are taken as they run out.

        Raises
        ------
        Exception
            That of a task.
        """
        assert self._pool is not None
        arrived: SimpleQueue[Any] = SimpleQueue()
        tasks = iter(tasks)
        n_running = 0
        for task in islice(tasks, DISPATCHED * self._n_workers):
            self._dispatch(task, arrived)
            n_running += 1
        while n_running:
            outcome = _next(arrived)
            n_running -= 1
            for task in islice(tasks, 1):
                self._dispatch(task, arrived)
                n_running += 1
            if isinstance(outcome, BaseException):
                raise outcome
            yield outcome

    def _dispatch(self, task: Task, arrived: SimpleQueue[Any]) -> None:
        assert self._pool is not None
        self._pool.apply_async(self._run, (task, arrived))

    def _run(self, task: Task, arrived: SimpleQueue[Any]) -> None:
        """Run a task, and hand over what it returns or raises."""
        function, args, kwargs = task
        try:
            with joblib.parallel_config(backend=self._nested, n_jobs=self._n_nested):
                outcome = function(*args, **kwargs)
        except BaseException as error:
            outcome = error
        arrived.put(outcome)


def _next(arrived: SimpleQueue[Any]) -> Any:
    while True:
        # On Windows, Ctrl-C interrupts nothing that waits without a timeout.
        with suppress(Empty):
            return arrived.get(timeout=MAX_WAIT)
