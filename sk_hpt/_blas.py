"""One thread for BLAS while networks train, whichever searches run.

The number of BLAS threads belongs to the process. So one owner counts who wants it limited: the
first one in sets the limit, the last one out restores it, from whatever threads they come.
"""

from __future__ import annotations

import threading

from threadpoolctl import threadpool_limits


class SingleBlasThread:
    """A context within which BLAS uses one thread; may be entered by several threads at once."""

    def __init__(self) -> None:
        self._n_users = 0
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._keeper: threading.Thread | None = None

    def __enter__(self) -> None:
        """Set the limit, unless somebody has done so."""
        with self._lock:
            self._n_users += 1
            if self._n_users == 1:
                self._start()

    def __exit__(self, *exception: object) -> None:
        """Restore the number of threads, unless somebody else still trains."""
        with self._lock:
            self._n_users -= 1
            if self._n_users == 0 and self._keeper is not None:
                self._is_over.set()
                self._keeper.join()

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

    def _keep(self, is_set: threading.Event) -> None:
        try:
            with threadpool_limits(1, user_api="blas"):
                is_set.set()
                self._is_over.wait()
        finally:
            is_set.set()


single_blas_thread = SingleBlasThread()
"""The owner of this process."""
