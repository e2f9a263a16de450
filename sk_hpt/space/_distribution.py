"""Distributions of scipy.stats."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sk_hpt._types import Floats
from sk_hpt.space._dimension import GRID_POINTS, MAX_LEVELS, Dimension, is_real

LOG_FAMILIES = ("loguniform", "reciprocal")
"""Names of scipy's log-uniform distribution."""

END_PROBABILITY = 1e-9
"""Probability of the tails that are cut off if a distribution has no finite end."""


@dataclass(frozen=True)
class Distribution(Dimension):
    """A frozen scipy.stats distribution, or any object with an ``rvs`` method.

    An object without the quantile function ``ppf`` can only be sampled. It has no grid and no
    coordinates.

    Parameters
    ----------
    distribution : object
        The distribution.
    """

    distribution: Any

    def __str__(self) -> str:
        """Return the name and the arguments of a scipy.stats distribution."""
        frozen = self.distribution
        name = getattr(getattr(frozen, "dist", None), "name", None)
        if name is None:
            return repr(frozen)
        named = (f"{key}={value!r}" for key, value in frozen.kwds.items())
        return f"{name}({', '.join([*map(repr, frozen.args), *named])})"

    def check(self, name: str) -> None:
        """Accept any distribution, because scipy.stats has checked the arguments."""

    def contains(self, value: object) -> bool:
        """Return whether a value lies in the support."""
        if not is_real(value) or not hasattr(self.distribution, "support"):
            return False
        low, high = self.distribution.support()
        return bool(low <= value <= high) and (not self._is_discrete or value % 1 == 0)

    def project(self, value: object) -> float | None:
        """Return a finite number, moved into the support; None for all else.

        It is rounded if the distribution is discrete. None too if the support is unknown.
        """
        known = hasattr(self.distribution, "support")
        if not known or not is_real(value) or not math.isfinite(value):
            return None
        low, high = self.distribution.support()
        if self._is_discrete:
            return int(min(max(round(value), low), high))
        return value if low <= value <= high else float(min(max(value, low), high))

    def encode(self, value: float) -> Floats:
        """Return the probability below a value, and half of that of a discrete value itself."""
        return self._coordinates(np.array([value]))

    def decode(self, x: ArrayLike) -> Any:
        """Return the quantile `x`, finite and within the support."""
        self._require_quantiles("decoded")
        quantile = float(np.ravel(x)[0])
        if self._is_discrete:
            return int(self._inner_quantiles(quantile))
        value = float(self.distribution.ppf(quantile))
        return value if math.isfinite(value) else float(self._inner_quantiles(quantile))

    @property
    def size(self) -> float:
        """Infinite, or for a discrete distribution the number of integers in the support."""
        low, high = self.distribution.support()
        return float(high - low + 1) if self._is_discrete else math.inf

    @property
    def levels(self) -> list[Floats | None]:
        """Coordinates of all integers of a discrete distribution, unless they are too many."""
        if self.size > MAX_LEVELS:
            return [None]
        low, high = self.distribution.support()
        return [np.unique(self._coordinates(np.arange(low, high + 1)))]

    @property
    def is_log(self) -> bool:
        """True for scipy's log-uniform distribution."""
        family = getattr(self.distribution, "dist", None)
        return getattr(family, "name", None) in LOG_FAMILIES

    def snap(self, X: Floats) -> Floats:
        """Return the same coordinates, or those of the integers that they decode to."""
        return self._coordinates(self._inner_quantiles(X)) if self._is_discrete else X

    def grid(self, n_points: int = GRID_POINTS) -> list[Any]:
        """Return the quantiles in the middle of `n_points` equally likely parts."""
        self._require_quantiles("put on a grid")
        return list(dict.fromkeys(self.decode((i + 0.5) / n_points) for i in range(n_points)))

    @property
    def has_quantiles(self) -> bool:
        """True if the distribution has a grid and coordinates."""
        return hasattr(self.distribution, "ppf") and hasattr(self.distribution, "cdf")

    @property
    def sampler(self) -> Any:
        """The distribution itself, so that the draws are those of scikit-learn."""
        return self.distribution

    @property
    def _is_discrete(self) -> bool:
        return hasattr(self.distribution, "pmf")

    def _coordinates(self, values: Floats) -> Floats:
        self._require_quantiles("encoded")
        below: Floats = self.distribution.cdf(values)
        if self._is_discrete:
            below = (below + self.distribution.cdf(values - 1)) / 2
        return np.clip(below, 0.0, 1.0)

    def _inner_quantiles(self, x: ArrayLike) -> Floats:
        # ppf(0) is one below a discrete support, and infinite if there is no bound.
        quantiles: Floats = self.distribution.ppf(np.clip(x, END_PROBABILITY, 1 - END_PROBABILITY))
        return quantiles

    def _require_quantiles(self, action: str) -> None:
        if not self.has_quantiles:
            raise TypeError(
                f"{self.distribution!r} has no quantile function (ppf) and so cannot be {action}. "
                "Use a frozen scipy.stats distribution or a dimension of sk_hpt.space."
            )
