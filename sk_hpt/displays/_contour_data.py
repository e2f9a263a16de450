"""Data of the contour: the score as a function of two numeric parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.interpolate import LinearNDInterpolator

from sk_hpt._trials import short_names
from sk_hpt._types import Floats, Params, Rows
from sk_hpt.displays._parameter_values import is_number, spans_decades, varying_parameters
from sk_hpt.displays._search_results import FittedSearch, Trials, metric_to_show, read_trials
from sk_hpt.displays._surrogate_slices_data import Posterior, dimensions_at

N_POINTS = 41
"""Number of points along each parameter."""


@dataclass(frozen=True, eq=False)
class ContourAxis:
    """A parameter along one side of a contour.

    Parameters
    ----------
    name, label : str
        Full and short name of the parameter.
    values : ndarray of shape (n_values,)
        Values of the parameter, in ascending order.
    is_log : bool
        True if the values belong on a logarithmic axis.
    trials : ndarray of shape (n_shown,)
        Value of each trial that is shown.
    """

    name: str
    label: str
    values: Floats
    is_log: bool
    trials: Floats = field(default_factory=lambda: np.empty(0))

    def scaled(self, values: Floats) -> Floats:
        """Return values as positions from 0 to 1 along the axis."""
        ends = self.values[[0, -1]]
        if self.is_log:
            values, ends = np.log(values), np.log(ends)
        return np.asarray((values - ends[0]) / (ends[1] - ends[0]))


@dataclass(frozen=True, eq=False)
class Contour:
    """Scores over two parameters.

    Parameters
    ----------
    x, y : ContourAxis
        The two parameters.
    scores : ndarray of shape (n_y, n_x)
        Score at each point; NaN where nothing is known.
    trial_scores : ndarray of shape (n_shown,)
        Score of each trial that is shown.
    best : int or None
        Which of these trials is the best one; None if it is not shown.
    is_predicted : bool
        True if the scores are predictions of a surrogate, False if they are interpolated.
    score_label : str
        Label for the scores.
    """

    x: ContourAxis
    y: ContourAxis
    scores: Floats
    trial_scores: Floats
    best: int | None
    is_predicted: bool
    score_label: str


def compute_contour(
    search: FittedSearch, names: Sequence[str] | None, metric: str | None
) -> Contour:
    """Return the contour of a fitted search over two parameters, by default the first two.

    A search with a surrogate predicts the scores, with all other parameters as in the best trial.
    Otherwise they are interpolated between the trials.

    Raises
    ------
    ValueError
        If a parameter is unknown, or if the trials do not span an area.
    """
    trials = read_trials(search, metric)
    posterior: Posterior | None = getattr(search, "surrogate_", None)
    # The surrogate has learned the metric that decides.
    if metric is not None and metric != metric_to_show(search, None):
        posterior = None
    if posterior is None:
        axes = _axes_of_trials(search, trials)
        x, y, rows = _select(axes, names, trials)
        scores = _interpolate(x, y, trials.scores[rows])
    else:
        if trials.best is None:
            raise ValueError("No trial of this search is complete, so the surrogate has no best.")
        params = trials.params[trials.best]
        x, y, rows = _select(_axes_of_space(posterior, params), names, trials)
        scores = _predict(posterior, params, x, y)
    is_best = rows == trials.best
    best = int(is_best.argmax()) if is_best.any() else None
    shown = trials.scores[rows]
    return Contour(x, y, scores, shown, best, posterior is not None, trials.score_label)


def _axes_of_space(posterior: Posterior, best: Params) -> list[ContourAxis]:
    """Return the numeric parameters of the sub-space of the best trial."""
    dimensions = dimensions_at(posterior, best)
    axes = []
    for name, label in short_names(dimensions).items():
        dimension = dimensions[name]
        values = list(dimension.grid())
        if dimension.is_ordered and dimension.n_columns == 1 and all(map(is_number, values)):
            if not hasattr(dimension, "choices"):
                values = [dimension.decode([u]) for u in np.linspace(0.0, 1.0, N_POINTS)]
            x = np.unique(np.array(values, dtype=np.float64))
            is_log = bool(x[0] > 0) and (dimension.is_log or spans_decades(x))
            axes.append(ContourAxis(name, label, x, is_log))
    return axes


def _axes_of_trials(search: FittedSearch, trials: Trials) -> list[ContourAxis]:
    """Return the parameters that are numbers in all trials that have them."""
    axes = []
    for each in varying_parameters(trials.params, search):
        n_set = len(each.values) - (not each.is_set.all())
        if len(each.numbers) == n_set > 1:
            low, high = each.numbers[[0, -1]]
            values = np.linspace(low, high, N_POINTS)
            values = 10.0**values if each.is_log else values
            axes.append(ContourAxis(each.name, each.label, values, each.is_log))
    return axes


def _select(
    axes: Sequence[ContourAxis], names: Sequence[str] | None, trials: Trials
) -> tuple[ContourAxis, ContourAxis, Rows]:
    """Return two axes with the values of the trials that have both and a score, and these rows."""
    known = [each.name for each in axes if len(each.values) > 1]
    by_name = {name: each for each in axes for name in (each.label, each.name)}
    chosen = known[:2] if names is None else list(names)
    if len(set(chosen)) != 2 or not all(name in by_name for name in chosen):
        raise ValueError(
            f"parameters={names!r} must be two different numeric parameters that vary: two of "
            f"{known}. Use TrialSlicesDisplay for other parameters."
        )
    pair = [by_name[name] for name in chosen]
    rows = np.array(
        [
            row
            for row, params in enumerate(trials.params)
            if np.isfinite(trials.scores[row])
            and all(is_number(params.get(each.name)) for each in pair)
        ],
        dtype=np.intp,
    )
    x, y = (
        replace(each, trials=np.array([float(trials.params[row][each.name]) for row in rows]))
        for each in pair
    )
    return x, y, rows


def _predict(posterior: Posterior, best: Params, x: ContourAxis, y: ContourAxis) -> Floats:
    """Return the predicted mean score at all points, (n_y, n_x), other parameters as in `best`."""
    points = [{**best, y.name: b, x.name: a} for b in y.values for a in x.values]
    mean, _ = posterior.predict(points)
    return mean.reshape(len(y.values), len(x.values))


def _interpolate(x: ContourAxis, y: ContourAxis, scores: Floats) -> Floats:
    """Return the scores between the trials, linear in each triangle of three; NaN outside."""
    at = np.column_stack([x.scaled(x.trials), y.scaled(y.trials)])
    # Trials at the same point differ in other parameters: their mean stands there.
    points, inverse = np.unique(at, axis=0, return_inverse=True)
    means = np.bincount(inverse.ravel(), scores) / np.bincount(inverse.ravel())
    if np.linalg.matrix_rank(points - points.mean(axis=0), tol=1e-9) < 2:
        raise ValueError(
            f"parameters={[x.name, y.name]} must span an area, and the {len(scores)} trials with a "
            "score lie on a line. Choose other parameters."
        )
    grid = np.meshgrid(x.scaled(x.values), y.scaled(y.values))
    return np.asarray(LinearNDInterpolator(points, means)(*grid))
