"""What a surrogate believes along each parameter, through one setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sk_hpt.displays._parameters import LOG_FROM, is_number, short_names, text_of

Floats = NDArray[np.float64]

N_POINTS = 101
"""Points along a number."""

MOST_CHOICES = 8
"""Of more choices some are shown, from the one that is believed to be best to the worst."""


@dataclass(frozen=True, eq=False)
class Slice:
    """Belief along one parameter.

    Parameters
    ----------
    name, label : str
        The parameter, and the same without the steps of a Pipeline.
    x : ndarray of shape (n_points,)
        Numbers; of choices 0, 1, ...
    mean, std : ndarray of shape (n_points,)
        What is believed of the score there.
    choices : list of str or None
        What the points are if they are no numbers.
    is_log : bool
        Whether the numbers belong on a logarithmic scale.
    trials_x, trials_y : ndarray of shape (n_shown,)
        Where the trials are that have the parameter, and their scores.
    best_x : float
        Where the setting is.
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


def slices_of(
    posterior: Any,
    best: Mapping[str, Any],
    params: Sequence[Mapping[str, Any]],
    scores: Floats,
) -> list[Slice]:
    """Slices through a setting, one for each of its parameters that may vary.

    Parameters
    ----------
    posterior : Posterior
        The `surrogate_` of a search.
    best : mapping
        The setting.
    params : sequence of mapping
        Those of the trials.
    scores : ndarray of shape (n_trials,)
        Their scores; NaN for none.
    """
    dimensions = _dimensions(posterior, best)
    labels = dict(zip(dimensions, short_names(list(dimensions)), strict=True))
    return [
        _slice(posterior, best, name, labels[name], dimension, params, scores)
        for name, dimension in dimensions.items()
        if dimension.size > 1
    ]


def _dimensions(posterior: Any, best: Mapping[str, Any]) -> Mapping[str, Any]:
    for space, _ in posterior.parts:
        for subspace in space.subspaces:
            if subspace.contains(best):
                return dict(subspace.dimensions)
    raise ValueError(f"The setting {dict(best)!r} lies outside of the space that was searched.")


def _slice(
    posterior: Any,
    best: Mapping[str, Any],
    name: str,
    label: str,
    dimension: Any,
    params: Sequence[Mapping[str, Any]],
    scores: Floats,
) -> Slice:
    rows = [row for row, each in enumerate(params) if name in each and np.isfinite(scores[row])]
    tried = [params[row][name] for row in rows]
    values = _values(dimension, tried, best[name])
    mean, std = posterior.predict([{**best, name: value} for value in values])
    choices, is_log = None, False
    if all(map(is_number, values)) and dimension.is_ordered:
        x = np.array(values, dtype=np.float64)
        is_log = bool(x.min() > 0 and (getattr(dimension, "log", False) or _spans_much(x)))
        trials_x, best_x = np.array(tried, dtype=np.float64), float(best[name])
    else:
        kept = _selection(mean, _places([best[name]], values)[0])
        values, mean, std = [values[i] for i in kept], mean[kept], std[kept]
        choices, x = [text_of(value) for value in values], np.arange(float(len(values)))
        trials_x, best_x = _places(tried, values), float(_places([best[name]], values)[0])
    known = np.isfinite(trials_x)
    shown = trials_x[known], scores[rows][known]
    return Slice(name, label, x, mean, std, choices, is_log, *shown, best_x)


def _values(dimension: Any, tried: Sequence[Any], best: Any) -> list[Any]:
    """Values from one end to the other; of what has no ends all there are, or were tried."""
    if dimension.n_columns > 1:  # shapes of networks
        shapes = {tuple(each) for each in [*tried, best] if dimension.contains(each)}
        return sorted(shapes, key=lambda shape: (len(shape), shape))
    values = list(dimension.grid())
    if dimension.is_ordered and all(map(is_number, values)):
        if not hasattr(dimension, "choices"):
            values = [dimension.decode([u]) for u in np.linspace(0.0, 1.0, N_POINTS)]
        return sorted({*values, best})
    return values


def _spans_much(x: Floats) -> bool:
    """Whether numbers that are spread evenly for the search reach over powers of ten."""
    return bool(x.max() >= LOG_FROM * x.min() and np.median(x) < x.max() / 10)


def _selection(mean: Floats, best: float) -> list[int]:
    """Where the means are, evenly from the highest to the lowest, and the best; in their order."""
    others = np.array([i for i in np.argsort(-mean, kind="stable") if i != best], dtype=np.intp)
    n_shown = min(MOST_CHOICES - 1, len(others))
    chosen = others[np.linspace(0, len(others) - 1, n_shown).astype(int)] if n_shown else others
    return sorted([int(best), *chosen.tolist()])


def _places(found: Sequence[Any], values: Sequence[Any]) -> Floats:
    """Which of the values each is; NaN for none."""
    # Types too: 1 and True are different choices.
    keys = [(type(value).__name__, repr(value)) for value in values]
    place = {key: float(i) for i, key in reversed(list(enumerate(keys)))}
    return np.array([place.get((type(each).__name__, repr(each)), np.nan) for each in found])
