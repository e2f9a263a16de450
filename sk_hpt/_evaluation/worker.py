"""Name of the worker that runs a job, and the time that it spends on the job."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Sequence
from dataclasses import replace

from sk_hpt._trials import FitResult

_thread = threading.local()


def worker_name() -> str:
    """Return a short name of this thread of this process, different from that of all others.

    The name is drawn at random once for each thread. Numbers of processes and threads are used
    again, on other machines of a cluster or when a search is resumed.
    """
    process = os.getpid()
    # The thread that forks a process also exists in the new one, with its name.
    if getattr(_thread, "process", None) != process:
        _thread.process, _thread.name = process, secrets.token_hex(6)
    return str(_thread.name)


def of_this_worker(results: Sequence[FitResult], seconds: float) -> list[FitResult]:
    """Return results with the name of this worker and their parts of its time.

    Parameters
    ----------
    results : sequence of FitResult
        The results of a group of jobs.
    seconds : float
        Seconds that the group took. Jobs that share a training end at different times of the same
        run, so they share its time equally.
    """
    worker = worker_name()
    return [replace(result, worker=worker, seconds=seconds / len(results)) for result in results]
