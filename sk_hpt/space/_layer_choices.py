"""Choices that are all layer sizes, which have the coordinates of HiddenLayers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import KDTree

from sk_hpt._types import Floats, Rows
from sk_hpt.space._categorical import Categorical
from sk_hpt.space._dimension import is_integer
from sk_hpt.space._hidden_layers import HiddenLayers, widths_of

DEPTH_WEIGHT = 100.0
"""Weight of the depth in the distance between shapes: the nearest one has the nearest depth."""


def are_layers(choices: Sequence[Any]) -> bool:
    """Return whether all choices are the widths of layers, and not all of them mere numbers."""
    if all(map(is_integer, choices)):
        return False
    return all(widths_of(choice) is not None for choice in choices)


@dataclass(frozen=True)
class LayerChoices(Categorical):
    """One of several shapes of a network.

    Grids and random draws treat the choices as those of :class:`Categorical`. For a Bayesian search
    they have the depth and the logarithms of the widths as coordinates, as in
    :class:`HiddenLayers`, because networks of similar shape have similar scores. Points between
    the choices are moved to the nearest choice.

    Parameters
    ----------
    choices : sequence
        Sequences of widths, or single widths.
    """

    @property
    def n_columns(self) -> int:
        """One column for the depth and one for each layer of the deepest choice."""
        return self._layers.n_columns

    def encode(self, value: object) -> Floats:
        """Return the depth, then the widths; one half for layers that are not there."""
        coordinates: Floats = self._coordinates[self._known_index(value)]
        return coordinates

    def decode(self, x: ArrayLike) -> Any:
        """Return the choice nearest to coordinates `x`."""
        return self.choices[int(self._nearest(np.reshape(x, (1, -1)))[0])]

    @property
    def size(self) -> float:
        """Number of different shapes."""
        return len(self._distinct)

    @property
    def levels(self) -> list[Floats | None]:
        """Coordinates of the depths, and of the widths for each layer."""
        return [np.unique(column) for column in self._coordinates.T]

    @property
    def is_ordered(self) -> bool:
        """True: similar coordinates mean similar shapes."""
        return True

    def snap(self, X: Floats) -> Floats:
        """Return the coordinates of the nearest choices."""
        coordinates: Floats = self._coordinates[self._nearest(X)]
        return coordinates

    @cached_property
    def _layers(self) -> HiddenLayers:
        """The smallest range of layers that has all choices."""
        depths = [len(widths) for widths in self._widths]
        units = [width for widths in self._widths for width in widths]
        return HiddenLayers((min(depths), max(depths)), (min(units), max(units)))

    @cached_property
    def _widths(self) -> list[tuple[int, ...]]:
        return [widths_of(choice) or () for choice in self.choices]

    @cached_property
    def _coordinates(self) -> Floats:
        """Coordinates of the choices, (n_choices, n_columns)."""
        return np.array([self._layers.encode(widths) for widths in self._widths])

    @cached_property
    def _distinct(self) -> Rows:
        """Index of the first choice of each shape: (8,) and [8] are the same one."""
        return np.array(list({w: i for i, w in reversed([*enumerate(self._widths)])}.values()))

    @cached_property
    def _tree(self) -> KDTree:
        return KDTree(self._scaled(self._coordinates[self._distinct]))

    def _nearest(self, X: Floats) -> Rows:
        """Return the index of the choice nearest to each row of X, (m, n_columns)."""
        nearest: Rows = self._distinct[self._tree.query(self._scaled(X))[1]]
        return nearest

    def _scaled(self, X: Floats) -> Floats:
        return np.concatenate([DEPTH_WEIGHT * X[:, :1], X[:, 1:]], axis=1)
