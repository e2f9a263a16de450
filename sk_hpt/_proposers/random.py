"""Parameters drawn at random."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.random import sample_without_replacement

from sk_hpt._proposers.base import Proposer
from sk_hpt._trials import Trial
from sk_hpt._types import Floats, Params, Seed
from sk_hpt.space._space import Space


class RandomProposer(Proposer):
    """Proposes parameters drawn at random from a space.

    All are drawn at once, before anything else in the search uses a random number. A RandomState
    that is shared with the splitter then gives the draws of :class:`RandomizedSearchCV`.

    Parameters
    ----------
    space : Space
        The search space.
    n_iter : int
        Number of trials; fewer if the space is smaller.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws.
    initial_points : sequence of dict, default=()
        Parameters to propose first, in place of the last draws.
    n_iter_at_start : int, optional
        `n_iter` of the search that this one resumes, whose draws come first again.
    """

    def __init__(
        self,
        space: Space,
        n_iter: int,
        random_state: Seed = None,
        initial_points: Sequence[Params] = (),
        n_iter_at_start: int | None = None,
    ) -> None:
        n_at_start = n_iter if n_iter_at_start is None else n_iter_at_start
        drawn = _draw(space, n_iter, n_at_start, random_state)
        new = [params for params in drawn if not any(_equal(params, p) for p in initial_points)]
        self._proposals = [*initial_points, *new][: len(drawn)]
        self._n_asked = 0

    @property
    def n_trials(self) -> int:
        """`n_iter`, or the size of a smaller space."""
        return len(self._proposals)

    @property
    def round_size(self) -> int:
        """Number of all trials, because nothing is learned from the scores."""
        return len(self._proposals)

    def ask(self, n: int) -> list[Params]:
        """Return the next `n` draws, or as many as are left."""
        start, self._n_asked = self._n_asked, self._n_asked + n
        return self._proposals[start : self._n_asked]

    def tell(self, trials: Sequence[Trial], scores: Floats) -> None:
        """Ignore the scores."""


def _draw(space: Space, n: int, n_at_start: int, random_state: Seed) -> list[Params]:
    """Draw `n` times so that the first `n_at_start` draws do not depend on `n`."""
    rng = check_random_state(random_state)
    if n <= n_at_start:
        return space.sample(n_at_start, rng)[:n]
    if not space.draws_without_replacement:
        return space.sample(n, rng)
    # A draw without replacement depends on how many are drawn together. So draw the first ones
    # together, as ParameterSampler does, and further ones one at a time.
    grid = space.grid()
    first = sample_without_replacement(len(grid), min(n_at_start, len(grid)), random_state=rng)
    chosen = dict.fromkeys(first.tolist())
    while len(chosen) < min(n, len(grid)):
        chosen[int(rng.randint(len(grid)))] = None
    return [grid[index] for index in chosen]


def _equal(one: Params, other: Params) -> bool:
    # np.all, because arrays compare element by element.
    return one.keys() == other.keys() and all(
        bool(np.all(value == other[name])) for name, value in one.items()
    )
