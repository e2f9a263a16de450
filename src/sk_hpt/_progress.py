"""The line that says how far a search is."""

from __future__ import annotations

import sys
import time
from typing import TextIO

import numpy as np
from joblib.logger import short_format_time

from sk_hpt._results import ResultsTable

REDRAW_SECONDS = 0.2
"""How often the line is redrawn in a terminal."""

LOG_SECONDS, LOG_SHARE = 30.0, 0.1
"""Elsewhere a new line comes after so long, or so large a part of the search."""


class NullProgress:
    """Says nothing."""

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
    """

    def __init__(self, n_fits: int, stream: TextIO | None = None) -> None:
        self._n_fits = n_fits
        self._stream = sys.stdout if stream is None else stream
        self._in_place = self._stream.isatty()
        self._started = self._said_at = time.monotonic()
        self._said_of = 0
        self._width = 0

    def update(self, table: ResultsTable) -> None:
        """Say how far it is, unless that was said a moment ago."""
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
        self._say(table)
        if self._in_place:
            self._stream.write("\n")
            self._stream.flush()

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
        parts = [f"{table.n_settled}/{self._n_fits} fits"]
        best = table.best_value()
        if np.isfinite(best):
            parts.append(f"best score {best:.4g}")
        if table.n_settled < self._n_fits:
            left = elapsed / max(table.n_settled, 1) * (self._n_fits - table.n_settled)
            parts.append(f"{short_format_time(left).strip()} left")
        else:
            parts.append(f"{short_format_time(elapsed).strip()} in all")
        return ", ".join(parts)
