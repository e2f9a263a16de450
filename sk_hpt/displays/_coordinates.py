"""Where the settings and scores of trials lie on parallel axes from 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sk_hpt.displays._parameters import NOT_SET, Parameter, text_of

Floats = NDArray[np.float64]

BELOW = -0.12
"""Where a trial stands on the axis of a parameter that it does not have."""

MOST_TICKS = 9
"""Of more levels some are labelled."""

SPREAD = 0.04
"""How far from its tick a trial stands at most, so that those with the same level differ."""

FROM = 0.2
"""Where numbers begin if some trials have something else, which stands below."""

ROOM, CUT_FROM = 2.5, 1.5
"""How far below the best scores go, in distances of the median; for less none is left out."""

Ticks = list[tuple[float, str]]


@dataclass(frozen=True, eq=False)
class Axis:
    """One of the parallel axes.

    Parameters
    ----------
    label : str
        Its name.
    positions : ndarray of shape (n_trials,)
        Where each trial is, from 0 to 1; `BELOW` where it does not have the parameter, NaN where
        it has no score.
    ticks : list of (float, str)
        Positions and what to write there.
    """

    label: str
    positions: Floats
    ticks: Ticks


def parameter_axis(parameter: Parameter, scores: Floats) -> Axis:
    """The axis of a parameter; among trials with the same level the better ones are higher."""
    values = parameter.values
    known = parameter.numbers
    n_levels = len(values) - (NOT_SET in values)
    places = np.full(len(values), BELOW)
    ticks: Ticks
    if parameter.is_range:
        n_others = n_levels - len(known)
        start = FROM if n_others else 0.0
        low, high = known[[0, -1]]
        places[: len(known)] = start + (1 - start) * (known - low) / (high - low)
        places[len(known) : n_levels] = np.linspace(0.0, FROM / 2, n_others)
        ticks = [
            (start + (1 - start) * place, text)
            for place, text in number_ticks(low, high, parameter.is_log)
        ]
        ticks += [(float(places[i]), text_of(values[i])) for i in range(len(known), n_levels)]
        positions = places[parameter.codes]
    else:
        places[:n_levels] = np.linspace(0.0, 1.0, n_levels) if n_levels > 1 else 0.5
        spread = min(SPREAD, 0.3 / max(n_levels - 1, 1))
        positions = places[parameter.codes] + spread * _ranks_within(parameter.codes, scores)
        step = -(-n_levels // MOST_TICKS)
        ticks = [(float(places[i]), _level_text(values[i])) for i in range(0, n_levels, step)]
    if n_levels < len(values):
        ticks.append((BELOW, NOT_SET))
    return Axis(parameter.label, positions, ticks)


def score_axis(scores: Floats, complete: NDArray[np.bool_], label: str) -> Axis:
    """The axis of the scores; what is far below the others stands at its end."""
    known = scores[np.isfinite(scores)]
    low, high = known.min(), known.max()
    best = scores[complete].max(initial=-np.inf, where=np.isfinite(scores[complete]))
    usual = best - ROOM * (best - np.median(known))
    is_cut = bool(np.isfinite(usual) and best - low > CUT_FROM * (best - usual) > 0)
    low = usual if is_cut else low
    if low == high:
        return Axis(label, np.where(np.isfinite(scores), 0.5, np.nan), [(0.5, f"{high:.4g}")])
    positions = np.maximum((scores - low) / (high - low), 0.0)
    ticks = number_ticks(low, high, is_log=False)
    if is_cut:
        ticks = [(0.0, f"≤ {low:.3g}"), *(each for each in ticks if each[0] > 0.06)]
    return Axis(label, positions, ticks)


def number_ticks(low: float, high: float, is_log: bool) -> Ticks:
    """Round numbers between two, as shares of the way; of logarithms if `is_log`."""
    if is_log:
        decades = np.arange(np.floor(low), np.ceil(high) + 1)
        numbers = 10.0 ** decades[:: max(1, len(decades) // MOST_TICKS + 1)]
        if high - low < 2:
            numbers = np.multiply.outer(10.0**decades, [1.0, 2.0, 5.0]).ravel()
        places = np.log10(numbers)
    else:
        places = numbers = _round_numbers(low, high)
    shares = (places - low) / (high - low)
    return [
        (float(share), _number_text(number))
        for share, number in zip(shares, numbers, strict=True)
        if -1e-9 <= share <= 1 + 1e-9
    ]


def _round_numbers(low: float, high: float) -> Floats:
    """From three to eight of them."""
    power = 10.0 ** np.floor(np.log10((high - low) / 3))
    step = next(power * each for each in (1, 2, 2.5, 5, 10) if (high - low) / (power * each) < 7)
    return np.arange(np.ceil(low / step - 1e-9), high / step + 1e-9) * step


def _number_text(number: float) -> str:
    return f"{number + 0.0:g}".replace("e-0", "e-").replace("e+0", "e")  # + 0.0: no -0


def _level_text(value: Any) -> str:
    return _number_text(value) if isinstance(value, float) else text_of(value)


def _ranks_within(codes: NDArray[np.intp], scores: Floats) -> Floats:
    """For each trial from -1 to 1 how well it scores among those with the same code."""
    ranks = np.zeros(len(codes))
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        if len(rows) > 1:
            order = np.argsort(np.nan_to_num(scores[rows], nan=-np.inf), kind="stable")
            ranks[rows[order]] = np.linspace(-1.0, 1.0, len(rows))
    return ranks


def stacked(axes: Sequence[Axis]) -> Floats:
    """Positions on all axes, shape (n_trials, n_axes)."""
    return np.column_stack([axis.positions for axis in axes])
