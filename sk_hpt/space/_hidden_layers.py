"""The shapes of a network."""

from __future__ import annotations

import numbers
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sk_hpt._types import Floats
from sk_hpt.space._dimension import GRID_POINTS, Dimension, is_number
from sk_hpt.space._numeric import Integer


@dataclass(frozen=True)
class HiddenLayers(Dimension):
    """Depth and widths of a network, for `hidden_layer_sizes`.

    Its values are tuples with one width per layer. Widths are searched on a logarithmic scale
    and each layer has its own.

    Parameters
    ----------
    n_layers : tuple of (int, int), default=(1, 3)
        Fewest and most hidden layers, both included.
    units : tuple of (int, int), default=(16, 256)
        Narrowest and widest layer, both included.

    Notes
    -----
    The coordinates are the depth and the width of each layer down to the deepest; those of
    layers that a network does not have are one half.

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
        """One for the depth and one for each layer that there can be."""
        return 1 + self.n_layers[1]

    def check(self, name: str) -> None:
        """Raise unless both ranges are pairs of positive integers in order."""
        for field in ("n_layers", "units"):
            value = getattr(self, field)
            pair = isinstance(value, (tuple, list)) and len(value) == 2
            if not pair or not all(is_number(bound, numbers.Integral) for bound in value):
                raise TypeError(
                    f"Parameter {name!r}: {field} of HiddenLayers must be a pair of integers "
                    f"(low, high), got {value!r}."
                )
            if value[0] < 1:
                raise ValueError(
                    f"Parameter {name!r}: {field}={value!r} of HiddenLayers starts below 1. "
                    f"A network has at least one {'layer' if field == 'n_layers' else 'unit'} "
                    "there; raise the lower bound."
                )
            if value[0] > value[1]:
                raise ValueError(
                    f"Parameter {name!r}: low={value[0]} is above high={value[1]} in "
                    f"{field}={value!r} of HiddenLayers. Swap them."
                )

    def contains(self, value: Any) -> bool:
        """Whether `value` is a tuple of widths within both ranges."""
        return (
            isinstance(value, (tuple, list))
            and self._depth.contains(len(value))
            and all(self._width.contains(width) for width in value)
        )

    def project(self, value: Any) -> tuple[int, ...] | None:
        """The nearest shape: first layers dropped at the end or the last repeated, then widths.

        None if `value` is no shape: neither a sequence of widths nor the width of one layer.
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

    def encode(self, value: Any) -> Floats:
        """Depth, then widths; one half for the layers that are not there."""
        x = np.full(self.n_columns, 0.5)
        x[0] = self._depth.encode(len(value))[0]
        for layer, width in enumerate(value):
            x[1 + layer] = self._width.encode(width)[0]
        return x

    def decode(self, x: ArrayLike) -> tuple[int, ...]:
        """The shape at these coordinates."""
        depth, *widths = np.ravel(x)
        return tuple(self._width.decode(width) for width in widths[: self._depth.decode(depth)])

    @property
    def size(self) -> float:
        """Number of shapes."""
        widths = self._width.size
        return sum(widths**depth for depth in range(self.n_layers[0], self.n_layers[1] + 1))

    @property
    def levels(self) -> list[Floats | None]:
        """Those of the depth, and for each layer those of the width."""
        return self._depth.levels + self._width.levels * self.n_layers[1]

    def snap(self, X: Floats) -> Floats:
        """The nearest depth and widths; one half for the layers that are not there."""
        depths, widths = self._depth.snap(X[:, :1]), self._width.snap(X[:, 1:])
        low, high = self._depth._edges()
        n_layers = np.rint(low + depths * (high - low))
        there = np.arange(1, X.shape[1]) <= n_layers
        return np.concatenate([depths, np.where(there, widths, 0.5)], axis=1)

    def grid(self, n_points: int = GRID_POINTS) -> list[tuple[int, ...]]:
        """Every depth with layers of equal width; at most three widths, or it grows too large."""
        widths = self._width.grid(min(n_points, 3))
        return [(width,) * depth for depth in self._depth.grid(n_points) for width in widths]

    @property
    def _depth(self) -> Integer:
        return Integer(*self.n_layers)

    @property
    def _width(self) -> Integer:
        return Integer(*self.units, log=True)


def widths_of(value: Any) -> tuple[int, ...] | None:
    """Widths of the layers that `hidden_layer_sizes=value` stands for; None if it is no shape."""
    layers = list(value) if isinstance(value, (tuple, list, np.ndarray)) else [value]
    if not layers or not all(is_number(width, numbers.Integral) for width in layers):
        return None
    return tuple(int(width) for width in layers) if min(layers) > 0 else None
