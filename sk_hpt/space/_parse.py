"""From what a user writes to a Space: the one place that asks what kind of thing a value is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sklearn.base import clone
from sklearn.model_selection import ParameterGrid, ParameterSampler

from sk_hpt.space._dimensions import Categorical, Dimension, Distribution
from sk_hpt.space._space import Space, SubSpace


def parse_space(space: Any) -> Space:
    """Turn a user's description of a space into a :class:`Space`, and check it.

    Parameters
    ----------
    space : dict or list of dicts
        For each parameter its values: a list, tuple or array of choices, a frozen scipy.stats
        distribution (or anything with ``rvs``), or a dimension of :mod:`sk_hpt.space`. Several
        dicts are sub-spaces of which each trial uses one.

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
        ParameterGrid(space)  # scikit-learn's TypeError
    dicts = [space] if isinstance(space, Mapping) else list(space)
    return Space([_parse_subspace(subspace) for subspace in dicts])


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


def _parse_subspace(subspace: Any) -> SubSpace:
    if not isinstance(subspace, dict):
        ParameterGrid([subspace])  # scikit-learn's TypeError
    dimensions = {name: _parse_dimension(name, value) for name, value in subspace.items()}
    for name, dimension in dimensions.items():
        dimension.check(name)
    return SubSpace(dimensions)


def _parse_dimension(name: str, value: Any) -> Dimension:
    if isinstance(value, Dimension):
        return value
    if hasattr(value, "rvs"):
        return Distribution(value)
    if not isinstance(value, Iterable):
        ParameterSampler({name: value}, n_iter=1)  # scikit-learn's TypeError
    if isinstance(value, (str, dict)) or not hasattr(value, "__getitem__"):
        ParameterGrid({name: value})  # scikit-learn's TypeError
    return Categorical(value)
