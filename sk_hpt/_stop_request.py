"""How a search ends before its budget is spent."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

COMPLETED, TIMEOUT, INTERRUPTED, CALLBACK = "completed", "timeout", "interrupted", "callback"
"""Values of ``stop_reason_``."""


class StopRequest:
    """Whether a search should end, and why.

    All that runs asks it from time to time: networks after each epoch. What travels to another
    process takes the deadline along, and hears of nothing else.

    Parameters
    ----------
    timeout : float, optional
        Seconds from now.
    """

    def __init__(self, timeout: float | None = None) -> None:
        self._deadline = None if timeout is None else time.time() + timeout
        self._reason: str | None = None

    @property
    def reason(self) -> str:
        """Why the search ended."""
        if self._reason is None and self._is_late():
            self._reason = TIMEOUT
        return self._reason or COMPLETED

    def request(self, reason: str) -> None:
        """Ask for the end; the first reason counts."""
        self._reason = self._reason or reason

    def is_requested(self) -> bool:
        """Whether everything should come to its end."""
        return self._reason is not None or self._is_late()

    @property
    def is_interrupted(self) -> bool:
        """Whether a user asked, who may have hit a fit of scikit-learn's in the middle."""
        return self._reason == INTERRUPTED

    @contextmanager
    def on_interrupt(self) -> Iterator[None]:
        """Within this context the first Ctrl-C asks for the end, and the second is one as ever.

        It raises a KeyboardInterrupt too, for the main thread may wait for something. Libraries
        lose that now and then: where scipy or ctypes call back into Python it is dropped.
        """
        if (
            threading.current_thread() is not threading.main_thread()
            or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
        ):
            yield
            return

        def interrupt(number: int, frame: Any) -> None:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self.request(INTERRUPTED)
            raise KeyboardInterrupt

        signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _is_late(self) -> bool:
        return self._deadline is not None and time.time() >= self._deadline

    def __getstate__(self) -> dict[str, Any]:
        """The deadline alone."""
        return {"_deadline": self._deadline, "_reason": None}
