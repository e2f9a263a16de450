"""Settings drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sk_hpt._trial import Params, Trial
from sk_hpt.proposers._base import Proposer
from sk_hpt.space import Space


class RandomProposer(Proposer):
    """Proposes `n_iter` settings drawn from a space.

    All are drawn at once, before anything else of the search uses a random number: a
    RandomState that is shared with the splitter then gives :class:`RandomizedSearchCV`'s draws.
    """

    def __init__(self, space: Space, n_iter: int, random_state: Any = None) -> None:
        self._drawn = space.sample(n_iter, random_state)
        self._n_asked = 0

    @property
    def n_trials(self) -> int:
        """How many were drawn: `n_iter`, or fewer where the whole space is smaller."""
        return len(self._drawn)

    @property
    def round_size(self) -> int:
        """All at once: nothing is learned from the scores."""
        return len(self._drawn)

    def ask(self, n: int) -> list[Params]:
        """The next `n` draws."""
        start, self._n_asked = self._n_asked, self._n_asked + n
        return self._drawn[start : self._n_asked]

    def tell(self, trials: Sequence[Trial], values: NDArray[np.float64]) -> None:
        """Learn nothing."""
