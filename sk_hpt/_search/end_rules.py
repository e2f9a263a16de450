"""Rules that end a search before its budget is spent, because nothing better is expected.

    EndRule                  never ends a search
    ├── NoImprovement            after trials in a row that did not improve on the best
    └── NoExpectedImprovement    after rounds in a row that promised little

The loop asks after each round whether the search is over, and where the size of rounds has no
influence after each result. A rule looks at the trials in their order, and at a trial only when
all before it are resolved. So the trial at which a search ends does not depend on which fit
happened to finish first.
"""

from __future__ import annotations

import math

from sk_hpt._proposers import Proposer
from sk_hpt._trials import ResultsTable

SMALL_IMPROVEMENT = 0.15
"""Expected improvement that is small, in standard errors of the incumbent's score."""

N_ROUNDS = 5
"""Number of rounds in a row with a small expected improvement after which a search ends."""


class EndRule:
    """Never ends a search; the base class of the rules that do."""

    def last_trial(self, table: ResultsTable) -> int | None:
        """Return the number of the trial after which the search should end, or None.

        A search that goes on nevertheless asks again, and the rule begins to count anew.
        """
        return None


class NoImprovement(EndRule):
    """Ends a search after trials in a row of which none is better than the best before.

    Pruned trials count, because they were compared with better ones. Failed trials do not.

    Parameters
    ----------
    n_trials : int
        Number of these trials.
    """

    def __init__(self, n_trials: int) -> None:
        self._n_trials = n_trials
        self._next = 0
        self._n_worse = 0
        self._best = -math.inf

    def last_trial(self, table: ResultsTable) -> int | None:
        """Look at the trials that are resolved since the last call."""
        while self._next < len(table.trials) and table.is_trial_resolved(self._next):
            trial, self._next = self._next, self._next + 1
            score = table.mean_score(trial)
            if score > self._best:
                self._best, self._n_worse = score, 0
            elif not table.has_failed(trial):
                self._n_worse += 1
            if self._n_worse == self._n_trials:
                self._n_worse = 0
                return trial
        return None


class NoExpectedImprovement(EndRule):
    """Ends a Bayesian search when its surrogate expects little of any further trial.

    The largest expected improvement is compared with the noise of the best score over the folds,
    as Makarova et al. (2022), "Automatic termination for hyperparameter optimization", compare a
    bound of the regret with it.

    Parameters
    ----------
    proposer : Proposer
        Tells what it expected of the last round.
    """

    def __init__(self, proposer: Proposer) -> None:
        self._proposer = proposer
        self._n_rounds = 0

    def last_trial(self, table: ResultsTable) -> int | None:
        """Return the last trial of all after enough rounds that promised little."""
        is_small = self._proposer.expected_improvement < SMALL_IMPROVEMENT
        self._n_rounds = self._n_rounds + 1 if is_small else 0
        if self._n_rounds < N_ROUNDS:
            return None
        self._n_rounds = 0
        return len(table.trials) - 1
