"""Encoding: what the columns of X mean, and the features that the kernel compares.

Notation
--------
d : number of columns of X
p : number of numeric columns, which have an order
q : number of features, p plus one for each level of each categorical column
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sk_hpt._types import Flags, Floats, Rows

SAME_POINT_TOLERANCE = 1e-6
"""Points whose coordinates differ by at most this are the same point."""


@dataclass(frozen=True, eq=False)
class Encoding:
    """Description of the d columns of X.

    Parameters
    ----------
    levels : tuple of (ndarray or None), length d
        Sorted coordinates in [0, 1] that each column can have; None if it is continuous.
    categorical : ndarray of bool, shape (d,)
        True for columns whose levels have no order. Such a column needs `levels`.

    Examples
    --------
    >>> import numpy as np
    >>> from sk_hpt._surrogate import Encoding
    >>> encoding = Encoding((None, np.array([0.25, 0.75])), np.array([False, True]))
    >>> encoding.n_columns
    2
    """

    levels: tuple[Floats | None, ...]
    categorical: Flags

    @property
    def n_columns(self) -> int:
        """Number of columns, d."""
        return len(self.levels)

    @cached_property
    def numeric(self) -> Rows:
        """Indices of the p numeric columns."""
        return np.flatnonzero(~self.categorical)

    @cached_property
    def column_of_feature(self) -> Rows:
        """Index of the column from which each feature comes, shape (q,)."""
        indicators = [
            np.full(len(self._levels(c)), c) for c in map(int, np.flatnonzero(self.categorical))
        ]
        return np.concatenate([self.numeric, *indicators]).astype(np.intp)

    def features(self, X: Floats) -> Floats:
        """Return the numeric columns of X and indicators of the categorical ones, (n, q).

        An indicator is 0 or sqrt(1/2), so that two different choices have the squared distance 1.
        The kernel on these features is then one on the Hamming distance.
        """
        indicators = [
            np.sqrt(0.5) * (np.abs(X[:, [c]] - self._levels(c)) < SAME_POINT_TOLERANCE)
            for c in map(int, np.flatnonzero(self.categorical))
        ]
        return np.concatenate([X[:, self.numeric], *indicators], axis=1)

    def _levels(self, column: int) -> Floats:
        levels = self.levels[column]
        if levels is None:
            raise ValueError(f"levels[{column}]=None must be an array: the column is categorical.")
        return levels
