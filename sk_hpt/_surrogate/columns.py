"""What the columns of X mean, and the features that the kernel compares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SAME = 1e-6
"""Coordinates that are closer than this are the same."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Description of the d columns of X.

    Parameters
    ----------
    levels : tuple of (ndarray or None), length d
        For each column the sorted coordinates in [0, 1] that it can take; None if it is
        continuous.
    categorical : ndarray of bool, shape (d,)
        Whether the levels of a column have no order. Such a column needs `levels`.

    Examples
    --------
    >>> import numpy as np
    >>> from sk_hpt._surrogate import Columns
    >>> columns = Columns((None, np.array([0.25, 0.75])), np.array([False, True]))
    >>> columns.n_columns
    2
    """

    levels: tuple[Array | None, ...]
    categorical: NDArray[np.bool_]

    @property
    def n_columns(self) -> int:
        """How many columns there are, d."""
        return len(self.levels)

    @cached_property
    def numeric(self) -> NDArray[np.intp]:
        """Indices of the p columns that have an order."""
        return np.flatnonzero(~self.categorical)

    @cached_property
    def owner(self) -> NDArray[np.intp]:
        """Column from which each feature comes, shape (number of features,)."""
        choices = [
            np.full(len(self._levels(c)), c) for c in map(int, np.flatnonzero(self.categorical))
        ]
        return np.concatenate([self.numeric, *choices]).astype(np.intp)

    def features(self, X: Array) -> Array:
        """The p numeric columns, then one indicator per choice of each categorical one.

        Indicators are 0 or sqrt(1/2): two different choices are at the squared distance 1, so
        that the kernel on the features of a categorical column is one on the Hamming distance.
        """
        indicators = [
            np.sqrt(0.5) * (np.abs(X[:, [c]] - self._levels(c)) < SAME)
            for c in map(int, np.flatnonzero(self.categorical))
        ]
        return np.concatenate([X[:, self.numeric], *indicators], axis=1)

    def _levels(self, column: int) -> Array:
        levels = self.levels[column]
        if levels is None:
            raise ValueError(f"Column {column} is categorical and needs levels, got None.")
        return levels
