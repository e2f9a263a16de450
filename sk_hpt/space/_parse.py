"""Parsing: from a user's description to a Space.

This is the only place that tells lists, distributions, dimensions and scikit-optimize's
spellings apart. Behind it, types are certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid, ParameterSampler

from sk_hpt._types import Estimator, SpaceLike
from sk_hpt._warn import hint_user
from sk_hpt.space._categorical import Categorical
from sk_hpt.space._dimension import Dimension, is_integer, is_real
from sk_hpt.space._distribution import Distribution
from sk_hpt.space._layer_choices import LayerChoices, are_layers
from sk_hpt.space._numeric import Integer, Real
from sk_hpt.space._space import Space, SubSpace

RANGE_RATIO = 100.0
"""Two choices are perhaps meant as a range if the second is at least this many times the first."""


def parse_space(space: SpaceLike, *, sampled: bool = False, ranges: bool = False) -> Space:
    """Turn a user's description of a space into a :class:`Space`, and check it.

    Parameters
    ----------
    space : dict or list of dicts
        The values of each parameter: a list, tuple or array of choices, a frozen scipy.stats
        distribution (or any object with ``rvs``), or a dimension of :mod:`sk_hpt.space` or of
        scikit-optimize. Several dicts are sub-spaces, of which each trial uses one.
    sampled : bool, default=False
        If True, errors are worded as those of scikit-learn's ParameterSampler, for a random
        search; otherwise as those of its ParameterGrid.
    ranges : bool, default=False
        If True, scikit-optimize's spellings have the same meaning as there: ``(low, high)`` is a
        range of integers or real numbers, and ``(low, high, "log-uniform")`` one on a logarithmic
        scale.

    Returns
    -------
    space : Space
        The parsed space.

    Raises
    ------
    TypeError
        If `space` or a value is of another kind, with scikit-learn's message where it has one.
    ValueError
        If a dimension is empty, or its bounds are not a range.

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
    """Raise unless there are dimensions, all with the coordinates that a Bayesian search needs."""
    if not space.subspaces:
        raise ValueError(
            "No fits were performed, because the list of search spaces is empty. Pass a dict of "
            "parameters."
        )
    for subspace in space.subspaces:
        for name, dimension in subspace.dimensions.items():
            if isinstance(dimension, Distribution) and not dimension.has_quantiles:
                raise TypeError(
                    f"Parameter {name!r}: {dimension.distribution!r} can only be sampled. "
                    "BayesSearchNN needs a frozen scipy.stats distribution or a dimension of "
                    "sk_hpt.space."
                )


def check_names(space: Space, estimator: Estimator) -> None:
    """Raise scikit-learn's ValueError if the estimator lacks a parameter of `space`.

    GridSearchCV raises it only at the first candidate with this parameter, which may be the last.
    Here it names the parameters that were perhaps meant.
    """
    known = estimator.get_params(deep=True)
    for subspace in space.subspaces:
        for name in subspace.dimensions:
            if not isinstance(name, str):
                raise TypeError(f"The parameter {name!r} of the space must be named by a string.")
            # If the steps or estimators themselves are searched, others may have the parameter.
            is_replaced = any(name.startswith(f"{other}__") for other in subspace.dimensions)
            if name not in known and not is_replaced:
                _reject_name(name, estimator, known)


def _reject_name(name: str, estimator: Estimator, known: Iterable[str]) -> None:
    """Raise scikit-learn's error for a parameter that an estimator lacks."""
    try:
        clone(estimator).set_params(**{name: None})
    except ValueError as error:
        inside = [each for each in known if each.endswith(f"__{name}")]
        similar = inside or get_close_matches(name, known, n=1, cutoff=0.75)
        if not similar:
            raise
        message, *_ = str(error).split(" Valid parameters are:")
        raise ValueError(f"{message} Did you mean {' or '.join(map(repr, similar))}?") from None


def _parse_subspace(subspace: object, sampled: bool, ranges: bool) -> SubSpace:
    if not isinstance(subspace, dict):
        _reject([subspace], sampled)
    dimensions = {}
    for name, value in subspace.items():
        if not ranges:
            _warn_of_tuple(name, value)
        as_range = _parse_range(name, value) if ranges else None
        dimensions[name] = as_range or _parse_dimension(name, value, sampled)
    for name, dimension in dimensions.items():
        dimension.check(name)
    return SubSpace(dimensions)


def _warn_of_tuple(name: str, value: object) -> None:
    """Warn of choices that were perhaps meant as the widths of layers, or as a range."""
    if not isinstance(value, tuple) or len(value) < 2 or not all(map(is_real, value)):
        return
    if str(name).split("__")[-1] == "hidden_layer_sizes":
        hint_user(
            f"{name}={value!r} is {len(value)} networks of one layer each. If you mean one network "
            f"with these layers, write [{value!r}]; if you mean the former, write {list(value)!r}. "
            "HiddenLayers of sk_hpt.space searches shapes.",
        )
        return
    low, high, *more = value
    if not more and 0 < low * RANGE_RATIO <= high and not all(map(is_integer, value)):
        hint_user(
            f"{name}={value!r} is two choices. If you mean a range, write Real({low!r}, {high!r}, "
            f"log=True); if you mean the choices, write {list(value)!r}.",
        )


def _parse_dimension(name: str, value: Any, sampled: bool) -> Dimension:
    if type(value) is Categorical:
        return _choices(value.choices)
    if isinstance(value, Dimension):
        return value
    if hasattr(value, "transformed_bounds"):
        return _from_skopt(value)
    if hasattr(value, "rvs"):
        return Distribution(value)
    # What scikit-learn refuses, such as a Series, whose index says what an element is.
    is_sequence = isinstance(value, (Sequence, np.ndarray)) and not isinstance(value, str)
    if not is_sequence or getattr(value, "ndim", 1) > 1:
        _reject({name: value}, sampled)
    return _choices(value)


def _choices(values: Sequence[Any]) -> Categorical:
    """Return the dimension of a list: layer sizes have coordinates, all else has not."""
    # Otherwise the check of the dimension raises.
    is_listed = hasattr(values, "__len__") and getattr(values, "ndim", 1) == 1
    return LayerChoices(values) if is_listed and are_layers(values) else Categorical(values)


def _from_skopt(value: Any) -> Real | Integer | Categorical:
    """Return the dimension that one of scikit-optimize's stands for; its class decides the type."""
    if hasattr(value, "categories"):
        return _choices(list(value.categories))
    is_log = value.prior == "log-uniform"
    if any(kind.__name__ == "Integer" for kind in type(value).__mro__):
        return Integer(int(value.low), int(value.high), is_log)
    return Real(float(value.low), float(value.high), is_log)


def _parse_range(name: str, value: Any) -> Real | Integer | None:
    """Parse scikit-optimize's tuples: (low, high), also with a prior and a base of logarithms.

    None for all other values, which are choices.
    """
    match value:
        case tuple([low, high, *prior]) if is_real(low) and is_real(high):
            if name.split("__")[-1] == "hidden_layer_sizes" and low > high:
                raise ValueError(
                    f"Parameter {name!r}: {value!r} is a range here, not the widths of layers. "
                    f"Write [{value!r}] for a network with these layers, or search shapes with "
                    "HiddenLayers of sk_hpt.space."
                )
            if prior in ([], ["uniform"]):
                return _range(low, high, log=False)
            # The base has no influence on the trials.
            if prior[0] == "log-uniform" and all(map(is_real, prior[1:])) and len(prior) <= 2:
                return _range(low, high, log=True)
            if isinstance(prior[0], str) and prior[0].lower().startswith(("log", "unif")):
                raise ValueError(
                    f"Parameter {name!r}: {value!r} must be (low, high) or (low, high, "
                    "'log-uniform') to be a range. Write 'log-uniform', or use "
                    f"Real({low!r}, {high!r}, log=True)."
                )
    return None


def _range(low: float, high: float, log: bool) -> Real | Integer:
    if is_integer(low) and is_integer(high):
        return Integer(int(low), int(high), log)
    return Real(float(low), float(high), log)


def _reject(space: object, sampled: bool) -> NoReturn:
    """Raise scikit-learn's error for an object that is not a space."""
    if sampled:
        ParameterSampler(space, n_iter=1)
    ParameterGrid(space)
    raise TypeError(f"The space {space!r} must be a dict or a list of dicts.")
