"""The values that trials gave to parameters, whatever their types, in an order to draw them in."""

from __future__ import annotations

import numbers
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

NOT_SET = "not set"
"""Stands for the value of a parameter that a trial does not have, in a conditional space."""

MOST_LEVELS = 10
"""Numbers with more different values than this are a range rather than levels."""

LOG_FROM = 100.0
"""The largest value must be so many times the smallest for a scale to be thought logarithmic."""

MOST_TEXT = 30
"""Characters that are shown of a value."""


@dataclass(frozen=True, eq=False)
class Parameter:
    """One parameter over all trials.

    Parameters
    ----------
    name : str
        Its name in the search.
    label : str
        The same without the steps of a Pipeline, where that is no other's.
    values : list
        The different values: numbers in their order, shapes of networks by depth and widths, all
        else by its text, and last `NOT_SET`. Numbers are floats, shapes tuples of int, all else
        is its text.
    codes : ndarray of shape (n_trials,)
        Which of them each trial has.
    is_log : bool
        Whether the numbers among them belong on a logarithmic scale.
    """

    name: str
    label: str
    values: list[Any]
    codes: NDArray[np.intp]
    is_log: bool

    @property
    def numbers(self) -> NDArray[np.float64]:
        """The numbers among the values, which come first; logarithms if `is_log`."""
        found = np.array([value for value in self.values if isinstance(value, float)])
        return np.log10(found) if self.is_log else found

    @property
    def is_range(self) -> bool:
        """Whether there are numbers that fill a range; else all values are levels."""
        n_distinct = len(self.numbers)
        return n_distinct > 1 and n_distinct > min(MOST_LEVELS, len(self.codes) // 2)


def parameters_of(
    params: Sequence[Mapping[str, Any]], logarithmic: Collection[str] = ()
) -> list[Parameter]:
    """What varies among the settings of trials; everything, if nothing does.

    Parameters
    ----------
    params : sequence of mapping
        The settings.
    logarithmic : collection of str
        Parameters that the space has on a logarithmic scale.
    """
    names = list(dict.fromkeys(name for each in params for name in each))
    found = [
        _parameter(name, label, params, name in logarithmic)
        for name, label in zip(names, short_names(names), strict=True)
    ]
    return [each for each in found if len(each.values) > 1] or found


def _parameter(
    name: str, label: str, params: Sequence[Mapping[str, Any]], is_log: bool
) -> Parameter:
    given = [each.get(name, NOT_SET) for each in params]
    has_shapes = any(isinstance(value, (tuple, list)) and _widths(value) for value in given)
    keys = [_key(value, has_shapes) for value in given]
    ordered = sorted(set(keys))
    place = {key: i for i, key in enumerate(ordered)}
    values = [key[-1] for key in ordered]
    codes = np.array([place[key] for key in keys], dtype=np.intp)
    tried = np.array([values[code] for code in codes if isinstance(values[code], float)])
    is_positive = bool(len(tried)) and tried.min() > 0
    is_log = is_positive and (is_log or _is_even_in_logarithms(tried))
    return Parameter(name, label, values, codes, is_log)


def _is_even_in_logarithms(tried: NDArray[np.float64]) -> bool:
    """Whether positive numbers span much, and half of them are nearer to the middle there."""
    low, middle, high = np.quantile(tried, [0.0, 0.5, 1.0])
    if high < LOG_FROM * low:
        return False
    linear = (middle - low) / (high - low)
    logarithmic = np.log(middle / low) / np.log(high / low)
    return bool(abs(logarithmic - 0.5) < abs(linear - 0.5))


def _key(value: Any, has_shapes: bool) -> tuple[Any, ...]:
    """What is equal for equal values, can be sorted, and ends with the value."""
    widths = _widths(value) if has_shapes else None
    if widths is not None:
        return 1, len(widths), widths
    if is_number(value):
        return 0, 0, float(value)
    if value is NOT_SET:
        return 3, NOT_SET
    return 2, type(value).__name__, text_of(value, most=10_000)


def is_number(value: Any) -> bool:
    """Whether it is a finite number; a bool is not one."""
    is_real = isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool_))
    return is_real and bool(np.isfinite(float(value)))


def _widths(value: Any) -> tuple[int, ...] | None:
    layers = value if isinstance(value, (tuple, list, np.ndarray)) else [value]
    if len(layers) and all(is_number(each) and each > 0 and each == int(each) for each in layers):
        return tuple(map(int, layers))
    return None


def short_names(names: Sequence[str]) -> list[str]:
    """Names without the steps of a Pipeline, where that leaves them different."""
    last = [name.rpartition("__")[2] for name in names]
    return [each if last.count(each) == 1 else name for name, each in zip(names, last, strict=True)]


def text_of(value: Any, most: int = MOST_TEXT) -> str:
    """A value in short."""
    if isinstance(value, (float, np.floating)):
        return f"{value:.3g}"
    if isinstance(value, type) or (callable(value) and not hasattr(value, "get_params")):
        value = getattr(value, "__name__", value)
    text = " ".join(str(value).split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def logarithmic_parameters(search: Any) -> set[str]:
    """Names of the parameters that the space of a search has on a logarithmic scale."""
    for attribute in ("search_spaces", "param_distributions", "param_grid"):
        described = getattr(search, attribute, None)
        if described is not None:
            return set(_declared_logarithmic(described))
    return set()


def _declared_logarithmic(described: Any) -> Iterable[str]:
    if isinstance(described, (list, tuple)):  # several spaces, or (space, n_iter)
        for each in described:
            yield from _declared_logarithmic(each)
    elif isinstance(described, Mapping):
        for name, dimension in described.items():
            is_pair = isinstance(dimension, tuple) and len(dimension) > 2
            says = dimension[2] if is_pair else getattr(dimension, "prior", None)
            family = getattr(getattr(dimension, "dist", None), "name", None)
            if (
                getattr(dimension, "log", False) is True
                or (isinstance(says, str) and says == "log-uniform")
                or family in ("loguniform", "reciprocal")
            ):
                yield name
