"""From what a user writes to a Space: the one place that asks what kind of thing a value is."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from sklearn.base import clone
from sklearn.model_selection import ParameterGrid, ParameterSampler

from sk_hpt.space._categorical import Categorical
from sk_hpt.space._dimension import Dimension, is_number
from sk_hpt.space._distribution import Distribution
from sk_hpt.space._numeric import Integer, Real
from sk_hpt.space._space import Space, SubSpace


def parse_space(space: Any, *, sampled: bool = False, ranges: bool = False) -> Space:
    """Turn a user's description of a space into a :class:`Space`, and check it.

    Parameters
    ----------
    space : dict or list of dicts
        For each parameter its values: a list, tuple or array of choices, a frozen scipy.stats
        distribution (or anything with ``rvs``), or a dimension of :mod:`sk_hpt.space`. Several
        dicts are sub-spaces of which each trial uses one.
    sampled : bool, default=False
        Whether it is written for a random search: errors then have ParameterSampler's words
        in place of ParameterGrid's.
    ranges : bool, default=False
        Whether scikit-optimize's spellings mean what they mean there: ``(low, high)`` is a range
        of integers or of real numbers, ``(low, high, "log-uniform")`` one on a logarithmic
        scale, and its dimension objects are taken.

    Returns
    -------
    space : Space
        The same, with certain types.

    Raises
    ------
    TypeError
        If `space` or a value is of another kind, with scikit-learn's message where it has one.
    ValueError
        If a dimension is empty or its bounds make no range.

    Examples
    --------
    >>> from sk_hpt.space import parse_space
    >>> space = parse_space({"alpha": [1e-4, 1e-2], "activation": ("relu", "tanh")})
    >>> list(space.grid())[1]
    {'activation': 'relu', 'alpha': 0.01}
    """
    if not isinstance(space, (Mapping, Iterable)) or isinstance(space, (str, bytes)):
        _reject(space, sampled)
    dicts = [space] if isinstance(space, Mapping) else list(space)
    return Space([_parse_subspace(subspace, sampled, ranges) for subspace in dicts])


def check_coordinates(space: Space) -> None:
    """Raise a TypeError if some value of the space has no place between the others."""
    for subspace in space.subspaces:
        for name, dimension in subspace.dimensions.items():
            if isinstance(dimension, Distribution) and not dimension.has_quantiles:
                raise TypeError(
                    f"Parameter {name!r}: {dimension.distribution!r} can only be sampled. "
                    "BayesSearchNN needs a frozen scipy.stats distribution or a dimension of "
                    "sk_hpt.space."
                )


def check_names(space: Space, estimator: Any) -> None:
    """Raise scikit-learn's ValueError if the estimator has no parameter of some name in `space`.

    GridSearchCV finds out at the candidate that uses the name, which may be the last.
    """
    known = estimator.get_params(deep=True)
    for subspace in space.subspaces:
        for name in subspace.dimensions:
            parent, _, _ = name.rpartition("__")
            # Whoever tries other steps or estimators brings their parameters along.
            replaced = any(
                ancestor == parent or parent.startswith(f"{ancestor}__")
                for ancestor in subspace.dimensions
            )
            if name not in known and not replaced:
                clone(estimator).set_params(**{name: None})


def _parse_subspace(subspace: Any, sampled: bool, ranges: bool) -> SubSpace:
    if not isinstance(subspace, dict):
        _reject([subspace], sampled)
    dimensions = {}
    for name, value in subspace.items():
        as_range = _parse_range(value) if ranges else None
        dimensions[name] = as_range or _parse_dimension(name, value, sampled)
    for name, dimension in dimensions.items():
        dimension.check(name)
    return SubSpace(dimensions)


def _parse_dimension(name: str, value: Any, sampled: bool) -> Dimension:
    if isinstance(value, Dimension):
        return value
    if hasattr(value, "rvs"):
        return Distribution(value)
    if isinstance(value, (str, dict)) or not hasattr(value, "__getitem__"):
        _reject({name: value}, sampled)
    return Categorical(value)


def _parse_range(value: Any) -> Real | Integer | Categorical | None:
    """The dimension that scikit-optimize takes `value` for, if it is written in its way."""
    if hasattr(value, "categories") and hasattr(value, "transformed_bounds"):
        return Categorical(list(value.categories))
    if hasattr(value, "prior") and hasattr(value, "transformed_bounds"):
        return _range(value.low, value.high, value.prior == "log-uniform")
    if not isinstance(value, tuple) or len(value) not in (2, 3):
        return None
    low, high, *prior = value
    if not all(is_number(bound, numbers.Real) for bound in (low, high)):
        return None
    if prior and prior[0] not in ("uniform", "log-uniform"):
        return None
    return _range(low, high, prior == ["log-uniform"])


def _range(low: Any, high: Any, log: bool) -> Real | Integer:
    if all(is_number(bound, numbers.Integral) for bound in (low, high)):
        return Integer(int(low), int(high), log)
    return Real(float(low), float(high), log)


def _reject(space: Any, sampled: bool) -> NoReturn:
    """Raise scikit-learn's error for something that is no space."""
    if sampled:
        ParameterSampler(space, n_iter=1)
    ParameterGrid(space)
    raise TypeError(f"{space!r} is no space: it must be a dict or a list of dicts.")
