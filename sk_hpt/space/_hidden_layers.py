"""Depths and widths of a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sk_hpt._types import Floats
from sk_hpt.space._dimension import GRID_POINTS, Dimension, is_integer
from sk_hpt.space._numeric import Integer


@dataclass(frozen=True)
class HiddenLayers(Dimension):
    """Depth and widths of a network, for `hidden_layer_sizes`.

    The values are tuples with one width per layer. Each layer has a width of its own, searched on
    a logarithmic scale.

    Parameters
    ----------
    n_layers : tuple of (int, int), default=(1, 3)
        Fewest and most hidden layers, both included.
    units : tuple of (int, int), default=(16, 256)
        Narrowest and widest layer, both included.

    Notes
    -----
    The coordinates are the depth and one width for each possible layer. The widths of layers that
    a network does not have are one half.

    Examples
    --------
    >>> from sk_hpt.space import HiddenLayers
    >>> HiddenLayers(n_layers=(1, 2), units=(16, 64)).grid(3)
    [(16,), (32,), (64,), (16, 16), (32, 32), (64, 64)]
    >>> HiddenLayers().rvs(random_state=0)
    (115, 84)
    """

    n_layers: tuple[int, int] = (1, 3)
    units: tuple[int, int] = (16, 256)

    @property
    def n_columns(self) -> int:
        """One column for the depth and one for each possible layer."""
        return 1 + self.n_layers[1]

    def check(self, name: str) -> None:
        """Raise unless both ranges are pairs of positive integers in order."""
        for field in ("n_layers", "units"):
            value = getattr(self, field)
            subject = f"Parameter {name!r}: {field}={value!r} of HiddenLayers"
            is_pair = isinstance(value, (tuple, list)) and len(value) == 2
            if not is_pair or not all(map(is_integer, value)):
                raise TypeError(f"{subject} must be a pair of integers (low, high).")
            if value[0] < 1:
                raise ValueError(f"{subject} must be at least 1. Raise the lower bound.")
            if value[0] > value[1]:
                raise ValueError(f"{subject} must have low at most high. Swap them.")

    def contains(self, value: object) -> bool:
        """Return whether a value is a tuple of widths within both ranges."""
        if not isinstance(value, (tuple, list)) or not self._depth.contains(len(value)):
            return False
        return all(map(self._width.contains, value))

    def project(self, value: object) -> Any | None:
        """Return the nearest layers: drop the last ones or repeat the last, then clip the widths.

        None if `value` is neither a sequence of widths nor the width of a single layer.
        """
        widths = widths_of(value)
        if widths is None:
            return None
        if self.contains(value):
            return value
        fewest, most = self.n_layers
        widths = (widths + widths[-1:] * (fewest - len(widths)))[:most]
        low, high = self.units
        return tuple(min(max(width, low), high) for width in widths)

    def encode(self, value: Sequence[int]) -> Floats:
        """Return the depth, then the widths; one half for layers that are not there."""
        x = np.full(self.n_columns, 0.5)
        x[:1] = self._depth.encode(len(value))
        x[1 : 1 + len(value)] = [self._width.encode(width)[0] for width in value]
        return x

    def decode(self, x: ArrayLike) -> tuple[int, ...]:
        """Return the widths at coordinates `x`."""
        depth, *widths = np.ravel(x)
        return tuple(self._width.decode(width) for width in widths[: self._depth.decode(depth)])

    @property
    def size(self) -> float:
        """Number of combinations of depth and widths."""
        widths = self._width.size
        return sum(widths**depth for depth in range(self.n_layers[0], self.n_layers[1] + 1))

    @property
    def levels(self) -> list[Floats | None]:
        """Coordinates of the depths, and of the widths for each layer."""
        return self._depth.levels + self._width.levels * self.n_layers[1]

    def snap(self, X: Floats) -> Floats:
        """Return the nearest depth and widths; one half for layers that are not there."""
        depths, widths = self._depth.snap(X[:, :1]), self._width.snap(X[:, 1:])
        low, high = self._depth.edges()
        n_layers = np.rint(low + depths * (high - low))
        is_there = np.arange(1, X.shape[1]) <= n_layers
        return np.concatenate([depths, np.where(is_there, widths, 0.5)], axis=1)

    def grid(self, n_points: int = GRID_POINTS) -> list[tuple[int, ...]]:
        """Return every depth with layers of equal width, at most three different widths."""
        widths = self._width.grid(min(n_points, 3))
        return [(width,) * depth for depth in self._depth.grid(n_points) for width in widths]

    @property
    def _depth(self) -> Integer:
        return Integer(*self.n_layers)

    @property
    def _width(self) -> Integer:
        return Integer(*self.units, log=True)


def widths_of(value: object) -> tuple[int, ...] | None:
    """Return the widths that `hidden_layer_sizes=value` means; None if it is not valid."""
    layers = value if isinstance(value, (tuple, list, np.ndarray)) else [value]
    widths = tuple(int(width) for width in layers if is_integer(width) and width > 0)
    return widths if len(widths) == len(layers) > 0 else None
