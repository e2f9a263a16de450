"""The interface of all proposers."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

from sk_hpt._trials import Trial
from sk_hpt._types import Floats, Params


class Proposer(ABC):
    """Proposes hyperparameters; one that learns from how they scored overrides `tell`."""

    learns = True
    """False if the proposals do not depend on the scores, nor on how many are asked for at once."""

    expected_improvement = math.inf
    """Largest expected improvement on the best score, in standard errors of that score over the
    folds, of the last trial that a surrogate chose; infinite if none did."""

    @property
    @abstractmethod
    def n_trials(self) -> int:
        """Largest number of trials that are proposed in all."""

    @property
    @abstractmethod
    def round_size(self) -> int:
        """Number of trials to ask for at once, before their scores are told."""

    @abstractmethod
    def ask(self, n: int) -> list[Params]:
        """Return the next parameters to try, at most `n`; an empty list ends the search."""

    def tell(self, trials: Sequence[Trial], scores: Floats) -> None:  # noqa: B027
        """Learn from the scores of a round; a proposer that does not learn is not told.

        Parameters
        ----------
        trials : sequence of Trial
            The round, in the order in which it was proposed.
        scores : ndarray of shape (len(trials), n_rungs, n_folds)
            Test scores, larger is better. The rungs are in the order of training, the lowest
            first; the last one is the complete training. NaN where a fit failed or was not made:
            a pruned trial has scores up to its rung, a failed trial has none. Without rungs
            n_rungs is 1. It is the same in each call.
        """
