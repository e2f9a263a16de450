"""Data of the surrogate slices: predictions along each parameter, through one trial."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from sk_hpt._trials import short_names
from sk_hpt._types import Floats, Params
from sk_hpt.displays._parameter_values import is_number, short_text, spans_decades
from sk_hpt.displays._search_results import Trials
from sk_hpt.space import Space
from sk_hpt.space._dimension import Dimension

N_POINTS = 101
"""Number of points along a numeric parameter."""

MAX_CHOICES = 8
"""Of more choices only some are shown, from the best to the worst by their predictions."""


class Posterior(Protocol):
    """The ``surrogate_`` of a fitted search: spaces with a model each, and its predictions."""

    parts: Sequence[tuple[Space, object]]
    predict: Callable[[Sequence[Params]], tuple[Floats, Floats]]


@dataclass(frozen=True, eq=False)
class Slice:
    """Predicted score along one parameter, with all others as in the best trial.

    Parameters
    ----------
    name, label : str
        Full and short name of the parameter.
    x : ndarray of shape (n_points,)
        Values of the parameter if they are numbers, otherwise 0, 1, ... for the choices.
    mean, std : ndarray of shape (n_points,)
        Predicted mean score and its standard deviation at each point.
    choices : list of str or None
        Text of the value at each point; None if the values are numbers.
    is_log : bool
        True if the numbers belong on a logarithmic axis.
    trials_x, trials_y : ndarray of shape (n_shown,)
        Position and score of each trial that has the parameter and a score.
    best_x : float
        Position of the best trial.
    """

    name: str
    label: str
    x: Floats
    mean: Floats
    std: Floats
    choices: list[str] | None
    is_log: bool
    trials_x: Floats
    trials_y: Floats
    best_x: float


def compute_slices(posterior: Posterior, best: Params, trials: Trials) -> list[Slice]:
    """Return a slice for each parameter that may vary in the subspace of the best trial.

    Parameters
    ----------
    posterior : Posterior
        The ``surrogate_`` of a search.
    best : dict
        The parameters of the best trial.
    trials : Trials
        All trials of the search.

    Raises
    ------
    ValueError
        If the best trial lies outside the space of the surrogate.
    """
    dimensions = dimensions_at(posterior, best)
    return [
        _slice(posterior, best, name, label, dimensions[name], trials)
        for name, label in short_names(dimensions).items()
        if dimensions[name].size > 1
    ]


def dimensions_at(posterior: Posterior, best: Params) -> Mapping[str, Dimension]:
    """Return the dimensions of the sub-space of the best trial."""
    for space, _ in posterior.parts:
        for subspace in space.subspaces:
            if subspace.contains(best):
                return subspace.dimensions
    raise ValueError(f"The trial {best!r} must lie inside the space that was searched.")


def _slice(
    posterior: Posterior, best: Params, name: str, label: str, dimension: Dimension, trials: Trials
) -> Slice:
    # Trials without a score are not shown, nor are those of a subspace without the parameter.
    has_score = np.isfinite(trials.scores)
    rows = [row for row, each in enumerate(trials.params) if name in each and has_score[row]]
    tried = [trials.params[row][name] for row in rows]
    values = _values_along(dimension, tried, best[name])
    # All other parameters stay as in the best trial.
    mean, std = posterior.predict([{**best, name: value} for value in values])
    choices, is_log = None, False
    if dimension.is_ordered and all(map(is_number, values)):
        x = np.array(values, dtype=np.float64)
        is_log = bool(x.min() > 0) and (dimension.is_log or spans_decades(x))
        trials_x, best_x = np.array(tried, dtype=np.float64), float(best[name])
    else:
        kept = select_choices(mean, choice_positions([best[name]], values)[0])
        values, mean, std = [values[i] for i in kept], mean[kept], std[kept]
        choices, x = [short_text(value) for value in values], np.arange(float(len(values)))
        trials_x = choice_positions(tried, values)
        best_x = float(choice_positions([best[name]], values)[0])
    # Choices that were not selected have no position.
    is_shown = np.isfinite(trials_x)
    shown = trials_x[is_shown], trials.scores[rows][is_shown]
    return Slice(name, label, x, mean, std, choices, is_log, *shown, best_x)


def _values_along(dimension: Dimension, tried: Sequence[Any], best: object) -> list[Any]:
    """Return values from one end of a dimension to the other, or all that it has or were tried."""
    is_listed = hasattr(dimension, "choices")
    if dimension.n_columns > 1 and not is_listed:  # shapes of networks
        shapes = {tuple(each) for each in [*tried, best] if dimension.contains(each)}
        return sorted(shapes, key=lambda shape: (len(shape), shape))
    values = list(dimension.grid())
    if dimension.is_ordered and all(map(is_number, values)):
        if not is_listed:
            values = [dimension.decode([u]) for u in np.linspace(0.0, 1.0, N_POINTS)]
        return sorted({value for value in [*values, best] if is_number(value)})
    return values


def select_choices(mean: Floats, best: float) -> list[int]:
    """Return which choices to show, in their order: the best one, and others over all ranks.

    Parameters
    ----------
    mean : ndarray of shape (n_choices,)
        Predicted mean score of each choice.
    best : float
        Index of the choice of the best trial.
    """
    others = np.array([i for i in np.argsort(-mean, kind="stable") if i != best], dtype=np.intp)
    # Evenly spaced ranks of the predictions, so that good and bad choices are shown.
    n_shown = min(MAX_CHOICES - 1, len(others))
    chosen = others[np.linspace(0, len(others) - 1, n_shown).astype(int)] if n_shown else others
    return sorted([int(best), *chosen.tolist()])


def choice_positions(found: Sequence[object], choices: Sequence[object]) -> Floats:
    """Return the index of each found value among the choices; NaN if it is not among them."""
    # Values are compared with their types, because 1 and True are different choices.
    keys = [(type(choice).__name__, repr(choice)) for choice in choices]
    index = {key: float(i) for i, key in reversed(list(enumerate(keys)))}
    return np.array([index.get((type(each).__name__, repr(each)), np.nan) for each in found])
