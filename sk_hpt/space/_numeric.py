"""Ranges of numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sk_hpt._types import Floats
from sk_hpt.space._dimension import (
    GRID_POINTS,
    MAX_LEVELS,
    Dimension,
    distinct,
    is_integer,
    is_real,
)


class _Range(Dimension):
    """Common parts of the ranges of real numbers and of integers."""

    low: float
    high: float
    log: bool

    def check(self, name: str) -> None:
        """Raise unless the bounds are in order, and positive on a log scale."""
        if self.low > self.high:
            raise ValueError(
                f"Parameter {name!r}: low={self.low!r} of {self} must be at most "
                f"high={self.high!r}. Swap them."
            )
        if not isinstance(self.log, (bool, np.bool_)):
            raise TypeError(
                f"Parameter {name!r}: log={self.log!r} of {self} must be True or False."
            )
        if self.log and self.low <= 0:
            raise ValueError(
                f"Parameter {name!r}: low={self.low!r} of {self} must be above 0 on a logarithmic "
                "scale. Raise low, or use log=False."
            )

    @property
    def is_log(self) -> bool:
        """True on a logarithmic scale."""
        return bool(self.log)

    def _scaled(self, value: float) -> float:
        return math.log(value) if self.log else float(value)


@dataclass(frozen=True)
class Real(_Range):
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
            if not is_real(value):
                raise TypeError(
                    f"Parameter {name!r}: {bound}={value!r} of {self} must be a real number, not "
                    f"a {type(value).__name__}."
                )
            if not math.isfinite(value):
                raise ValueError(
                    f"Parameter {name!r}: {bound}={value!r} of {self} must be finite. Give a "
                    "bound that is worth trying."
                )
        super().check(name)

    def contains(self, value: object) -> bool:
        """Return whether a value is a number within the bounds."""
        return is_real(value) and self.low <= value <= self.high

    def project(self, value: object) -> float | None:
        """Return a number, moved to the nearest bound if it is outside; None for all else."""
        if not is_real(value) or math.isnan(value):
            return None
        return value if self.contains(value) else float(min(max(value, self.low), self.high))

    def encode(self, value: float) -> Floats:
        """Return the position of a value between the bounds; one half if they coincide."""
        low, high = self._scaled(self.low), self._scaled(self.high)
        if low == high:
            return np.array([0.5])
        return np.clip([(self._scaled(value) - low) / (high - low)], 0.0, 1.0)

    def decode(self, x: ArrayLike) -> float:
        """Return the number at position `x` between the bounds."""
        low, high = self._scaled(self.low), self._scaled(self.high)
        value = low + float(np.ravel(x)[0]) * (high - low)
        # Clip, because exp(log(high)) can be a rounding error above high.
        return float(min(max(math.exp(value) if self.log else value, self.low), self.high))

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
        spaced = np.geomspace if self.log else np.linspace
        points = np.clip(spaced(self.low, self.high, n_points), self.low, self.high)
        return distinct(points.tolist())


@dataclass(frozen=True)
class Integer(_Range):
    """An integer between two bounds.

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
            if not is_integer(value):
                raise TypeError(
                    f"Parameter {name!r}: {bound}={value!r} of {self} must be an integer, not a "
                    f"{type(value).__name__}. For fractions use Real."
                )
        super().check(name)

    def contains(self, value: object) -> bool:
        """Return whether a value is an integer within the bounds."""
        return is_integer(value) and self.low <= value <= self.high

    def project(self, value: object) -> int | None:
        """Return a number, rounded and moved to the nearest bound; None for all else."""
        if is_integer(value) and self.contains(value):
            return value
        if not is_real(value) or math.isnan(value):
            return None
        return round(min(max(value, self.low), self.high))

    def encode(self, value: int) -> Floats:
        """Return the middle of the interval in [0, 1] that decodes to a value."""
        low, high = self.edges()
        return np.array([(self._scaled(value) - low) / (high - low)])

    def decode(self, x: ArrayLike) -> int:
        """Return the integer whose interval in [0, 1] contains `x`."""
        low, high = self.edges()
        value = low + float(np.ravel(x)[0]) * (high - low)
        return int(min(max(round(math.exp(value) if self.log else value), self.low), self.high))

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
        return self._positions(
            np.clip(np.rint(np.exp(values) if self.log else values), self.low, self.high)
        )

    def grid(self, n_points: int = GRID_POINTS) -> list[int]:
        """Return all integers if they are few, else a rounded selection."""
        if self.high - self.low < n_points:
            return list(range(int(self.low), int(self.high) + 1))
        spaced = np.geomspace if self.log else np.linspace
        return [int(value) for value in distinct(np.rint(spaced(self.low, self.high, n_points)))]

    def edges(self) -> tuple[float, float]:
        """Return the scaled values at coordinates 0 and 1.

        They lie half a step beyond the bounds, so that the bounds are as likely as other values.
        """
        return self._scaled(self.low - 0.5), self._scaled(self.high + 0.5)

    def _positions(self, values: Floats) -> Floats:
        low, high = self.edges()
        positions: Floats = (np.log(values) if self.log else values) - low
        return positions / (high - low)
