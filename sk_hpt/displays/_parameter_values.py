"""The values that the trials gave to each parameter, whatever their types, in a useful order.

A parameter belongs on a logarithmic axis if its space says so, in any of the ways that a space can
be written, or if the values that were tried are spread evenly over several powers of ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from sk_hpt._trials import short_names
from sk_hpt._types import Flags, Floats, Params, Rows
from sk_hpt.displays._search_results import FittedSearch
from sk_hpt.space._dimension import Dimension, is_real
from sk_hpt.space._distribution import Distribution

NOT_SET = "not set"
"""Stands for the value of a parameter that a trial does not have, in a conditional space."""

MAX_LEVELS = 10
"""Numbers with more distinct values than this form a range rather than levels."""

MIN_RATIO = 100.0
"""Values whose largest is less than this many times the smallest do not span powers of ten."""

MAX_TEXT = 30
"""Number of characters of a value that are shown."""

Value = float | tuple[int, ...] | str
"""A number, the widths of the hidden layers of a network, or the text of anything else."""


@dataclass(frozen=True, eq=False)
class Parameter:
    """One parameter over all trials.

    Parameters
    ----------
    name : str
        Full name of the parameter in the search.
    label : str
        Short name: without the steps of a Pipeline, unless two parameters would get the same.
    values : list of float, tuple of int or str
        The distinct values: first numbers in ascending order, then shapes of networks by depth and
        widths, then everything else by its text, and last `NOT_SET`.
    codes : ndarray of shape (n_trials,)
        Index into `values` of the value of each trial.
    is_log : bool
        True if the numbers among the values belong on a logarithmic axis.
    """

    name: str
    label: str
    values: list[Value]
    codes: Rows
    is_log: bool

    @property
    def is_set(self) -> Flags:
        """Which trials have the parameter, shape (n_trials,)."""
        if self.values[-1] is not NOT_SET:
            return np.ones(len(self.codes), dtype=bool)
        return self.codes < len(self.values) - 1

    @property
    def numbers(self) -> Floats:
        """Numbers among the values, which come first; their logarithms to base 10 if `is_log`."""
        found = np.array([value for value in self.values if isinstance(value, float)])
        return np.log10(found) if self.is_log else found

    @property
    def is_range(self) -> bool:
        """True if there are so many numbers that they form a range; else all values are levels."""
        n_distinct = len(self.numbers)
        return n_distinct > 1 and n_distinct > min(MAX_LEVELS, len(self.codes) // 2)


def varying_parameters(
    params: Sequence[Params], search: FittedSearch | None = None
) -> list[Parameter]:
    """Return the parameters that differ between trials; all of them if none does.

    Parameters
    ----------
    params : sequence of dict
        The parameters of each trial.
    search : FittedSearch, optional
        The search, whose space may declare that parameters are logarithmic.
    """
    log_scaled = log_scaled_parameters(search)
    labels = short_names(name for each in params for name in each)
    found = [_parameter(name, labels[name], params, name in log_scaled) for name in labels]
    return [parameter for parameter in found if len(parameter.values) > 1] or found


def _parameter(name: str, label: str, params: Sequence[Params], is_declared_log: bool) -> Parameter:
    given = [each.get(name, NOT_SET) for each in params]
    # A single number is the shape of one layer, if other trials have tuples.
    has_shapes = any(isinstance(value, (tuple, list)) and _widths(value) for value in given)
    keys = [_sort_key(value, has_shapes) for value in given]
    ordered = sorted(set(keys))
    index = {key: i for i, key in enumerate(ordered)}
    values = [key[-1] for key in ordered]
    codes = np.array([index[key] for key in keys], dtype=np.intp)
    # Values count as often as they were tried: a space's scale shows in what was drawn from it.
    tried = np.array([values[code] for code in codes if isinstance(values[code], float)])
    is_positive = bool(len(tried)) and tried.min() > 0
    is_log = is_positive and (is_declared_log or spans_decades(tried))
    return Parameter(name, label, values, codes, is_log)


def _sort_key(value: object, has_shapes: bool) -> tuple[int, int | str, Value]:
    """Return a key that is equal for equal values, can be sorted, and ends with the value."""
    # The first entry sorts by kind: 0 for numbers, 1 for shapes, 2 for other values, 3 for none.
    widths = _widths(value) if has_shapes else None
    if widths is not None:
        return 1, len(widths), widths
    if is_number(value):
        return 0, 0, float(value)
    if value is NOT_SET:
        return 3, 0, NOT_SET
    return 2, type(value).__name__, short_text(value, max_length=10_000)


def is_number(value: object) -> TypeGuard[float]:
    """Return whether a value is a finite number; a bool is not one."""
    return is_real(value) and bool(np.isfinite(float(value)))


def _widths(value: object) -> tuple[int, ...] | None:
    """Return the widths of the layers if a value can be read as the shape of a network."""
    layers = value if isinstance(value, (tuple, list, np.ndarray)) else [value]
    if len(layers) and all(is_number(each) and each > 0 and each == int(each) for each in layers):
        return tuple(map(int, layers))
    return None


def short_text(value: object, max_length: int = MAX_TEXT) -> str:
    """Return a value as text on one line, cut to a length."""
    if isinstance(value, (float, np.floating)):
        return f"{value:.3g}"
    if isinstance(value, type) or (callable(value) and not hasattr(value, "get_params")):
        value = getattr(value, "__name__", value)
    text = " ".join(str(value).split())
    return text if len(text) <= max_length else f"{text[: max_length - 1]}…"


def trial_labels(params: Sequence[Params]) -> list[str]:
    """Return a label for each trial: the parameters that differ between trials, in short."""
    shown = {parameter.name: parameter.label for parameter in varying_parameters(params)}
    return [
        ", ".join(f"{shown[name]}={short_text(each[name])}" for name in each if name in shown)
        for each in params
    ]


def log_scaled_parameters(search: FittedSearch | None) -> set[str]:
    """Return the names of the parameters that the space of a search declares as logarithmic."""
    attributes = ("search_spaces", "param_distributions", "param_grid")
    return set(_declared_names([getattr(search, each, None) for each in attributes]))


def _declared_names(space: object) -> Iterable[str]:
    if isinstance(space, (list, tuple)):  # several spaces, or a pair (space, n_iter)
        for part in space:
            yield from _declared_names(part)
    elif isinstance(space, Mapping):
        yield from (name for name, values in space.items() if _is_declared_log(values))


def _is_declared_log(values: object) -> bool:
    """Return whether the values of a parameter are declared as logarithmic.

    Parameters
    ----------
    values : object
        ``Real`` or ``Integer`` of :mod:`sk_hpt.space`, a tuple ``(low, high, "log-uniform")``, a
        dimension of scikit-optimize, or a distribution of scipy.stats; anything else is not.
    """
    prior = getattr(values, "prior", None)
    if isinstance(values, tuple) and len(values) > 2:
        prior = values[2]
    dimension = values if isinstance(values, Dimension) else Distribution(values)
    return dimension.is_log or (isinstance(prior, str) and prior == "log-uniform")


def spans_decades(values: Floats) -> bool:
    """Return whether values span powers of ten and look more uniform in their logarithms.

    Their median is then nearer to the middle of the range of the logarithms than to the middle of
    the range itself.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        Values with repetitions, as they were tried.
    """
    if not len(values) or values.min() <= 0:
        return False
    low, middle, high = np.quantile(values, [0.0, 0.5, 1.0])
    if high < MIN_RATIO * low:
        return False
    linear = (middle - low) / (high - low)
    logarithmic = np.log(middle / low) / np.log(high / low)
    return bool(abs(logarithmic - 0.5) < abs(linear - 0.5))
