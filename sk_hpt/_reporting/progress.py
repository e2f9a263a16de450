"""The line that says how far a search is.

It counts fits. Of the networks that train in this process it knows the epochs too, and counts each
as the part of a fit that it has done, so that the line moves within long fits: a thread looks at
them now and then, and training itself writes nothing.
"""

from __future__ import annotations

import math
import sys
import threading
import time
from typing import Self, TextIO

import numpy as np
from joblib.logger import short_format_time

from sk_hpt._reporting.epochs import NullEpochs
from sk_hpt._trials import ResultsTable

REDRAW_SECONDS = 0.2
"""How often the line is redrawn in a terminal."""

LOG_SECONDS, LOG_SHARE = 30.0, 0.1
"""Elsewhere a new line comes after so long, or so large a part of the search."""


class NullProgress:
    """Says nothing."""

    def watching(self, table: ResultsTable) -> Self:
        """A context within which networks may train."""
        return self

    def __enter__(self) -> None:
        """Nothing to watch."""

    def __exit__(self, *exception: object) -> None:
        """Nothing was watched."""

    def recall(self, n_fits: int) -> None:
        """So many fits were done by an earlier run."""

    def update(self, table: ResultsTable) -> None:
        """Nothing to say."""

    def close(self, table: ResultsTable) -> None:
        """Nothing to say."""


class ProgressLine(NullProgress):
    """One line with fits done, the best score so far and the time left.

    In a terminal it is redrawn in place; in notebooks, pipes and logs it comes as plain lines,
    few enough to read.

    Parameters
    ----------
    n_fits : int
        How many fits the search has in all.
    stream : file, optional
        Where to write, by default standard output.
    epochs : NullEpochs, optional
        Knows how far the fits are that run.
    """

    def __init__(
        self, n_fits: int, stream: TextIO | None = None, epochs: NullEpochs | None = None
    ) -> None:
        self._n_fits = n_fits
        self._stream = sys.stdout if stream is None else stream
        self._epochs = NullEpochs() if epochs is None else epochs
        self._in_place = self._stream.isatty()
        self._started = self._said_at = time.monotonic()
        self._said_of = self._done = 0.0
        self._n_recalled = 0
        self._width = 0
        self._writing = threading.Lock()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def watching(self, table: ResultsTable) -> Self:
        """A context within which the line moves while networks train."""
        self._thread = threading.Thread(
            target=self._watch, args=(table,), name="sk_hpt progress", daemon=True
        )
        return self

    def __enter__(self) -> None:
        """Begin to watch."""
        if self._thread is not None:
            self._thread.start()

    def __exit__(self, *exception: object) -> None:
        """Nothing is written from another thread after this; an error gets a line of its own."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        if exception[0] is not None and self._in_place and self._width:
            self._stream.write("\n")

    def recall(self, n_fits: int) -> None:
        """So many fits were done by an earlier run, and say nothing of how long others take."""
        self._n_recalled += n_fits

    def update(self, table: ResultsTable) -> None:
        """Say how far it is, unless that was said a moment ago."""
        with self._writing:
            seconds = time.monotonic() - self._said_at
            if self._in_place:
                due = seconds >= REDRAW_SECONDS
            else:
                share = (table.n_settled - self._said_of) / self._n_fits
                due = seconds >= LOG_SECONDS or share >= LOG_SHARE
            if due and table.n_settled < self._n_fits:
                self._say(table)

    def close(self, table: ResultsTable) -> None:
        """Say how it ended."""
        with self._writing:
            self._epochs = NullEpochs()
            self._say(table)
            if self._in_place:
                self._stream.write("\n")
                self._stream.flush()

    def _watch(self, table: ResultsTable) -> None:
        while not self._over.wait(REDRAW_SECONDS):
            underway = self._epochs.underway(table.is_settled)
            if underway is not None:
                self.update(table)

    def _say(self, table: ResultsTable) -> None:
        line = self._line(table)
        # Blanks cover what is left of a longer line before.
        text = "\r" + line.ljust(self._width) if self._in_place else line + "\n"
        self._stream.write(text)
        self._stream.flush()
        self._width = len(line)
        self._said_at, self._said_of = time.monotonic(), table.n_settled

    def _line(self, table: ResultsTable) -> str:
        elapsed = time.monotonic() - self._started
        done, shown = self._how_far(table)
        parts = [f"{shown}/{self._n_fits} fits"]
        best = table.best_value()
        if np.isfinite(best):
            parts.append(f"best score {best:.4g}")
        here = done - self._n_recalled
        if table.n_settled >= self._n_fits or self._over.is_set():
            parts.append(f"{short_format_time(elapsed).strip()} in all")
        elif here > 0:
            left = elapsed / here * (self._n_fits - done)
            parts.append(f"{short_format_time(left).strip()} left")
        return ", ".join(parts)

    def _how_far(self, table: ResultsTable) -> tuple[float, str]:
        """Fits done, those underway in part, as a number and in words."""
        underway = self._epochs.underway(table.is_settled)
        if underway is None:
            return float(table.n_settled), str(table.n_settled)
        # A fit that is begun anew, by scikit-learn or in another worker, takes nothing back.
        self._done = max(self._done, table.n_settled + underway)
        return self._done, f"{math.floor(10 * self._done) / 10:.1f}"
