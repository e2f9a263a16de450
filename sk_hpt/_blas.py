"""One thread for BLAS while networks train, whichever searches run.

The number of BLAS threads belongs to the process. So one owner counts who wants it limited: the
first one in sets the limit, the last one out restores it, from whatever threads they come. The
products of small networks gain nothing from threads, and where other programs need the processors
too, the threads wait for each other: a network of 100 units then trains 60 times as long as with
one thread. Wide layers do gain, so a network that trains alone may have all threads.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from threadpoolctl import ThreadpoolController


class BlasThreads:
    """The number of BLAS threads of this process; its contexts may be entered by several threads.

    Attributes
    ----------
    n_workers : int
        Number of networks that may train at the same time.
    """

    def __init__(self) -> None:
        self.n_workers = 0
        self._n_unlimited = 0
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._keeper: threading.Thread | None = None

    @contextmanager
    def limited(self, n_workers: int = 1) -> Iterator[None]:
        """Let BLAS use one thread while this many networks train at a time."""
        self._change(n_workers, 0)
        try:
            yield
        finally:
            self._change(-n_workers, 0)

    @contextmanager
    def unlimited(self) -> Iterator[None]:
        """Give BLAS its threads back for a network, as long as no other one may train."""
        self._change(0, 1)
        try:
            yield
        finally:
            self._change(0, -1)

    def _change(self, n_workers: int, n_unlimited: int) -> None:
        with self._lock:
            self.n_workers += n_workers
            self._n_unlimited += n_unlimited
            is_alone = self.n_workers == 1 and self._n_unlimited > 0
            is_wanted = self.n_workers > 0 and not is_alone
            if is_wanted and self._keeper is None:
                self._start()
            if not is_wanted and self._keeper is not None:
                self._is_over.set()
                self._keeper.join()
                self._keeper = None

    def _start(self) -> None:
        # threadpoolctl obeys the thread that has set a limit until that thread lifts it. A thread
        # of its own sets and lifts ours, so that it does not matter where searches begin and end.
        is_set = threading.Event()
        self._is_over.clear()
        self._keeper = threading.Thread(
            target=self._keep, args=(is_set,), name="sk_hpt BLAS", daemon=True
        )
        self._keeper.start()
        is_set.wait()

    @cached_property
    def _controller(self) -> ThreadpoolController:
        # Made once, because looking for the libraries takes milliseconds. Those of numpy and scipy,
        # which networks train with, were loaded before.
        return ThreadpoolController()

    def _keep(self, is_set: threading.Event) -> None:
        try:
            with self._controller.limit(limits=1, user_api="blas"):
                is_set.set()
                self._is_over.wait()
        finally:
            is_set.set()


blas_threads = BlasThreads()
"""The owner of this process."""
