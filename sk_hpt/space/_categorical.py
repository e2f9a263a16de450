"""Choices without an order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator

from sk_hpt._types import Floats, Rows
from sk_hpt.space._dimension import GRID_POINTS, Dimension, is_real
from sk_hpt.space._hidden_layers import widths_of

MAX_SHOWN = 4
"""Number of choices that are printed of more of them."""


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

    def __str__(self) -> str:
        """Return the choices, or of many the first ones and their number."""
        if len(self.choices) <= MAX_SHOWN:
            return repr(self)
        first = ", ".join(map(repr, islice(self.choices, MAX_SHOWN)))
        return f"Categorical(choices=[{first}, ...]), {len(self.choices)} choices"

    def __getstate__(self) -> dict[str, Any]:
        """Return the choices alone: a copy has other objects."""
        return {"choices": self.choices}

    def check(self, name: str) -> None:
        """Raise unless there is a sequence of choices that is not empty."""
        is_sequence = isinstance(self.choices, (Sequence, np.ndarray))
        if isinstance(self.choices, str) or not is_sequence or not getattr(self.choices, "ndim", 1):
            raise TypeError(
                f"Parameter {name!r}: choices={self.choices!r} of Categorical must be a list or "
                f"another sequence, not a {type(self.choices).__name__}. Single values need to "
                "be wrapped in a list with one element."
            )
        if len(self.choices) == 0:
            # scikit-learn's message for a grid search, here for all searches
            raise ValueError(
                f"Parameter grid for parameter {name!r} need to be a non-empty sequence, "
                f"got: {self.choices!r}"
            )

    def contains(self, value: object) -> bool:
        """Return whether a value is one of the choices."""
        return self._index(value) is not None

    def project(self, value: object) -> Any | None:
        """Return `value` if it is a choice, else the choice nearest to it.

        Numbers are compared by their ratio, layers by depth and then by the ratios of widths. An
        estimator becomes a choice with the same parameters. None if no choice is similar.
        """
        index = self._index(value)
        if index is not None:
            return self.choices[index]
        distances = [
            (distance, index)
            for index, choice in enumerate(self.choices)
            if (distance := _distance(value, choice)) is not None
        ]
        return self.choices[min(distances)[1]] if distances else None

    def encode(self, value: object) -> Floats:
        """Return the middle of the interval in [0, 1] that decodes to a choice."""
        return np.array([(self._known_index(value) + 0.5) / len(self.choices)])

    def decode(self, x: ArrayLike) -> Any:
        """Return the choice whose interval in [0, 1] contains `x`."""
        index = int(float(np.ravel(x)[0]) * len(self.choices))
        return self.choices[min(max(index, 0), len(self.choices) - 1)]

    @property
    def size(self) -> float:
        """Number of different choices."""
        return len(np.unique(self._first_indices))

    @property
    def levels(self) -> list[Floats | None]:
        """Coordinates of the different choices."""
        return [(np.unique(self._first_indices) + 0.5) / len(self.choices)]

    @property
    def is_ordered(self) -> bool:
        """True if the choices are numbers that only rise or only fall."""
        if not all(map(is_real, self.choices)):
            return False
        steps = np.diff(np.array([*self.choices], dtype=float))
        return bool((steps > 0).all() or (steps < 0).all())

    def snap(self, X: Floats) -> Floats:
        """Return the middles of the intervals."""
        n = len(self.choices)
        return (self._first_indices[np.clip(X * n, 0, n - 1).astype(int)] + 0.5) / n

    def grid(self, n_points: int = GRID_POINTS) -> Sequence[Any]:
        """Return all choices; `n_points` is ignored, because choices cannot be thinned out."""
        return self.choices

    @property
    def sampler(self) -> Any:
        """The choices themselves, because scikit-learn draws from lists without replacement."""
        return self.choices

    @cached_property
    def _first_indices(self) -> Rows:
        """Index of the first equal choice, for each choice."""
        return np.array([self._index(choice) for choice in self.choices], dtype=np.intp)

    @cached_property
    def _by_identity(self) -> dict[int, int]:
        """Index of each object; empty for arrays, which make new objects of their values."""
        if not isinstance(self.choices, (list, tuple)):
            return {}
        return {id(choice): index for index, choice in reversed([*enumerate(self.choices)])}

    @cached_property
    def _hashed(self) -> dict[tuple[type, Any], int]:
        """Index of the first equal choice, for those with a hash; else thousands are slow."""
        indices: dict[tuple[type, Any], int] = {}
        for index, choice in enumerate(self.choices):
            with suppress(TypeError):
                indices.setdefault((type(choice), choice), index)
        return indices

    def _known_index(self, value: object) -> int:
        index = self._index(value)
        if index is None:
            raise ValueError(f"{value!r} must be one of the choices {self.choices!r}.")
        return index

    def _index(self, value: object) -> int | None:
        # The same object first: equal ones may differ in what == does not compare.
        if id(value) in self._by_identity:
            return self._by_identity[id(value)]
        with suppress(TypeError):  # it has no hash
            return self._hashed.get((type(value), value))
        equal = (index for index, choice in enumerate(self.choices) if _are_equal(choice, value))
        return next(equal, None)


def _are_equal(one: object, other: object) -> bool:
    # Compare the types too: 1, 1.0 and True are equal, but not the same choice.
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return np.array_equal(one, cast("NDArray[Any]", other))
    return bool(np.all(one == other))  # a series and the like compare element by element


def _distance(value: object, choice: object) -> tuple[float, float] | None:
    """Return a distance between two numbers or two layer sizes, as a sort key; else None.

    Two estimators have the distance zero if they have the same parameters.
    """
    if isinstance(value, BaseEstimator):
        # Estimators do not define ==. Their repr shows the parameters that are not defaults.
        are_alike = type(value) is type(choice) and repr(value) == repr(choice)
        return (0.0, 0.0) if are_alike else None
    if isinstance(value, str) and isinstance(choice, str):
        return (0.0, 0.0) if value == choice else None  # numpy's strings equal Python's
    if is_real(value) and is_real(choice) and math.isfinite(value) and math.isfinite(choice):
        if value > 0 and choice > 0:
            return 0.0, abs(math.log(value) - math.log(choice))
        return 1.0, abs(float(value) - float(choice))
    widths, others = widths_of(value), widths_of(choice)
    if widths is None or others is None:
        return None
    common = zip(widths, others, strict=False)
    return abs(len(widths) - len(others)), sum(abs(math.log(a) - math.log(b)) for a, b in common)
