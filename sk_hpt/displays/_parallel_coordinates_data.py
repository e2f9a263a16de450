"""Data of the parallel coordinates: positions of values and scores on axes from 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sk_hpt._types import Floats, Rows
from sk_hpt.displays._parameter_values import NOT_SET, Parameter, Value, short_text
from sk_hpt.displays._search_results import Trials, lowest_shown

NOT_SET_POSITION = -0.12
"""Position of a trial on the axis of a parameter that the trial does not have."""

MAX_TICKS = 9
"""An axis with more levels than this labels only some of them."""

MAX_SPREAD = 0.04
"""Largest distance of a trial from the tick of its level. Trials with equal levels are spread."""

NUMBERS_START = 0.2
"""Lower end of the numbers on an axis that also has other values, which are below them."""

Ticks = list[tuple[float, str]]
"""Position and label of each tick."""


def parameter_axis(parameter: Parameter, scores: Floats) -> tuple[Floats, Ticks]:
    """Return the axis of a parameter: a scale if the numbers form a range, otherwise levels.

    Parameters
    ----------
    parameter : Parameter
        The values of one parameter.
    scores : ndarray of shape (n_trials,)
        The score of each trial; NaN if there is none.

    Returns
    -------
    positions : ndarray of shape (n_trials,)
        Position of each trial from 0 to 1; about `NOT_SET_POSITION` if the trial does not have the
        parameter.
    ticks : list of (float, str)
        Position and label of each tick.
    """
    values = parameter.values
    n_set = len(values) - (NOT_SET in values)
    places = np.full(len(values), NOT_SET_POSITION)
    if parameter.is_range:
        places[:n_set], ticks = _range_places(parameter, n_set)
        positions = places[parameter.codes]
    else:
        places[:n_set] = np.linspace(0.0, 1.0, n_set) if n_set > 1 else 0.5
        # Among trials with the same level the better ones are higher.
        spread = min(MAX_SPREAD, 0.3 / max(n_set - 1, 1))
        positions = places[parameter.codes] + spread * _ranks_within(parameter.codes, scores)
        step = -(-n_set // MAX_TICKS)
        texts = _level_texts(values)
        ticks = [(float(places[i]), texts[i]) for i in range(0, n_set, step)]
    if n_set < len(values):
        ticks.append((NOT_SET_POSITION, NOT_SET))
    return positions, ticks


def _range_places(parameter: Parameter, n_set: int) -> tuple[Floats, Ticks]:
    """Return the positions of the values of a range, and its ticks; other values are below."""
    known = parameter.numbers
    n_others = n_set - len(known)
    start = NUMBERS_START if n_others else 0.0
    low, high = known[[0, -1]]
    numbers = start + (1 - start) * (known - low) / (high - low)
    others = np.linspace(0.0, NUMBERS_START / 2, n_others)
    texts = map(short_text, parameter.values[len(known) : n_set])
    ticks = number_ticks(low, high, parameter.is_log)
    ticks = [(start + (1 - start) * place, text) for place, text in ticks]
    return np.concatenate([numbers, others]), ticks + list(zip(others.tolist(), texts, strict=True))


def score_axis(trials: Trials) -> tuple[Floats, Ticks]:
    """Return the axis of the scores; trials far below the others are at its lower end.

    Returns
    -------
    positions : ndarray of shape (n_trials,)
        Position of each trial from 0 to 1, from its score on the highest rung if no fold was
        scored; NaN if the trial has no score at all.
    ticks : list of (float, str)
        Position and label of each tick.
    """
    scores = trials.known_scores
    known = scores[np.isfinite(scores)]
    low, high = lowest_shown(known, trials.eligible_scores.max()), known.max()
    if low == high:
        return np.where(np.isfinite(scores), 0.5, np.nan), [(0.5, f"{high:.4g}")]
    positions = np.maximum((scores - low) / (high - low), 0.0)
    ticks = number_ticks(low, high, is_log=False)
    if low > known.min():
        ticks = [(0.0, f"≤ {low:.3g}"), *(tick for tick in ticks if tick[0] > 0.06)]
    return positions, ticks


def number_ticks(low: float, high: float, is_log: bool) -> Ticks:
    """Return ticks at round numbers, with their positions as shares of the way from low to high.

    Parameters
    ----------
    low, high : float
        Ends of the axis; if `is_log` the logarithms to base 10 of the ends.
    is_log : bool
        True for a logarithmic axis.
    """
    if is_log:
        decades = np.arange(np.floor(low), np.ceil(high) + 1)
        numbers = 10.0 ** decades[:: max(1, len(decades) // MAX_TICKS + 1)]
        if high - low < 2:  # less than two decades: also twice and five times their powers
            numbers = np.multiply.outer(10.0**decades, [1.0, 2.0, 5.0]).ravel()
        if np.sum((numbers >= 10.0**low) & (numbers <= 10.0**high)) < 2:  # a short axis
            numbers = _round_numbers(10.0**low, 10.0**high)
        places = np.log10(numbers)
    else:
        places = numbers = _round_numbers(low, high)
    shares = (places - low) / (high - low)
    is_shown = (shares >= -1e-9) & (shares <= 1 + 1e-9)
    return list(zip(shares[is_shown].tolist(), map(_number_text, numbers[is_shown]), strict=True))


def _round_numbers(low: float, high: float) -> Floats:
    """Return three to eight round numbers between two numbers."""
    # The smallest step of 1, 2, 2.5, 5 or 10 times a power of ten that makes less than 7 steps.
    power = 10.0 ** np.floor(np.log10((high - low) / 3))
    step = next(power * each for each in (1, 2, 2.5, 5, 10) if (high - low) / (power * each) < 7)
    return np.arange(np.ceil(low / step - 1e-9), high / step + 1e-9) * step


def _number_text(number: float) -> str:
    return f"{number + 0.0:g}".replace("e-0", "e-").replace("e+0", "e")  # + 0.0: no -0


def _level_texts(values: Sequence[Value]) -> list[str]:
    """Return the values as text, numbers with as few digits as tell them apart."""
    # A grid over a range on a logarithmic scale has values such as 0.000562341325.
    for n_digits in range(3, 17):
        texts = [_level_text(value, n_digits) for value in values]
        if len(set(texts)) == len(texts):
            break
    return texts


def _level_text(value: Value, n_digits: int) -> str:
    if not isinstance(value, float):
        return short_text(value)
    number = value if value.is_integer() else float(f"{value:.{n_digits}g}")
    return _number_text(number) if abs(number) < 1e5 else f"{number:.{max(n_digits, 6)}g}"


def _ranks_within(codes: Rows, scores: Floats) -> Floats:
    """Return the rank of each trial among those with the same code, from -1 to 1 for the best."""
    ranks = np.zeros(len(codes))
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        if len(rows) > 1:
            # Trials without a score rank last.
            order = np.argsort(np.nan_to_num(scores[rows], nan=-np.inf), kind="stable")
            ranks[rows[order]] = np.linspace(-1.0, 1.0, len(rows))
    return ranks
