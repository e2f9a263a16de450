"""What a proposer must answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sk_hpt._trials import Trial
from sk_hpt._types import Params


class Proposer(ABC):
    """Proposes hyperparameters, and may learn from how they scored."""

    @property
    @abstractmethod
    def n_trials(self) -> int:
        """How many settings it proposes in all, at the most."""

    @property
    @abstractmethod
    def round_size(self) -> int:
        """How many settings are best asked for at once, before it hears how they scored."""

    @abstractmethod
    def ask(self, n: int) -> list[Params]:
        """The next settings, at most `n`; none when there are no more."""

    @abstractmethod
    def tell(self, trials: Sequence[Trial], scores: NDArray[np.float64]) -> None:
        """Hear how a round went.

        Parameters
        ----------
        trials : sequence of Trial
            The round, in the order in which it was proposed.
        scores : ndarray of shape (len(trials), n_rungs, n_folds)
            Test scores, larger is better: of the networks on each rung of their training, the
            lowest first, and last of the complete ones. NaN where a fit failed or was left out;
            a trial that was dropped has scores up to its rung, one that failed has none. There
            is one rung where every training is complete, and as many in each call.
        """
