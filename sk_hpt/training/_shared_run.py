"""One training for several networks that differ only in when they stop, or in what is not read.

Up to where the first of them stops their weights are the same, and from there the others go on:
a grid over five numbers of epochs costs its longest.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sk_hpt._types import Network, Params
from sk_hpt.training._run import TrainingRun, warn_not_converged


class CannotShare(Exception):  # noqa: N818 (a decision, not an error)
    """The networks have to be trained one by one."""


@dataclass
class StoppingRule:
    """When a network stops: its epochs are spent, or too many in a row did not improve.

    Parameters
    ----------
    max_iter : int
        Maximum number of epochs.
    tol : float
        The smallest decrease of the loss that counts as an improvement.
    n_iter_no_change : int or inf
        How many epochs in a row may pass without an improvement.
    unread_params : dict, default={}
        Parameters of the network that its solver never reads.
    """

    max_iter: int
    tol: float
    n_iter_no_change: float
    unread_params: Params = field(default_factory=dict)
    best_loss: float = field(default=math.inf, init=False)
    n_without_improvement: int = field(default=0, init=False)

    def update(self, loss: float) -> None:
        """Take the training loss of one more epoch into account."""
        if loss > self.best_loss - self.tol:
            self.n_without_improvement += 1
        else:
            self.n_without_improvement = 0
        if loss < self.best_loss:
            self.best_loss = loss

    @property
    def has_stalled(self) -> bool:
        """True if too many epochs in a row brought no improvement."""
        return self.n_without_improvement > self.n_iter_no_change


class SharedRun:
    """A training run that several networks share, and the networks that have stopped.

    Parameters
    ----------
    run : TrainingRun
        The run of one of the networks. It must be strict: networks that overflow are not shared.
    rules : sequence of StoppingRule
        One rule for each network.

    Attributes
    ----------
    networks : dict of int to MLPClassifier or MLPRegressor
        Each network that has stopped, by the number of its rule.
    stopped_at : dict of int to float
        When each of them stopped, in seconds since the epoch of :func:`time.time`.
    """

    def __init__(self, run: TrainingRun, rules: Sequence[StoppingRule]) -> None:
        self.run = run
        self.networks: dict[int, Network] = {}
        self.stopped_at: dict[int, float] = {}
        self._running = dict(enumerate(rules))

    def epochs(self) -> Iterator[int]:
        """Train until all networks have stopped; yield the number of epochs before each epoch.

        Raises
        ------
        CannotShare
            If the numbers overflow: scikit-learn would warn of each network by itself.
        """
        while self._running:
            yield self.run.epoch
            try:
                self.run.train_epoch()
            except FloatingPointError as error:
                raise CannotShare from error
            for member, rule in list(self._running.items()):
                rule.update(self.run.network.loss_)
                if rule.has_stalled or self.run.epoch == rule.max_iter:
                    if not rule.has_stalled:
                        warn_not_converged(rule.max_iter)
                    self._record(member, rule)

    def _record(self, member: int, rule: StoppingRule) -> None:
        """Keep a copy of the network for one whose training is over."""
        self.networks[member] = self.run.copy_stopped_by(
            {
                "max_iter": rule.max_iter,
                "tol": rule.tol,
                "n_iter_no_change": rule.n_iter_no_change,
                **rule.unread_params,
            },
            rule.best_loss,
            rule.n_without_improvement,
        )
        self.stopped_at[member] = time.time()
        del self._running[member]
