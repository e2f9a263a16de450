"""Distributions of scipy.stats."""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sk_hpt._types import Floats
from sk_hpt.space._dimension import (
    GRID_POINTS,
    MAX_LEVELS,
    Dimension,
    distinct,
    is_number,
)


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
        return bool(low <= value <= high) and (not self._discrete or value % 1 == 0)

    def project(self, value: Any) -> float | None:
        """`value`, or the end of the support beyond which it lies; None if it is no number.

        For a discrete distribution it is rounded. None too where there is no support to ask for.
        """
        known = hasattr(self.distribution, "support")
        if not known or not is_number(value, numbers.Real) or not math.isfinite(value):
            return None
        low, high = self.distribution.support()
        if self._discrete:
            return int(min(max(round(value), low), high))
        return value if low <= value <= high else float(min(max(value, low), high))

    def encode(self, value: float) -> Floats:
        """Probability below `value`; for a discrete distribution with half of its own."""
        self._require_quantiles("encoded")
        below = self.distribution.cdf(value)
        if self._discrete:
            below = (below + self.distribution.cdf(value - 1)) / 2
        return np.clip([below], 0.0, 1.0)

    def decode(self, x: ArrayLike) -> Any:
        """The quantile `x`, kept finite and within the support."""
        self._require_quantiles("decoded")
        quantile = float(np.ravel(x)[0])
        value = self.distribution.ppf(quantile)
        if self._discrete or not math.isfinite(value):
            # ppf(0) is one below a discrete support, and infinite where there is no bound.
            value = self.distribution.ppf(min(max(quantile, 1e-9), 1 - 1e-9))
        return int(value) if self._discrete else float(value)

    @property
    def size(self) -> float:
        """Infinite, or for a discrete distribution the number of integers in its support."""
        low, high = self.distribution.support()
        return float(high - low + 1) if self._discrete else math.inf

    @property
    def levels(self) -> list[Floats | None]:
        """Coordinates of all integers of a discrete distribution, if they are not too many."""
        if self.size > MAX_LEVELS:
            return [None]
        low, high = self.distribution.support()
        values = np.arange(low, high + 1)
        return [np.unique([self.encode(value)[0] for value in values])]

    def snap(self, X: Floats) -> Floats:
        """The same coordinates, or those of the integers that they decode to."""
        return super().snap(X) if self._discrete else X

    def grid(self, n_points: int = GRID_POINTS) -> list[Any]:
        """Quantiles in the middle of `n_points` equally likely parts."""
        self._require_quantiles("put on a grid")
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

    def _require_quantiles(self, what: str) -> None:
        if not self.has_quantiles:
            raise TypeError(
                f"{self.distribution!r} has no quantile function (ppf) and so cannot be {what}. "
                "Use a frozen scipy.stats distribution or a dimension of sk_hpt.space."
            )
