"""Decide which parameters belong on a logarithmic axis.

A parameter does if its space says so, in any of the ways that a space can be written, or if the
values that were tried are spread evenly over several powers of ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from sk_hpt._types import Floats
from sk_hpt.displays._search_results import FittedSearch

MIN_RATIO = 100.0
"""Values whose largest is less than this many times the smallest do not span powers of ten."""


def log_scaled_parameters(search: FittedSearch) -> set[str]:
    """Return the names of the parameters that the space of a search declares as logarithmic."""
    for attribute in ("search_spaces", "param_distributions", "param_grid"):
        space = getattr(search, attribute, None)
        if space is not None:
            return set(_declared_names(space))
    return set()


def _declared_names(space: object) -> Iterable[str]:
    if isinstance(space, (list, tuple)):  # several spaces, or a pair (space, n_iter)
        for part in space:
            yield from _declared_names(part)
    elif isinstance(space, Mapping):
        yield from (name for name, dimension in space.items() if is_declared_log(dimension))


def is_declared_log(dimension: object) -> bool:
    """Return whether one dimension of a space is declared as logarithmic.

    Parameters
    ----------
    dimension : object
        ``Real`` or ``Integer`` of :mod:`sk_hpt.space`, a tuple ``(low, high, "log-uniform")``, a
        dimension of scikit-optimize, or a distribution of scipy.stats; anything else is not.
    """
    if getattr(dimension, "log", False) is True:
        return True
    prior = getattr(dimension, "prior", None)
    if isinstance(dimension, tuple) and len(dimension) > 2:
        prior = dimension[2]
    family = getattr(getattr(dimension, "dist", None), "name", None)
    is_log_prior = isinstance(prior, str) and prior == "log-uniform"
    return is_log_prior or family in ("loguniform", "reciprocal")


def is_spread_over_decades(values: Floats) -> bool:
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
