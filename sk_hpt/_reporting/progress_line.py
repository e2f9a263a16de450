"""The line that shows how far a search is (``verbose=1``).

It counts fits. Networks that train natively in this process count as the fraction of their epochs
that is done, so that the line moves within long fits. A thread looks at them from time to time;
networks themselves only note their epoch.
"""

from __future__ import annotations

import io
import math
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

import numpy as np
from joblib.logger import short_format_time

from sk_hpt._reporting.observer import Observer
from sk_hpt._trials import Cell, Job, ResultsTable
from sk_hpt._types import Network

REDRAW_SECONDS = 0.2
"""Seconds between two redraws of the line in a terminal or a notebook."""

LOG_SECONDS, LOG_SHARE = 30.0, 0.1
"""Elsewhere a new line is printed after this many seconds, or this share of the search."""


class ProgressLine(Observer):
    """One line with the fits done, the best score so far and the time left.

    In a terminal and in a notebook it is redrawn in place; in pipes and logs it is printed as plain
    lines, few enough to read.

    Parameters
    ----------
    stream : file, optional
        Where to write, by default standard output.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        stream = sys.stdout if stream is None else stream
        # There may be no standard output, and a replacement may only know how to write.
        self._stream = io.StringIO() if stream is None else stream
        self._in_place = _redraws(self._stream)
        self._n_fits = 0
        self._n_known = 0
        self._running: dict[Cell, float] = {}
        self._largest_count = 0.0
        self._started = self._written_at = time.monotonic()
        self._n_written = 0
        self._width = 0
        self._writing = threading.Lock()
        self._is_over = threading.Event()

    @contextmanager
    def searching(self, table: ResultsTable, n_fits: int, is_exact: bool) -> Iterator[None]:
        """Move the line within this context, and write at its end how the search ended."""
        self._n_fits = n_fits
        thread = threading.Thread(
            target=self._watch, args=(table,), name="sk_hpt progress", daemon=True
        )
        thread.start()
        try:
            yield
        except BaseException:
            if self._in_place and self._width:
                self._stream.write("\n")  # the error gets a line of its own
            raise
        finally:
            self._is_over.set()
            thread.join()
        self._running.clear()
        self._write(table)
        if self._in_place:
            self._stream.write("\n")
            self._flush()

    def results_known(self, n_fits: int) -> None:
        """Leave these fits out of the estimate of the time left."""
        self._n_known += n_fits

    def result_arrived(self, table: ResultsTable) -> None:
        """Write the line, unless that was done a moment ago."""
        with self._writing:
            seconds = time.monotonic() - self._written_at
            if self._in_place:
                is_due = seconds >= REDRAW_SECONDS
            else:
                share = (table.n_resolved - self._n_written) / self._n_fits
                is_due = seconds >= LOG_SECONDS or share >= LOG_SHARE
            if is_due and table.n_resolved < self._n_fits:
                self._write(table)

    def epoch_begins(
        self, network: Network, epoch: int, last_epoch: int, jobs: Sequence[tuple[Job, int]]
    ) -> None:
        """Note which fraction of its epochs each fit has done; always below 1."""
        for job, max_epochs in jobs:
            self._running[job.cell] = min(epoch, max_epochs - 1) / max_epochs

    def _watch(self, table: ResultsTable) -> None:
        while not self._is_over.wait(REDRAW_SECONDS):
            if self._running_fits(table) is not None:
                self.result_arrived(table)

    def _running_fits(self, table: ResultsTable) -> float | None:
        """Return the sum of the fractions of all running fits; None if no epochs are known."""
        total = None
        for cell, fraction in list(self._running.items()):
            if table.is_resolved(cell):
                self._running.pop(cell, None)
            else:
                total = (total or 0.0) + fraction
        return total

    def _write(self, table: ResultsTable) -> None:
        line = self._line(table)
        # Blanks cover the rest of a longer line before.
        text = "\r" + line.ljust(self._width) if self._in_place else line + "\n"
        self._stream.write(text)
        self._flush()
        self._width = len(line)
        self._written_at, self._n_written = time.monotonic(), table.n_resolved

    def _flush(self) -> None:
        getattr(self._stream, "flush", bool)()

    def _line(self, table: ResultsTable) -> str:
        elapsed = time.monotonic() - self._started
        count, shown = self._count(table)
        parts = [f"{shown}/{self._n_fits} fits"]
        best = table.best_mean_score()
        if np.isfinite(best):
            parts.append(f"best score {best:.4g}")
        n_here = count - self._n_known
        if table.n_resolved >= self._n_fits or self._is_over.is_set():
            parts.append(f"{short_format_time(elapsed).strip()} in all")
        elif n_here > 0:
            left = elapsed / n_here * (self._n_fits - count)
            parts.append(f"{short_format_time(left).strip()} left")
        return ", ".join(parts)

    def _count(self, table: ResultsTable) -> tuple[float, str]:
        """Return the fits done, with the fractions of running fits, as a number and as text."""
        running = self._running_fits(table)
        if running is None:
            return float(table.n_resolved), str(table.n_resolved)
        # The count never falls: a fit may be begun anew by scikit-learn or in another worker.
        self._largest_count = max(self._largest_count, table.n_resolved + running)
        return self._largest_count, f"{math.floor(10 * self._largest_count) / 10:.1f}"

    def __reduce__(self) -> tuple[type[Observer], tuple[()]]:
        """Nobody could read what is noted in another process."""
        return Observer, ()


def _redraws(stream: object) -> bool:
    """Return whether a carriage return begins the same line again."""
    is_terminal = bool(getattr(stream, "isatty", bool)())
    # The output of a notebook says that it is not a terminal, but front ends replace the line.
    return is_terminal or type(stream).__module__.partition(".")[0] == "ipykernel"
