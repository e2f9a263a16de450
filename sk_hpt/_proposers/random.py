"""Settings drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_random_state
from sklearn.utils.random import sample_without_replacement

from sk_hpt._proposers.base import Proposer
from sk_hpt._trials import Trial
from sk_hpt._types import Params
from sk_hpt.space import Space


class RandomProposer(Proposer):
    """Proposes `n_iter` settings drawn from a space.

    All are drawn at once, before anything else of the search uses a random number: a
    RandomState that is shared with the splitter then gives :class:`RandomizedSearchCV`'s draws.
    Those of `start` come first, in place of the last draws. Where a search goes on with another
    number of trials, `n_begun` is the number it began with: the first draws stay the same.
    """

    def __init__(
        self,
        space: Space,
        n_iter: int,
        random_state: Any = None,
        start: Sequence[Params] = (),
        n_begun: int | None = None,
    ) -> None:
        drawn = _draw(space, n_iter, n_iter if n_begun is None else n_begun, random_state)
        new = [params for params in drawn if not any(_equal(params, given) for given in start)]
        self._settings = [*start, *new][: len(drawn)]
        self._n_asked = 0

    @property
    def n_trials(self) -> int:
        """`n_iter`, or fewer where the whole space is smaller."""
        return len(self._settings)

    @property
    def round_size(self) -> int:
        """All at once: nothing is learned from the scores."""
        return len(self._settings)

    def ask(self, n: int) -> list[Params]:
        """The next `n` draws."""
        start, self._n_asked = self._n_asked, self._n_asked + n
        return self._settings[start : self._n_asked]

    def tell(self, trials: Sequence[Trial], scores: NDArray[np.float64]) -> None:
        """Learn nothing."""


def _draw(space: Space, n: int, n_begun: int, random_state: Any) -> list[Params]:
    """Draw `n` settings that begin like `n_begun` draws."""
    rng = check_random_state(random_state)
    if n <= n_begun:
        return space.sample(n_begun, rng)[:n]
    if not space.draws_without_replacement:
        return space.sample(n, rng)
    # Which settings of lists are drawn depends on how many are drawn together, so more of them
    # come one by one. The first as in scikit-learn's ParameterSampler.
    grid = space.grid()
    first = sample_without_replacement(len(grid), min(n_begun, len(grid)), random_state=rng)
    chosen = dict.fromkeys(first.tolist())
    while len(chosen) < min(n, len(grid)):
        chosen[int(rng.randint(len(grid)))] = None
    return [grid[index] for index in chosen]


def _equal(one: Params, other: Params) -> bool:
    # By ==, but for arrays, which answer element by element.
    return one.keys() == other.keys() and all(
        bool(np.all(value == other[name])) for name, value in one.items()
    )
