"""The points of a grid, in order."""

from __future__ import annotations

from itertools import islice

from sklearn.model_selection import ParameterGrid

from sk_hpt._proposers.base import Proposer
from sk_hpt._types import Params


class GridProposer(Proposer):
    """Proposes every point of a grid once, in the order of :class:`ParameterGrid`."""

    learns = False

    def __init__(self, grid: ParameterGrid) -> None:
        self._n_trials = len(grid)
        self._points = iter(grid)

    @property
    def n_trials(self) -> int:
        """Size of the grid."""
        return self._n_trials

    @property
    def round_size(self) -> int:
        """Size of the grid, because nothing is learned from the scores."""
        return self._n_trials

    def ask(self, n: int) -> list[Params]:
        """Return the next `n` points, or as many as are left."""
        return list(islice(self._points, n))
