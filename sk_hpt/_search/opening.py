"""What a search begins with: a user's settings, an earlier search, or learned settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sk_hpt._proposers import WarmStart, portfolio_points
from sk_hpt._types import Params
from sk_hpt.space import Space

ENOUGH_KNOWN = 6
"""An earlier search of so many trials says more than learned settings."""


def open_search(
    initial_points: Any,
    space: Space,
    estimator: Any,
    n_samples: int,
    n_classes: int,
    metric: str,
) -> tuple[list[Params], WarmStart]:
    """Settings to begin with, and what is known from before.

    Raises
    ------
    ValueError, TypeError
        If `initial_points` are neither settings in the space nor results of a search.
    """
    start, earlier = read_initial_points(initial_points, space, metric)
    if initial_points is None or (not start and len(earlier) < ENOUGH_KNOWN):
        start = portfolio_points(space, estimator, n_samples, n_classes)
        start = start or own_setting(space, estimator)
    return start, earlier


def count_classes(y: Any) -> int:
    """Different targets; two where there are several labels, each of which is there or not."""
    targets = np.asarray(y)
    one_each = targets.ndim == 1 or (targets.ndim == 2 and targets.shape[1] == 1)
    return len(set(targets.ravel().tolist())) if one_each else 2


def own_setting(space: Space, estimator: Any) -> list[Params]:
    """The estimator's own setting, moved into each sub-space where that makes sense."""
    own = estimator.get_params()
    settings = []
    for subspace in space.subspaces:
        point = {
            name: dimension.project(own.get(name))
            for name, dimension in subspace.dimensions.items()
        }
        if subspace.contains(point):
            settings.append(point)
    return settings


def read_initial_points(
    initial_points: Any, space: Space, metric: str
) -> tuple[list[Params], WarmStart]:
    """A user's settings, or of an earlier search the best setting and the scores."""
    if initial_points is None:
        return [], WarmStart.empty(space)
    if hasattr(initial_points, "keys"):
        if "params" not in initial_points:
            raise ValueError(
                f"initial_points={initial_points!r} are no results of a search: there is no "
                "'params'. Give the cv_results_ of one, or a list of settings."
            )
        earlier = WarmStart.from_results(initial_points, metric, space)
        return ([] if earlier.best_params is None else [earlier.best_params]), earlier
    points = list(initial_points)
    for point in points:
        _check(point, space)
    return [dict(point) for point in points], WarmStart.empty(space)


def _check(point: Any, space: Space) -> None:
    if not isinstance(point, Mapping):
        raise TypeError(
            f"initial_points must be dicts of parameters, got {point!r} of type "
            f"{type(point).__name__}."
        )
    if any(subspace.contains(point) for subspace in space.subspaces):
        return
    fitting = [sub for sub in space.subspaces if sub.dimensions.keys() == point.keys()]
    if not fitting:
        names = " or ".join(str(sorted(sub.dimensions)) for sub in space.subspaces)
        raise ValueError(
            f"The initial point {dict(point)!r} must set just the parameters that are "
            f"searched: {names}."
        )
    wrong = next(
        name for name, dim in fitting[0].dimensions.items() if not dim.contains(point[name])
    )
    raise ValueError(
        f"The initial point {dict(point)!r} lies outside of the space: {wrong}="
        f"{point[wrong]!r} is not in {fitting[0].dimensions[wrong]}. Change the point or widen "
        "the space."
    )
