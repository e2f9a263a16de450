"""Ranges of numbers."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from sk_hpt._types import Floats
from sk_hpt.space._dimension import GRID_POINTS, MAX_LEVELS, Dimension, is_integer, is_real

N = TypeVar("N", int, float)
"""The kind of numbers of a range."""


class _Range(Dimension, Generic[N]):
    """A range of numbers, either real ones or integers."""

    low: N
    high: N
    log: bool

    @abstractmethod
    def _check_number(self, value: object, subject: str) -> None:
        """Raise about `subject` unless the value is a number of this kind."""

    @abstractmethod
    def _nearest(self, value: float) -> N:
        """Return the number of this range that is nearest to a finite or infinite one."""

    def check(self, name: str) -> None:
        """Raise unless the bounds are numbers in order, and positive on a log scale."""
        low, high, log = (
            f"Parameter {name!r}: {field}={getattr(self, field)!r} of {self}"
            for field in ("low", "high", "log")
        )
        self._check_number(self.low, low)
        self._check_number(self.high, high)
        if self.low > self.high:
            raise ValueError(f"{low} must be at most high={self.high!r}. Swap them.")
        if not isinstance(self.log, (bool, np.bool_)):
            raise TypeError(f"{log} must be True or False.")
        if self.log and self.low <= 0:
            raise ValueError(
                f"{low} must be above 0 on a logarithmic scale. Raise low, or use log=False."
            )

    def project(self, value: object) -> float | None:
        """Return a number, moved to the nearest one of this range; None for all else."""
        if not is_real(value) or math.isnan(value):
            return None
        return value if self.contains(value) else self._nearest(value)

    def encode(self, value: float) -> Floats:
        """Return the position of a value between the edges; one half if they coincide."""
        low, high = self.edges()
        if low == high:
            return np.array([0.5])
        position = (self._scaled(value) - low) / (high - low)
        return np.array([min(max(position, 0.0), 1.0)])

    def decode(self, x: ArrayLike) -> N:
        """Return the number at position `x` between the edges."""
        low, high = self.edges()
        position = float(np.ravel(x)[0])
        if (
            position <= 0 or position >= 1
        ):  # the bounds exactly, also where exp(log(low)) is not low
            return self._nearest(self.low if position <= 0 else self.high)
        value = low + position * (high - low)
        # Within the bounds, because exp(log(high)) can be a rounding error above high.
        return self._nearest(math.exp(value) if self.log else value)

    @property
    def is_log(self) -> bool:
        """True on a logarithmic scale."""
        return bool(self.log)

    def edges(self) -> tuple[float, float]:
        """Return the scaled values at coordinates 0 and 1."""
        return self._scaled(self.low), self._scaled(self.high)

    def _scaled(self, value: float) -> float:
        return math.log(value) if self.log else float(value)

    def _spaced(self, n_points: int) -> Floats:
        """Return evenly spaced numbers, on a log scale with equal ratios."""
        return (np.geomspace if self.log else np.linspace)(self.low, self.high, n_points)


@dataclass(frozen=True)
class Real(_Range[float]):
    """A real number between two bounds.

    Parameters
    ----------
    low, high : float
        The bounds, both included.
    log : bool, default=False
        If True, search on a logarithmic scale, where the step from 0.001 to 0.01 is as long
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

    def _nearest(self, value: float) -> float:
        return float(min(max(value, self.low), self.high))

    def _check_number(self, value: object, subject: str) -> None:
        if not is_real(value):
            raise TypeError(f"{subject} must be a real number, not a {type(value).__name__}.")
        if not math.isfinite(value):
            raise ValueError(f"{subject} must be finite. Give a bound that is worth trying.")

    def contains(self, value: object) -> bool:
        """Return whether a value is a number within the bounds."""
        return is_real(value) and self.low <= value <= self.high

    @property
    def size(self) -> float:
        """Infinite, or 1 if the bounds coincide."""
        return 1 if self.low == self.high else math.inf

    @property
    def levels(self) -> list[Floats | None]:
        """None for the one column, which is continuous unless the bounds coincide."""
        return [None if self.low < self.high else np.array([0.5])]

    def snap(self, X: Floats) -> Floats:
        """Return the same coordinates; one half if the bounds coincide."""
        return X if self.low < self.high else np.full(X.shape, 0.5)

    def grid(self, n_points: int = GRID_POINTS) -> list[float]:
        """Return evenly spaced numbers, on a log scale with equal ratios."""
        points = np.clip(self._spaced(n_points), self.low, self.high)
        return list(dict.fromkeys(points.tolist()))


@dataclass(frozen=True)
class Integer(_Range[int]):
    """An integer between two bounds.

    Parameters
    ----------
    low, high : int
        The bounds, both included.
    log : bool, default=False
        If True, search on a logarithmic scale. Right for widths and batch sizes; needs
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

    def _nearest(self, value: float) -> int:
        return round(min(max(value, self.low), self.high))

    def _check_number(self, value: object, subject: str) -> None:
        if not is_integer(value):
            kind = type(value).__name__
            raise TypeError(f"{subject} must be an integer, not a {kind}. For fractions use Real.")

    def contains(self, value: object) -> bool:
        """Return whether a value is an integer within the bounds."""
        return is_integer(value) and self.low <= value <= self.high

    @property
    def size(self) -> float:
        """Number of integers from one bound to the other."""
        return self.high - self.low + 1

    @property
    def levels(self) -> list[Floats | None]:
        """Coordinates of all integers, unless they are too many."""
        if self.size > MAX_LEVELS:
            return [None]
        return [self._positions(np.arange(self.low, self.high + 1, dtype=float))]

    def snap(self, X: Floats) -> Floats:
        """Return the coordinates of the nearest integers."""
        low, high = self.edges()
        values = low + X * (high - low)
        integers = np.rint(np.exp(values) if self.log else values)
        return self._positions(np.clip(integers, self.low, self.high))

    def grid(self, n_points: int = GRID_POINTS) -> list[int]:
        """Return all integers if they are few, else a rounded selection."""
        if self.high - self.low < n_points:
            return list(range(int(self.low), int(self.high) + 1))
        return list(dict.fromkeys(map(int, np.rint(self._spaced(n_points)))))

    def edges(self) -> tuple[float, float]:
        """Return the scaled values at coordinates 0 and 1.

        They lie half a step beyond the bounds, so that the bounds are as likely as other values.
        """
        return self._scaled(self.low - 0.5), self._scaled(self.high + 0.5)

    def _positions(self, values: Floats) -> Floats:
        low, high = self.edges()
        positions: Floats = (np.log(values) if self.log else values) - low
        return positions / (high - low)
