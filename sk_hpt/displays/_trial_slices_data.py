"""Data of the slices of trials: the position of each trial on the axis of each parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sk_hpt._types import Floats
from sk_hpt.displays._parameter_values import Parameter, short_text, varying_parameters
from sk_hpt.displays._search_results import FittedSearch, Trials

MAX_LABELS = 8
"""Of more choices only some are labelled."""

SPREAD = 0.25
"""Largest distance of a trial from its choice. Trials with the same choice stand side by side, in
the order of the search."""


@dataclass(frozen=True, eq=False)
class TrialSlice:
    """Positions of the trials along one parameter.

    Parameters
    ----------
    name, label : str
        Full and short name of the parameter.
    x : ndarray of shape (n_trials,)
        Value of each trial if all values are numbers, otherwise near 0, 1, ... for the choices;
        NaN if the trial does not have the parameter.
    choices : list of str or None
        Text of each choice, empty if there are too many to label all; None for numbers.
    is_log : bool
        True if the numbers belong on a logarithmic axis.
    """

    name: str
    label: str
    x: Floats
    choices: list[str] | None
    is_log: bool


def compute_trial_slices(
    search: FittedSearch, trials: Trials, names: Sequence[str] | None
) -> list[TrialSlice]:
    """Return a slice for each of these parameters, by default for all that vary.

    Raises
    ------
    ValueError
        If a parameter is unknown.
    """
    found = [_slice(each) for each in varying_parameters(trials.params, search)]
    if names is None:
        return found
    by_name = {name: each for each in found for name in (each.label, each.name)}
    for name in names:
        if name not in by_name:
            raise ValueError(
                f"parameters={list(names)!r} must be among the parameters that vary: "
                f"{[each.name for each in found]}. {name!r} is not."
            )
    return [by_name[name] for name in names]


def _slice(parameter: Parameter) -> TrialSlice:
    is_set = parameter.is_set
    n_set = len(parameter.values) - (not is_set.all())
    x = np.full(len(is_set), np.nan)
    if len(parameter.numbers) == n_set:
        numbers = np.array(parameter.values[:n_set], dtype=np.float64)
        x[is_set] = numbers[parameter.codes[is_set]]
        return TrialSlice(parameter.name, parameter.label, x, None, parameter.is_log)
    x[is_set] = parameter.codes[is_set]
    for code in range(n_set):
        rows = np.flatnonzero(parameter.codes == code)
        if len(rows) > 1:
            x[rows] += np.linspace(-SPREAD, SPREAD, len(rows))
    step = -(-n_set // MAX_LABELS)
    choices = [
        short_text(value) if i % step == 0 else ""
        for i, value in enumerate(parameter.values[:n_set])
    ]
    return TrialSlice(parameter.name, parameter.label, x, choices, False)
