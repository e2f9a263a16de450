"""Bayesian proposers one after the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sk_hpt._proposers.base import Proposer
from sk_hpt._proposers.bayes import BayesProposer
from sk_hpt._proposers.posterior import Posterior
from sk_hpt._trials import Trial
from sk_hpt._types import Params


class ProposersInTurn(Proposer):
    """Lets several proposers spend their trials one after the other, each in its own space.

    Parameters
    ----------
    proposers : sequence of BayesProposer
        They hear of their own trials alone, numbered from 0.
    """

    def __init__(self, proposers: Sequence[BayesProposer]) -> None:
        self._proposers = list(proposers)
        self._current = 0
        self._first = 0
        self._n_asked = 0

    @property
    def n_trials(self) -> int:
        """Trials of all."""
        return sum(proposer.n_trials for proposer in self._proposers)

    @property
    def round_size(self) -> int:
        """That of the one whose turn it is."""
        return self._proposers[self._current].round_size

    def ask(self, n: int) -> list[Params]:
        """The next settings of the one whose turn it is."""
        while True:
            params = self._proposers[self._current].ask(n)
            if params or self._current == len(self._proposers) - 1:
                self._n_asked += len(params)
                return params
            self._current += 1
            self._first = self._n_asked

    def tell(self, trials: Sequence[Trial], scores: NDArray[np.float64]) -> None:
        """Pass the scores on."""
        own = [Trial(trial.number - self._first, trial.params) for trial in trials]
        self._proposers[self._current].tell(own, scores)

    @property
    def seconds(self) -> float:
        """Seconds that the proposals took."""
        return sum(proposer.seconds for proposer in self._proposers)

    def posterior(self) -> Posterior:
        """What each believes of its space."""
        return Posterior([part for each in self._proposers for part in each.posterior().parts])
