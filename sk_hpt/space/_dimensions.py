"""The values that one hyperparameter may take.

Every dimension maps its values to one or more coordinates in [0, 1] and back; sampling is
decoding a uniform draw, so a dimension is described by that one mapping. Constructors only
store: a search checks its space when it is fitted.
"""

from __future__ import annotations

import math
import numbers
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state

GRID_POINTS = 5
"""How many points a numeric dimension has in a grid."""


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
    def encode(self, value: Any) -> NDArray[np.float64]:
        """Coordinates of `value`, shape (n_columns,), each in [0, 1]."""

    @abstractmethod
    def decode(self, x: ArrayLike) -> Any:
        """The value at the coordinates `x`, shape (n_columns,)."""

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


@dataclass(frozen=True)
class Real(Dimension):
    """A real number between two bounds.

    Parameters
    ----------
    low, high : float
        The bounds, both included.
    log : bool, default=False
        Whether to search on a logarithmic scale, where the step from 0.001 to 0.01 is as long
        as that from 0.01 to 0.1. Right for learning rates and penalties; needs ``low > 0``.

    Examples
    --------
    >>> from sk_hpt.space import Real
    >>> Real(1e-4, 1.0, log=True).grid()
    [0.0001, 0.001, 0.01, 0.1, 1.0]
    >>> round(Real(0.0, 0.9).rvs(random_state=0), 3)
    0.494
    """

    low: float
    high: float
    log: bool = False

    def check(self, name: str) -> None:
        """Raise unless the bounds are finite numbers in order, and positive on a log scale."""
        for bound in ("low", "high"):
            value = getattr(self, bound)
            if not is_number(value, numbers.Real):
                raise TypeError(
                    f"Parameter {name!r}: {bound} of {self} must be a number, got {value!r} "
                    f"of type {type(value).__name__}."
                )
            if not math.isfinite(value):
                raise ValueError(
                    f"Parameter {name!r}: {bound} of {self} must be finite, got {value!r}."
                )
        check_order(name, self)
        check_log(name, self)

    def contains(self, value: Any) -> bool:
        """Whether `value` is a number within the bounds."""
        return is_number(value, numbers.Real) and self.low <= value <= self.high

    def encode(self, value: float) -> NDArray[np.float64]:
        """Position of `value` between the bounds; one half where they coincide."""
        low, high = self._scaled(self.low), self._scaled(self.high)
        if low == high:
            return np.array([0.5])
        return np.clip([(self._scaled(value) - low) / (high - low)], 0.0, 1.0)

    def decode(self, x: ArrayLike) -> float:
        """The number at position `x` between the bounds."""
        low, high = self._scaled(self.low), self._scaled(self.high)
        value = low + float(np.ravel(x)[0]) * (high - low)
        # exp(log(high)) can be a rounding error above high.
        return float(min(max(math.exp(value) if self.log else value, self.low), self.high))

    def grid(self, n_points: int = GRID_POINTS) -> list[float]:
        """Evenly spaced numbers, on a log scale at equal ratios."""
        spaced = np.geomspace if self.log else np.linspace
        points = np.clip(spaced(self.low, self.high, n_points), self.low, self.high)
        return distinct(points.tolist())

    def _scaled(self, value: float) -> float:
        return math.log(value) if self.log else float(value)


@dataclass(frozen=True)
class Integer(Dimension):
    """A whole number between two bounds.

    Parameters
    ----------
    low, high : int
        The bounds, both included.
    log : bool, default=False
        Whether to search on a logarithmic scale. Right for widths and batch sizes; needs
        ``low >= 1``.

    Examples
    --------
    >>> from sk_hpt.space import Integer
    >>> Integer(16, 256, log=True).grid()
    [16, 32, 64, 128, 256]
    >>> Integer(1, 3).rvs(size=5, random_state=0)
    [2, 3, 2, 2, 2]
    """

    low: int
    high: int
    log: bool = False

    def check(self, name: str) -> None:
        """Raise unless the bounds are integers in order, and positive on a log scale."""
        for bound in ("low", "high"):
            value = getattr(self, bound)
            if not is_number(value, numbers.Integral):
                raise TypeError(
                    f"Parameter {name!r}: {bound} of {self} must be an integer, got {value!r} "
                    f"of type {type(value).__name__}. For fractions use Real."
                )
        check_order(name, self)
        check_log(name, self)

    def contains(self, value: Any) -> bool:
        """Whether `value` is an integer within the bounds."""
        return is_number(value, numbers.Integral) and self.low <= value <= self.high

    def encode(self, value: int) -> NDArray[np.float64]:
        """Middle of the stretch of [0, 1] that decodes to `value`."""
        low, high = self._edges()
        return np.array([(self._scaled(value) - low) / (high - low)])

    def decode(self, x: ArrayLike) -> int:
        """The integer whose stretch of [0, 1] holds `x`."""
        low, high = self._edges()
        value = low + float(np.ravel(x)[0]) * (high - low)
        return int(min(max(round(math.exp(value) if self.log else value), self.low), self.high))

    def grid(self, n_points: int = GRID_POINTS) -> list[int]:
        """All integers where they are few, else a rounded selection."""
        if self.high - self.low < n_points:
            return list(range(int(self.low), int(self.high) + 1))
        spaced = np.geomspace if self.log else np.linspace
        return [int(value) for value in distinct(np.rint(spaced(self.low, self.high, n_points)))]

    def _edges(self) -> tuple[float, float]:
        # Half a step beyond both bounds, so that the ends are as likely as what lies between.
        return self._scaled(self.low - 0.5), self._scaled(self.high + 0.5)

    def _scaled(self, value: float) -> float:
        return math.log(value) if self.log else float(value)


@dataclass(frozen=True)
class Categorical(Dimension):
    """One of several choices that have no order.

    Parameters
    ----------
    choices : sequence
        The choices, of any type; a list in a space means the same.

    Examples
    --------
    >>> from sk_hpt.space import Categorical
    >>> Categorical(["relu", "tanh"]).grid()
    ['relu', 'tanh']
    """

    choices: Sequence[Any]

    def check(self, name: str) -> None:
        """Raise unless there is a sequence of choices that is not empty."""
        indexable = hasattr(self.choices, "__len__") and hasattr(self.choices, "__getitem__")
        if isinstance(self.choices, (str, dict)) or not indexable:
            raise TypeError(
                f"Parameter {name!r}: choices must be a list or another sequence, got "
                f"{self.choices!r} of type {type(self.choices).__name__}. Single values need to "
                "be wrapped in a list with one element."
            )
        if len(self.choices) == 0:
            # scikit-learn's message, here for random search too
            raise ValueError(
                f"Parameter grid for parameter {name!r} need to be a non-empty sequence, "
                f"got: {self.choices!r}"
            )

    def contains(self, value: Any) -> bool:
        """Whether `value` is one of the choices."""
        return self._index(value) is not None

    def encode(self, value: Any) -> NDArray[np.float64]:
        """Middle of the stretch of [0, 1] that decodes to `value`."""
        index = self._index(value)
        if index is None:
            raise ValueError(f"{value!r} is not one of the choices {self.choices!r}.")
        return np.array([(index + 0.5) / len(self.choices)])

    def decode(self, x: ArrayLike) -> Any:
        """The choice whose stretch of [0, 1] holds `x`."""
        index = int(float(np.ravel(x)[0]) * len(self.choices))
        return self.choices[min(max(index, 0), len(self.choices) - 1)]

    def grid(self, n_points: int = GRID_POINTS) -> Sequence[Any]:
        """All choices, whatever `n_points`: none lies between two others."""
        return self.choices

    @property
    def sampler(self) -> Any:
        """The choices themselves: scikit-learn draws from lists without replacement."""
        return self.choices

    def _index(self, value: Any) -> int | None:
        for index, choice in enumerate(self.choices):
            if choice is value:
                return index
        for index, choice in enumerate(self.choices):
            # Types too: 1, 1.0 and True are equal but are different settings. Only then ==,
            # which arrays answer element by element.
            if type(choice) is type(value) and np.all(choice == value):
                return index
        return None


@dataclass(frozen=True)
class Distribution(Dimension):
    """A frozen scipy.stats distribution, or any object with an ``rvs`` method.

    What has no quantile function ``ppf`` can be sampled, but has no grid and no coordinates.

    Parameters
    ----------
    distribution : object
        The distribution.
    """

    distribution: Any

    def check(self, name: str) -> None:
        """Nothing to check: scipy.stats has checked its parameters."""

    def contains(self, value: Any) -> bool:
        """Whether `value` lies in the support."""
        if not is_number(value, numbers.Real) or not hasattr(self.distribution, "support"):
            return False
        low, high = self.distribution.support()
        return bool(low <= value <= high)

    def encode(self, value: float) -> NDArray[np.float64]:
        """Probability below `value`; for a discrete distribution with half of its own."""
        self._need_quantiles("encoded")
        below = self.distribution.cdf(value)
        if self._discrete:
            below = (below + self.distribution.cdf(value - 1)) / 2
        return np.clip([below], 0.0, 1.0)

    def decode(self, x: ArrayLike) -> Any:
        """The quantile `x`, kept finite and within the support."""
        self._need_quantiles("decoded")
        quantile = float(np.ravel(x)[0])
        value = self.distribution.ppf(quantile)
        if self._discrete or not math.isfinite(value):
            # ppf(0) is one below a discrete support, and infinite where there is no bound.
            value = self.distribution.ppf(min(max(quantile, 1e-9), 1 - 1e-9))
        return int(value) if self._discrete else float(value)

    def grid(self, n_points: int = GRID_POINTS) -> list[Any]:
        """Quantiles in the middle of `n_points` equally likely parts."""
        self._need_quantiles("put on a grid")
        return distinct([self.decode((i + 0.5) / n_points) for i in range(n_points)])

    @property
    def has_quantiles(self) -> bool:
        """Whether there are a grid and coordinates."""
        return hasattr(self.distribution, "ppf") and hasattr(self.distribution, "cdf")

    @property
    def sampler(self) -> Any:
        """The distribution itself: the same draws as in scikit-learn."""
        return self.distribution

    @property
    def _discrete(self) -> bool:
        return hasattr(self.distribution, "pmf")

    def _need_quantiles(self, what: str) -> None:
        if not self.has_quantiles:
            raise TypeError(
                f"{self.distribution!r} has no quantile function (ppf) and so cannot be {what}. "
                "Use a frozen scipy.stats distribution or a dimension of sk_hpt.space."
            )


def is_number(value: Any, kind: type) -> bool:
    """Whether `value` is a number of that abstract kind; a bool is not one."""
    return isinstance(value, kind) and not isinstance(value, (bool, np.bool_))


def distinct(values: Any) -> list[Any]:
    """Values without repetition, in their order."""
    return list(dict.fromkeys(values))


def check_order(name: str, dimension: Real | Integer) -> None:
    """Raise if `low` is above `high`."""
    if dimension.low > dimension.high:
        raise ValueError(
            f"Parameter {name!r}: low={dimension.low!r} is above high={dimension.high!r} in "
            f"{dimension}. Swap them."
        )


def check_log(name: str, dimension: Real | Integer) -> None:
    """Raise if a logarithmic scale would reach zero."""
    if not isinstance(dimension.log, (bool, np.bool_)):
        raise TypeError(
            f"Parameter {name!r}: log of {dimension} must be True or False, got {dimension.log!r}."
        )
    if dimension.log and dimension.low <= 0:
        raise ValueError(
            f"Parameter {name!r}: low={dimension.low!r} must be above 0 on a logarithmic scale. "
            "Raise low, or use log=False."
        )
