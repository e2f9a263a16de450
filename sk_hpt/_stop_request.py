"""A request to end a search before its budget is spent."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Literal, TypeAlias

StopReason: TypeAlias = Literal["completed", "no_improvement", "timeout", "interrupted", "callback"]
"""Values of ``stop_reason_``."""


class StopRequested(Exception):  # noqa: N818 (nothing is wrong)
    """Raised out of a fit when the search has to end."""


class StopRequest:
    """Request to end a search early, with its reason.

    Everything that runs asks from time to time: networks before each epoch. In another process
    only the deadline is known.

    Parameters
    ----------
    timeout : float, optional
        Seconds from now until the end is requested.
    """

    def __init__(self, timeout: float | None = None) -> None:
        self._deadline = None if timeout is None else time.time() + timeout
        self._reason: StopReason | None = None

    @property
    def reason(self) -> StopReason:
        """Reason why the search ended."""
        if self._reason is None and self._is_late():
            self._reason = "timeout"
        return self._reason or "completed"

    def request(self, reason: StopReason) -> None:
        """Request the end; the first reason counts."""
        self._reason = self._reason or reason

    def withdraw(self) -> None:
        """Take a request back; a deadline remains."""
        self._reason = None

    def is_requested(self) -> bool:
        """Return whether the search should end."""
        return self._reason is not None or self._is_late()

    def when_spent(self, share: float) -> Callable[[], bool]:
        """Return a function that tells whether this share of the time that is left has passed.

        It also tells so once the end is requested. Without a deadline the time never passes.
        """
        now = time.time()
        end = math.inf if self._deadline is None else now + share * (self._deadline - now)
        return lambda: self.is_requested() or time.time() >= end

    @property
    def is_interrupted(self) -> bool:
        """True if the user pressed Ctrl-C, perhaps in the middle of one of scikit-learn's fits."""
        return self._reason == "interrupted"

    @contextmanager
    def on_interrupt(self) -> Iterator[None]:
        """Within this context the first Ctrl-C requests the end; the second interrupts as usual.

        The first raises a KeyboardInterrupt too, because the main thread may be waiting. Libraries
        lose that exception now and then: scipy and ctypes drop it where they call Python.
        """
        if (
            threading.current_thread() is not threading.main_thread()
            or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
        ):
            yield
            return

        def interrupt(number: int, frame: FrameType | None) -> None:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self.request("interrupted")
            raise KeyboardInterrupt

        signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _is_late(self) -> bool:
        return self._deadline is not None and time.time() >= self._deadline

    def __getstate__(self) -> dict[str, float | None]:
        """Pickle the deadline alone."""
        return {"_deadline": self._deadline, "_reason": None}
