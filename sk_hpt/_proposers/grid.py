"""All points of a grid."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import ParameterGrid

from sk_hpt._proposers.base import Proposer
from sk_hpt._trials import Trial
from sk_hpt._types import Params


class GridProposer(Proposer):
    """Proposes every point of a grid once, in :class:`ParameterGrid`'s order."""

    def __init__(self, grid: ParameterGrid) -> None:
        self._n_trials = len(grid)
        self._points = iter(grid)

    @property
    def n_trials(self) -> int:
        """Size of the grid."""
        return self._n_trials

    @property
    def round_size(self) -> int:
        """All at once: nothing is learned from the scores."""
        return self._n_trials

    def ask(self, n: int) -> list[Params]:
        """The next `n` points."""
        return list(islice(self._points, n))

    def tell(self, trials: Sequence[Trial], scores: NDArray[np.float64]) -> None:
        """Learn nothing."""
