"""What the columns of X mean, and the features that the kernel compares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sk_hpt._types import Flags, Floats, Rows

SAME_POINT_TOLERANCE = 1e-6
"""Coordinates that are closer than this are the same."""


@dataclass(frozen=True, eq=False)
class Encoding:
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
    >>> from sk_hpt._surrogate import Encoding
    >>> columns = Encoding((None, np.array([0.25, 0.75])), np.array([False, True]))
    >>> encoding.n_columns
    2
    """

    levels: tuple[Floats | None, ...]
    categorical: Flags

    @property
    def n_columns(self) -> int:
        """How many columns there are, d."""
        return len(self.levels)

    @cached_property
    def numeric(self) -> Rows:
        """Indices of the p columns that have an order."""
        return np.flatnonzero(~self.categorical)

    @cached_property
    def column_of_feature(self) -> Rows:
        """Column from which each feature comes, shape (number of features,)."""
        choices = [
            np.full(len(self._levels(c)), c) for c in map(int, np.flatnonzero(self.categorical))
        ]
        return np.concatenate([self.numeric, *choices]).astype(np.intp)

    def features(self, X: Floats) -> Floats:
        """The p numeric columns, then one indicator per choice of each categorical one.

        Indicators are 0 or sqrt(1/2): two different choices are at the squared distance 1, so
        that the kernel on the features of a categorical column is one on the Hamming distance.
        """
        indicators = [
            np.sqrt(0.5) * (np.abs(X[:, [c]] - self._levels(c)) < SAME_POINT_TOLERANCE)
            for c in map(int, np.flatnonzero(self.categorical))
        ]
        return np.concatenate([X[:, self.numeric], *indicators], axis=1)

    def _levels(self, column: int) -> Floats:
        levels = self.levels[column]
        if levels is None:
            raise ValueError(f"Column {column} is categorical and needs levels, got None.")
        return levels
