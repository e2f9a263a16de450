"""All trials of a search at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from sk_hpt.displays._best_so_far import known_scores
from sk_hpt.displays._coordinates import (
    BELOW,
    Axis,
    Floats,
    parameter_axis,
    score_axis,
    stacked,
)
from sk_hpt.displays._drawing import GREY, VERMILION, axes_to_draw_on
from sk_hpt.displays._parameters import logarithmic_parameters, parameters_of
from sk_hpt.displays._ticks_and_legends import legend_below, line_for_legend
from sk_hpt.displays._trials import trials_of

WIDTH = 1.55
"""Inches between two axes."""


class ParallelCoordinatesDisplay:
    """A line for each trial, through its parameters to its score.

    The darker a line, the better the trial; the best is red. Make one with :meth:`from_search`;
    all parameters are stored as attributes.

    Parameters
    ----------
    labels : sequence of str
        Names of the axes: the parameters that vary, and last the score.
    positions : ndarray of shape (n_trials, n_axes)
        Where each trial is on each axis, from 0 to 1; below 0 where it does not have the
        parameter, NaN where it has no score.
    ticks : sequence of list of (float, str)
        For each axis positions and what to write there.
    status : ndarray of shape (n_trials,), object
        ``"complete"``, ``"pruned"``, ``"failed"`` or ``"unfinished"``.
    best : int or None
        The best trial.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        The figure of it.
    lines_ : matplotlib LineCollection
        The trials that have a score, the best last.
    failed_ : matplotlib LineCollection
        Those that have none, which end before the axis of the score.
    best_ : matplotlib Line2D or None
        The best trial.

    See Also
    --------
    ParameterImportanceDisplay : Which of the parameters matter.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from sk_hpt import GridSearchNN
    >>> from sk_hpt.displays import ParallelCoordinatesDisplay
    >>> space = {"C": [0.01, 1.0, 0.1], "kernel": ["rbf", "poly"]}
    >>> search = GridSearchNN(SVC(), space).fit(*load_iris(return_X_y=True))
    >>> display = ParallelCoordinatesDisplay.from_search(search)
    >>> display.labels
    ['C', 'kernel', 'mean test score (accuracy)']
    >>> display.ticks[0]
    [(0.0, '0.01'), (0.5, '0.1'), (1.0, '1')]
    """

    def __init__(
        self,
        *,
        labels: Sequence[str],
        positions: Floats,
        ticks: Sequence[list[tuple[float, str]]],
        status: Any,
        best: int | None,
    ) -> None:
        self.labels = labels
        self.positions = positions
        self.ticks = ticks
        self.status = status
        self.best = best

    @classmethod
    def from_search(
        cls, search: Any, *, metric: str | None = None, ax: Any = None, **line_options: Any
    ) -> Self:
        """Draw the trials of a fitted search.

        Parameters
        ----------
        search : estimator object
            A fitted search, of sk_hpt or of scikit-learn.
        metric : str, optional
            Which of several metrics; by default the one that decides, ``refit``.
        ax : matplotlib Axes, optional
            Where to draw; by default in a new figure.
        **line_options
            For the lines, such as `cmap`.

        Returns
        -------
        display : ParallelCoordinatesDisplay
            What was drawn.

        Raises
        ------
        ValueError
            If no trial has a score, or there is no such metric.
        ImportError
            If matplotlib is not installed.
        """
        trials = trials_of(search, metric)
        scores = known_scores(search, trials)
        parameters = parameters_of(trials.params, logarithmic_parameters(search))
        axes: list[Axis] = [parameter_axis(each, scores) for each in parameters]
        axes.append(score_axis(scores, trials.status == "complete", trials.score_label))
        display = cls(
            labels=[axis.label for axis in axes],
            positions=stacked(axes),
            ticks=[axis.ticks for axis in axes],
            status=trials.status,
            best=trials.best,
        )
        return display.plot(ax, **line_options)

    def plot(self, ax: Any = None, **line_options: Any) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; by default in a new figure.
        **line_options
            For the lines, such as `cmap`.

        Returns
        -------
        self : ParallelCoordinatesDisplay
            Itself.
        """
        ax = axes_to_draw_on(ax, figsize=(max(5.0, WIDTH * len(self.labels)), 4.8))
        self.ax_, self.figure_ = ax, ax.figure
        self._draw_trials(line_options)
        for x, (label, ticks) in enumerate(zip(self.labels, self.ticks, strict=True)):
            _draw_axis(ax, x, label, ticks)
        ax.set_axis_off()
        ax.set_xlim(-0.1, len(self.labels) - 0.45)
        ax.set_ylim(min(BELOW * bool((self.positions < BELOW / 2).any()), -0.05) - 0.03, 1.06)
        legend_below(ax, self._handles(), n_columns=3)
        return self

    def _draw_trials(self, line_options: dict[str, Any]) -> None:
        from matplotlib.collections import LineCollection

        has_score = np.isfinite(self.positions[:, -1])
        rows = np.flatnonzero(has_score)
        rows = rows[np.argsort(self.positions[rows, -1], kind="stable")]
        faint = float(np.clip(40 / max(len(rows), 1), 0.25, 0.9))
        style = {
            "array": self.positions[rows, -1],
            "cmap": "cividis_r",  # even for the eye, also for the colour-blind's
            "clim": (-0.3, 1.0),  # without its yellow, which would outshine the best
            "alpha": faint,
            "linewidths": 1.5 if len(rows) <= 50 else 0.9,
            "linestyles": ["-" if self.status[row] == "complete" else ":" for row in rows],
        }
        self.lines_ = LineCollection(self._paths(rows), **{**style, **line_options})
        lacking = self._paths(np.flatnonzero(~has_score))
        self.failed_ = LineCollection(
            [path[:-1] for path in lacking], colors=GREY, linewidths=0.8, linestyles="--"
        )
        self.ax_.add_collection(self.failed_)
        self.ax_.add_collection(self.lines_)
        self.best_ = None
        if self.best is not None:
            path = self._paths([self.best])[0]
            (self.best_,) = self.ax_.plot(*path.T, color=VERMILION, linewidth=2.8, zorder=3)

    def _paths(self, rows: Any) -> list[Floats]:
        x = np.arange(len(self.labels), dtype=float)
        return [np.column_stack([x, self.positions[row]]) for row in rows]

    def _handles(self) -> list[Any]:
        """What the legend explains, of what is there."""
        handles = [] if self.best_ is None else [self.best_]
        for line in handles:
            line.set_label("best trial")
        dark = self.lines_.cmap(0.8)
        if len(self.lines_.get_paths()) > len(handles):
            handles.append(line_for_legend("other trials, darker is better", color=dark))
        has_score = np.isfinite(self.positions[:, -1])
        if (has_score & (self.status != "complete")).any():
            dotted = {"linestyle": ":", "color": dark}
            handles.append(line_for_legend("pruned or unfinished: score so far", **dotted))
        if not has_score.all():
            what = "failed" if (self.status[~has_score] == "failed").all() else "without a score"
            handles.append(line_for_legend(f"{np.sum(~has_score)} {what}", linestyle="--"))
        return handles


def _draw_axis(ax: Any, x: float, label: str, ticks: list[tuple[float, str]]) -> None:
    """A vertical line with its ticks to the right, and its name above."""
    ax.plot([x, x], [min([0.0, *(place for place, _ in ticks)]), 1.0], color="0.2", lw=1, zorder=4)
    halo = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.75}
    for place, text in ticks:
        ax.plot([x, x + 0.03], [place, place], color="0.2", lw=1, zorder=4)
        ax.text(x + 0.05, place, text, va="center", fontsize=8, bbox=halo, zorder=5)
    name = label.replace("__", "__\n").replace(" (", "\n(")
    ax.text(x, 1.06, name, ha="left", va="bottom", fontsize=9, clip_on=False)
