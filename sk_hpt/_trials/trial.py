"""What flows between the layers: a trial, one of its fits, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sk_hpt._types import Params, Scores


@dataclass(frozen=True, slots=True)
class Trial:
    """One candidate setting of the hyperparameters.

    ``max_epochs`` is how long its network trains at the most, where it can be paused on the way;
    None where it cannot, or nobody asked.
    """

    number: int
    params: Params
    max_epochs: int | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """A place on a network's way where it is scored.

    ``below`` counts the rungs from here to the top, where training ends; the epochs that a rung
    stands for differ between trials that train for longer or shorter.
    """

    below: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Job:
    """One trial on one fold: to the end, or over some rungs, on the last of which it pauses."""

    trial: Trial
    fold: int
    rungs: tuple[Rung, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LearningCurve:
    """What a network was after each epoch of one fit.

    Parameters
    ----------
    loss : ndarray of shape (n_epochs,), float32
        The training loss.
    validation : ndarray of shape (n_epochs,), float32, or None
        The score on the rows that ``early_stopping`` held out: accuracy or R².
    """

    loss: NDArray[np.float32]
    validation: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class FitResult:
    """What came of a :class:`Job`.

    A fit that failed has an ``error`` (the traceback) and no scores. One that pauses has neither
    test scores nor an error, but scores of rungs, by how far they are below the top. Times are
    in seconds, and epochs are counted, from the beginning of the fit. A network that still learned
    when it came to its last epoch has not converged. The ``finish_time`` is counted from the
    beginning of the search.
    """

    trial: int
    fold: int
    fit_time: float
    score_time: float
    test_scores: Scores | None
    train_scores: Scores | None = None
    error: str | None = None
    rung_scores: Mapping[int, Scores] = field(default_factory=dict)
    n_epochs: int = 0
    has_converged: bool = True
    curve: LearningCurve | None = field(default=None, compare=False)
    finish_time: float = 0.0

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to be done."""
        return self.test_scores is not None or self.error is not None
