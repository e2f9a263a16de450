"""The values that one hyperparameter may take.

Every dimension maps its values to one or more coordinates in [0, 1] and back; sampling is
decoding a uniform draw, so a dimension is described by that one mapping. Constructors only
store: a search checks its space when it is fitted.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from sk_hpt._types import Floats

GRID_POINTS = 5
"""How many points a numeric dimension has in a grid."""

MAX_LEVELS = 4096
"""A column with more different coordinates than this counts as continuous."""


class Dimension(ABC):
    """Base class of all dimensions."""

    @property
    def n_columns(self) -> int:
        """How many coordinates encode a value."""
        return 1

    @abstractmethod
    def check(self, name: str) -> None:
        """Raise a ValueError or TypeError that names the parameter `name` if this is no range."""

    @abstractmethod
    def contains(self, value: Any) -> bool:
        """Whether `value` can come from this dimension."""

    @abstractmethod
    def project(self, value: Any) -> Any | None:
        """The nearest value of this dimension, `value` itself where that is one.

        None where no sense can be made of it.
        """

    @abstractmethod
    def encode(self, value: Any) -> Floats:
        """Coordinates of `value`, shape (n_columns,), each in [0, 1]."""

    @abstractmethod
    def decode(self, x: ArrayLike) -> Any:
        """The value at the coordinates `x`, shape (n_columns,)."""

    @property
    @abstractmethod
    def size(self) -> float:
        """How many values there are; infinite where they are real numbers."""

    @property
    @abstractmethod
    def levels(self) -> list[Floats | None]:
        """For each column the sorted coordinates that values have, None if they are too many."""

    @property
    def is_ordered(self) -> bool:
        """Whether values with coordinates close together are alike."""
        return True

    def snap(self, X: Floats) -> Floats:
        """Coordinates of the values that the rows of X, (m, n_columns), decode to; as X."""
        return np.array([self.encode(self.decode(x)) for x in X]).reshape(X.shape)

    @abstractmethod
    def grid(self, n_points: int = GRID_POINTS) -> Sequence[Any]:
        """Values spread over the range: about `n_points` of them, both ends included."""

    def rvs(self, size: int | None = None, random_state: Any = None) -> Any:
        """Draw a value, or a list of `size` values, as scipy.stats distributions do.

        With this method scikit-learn's own searches take our dimensions too.
        """
        rng = check_random_state(random_state)
        if size is None:
            return self.decode(rng.uniform(size=self.n_columns))
        return [self.decode(rng.uniform(size=self.n_columns)) for _ in range(size)]

    @property
    def sampler(self) -> Any:
        """What :class:`~sklearn.model_selection.ParameterSampler` draws from."""
        return self


def is_number(value: Any, kind: type) -> bool:
    """Whether `value` is a number of that abstract kind; a bool is not one."""
    return isinstance(value, kind) and not isinstance(value, (bool, np.bool_))


def distinct(values: Any) -> list[Any]:
    """Values without repetition, in their order."""
    return list(dict.fromkeys(values))
