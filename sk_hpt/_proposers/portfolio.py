"""Settings that are worth trying first.

Which ones are is learned: ``portfolio.json`` holds settings of multi-layer perceptrons that did
well on many data sets, each where those before it did not
(``docs/benchmarks/bayes/learn_portfolio.py`` makes it).
Here they are brought into the space that a user searches: parameters that are not
searched are left out, values are moved to the nearest that may be tried (the learning rate in
proportion to the batch, where that is not the setting's), and what then says the same is said
once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPRegressor

from sk_hpt._networks import MAX_AUTO_BATCH, batch_rows, find_network
from sk_hpt._types import Params
from sk_hpt.space import Categorical, Dimension, Space, SubSpace

OWN_PLACE = 1
"""Before which of the learned settings the estimator's own comes, from 0; measured."""

NEAR = 0.05
"""Settings that are no further apart than this in any coordinate count as one."""

Table = Sequence[Mapping[str, Any]]
"""Lists of settings, each with what it is for: a solver, "continuous", "binary" or "multiclass"
targets, and the most updates. None is for any."""


def portfolio_points(
    space: Space,
    estimator: Any,
    n_samples: int,
    n_classes: int = 2,
    table: Table | None = None,
) -> list[Params]:
    """The learned settings, moved into a space, best first.

    Parameters
    ----------
    space : Space
        What is searched. With several sub-spaces, or if the solver is searched, the points
        come from each in turn.
    estimator : estimator object
        An `MLPClassifier` or `MLPRegressor`, bare, the last step of a `Pipeline`, or the
        regressor of a `TransformedTargetRegressor`. Its own setting is among the first points.
        Its `max_iter` tells, with the rows, how long a network trains, and so what suits.
    n_samples : int
        Rows of the data.
    n_classes : int, default=2
        Classes to tell apart, which a regressor does not look at: what suits two classes,
        more, and a number is not the same.
    table : sequence of dict, optional
        Another portfolio than the package's, as ``json.load`` reads it.

    Returns
    -------
    points : list of dict
        Settings in the space, no two alike. Empty where there is no network in `estimator`,
        or the space holds no parameter that the portfolio knows.

    Examples
    --------
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sk_hpt._proposers import portfolio_points
    >>> from sk_hpt.space import Real, parse_space
    >>> space = parse_space({"learning_rate_init": Real(1e-5, 1e-1, log=True)})
    >>> points = portfolio_points(space, MLPClassifier(), n_samples=1000)
    >>> {"learning_rate_init": 0.001} in points[:2]  # its own
    True
    """
    prefix, network = find_network(estimator)
    if network is None:
        return []
    own = estimator.get_params()
    target = _target(network, n_classes)
    lines = []
    for subspace in space.subspaces:
        for solver in _solvers(subspace, prefix + "solver", network.solver):
            settings = [
                {prefix + name: value for name, value in setting.items()}
                for setting in _look_up(table or _learned(), network, solver, target, n_samples)
            ]
            if not _overlap(subspace, settings, prefix + "solver"):
                continue
            if solver == network.solver:
                settings.insert(OWN_PLACE, {})
            lines.append([_move(subspace, setting, own, prefix, n_samples) for setting in settings])
    in_turn = [point for turn in zip_longest(*lines) for point in turn if point is not None]
    return _distinct(space, in_turn)


@lru_cache(maxsize=1)
def _learned() -> Table:
    """The package's own table."""
    text = resources.files("sk_hpt._proposers").joinpath("portfolio.json").read_text("utf-8")
    table: Table = json.loads(text)
    return table


def _target(network: Any, n_classes: int) -> str:
    """What the network predicts, in the words of the table."""
    if isinstance(network, MLPRegressor):
        return "continuous"
    return "multiclass" if n_classes > 2 else "binary"


def _look_up(table: Table, network: Any, solver: str, target: str, n_samples: int) -> list[Params]:
    """The settings in `table` that are for this network and so much training."""
    updates = network.max_iter * math.ceil(n_samples / MAX_AUTO_BATCH)
    for entry in table:
        fits = entry["solver"] == solver and entry["target"] in (None, target)
        if fits and updates <= (entry["updates"] or math.inf):
            return [_with_shape({"solver": solver, **setting}) for setting in entry["settings"]]
    return []


def _with_shape(setting: Params) -> Params:
    """The setting with a tuple of widths, which JSON has made a list."""
    shape = "hidden_layer_sizes"
    return {**setting, shape: tuple(setting[shape])} if shape in setting else setting


def _solvers(subspace: SubSpace, name: str, own: str) -> list[str]:
    """The solvers that are tried, the estimator's own first."""
    dimension = subspace.dimensions.get(name)
    if not isinstance(dimension, Categorical):
        return [own]
    return sorted(map(str, dimension.choices), key=lambda solver: solver != own)


def _overlap(subspace: SubSpace, settings: Iterable[Params], solver: str) -> bool:
    """Whether any parameter of the settings is searched; the solver alone says too little."""
    searched = subspace.dimensions.keys() - {solver}
    return any(searched & setting.keys() for setting in settings)


def _move(subspace: SubSpace, setting: Params, own: Params, prefix: str, n_samples: int) -> Params:
    """The point of `subspace` nearest to `setting`; what it leaves open is the estimator's own."""

    def move(name: str, wanted: Params) -> Any:
        values = [source[name] for source in (wanted, own) if name in source]
        return _nearest(subspace.dimensions[name], values, n_samples)

    batch, rate = prefix + "batch_size", prefix + "learning_rate_init"
    if batch in setting and rate in setting:
        # As much is learned in an epoch where the rate grows with the batch (Goyal et al., 2017,
        # section 2.1, for SGD; for the portfolio with Adam it did better than its square root).
        moved = move(batch, setting) if batch in subspace.dimensions else own[batch]
        growth = batch_rows(moved, n_samples) / batch_rows(setting[batch], n_samples)
        setting = {**setting, rate: setting[rate] * growth}
    return {name: move(name, setting) for name in subspace.dimensions}


def _nearest(dimension: Dimension, wanted: Iterable[Any], n_samples: int) -> Any:
    """What comes nearest to the first of `wanted` of which sense can be made, or the middle."""
    for value in wanted:
        for spelling in (value, _other_spelling(value, n_samples)):
            projected = dimension.project(spelling)
            if projected is not None:
                return projected
        if value is None and dimension.contains(None):
            return None
    return dimension.decode(np.full(dimension.n_columns, 0.5))


def _other_spelling(value: Any, n_samples: int) -> Any:
    """The number that a batch size or a shape comes to, for a range of numbers."""
    if isinstance(value, str) and value == "auto":
        return batch_rows(value, n_samples)
    return value[0] if isinstance(value, (tuple, list)) and len(value) > 0 else None


def _distinct(space: Space, points: Iterable[Params]) -> list[Params]:
    """The points without those that come too near to one before them."""
    kept: list[Params] = []
    places: list[NDArray[np.float64]] = []
    for point in points:
        place = space.encode(point)
        if all(np.max(np.abs(place - other), initial=0.0) > NEAR for other in places):
            kept.append(point)
            places.append(place)
    return kept
