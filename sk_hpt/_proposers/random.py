"""Parameters drawn at random."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state

from sk_hpt._proposers.base import Proposer
from sk_hpt._types import Params, Seed
from sk_hpt.space._space import Space, draw_indices, limited_by_size

N_DRAWN_AHEAD = 1000
"""Number of draws that a seed of the search's own makes before anything else in the search."""


class RandomProposer(Proposer):
    """Proposes parameters drawn at random from a space: the draws of RandomizedSearchCV.

    scikit-learn makes all draws at once, before anything else in the search uses a random number.
    Nobody notices if most of them are made later, when they are asked for, unless the generator
    is shared: it may be the global one, or a RandomState that the splitter or the estimator has
    too. So a shared generator makes all draws at once here as well, as far as there is time.

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
    is_late : callable, optional
        Tells whether enough time was spent on the draws that are made at once. The others follow
        when they are asked for, from a copy of a shared generator.
    """

    learns = False

    def __init__(
        self,
        space: Space,
        n_iter: int,
        random_state: Seed = None,
        initial_points: Sequence[Params] = (),
        n_iter_at_start: int | None = None,
        is_late: Callable[[], bool] = lambda: False,
    ) -> None:
        n_at_start = n_iter if n_iter_at_start is None else n_iter_at_start
        rng = check_random_state(random_state)
        if space.draws_without_replacement:
            grid = space.grid()
            self._n_trials = min(n_iter, len(grid))
            n_first = limited_by_size(n_at_start, len(grid))
            indices = _indices(len(grid), self._n_trials, n_first, rng)
            draws: Iterator[Params] = (grid[index] for index in indices)
        else:
            self._n_trials = n_iter
            n_draws = max(n_iter, n_at_start)
            n_ahead = N_DRAWN_AHEAD if isinstance(random_state, Integral) else n_draws
            draws = _draws(space, n_draws, rng, n_ahead, is_late)
        self._proposals = islice(_put_first(initial_points, draws), self._n_trials)

    @property
    def n_trials(self) -> int:
        """`n_iter`, or the size of a smaller space."""
        return self._n_trials

    @property
    def round_size(self) -> int:
        """Number of all trials, because nothing is learned from the scores."""
        return self._n_trials

    def ask(self, n: int) -> list[Params]:
        """Return the next `n` draws, or as many as are left."""
        return list(islice(self._proposals, n))


def _draws(
    space: Space, n: int, rng: np.random.RandomState, n_ahead: int, is_late: Callable[[], bool]
) -> Iterator[Params]:
    """Draw the first `n_ahead` times now, unless it gets late, and then when asked."""
    ahead = []
    for params in islice(space.draws(n, rng), n_ahead):
        ahead.append(params)
        if is_late():
            break
    return chain(ahead, space.draws(n - len(ahead), copy.deepcopy(rng)))


def _indices(size: int, n: int, n_at_start: int, rng: np.random.RandomState) -> Iterable[int]:
    """Draw `n` points of a grid so that the first `n_at_start` draws do not depend on `n`.

    A draw without replacement depends on how many are drawn together. So draw the first ones
    together, as ParameterSampler does, and further ones one at a time.
    """
    chosen = dict.fromkeys(draw_indices(size, n_at_start, rng))
    while len(chosen) < n:
        chosen[int(rng.randint(size))] = None
    return chosen


def _put_first(initial_points: Sequence[Params], draws: Iterable[Params]) -> Iterator[Params]:
    """Return the initial points, and then the draws, without one for each that equals a point."""
    yield from initial_points
    left = list(initial_points)
    for params in draws:
        equal = next((i for i, point in enumerate(left) if _equal(params, point)), None)
        if equal is None:
            yield params
        else:
            del left[equal]


def _equal(one: Params, other: Params) -> bool:
    # np.all, because arrays compare element by element.
    return one.keys() == other.keys() and all(
        bool(np.all(value == other[name])) for name, value in one.items()
    )
