"""Learned parameters of networks that are worth trying first.

``portfolio.json`` holds parameters of multi-layer perceptrons that did well on many data sets,
each on data sets where those before it did not (``learn_portfolio.py`` of the benchmarks makes
it). This module moves them into the space that a user searches, in five steps:

1. Choose the portfolio by the solver, the kind of target and the number of updates.
2. Scale the learning rate with the batch size, where the batch size cannot be the learned one.
3. Project each parameter onto its dimension; one that is not searched is left out.
4. Spread choices that the portfolio lacks, and ranges of other steps of a Pipeline, over its
   points. The network's other ranges keep its own values, and so does all in the point of the
   estimator's own parameters.
5. Drop points that are nearly equal.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from itertools import zip_longest
from typing import Any, TypeAlias

import numpy as np
from sklearn.neural_network import MLPRegressor

from sk_hpt._networks import MAX_AUTO_BATCH, batch_rows, find_network, has_stock_params
from sk_hpt._types import Estimator, Floats, Network, Params
from sk_hpt.space._categorical import Categorical
from sk_hpt.space._dimension import Dimension
from sk_hpt.space._space import Space, SubSpace

DEFAULT_PARAMS_INDEX = 1
"""Position of the estimator's own parameters among the learned ones, from 0; measured."""

SAME_PARAMS_TOLERANCE = 0.05
"""Points that differ by at most this in every coordinate count as equal."""

Portfolios: TypeAlias = Sequence[Mapping[str, Any]]
"""Lists of parameters (``"settings"``), each with the cases that it is for: a ``"solver"``, a
``"target"`` ("continuous", "binary" or "multiclass") and the most ``"updates"``. None is any."""


def portfolio_points(
    space: Space,
    estimator: Estimator,
    n_samples: int,
    n_classes: int = 2,
    table: Portfolios | None = None,
) -> list[Params]:
    """Return learned parameters, moved into a space, best first.

    Parameters
    ----------
    space : Space
        The search space. With several sub-spaces, or if the solver is searched, the points are
        taken from each in turn.
    estimator : estimator object
        An `MLPClassifier` or `MLPRegressor`, bare, the last step of a `Pipeline`, or the
        regressor of a `TransformedTargetRegressor`. Its own parameters are the second point. Its
        `max_iter` and the number of rows tell how long a network trains, and so which learned
        parameters are suitable.
    n_samples : int
        Number of rows of the data.
    n_classes : int, default=2
        Number of classes. Two classes and several have different portfolios. Ignored for a
        regressor, which has another one.
    table : sequence of dict, optional
        Another set of portfolios than the package's, as ``json.load`` reads it.

    Returns
    -------
    points : list of dict
        Distinct points of the space. Empty if there is no network in `estimator`, or if
        the space has no parameter that the portfolio knows.

    Examples
    --------
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sk_hpt._proposers import portfolio_points
    >>> from sk_hpt.space import Real, parse_space
    >>> space = parse_space({"learning_rate_init": Real(1e-5, 1e-1, log=True)})
    >>> points = portfolio_points(space, MLPClassifier(), n_samples=1000)
    >>> {"learning_rate_init": 0.001} in points[:2]  # the network's own
    True
    """
    prefix, network = find_network(estimator)
    if network is None or not has_stock_params(network):
        return []
    own = estimator.get_params()
    n_samples = max(n_samples, 1)  # without rows the splitter raises, later
    target = _target(network, n_classes)
    queues = []
    for subspace in space.subspaces:
        for solver in _solvers(subspace, prefix + "solver", network.solver):
            learned = [
                {prefix + name: value for name, value in params.items()}
                for params in _look_up(table or _load(), network, solver, target, n_samples)
            ]
            if not _is_any_searched(subspace, learned, prefix + "solver"):
                continue
            moved = [
                _move(subspace, params, own, prefix, n_samples) | unknown
                for params, unknown in zip(
                    learned, _spread_unknown(subspace, learned, prefix), strict=True
                )
            ]
            if solver == network.solver:
                moved.insert(DEFAULT_PARAMS_INDEX, _move(subspace, {}, own, prefix, n_samples))
            queues.append(moved)
    points = [point for turn in zip_longest(*queues) for point in turn if point is not None]
    return _distinct(space, points)


@lru_cache(maxsize=1)
def _load() -> Portfolios:
    """Read the package's own portfolios."""
    text = resources.files("sk_hpt._proposers").joinpath("portfolio.json").read_text("utf-8")
    portfolios: Portfolios = json.loads(text)
    return portfolios


def _target(network: Network, n_classes: int) -> str:
    """Return the kind of target in the words of the portfolios."""
    if isinstance(network, MLPRegressor):
        return "continuous"
    return "multiclass" if n_classes > 2 else "binary"


def _look_up(
    table: Portfolios, network: Network, solver: str, target: str, n_samples: int
) -> list[Params]:
    """Return the first portfolio for this solver, this target and this many updates."""
    updates = network.max_iter * math.ceil(n_samples / MAX_AUTO_BATCH)
    for entry in table:
        fits = entry["solver"] == solver and entry["target"] in (None, target)
        if fits and updates <= (entry["updates"] or math.inf):
            return [_with_tuple({"solver": solver, **params}) for params in entry["settings"]]
    return []


def _with_tuple(params: Params) -> Params:
    """Return the parameters with the widths of the layers as a tuple, which JSON lacks."""
    name = "hidden_layer_sizes"
    return {**params, name: tuple(params[name])} if name in params else params


def _solvers(subspace: SubSpace, name: str, own: str) -> list[str]:
    """Return the solvers that are searched, the estimator's own first."""
    dimension = subspace.dimensions.get(name)
    if not isinstance(dimension, Categorical):
        return [own]
    return sorted(map(str, dimension.choices), key=lambda solver: solver != own)


def _is_any_searched(subspace: SubSpace, learned: Iterable[Params], solver: str) -> bool:
    """Return whether a learned parameter other than the solver is searched."""
    searched = subspace.dimensions.keys() - {solver}
    return any(searched & params.keys() for params in learned)


def _move(subspace: SubSpace, params: Params, own: Params, prefix: str, n_samples: int) -> Params:
    """Return the point of `subspace` nearest to `params`, filled up with the estimator's own."""

    def move(name: str, wanted: Params) -> Any:
        values = [source[name] for source in (wanted, own) if name in source]
        return _nearest(subspace.dimensions[name], values, n_samples)

    batch, rate = prefix + "batch_size", prefix + "learning_rate_init"
    if batch in params and rate in params:
        # Scale the rate in proportion to the batch, so that an epoch learns as much (Goyal et
        # al. 2017, section 2.1, for SGD; better than the square root for the Adam portfolio too).
        moved = move(batch, params) if batch in subspace.dimensions else own[batch]
        growth = batch_rows(moved, n_samples) / batch_rows(params[batch], n_samples)
        params = {**params, rate: params[rate] * growth}
    return {name: move(name, params) for name in subspace.dimensions}


def _spread_unknown(subspace: SubSpace, learned: Sequence[Params], prefix: str) -> list[Params]:
    """Return values for parameters that no learned ones set, for each of these.

    They are a Latin hypercube with points in the middles of its cells, so that each of at most
    as many choices is there. It is always the same one, as the learned parameters are.

    The network's ranges, such as that of ``beta_1``, are left out, because its own values do well:
    spreading three of them took 0.007 +- 0.003 from the best score after 5 trials, and 0.002 +-
    0.003 after 10 (the space "adam" of ``docs/benchmarks/bayes/sample_efficiency.py``).
    """
    known = set().union(*learned)
    unknown = {
        name: dimension
        for name, dimension in subspace.dimensions.items()
        if name not in known
        and (isinstance(dimension, Categorical) or not _is_of_network(name, prefix))
    }
    n, rng = len(learned), np.random.default_rng(0)
    spread: list[Params] = [{} for _ in learned]
    for name, dimension in unknown.items():
        cells = rng.permuted(np.tile(np.arange(n), (dimension.n_columns, 1)), axis=1)
        for params, x in zip(spread, (cells.T + 0.5) / n, strict=True):
            params[name] = dimension.decode(x)
    return spread


def _is_of_network(name: str, prefix: str) -> bool:
    return name.startswith(prefix) and "__" not in name.removeprefix(prefix)


def _nearest(dimension: Dimension, wanted: Iterable[Any], n_samples: int) -> Any:
    """Project the first of `wanted` that can be projected; else return the middle."""
    for value in wanted:
        projected = project(dimension, value, n_samples)
        # None is a value too, for instance as `random_state`.
        if projected is not None or (value is None and dimension.contains(None)):
            return projected
    return dimension.decode(np.full(dimension.n_columns, 0.5))


def project(dimension: Dimension, value: Any, n_samples: int) -> Any:
    """Return the value of a dimension that is nearest to a network's value, or None."""
    projected = dimension.project(value)
    if projected is None:
        projected = dimension.project(_as_number(value, n_samples))
    return projected


def _as_number(value: Any, n_samples: int) -> Any:
    """Return ``batch_size="auto"`` as a number of rows, and layers as the width of the first."""
    if isinstance(value, str) and value == "auto":
        return batch_rows(value, n_samples)
    return value[0] if isinstance(value, (tuple, list)) and len(value) > 0 else None


def _distinct(space: Space, points: Iterable[Params]) -> list[Params]:
    """Return the points that are not nearly equal to a point before them."""
    kept: list[Params] = []
    kept_x: list[Floats] = []
    for point in points:
        x = space.encode(point)
        distances = (np.max(np.abs(x - other), initial=0.0) for other in kept_x)
        if all(distance > SAME_PARAMS_TOLERANCE for distance in distances):
            kept.append(point)
            kept_x.append(x)
    return kept
