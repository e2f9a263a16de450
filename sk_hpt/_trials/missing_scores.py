"""Trials without a finite score, from which a search cannot learn."""

from __future__ import annotations

import math

from sk_hpt._trials.trial import FailedScore

MIN_UNSCORED = 3
"""Number of trials without a finite score after which none is expected from the others."""


class MissingScores:
    """Counts the trials that have, or lack, a finite score of the metric that decides.

    Attributes
    ----------
    error : str
        Traceback of the scorer's last error; empty if it has raised none.
    """

    def __init__(self) -> None:
        self.error = ""
        self._scored: set[int] = set()
        self._unscored: set[int] = set()

    def note(self, trial: int, score: float) -> None:
        """Note a score of a trial on a fold."""
        (self._scored if math.isfinite(score) else self._unscored).add(trial)
        if isinstance(score, FailedScore):
            self.error = score.traceback

    @property
    def are_all(self) -> bool:
        """True if each of the first few trials that were trained has a score that is not finite."""
        return len(self._unscored) >= MIN_UNSCORED and self._scored <= self._unscored
