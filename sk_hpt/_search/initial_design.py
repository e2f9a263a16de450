"""Initial design of a search: the user's points, an earlier search, or a learned portfolio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
from sklearn.base import clone
from sklearn.neural_network import MLPClassifier

from sk_hpt._networks import find_network, training_cost
from sk_hpt._proposers import WarmStart, portfolio_points, project
from sk_hpt._sklearn import num_samples
from sk_hpt._types import CVResults, Estimator, InitialPoints, Matrix, Params, Target
from sk_hpt.fidelity._base import Fidelity
from sk_hpt.space import Space
from sk_hpt.space._space import SubSpace

N_BEST = 6
"""Points at the head of the portfolio, which is in the order of what each adds, that stay there."""


def choose_initial_design(
    initial_points: InitialPoints | None,
    space: Space,
    estimator: Estimator,
    X: Matrix,
    y: Target,
    metric: str,
    fidelity: Fidelity,
) -> tuple[list[Params], WarmStart]:
    """Return the points that a Bayesian search begins with, and the trials of an earlier search.

    Parameters
    ----------
    initial_points : list of dict, ``cv_results_`` or None
        Points or results that the user gave. None, an empty list, and results without a scored
        trial in the space leave the choice to the portfolio.
    space : Space
        Search space.
    estimator : estimator object
        Estimator that is tuned. Its own parameters are the initial design if the portfolio has
        no points for it.
    X, y : array-like
        Training data. The numbers of rows and of classes select the points of the portfolio.
    metric : str
        Name of the metric that decides, which the results must have.
    fidelity : Fidelity
        Whether networks that train fast should come first in the portfolio.

    Returns
    -------
    points : list of dict
        Initial points in the space, the first one first; possibly none.
    warm_start : WarmStart
        Trials of an earlier search; none unless results were given.

    Raises
    ------
    TypeError, ValueError
        If `initial_points` are neither points in the space nor results of a search.
    """
    given, warm_start = parse_initial_points(initial_points, space, metric, estimator, X)
    if given:
        return given, warm_start
    n_classes = count_classes(y)
    learned = portfolio_points(space, estimator, num_samples(X), n_classes)
    if fidelity.first_rounds:
        learned = fastest_first(learned, estimator, X, n_classes)
    return learned or own_points(space, estimator), warm_start


def fastest_first(
    points: Sequence[Params], estimator: Estimator, X: Matrix, n_classes: int
) -> list[Params]:
    """Return the best point, the next five, and the others, by the time that their networks train.

    The steps of a Pipeline before the network may change the number of features, so this is not
    exact.
    """
    shape: Sequence[int] = getattr(X, "shape", ())
    n_features = int(shape[1]) if len(shape) == 2 else 1

    def cost(params: Params) -> float:
        _, network = find_network(clone(estimator).set_params(**params))
        if network is None:
            return 0.0
        n_outputs = n_classes if isinstance(network, MLPClassifier) and n_classes > 2 else 1
        return training_cost(network, num_samples(X), n_features, n_outputs)

    best, others = points[1:N_BEST], points[N_BEST:]
    return [*points[:1], *sorted(best, key=cost), *sorted(others, key=cost)]


def count_classes(y: Target) -> int:
    """Return the number of distinct targets; two if there are several outputs.

    Several outputs of a classifier are labels, each of which a row has or does not have.
    """
    try:
        targets = np.asarray(y)
        has_one_output = targets.ndim == 1 or targets.shape[1:] == (1,)
        return len(set(targets.ravel().tolist())) if has_one_output else 2
    except (TypeError, ValueError):
        return 2  # lists of labels, sets or dicts, which some estimators take


def own_points(
    space: Space, estimator: Estimator, given: Params | None = None, n_samples: int = 1
) -> list[Params]:
    """Return the estimator's own parameters, moved to the nearest point of each sub-space.

    Parameters that are given take the place of its own. Sub-spaces that lack a given parameter, or
    have a dimension that the estimator's value cannot be moved into, are left out.
    """
    given, own = given or {}, estimator.get_params()
    points = [_filled(given, each, own, n_samples) for each in space.subspaces]
    return [
        point
        for point, subspace in zip(points, space.subspaces, strict=True)
        if given.keys() <= point.keys() and subspace.contains(point)
    ]


def _filled(given: Params, subspace: SubSpace, own: Params, n_samples: int) -> Params:
    """Return the given parameters, and the estimator's own moved to the nearest values."""
    return {
        name: given[name] if name in given else project(dimension, own.get(name), n_samples)
        for name, dimension in subspace.dimensions.items()
    }


def parse_initial_points(
    initial_points: InitialPoints | None,
    space: Space,
    metric: str,
    estimator: Estimator,
    X: Matrix,
) -> tuple[list[Params], WarmStart]:
    """Return the points that the user gave, or the best point and the trials of given results.

    What a point leaves out is filled up with the estimator's own parameters.
    """
    if initial_points is None:
        return [], WarmStart.empty(space)
    # Results may be a data frame, which has keys but is not a Mapping.
    if hasattr(initial_points, "keys"):
        if "params" not in initial_points:
            raise ValueError(
                f"initial_points={initial_points!r} must have the key 'params'. Pass the "
                "cv_results_ of an earlier search, or a list of dicts of parameters."
            )
        results = cast(CVResults, initial_points)
        warm_start = WarmStart.from_results(results, metric, space)
        return ([] if warm_start.best_params is None else [warm_start.best_params]), warm_start
    # Anything else is iterated: an array of dicts is a list of points too.
    points = list(initial_points)
    parsed = [
        _parse_point(point, f"initial_points[{index}]={point!r}", space, estimator, X)
        for index, point in enumerate(points)
    ]
    return parsed, WarmStart.empty(space)


def _parse_point(
    point: Params, described: str, space: Space, estimator: Estimator, X: Matrix
) -> Params:
    if not isinstance(point, Mapping):
        raise TypeError(
            f"{described} must be a dict of parameters, not of type {type(point).__name__}. Pass "
            "a list of dicts, or the cv_results_ of an earlier search."
        )
    given, n_samples = dict(point), max(num_samples(X), 1)
    if space.contains(point):
        return given
    if points := own_points(space, estimator, given, n_samples):
        return points[0]
    # Name the first value that is outside, of the first sub-space with these parameters.
    known = [sub for sub in space.subspaces if point.keys() <= sub.dimensions.keys()]
    if not known:
        names = " or ".join(str(sorted(sub.dimensions)) for sub in space.subspaces)
        raise ValueError(f"{described} must set parameters of the space: {names}.")
    own, dimensions = estimator.get_params(), known[0].dimensions
    filled = _filled(given, known[0], own, n_samples)
    outside = next(name for name, dim in dimensions.items() if not dim.contains(filled[name]))
    source = "" if outside in point else "the estimator's own "
    raise ValueError(
        f"{described} must lie in the search space, but {source}{outside}="
        f"{(own | given)[outside]!r} is not in {dimensions[outside]}. Change the point or widen "
        "the space."
    )
