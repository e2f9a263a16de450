"""Bayesian proposers that run one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from sk_hpt._proposers.base import Proposer
from sk_hpt._proposers.bayes import BayesProposer
from sk_hpt._proposers.posterior import Posterior
from sk_hpt._trials import Trial
from sk_hpt._types import Floats, Params


class SequentialProposer(Proposer):
    """Runs several Bayesian proposers one after the other, each in its own space.

    Parameters
    ----------
    proposers : sequence of BayesProposer
        Each is told only of its own trials, numbered from 0.
    """

    def __init__(self, proposers: Sequence[BayesProposer]) -> None:
        self._proposers = list(proposers)
        self._current = 0
        self._n_asked = 0
        self._first_number = 0  # of the current proposer's first trial, in the whole search

    @property
    def n_trials(self) -> int:
        """Sum of the trials of all proposers."""
        return sum(proposer.n_trials for proposer in self._proposers)

    @property
    def round_size(self) -> int:
        """Round size of the first proposer that has trials left."""
        return next((each.round_size for each in self._proposers if each.n_left), 1)

    def ask(self, n: int) -> list[Params]:
        """Return the next parameters of the current proposer, or of the one after it."""
        while True:
            params = self._proposers[self._current].ask(n)
            if params or self._current == len(self._proposers) - 1:
                self._n_asked += len(params)
                return params
            self._current += 1
            self._first_number = self._n_asked

    def tell(self, trials: Sequence[Trial], scores: Floats) -> None:
        """Pass the scores on to the current proposer."""
        own = [Trial(trial.number - self._first_number, trial.params) for trial in trials]
        self._proposers[self._current].tell(own, scores)

    @property
    def seconds(self) -> float:
        """Seconds spent on choosing trials, by all proposers together."""
        return sum(proposer.seconds for proposer in self._proposers)

    def posterior(self) -> Posterior:
        """Return the posteriors of all proposers as one."""
        return Posterior([part for each in self._proposers for part in each.posterior().parts])
