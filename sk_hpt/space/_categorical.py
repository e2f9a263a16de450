"""Choices without an order."""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from sk_hpt._types import Floats, Rows
from sk_hpt.space._dimension import GRID_POINTS, Dimension, is_number
from sk_hpt.space._hidden_layers import widths_of


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

    def project(self, value: Any) -> Any | None:
        """`value` if it is a choice, else the nearest number or shape among them, or None.

        Numbers are compared by their ratio, shapes by depth and then by the ratios of widths. Of
        estimators one with the same parameters will do, for no two of them are equal.
        """
        index = self._index(value)
        if index is not None:
            return self.choices[index]
        if isinstance(value, BaseEstimator):
            alike = (choice for choice in self.choices if _are_alike(choice, value))
            return next(alike, None)
        distances = [
            (distance, index)
            for index, choice in enumerate(self.choices)
            if (distance := _distance(value, choice)) is not None
        ]
        return self.choices[min(distances)[1]] if distances else None

    def encode(self, value: Any) -> Floats:
        """Middle of the stretch of [0, 1] that decodes to `value`."""
        index = self._index(value)
        if index is None:
            raise ValueError(f"{value!r} is not one of the choices {self.choices!r}.")
        return np.array([(index + 0.5) / len(self.choices)])

    def decode(self, x: ArrayLike) -> Any:
        """The choice whose stretch of [0, 1] holds `x`."""
        index = int(float(np.ravel(x)[0]) * len(self.choices))
        return self.choices[min(max(index, 0), len(self.choices) - 1)]

    @property
    def size(self) -> float:
        """Number of different choices."""
        return len(np.unique(self._firsts))

    @property
    def levels(self) -> list[Floats | None]:
        """Coordinates of the choices."""
        return [(np.unique(self._firsts) + 0.5) / len(self.choices)]

    @property
    def is_ordered(self) -> bool:
        """Whether the choices are numbers that rise or fall."""
        if not all(is_number(choice, numbers.Real) for choice in self.choices):
            return False
        steps = np.diff(np.array(self.choices, dtype=float))
        return bool((steps > 0).all() or (steps < 0).all())

    def snap(self, X: Floats) -> Floats:
        """Middles of the stretches."""
        n = len(self.choices)
        return (self._firsts[np.clip(X * n, 0, n - 1).astype(int)] + 0.5) / n

    def grid(self, n_points: int = GRID_POINTS) -> Sequence[Any]:
        """All choices, whatever `n_points`: none lies between two others."""
        return self.choices

    @property
    def sampler(self) -> Any:
        """The choices themselves: scikit-learn draws from lists without replacement."""
        return self.choices

    @cached_property
    def _firsts(self) -> Rows:
        """For each choice the first index at which it stands."""
        return np.array([self._index(choice) for choice in self.choices], dtype=np.intp)

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


def _are_alike(one: Any, other: BaseEstimator) -> bool:
    return type(one) is type(other) and repr(one) == repr(other)


def _distance(value: Any, choice: Any) -> tuple[float, float] | None:
    """How far apart two numbers or two shapes are, to be compared; None for all else."""
    if isinstance(value, str) and isinstance(choice, str):
        return (0.0, 0.0) if value == choice else None  # numpy's strings equal Python's
    if all(is_number(each, numbers.Real) and math.isfinite(each) for each in (value, choice)):
        if value > 0 and choice > 0:
            return 0.0, abs(math.log(value) - math.log(choice))
        return 1.0, abs(float(value) - float(choice))
    widths, others = widths_of(value), widths_of(choice)
    if widths is None or others is None:
        return None
    common = zip(widths, others, strict=False)
    return abs(len(widths) - len(others)), sum(abs(math.log(a) - math.log(b)) for a, b in common)
