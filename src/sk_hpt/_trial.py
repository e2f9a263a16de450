"""What flows between the layers: a trial, one of its fits, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Params = dict[str, Any]
"""Hyperparameters by name, as :meth:`set_params` takes them."""

Scores = float | dict[str, float]
"""What a scorer returns: a number, or one per metric."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One candidate setting of the hyperparameters."""

    number: int
    params: Params


@dataclass(frozen=True, slots=True)
class Fit:
    """One trial on one fold."""

    trial: Trial
    fold: int


@dataclass(frozen=True, slots=True)
class FoldResult:
    """What came of a :class:`Fit`.

    A fit that failed has an ``error`` (the traceback) and no scores. Times are in seconds.
    """

    trial: int
    fold: int
    fit_time: float
    score_time: float
    test_scores: Scores | None
    train_scores: Scores | None = None
    error: str | None = None
