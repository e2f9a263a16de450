"""The base class of all dimensions.

A dimension holds the values that one parameter may take. It is described by one mapping:
:meth:`Dimension.encode` gives coordinates in [0, 1] for a value, :meth:`Dimension.decode` gives
the value for coordinates. A random value is a uniform draw, decoded. Constructors only store
their arguments; a search checks them when it is fitted.
"""

from __future__ import annotations

import numbers
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from sk_hpt._types import Floats, Seed

GRID_POINTS = 5
"""Number of points of a numeric dimension in a grid."""

MAX_LEVELS = 4096
"""A column with more different coordinates than this counts as continuous."""


class Dimension(ABC):
    """Base class of all dimensions."""

    @property
    def n_columns(self) -> int:
        """Number of coordinates that encode a value."""
        return 1

    @abstractmethod
    def check(self, name: str) -> None:
        """Raise a ValueError or TypeError about parameter `name` if the arguments are wrong."""

    @abstractmethod
    def contains(self, value: object) -> bool:
        """Return whether this dimension has the value."""

    @abstractmethod
    def project(self, value: object) -> Any | None:
        """Return the nearest value of this dimension, `value` itself if it is one.

        None if no value is near, for instance for a str in a range of numbers.
        """

    @abstractmethod
    def encode(self, value: Any) -> Floats:
        """Return the coordinates of a value, shape (n_columns,), each in [0, 1]."""

    @abstractmethod
    def decode(self, x: ArrayLike) -> Any:
        """Return the value at coordinates `x` of shape (n_columns,)."""

    @property
    @abstractmethod
    def size(self) -> float:
        """Number of values; infinite for real numbers."""

    @property
    @abstractmethod
    def levels(self) -> list[Floats | None]:
        """Sorted coordinates of all values, for each column; None if they are too many."""

    @property
    def is_ordered(self) -> bool:
        """True if values with similar coordinates are similar."""
        return True

    @property
    def is_log(self) -> bool:
        """True if the values are numbers on a logarithmic scale."""
        return False

    def snap(self, X: Floats) -> Floats:
        """Move the rows of X, (m, n_columns), to the coordinates of the values they decode to."""
        return np.array([self.encode(self.decode(x)) for x in X]).reshape(X.shape)

    @abstractmethod
    def grid(self, n_points: int = GRID_POINTS) -> Sequence[Any]:
        """Return about `n_points` values spread over the range, both ends included."""

    def rvs(self, size: int | None = None, random_state: Seed = None) -> Any:
        """Draw a value, or a list of `size` values, as scipy.stats distributions do.

        With this method, scikit-learn's own searches accept the dimensions of this package too.
        """
        rng = check_random_state(random_state)
        if size is None:
            return self.decode(rng.uniform(size=self.n_columns))
        return [self.decode(rng.uniform(size=self.n_columns)) for _ in range(size)]

    @property
    def sampler(self) -> Any:
        """Object from which :class:`~sklearn.model_selection.ParameterSampler` draws."""
        return self


def is_real(value: object) -> TypeGuard[float]:
    """Return whether a value is a real number; a bool is not one."""
    return isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool_))


def is_integer(value: object) -> TypeGuard[int]:
    """Return whether a value is an integer, of Python or numpy; a bool is not one."""
    return isinstance(value, numbers.Integral) and not isinstance(value, (bool, np.bool_))
