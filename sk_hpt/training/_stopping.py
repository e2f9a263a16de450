"""When a network stops."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


class TrainingStopped(Exception):  # noqa: N818, for nothing is wrong
    """Somebody asked a training to stop before its end."""


@dataclass
class Stopping:
    """When a network stops: the epochs are spent, or too few of them improved.

    Parameters
    ----------
    max_iter : int
        Most epochs.
    tol : float
        The least that counts as an improvement.
    n_iter_no_change : int or inf
        Epochs without improvement that are put up with.
    """

    max_iter: int
    tol: float
    n_iter_no_change: float
    best_loss: Any = math.inf
    n_without_improvement: int = 0

    def hear_loss(self, loss: Any) -> None:
        """Take in the training loss of an epoch."""
        if loss > self.best_loss - self.tol:
            self.n_without_improvement += 1
        else:
            self.n_without_improvement = 0
        if loss < self.best_loss:
            self.best_loss = loss

    @property
    def stalled(self) -> bool:
        """Whether there were too many epochs without improvement."""
        return self.n_without_improvement > self.n_iter_no_change


@dataclass
class SharedStops:
    """Where the members of a shared run stop, and what they were then.

    Parameters
    ----------
    rules : sequence of Stopping
        One per member.
    """

    rules: Sequence[Stopping]
    networks: dict[int, Any] = field(default_factory=dict)
    stopped_at: dict[int, float] = field(default_factory=dict)

    def take(self, member: int, network: Any) -> None:
        """A member has stopped."""
        self.networks[member] = network
        self.stopped_at[member] = time.time()
