"""Display of all trials of a search on parallel coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from sk_hpt._types import Floats
from sk_hpt.displays import _parallel_coordinates_data as data
from sk_hpt.displays import _style
from sk_hpt.displays._parameter_values import varying_parameters
from sk_hpt.displays._search_results import FittedSearch, Statuses, read_trials

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

CONTENT = "parallel coordinates"
"""Content of the axes. The vertical axes of another search would have other scales."""

AXIS_DISTANCE = 1.55
"""Distance of two axes in inches."""


@dataclass(kw_only=True, eq=False, repr=False)
class ParallelCoordinatesDisplay:
    """One line for each trial, through the values of its parameters to its score.

    Darker lines are better trials (lighter lines on a dark background), and the best one is red.
    The line of a trial without a score on a fold leads to its score on the highest rung that it
    reached. Create a display with
    :meth:`from_search`. All parameters are stored as attributes.

    Parameters
    ----------
    labels : sequence of str
        Names of the axes: the parameters that differ between trials, and last the score.
    positions : ndarray of shape (n_trials, n_axes)
        Position of each trial on each axis, from 0 to 1; below 0 if the trial does not have the
        parameter, NaN if the trial has no score.
    ticks : sequence of list of (float, str)
        For each axis the position and label of each tick.
    status : ndarray of shape (n_trials,), dtype=object
        ``"complete"``, ``"pruned"``, ``"failed"`` or ``"unfinished"`` for each trial.
    best : int or None
        Index of the best trial; None if no complete trial has a score.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure that contains the axes.
    lines_ : matplotlib LineCollection
        Lines of the trials that have a score, from the worst to the best.
    failed_ : matplotlib LineCollection
        Lines of the trials without a score, which end before the axis of the score.
    best_ : matplotlib Line2D or None
        Line of the best trial.

    See Also
    --------
    ParameterImportanceDisplay : Share of the variance that each parameter explains.

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

    labels: Sequence[str]
    positions: Floats
    ticks: Sequence[data.Ticks]
    status: Statuses
    best: int | None

    @classmethod
    def from_search(
        cls,
        search: FittedSearch,
        *,
        metric: str | None = None,
        ax: Axes | None = None,
        **line_options: object,
    ) -> Self:
        """Plot the trials of a fitted search.

        Parameters
        ----------
        search : estimator object
            A fitted search of sk_hpt or scikit-learn.
        metric : str, optional
            Metric to plot if there are several; by default the one that decides, ``refit``.
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure.
        **line_options
            Properties of the lines, such as `cmap`.

        Returns
        -------
        display : ParallelCoordinatesDisplay
            The display, plotted.

        Raises
        ------
        ValueError
            If no trial has a score, if `metric` is unknown, or if `ax` shows the plot of a
            display already.
        ImportError
            If matplotlib is not installed.
        """
        trials = read_trials(search, metric)
        parameters = varying_parameters(trials.params, search)
        axes = [data.parameter_axis(parameter, trials.known_scores) for parameter in parameters]
        positions, ticks = zip(*axes, data.score_axis(trials), strict=True)
        display = cls(
            labels=[*(parameter.label for parameter in parameters), trials.score_label],
            positions=np.column_stack(positions),
            ticks=list(ticks),
            status=trials.status,
            best=trials.best,
        )
        return display.plot(ax, **line_options)

    def plot(self, ax: Axes | None = None, **line_options: object) -> Self:
        """Plot the stored data.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure.
        **line_options
            Properties of the lines, such as `cmap`.

        Returns
        -------
        self : ParallelCoordinatesDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `ax` shows the plot of a display already.
        """
        size = (max(5.0, AXIS_DISTANCE * len(self.labels)), 4.8)
        (ax,) = _style.as_panels(ax, figsize=size)
        _style.check_axes(ax, CONTENT)
        self.ax_, self.figure_ = ax, ax.figure
        self._draw_trials(line_options)
        for x, (label, ticks) in enumerate(zip(self.labels, self.ticks, strict=True)):
            _draw_axis(ax, x, label, ticks)
        ax.set_axis_off()
        ax.set_xlim(-0.1, len(self.labels) - 0.45)
        some_not_set = bool((self.positions < data.NOT_SET_POSITION / 2).any())
        ax.set_ylim((data.NOT_SET_POSITION if some_not_set else -0.05) - 0.03, 1.06)
        _style.legend_below(ax, self._legend_handles(), n_columns=3)
        return self

    def _draw_trials(self, line_options: _style.Style) -> None:
        from matplotlib.collections import LineCollection

        has_score = np.isfinite(self.positions[:, -1])
        rows = np.flatnonzero(has_score)
        rows = rows[np.argsort(self.positions[rows, -1], kind="stable")]
        style: _style.Style = {
            "array": self.positions[rows, -1],
            # Perceptually uniform, also with colour blindness. The best trials differ most from
            # the background.
            "cmap": "cividis" if _style.is_dark(self.ax_) else "cividis_r",
            "clim": (-0.3, 1.0),  # leaves out the yellow end, which would outshine the best
            "alpha": float(np.clip(40 / max(len(rows), 1), 0.25, 0.9)),
            "linewidths": 1.5 if len(rows) <= 50 else 0.9,
            "linestyles": ["-" if self.status[row] == "complete" else ":" for row in rows],
        }
        x = np.arange(len(self.labels), dtype=float)
        paths = np.stack(np.broadcast_arrays(x, self.positions), axis=-1)
        self.lines_ = LineCollection(list(paths[rows]), **{**style, **line_options})
        grey: _style.Style = {"colors": _style.GREY, "linewidths": 0.8, "linestyles": "--"}
        self.failed_ = LineCollection(list(paths[~has_score, :-1]), **grey)
        _style.mark(self.lines_, CONTENT)
        self.ax_.add_collection(self.failed_)
        self.ax_.add_collection(self.lines_)
        self.best_: Line2D | None = None
        if self.best is not None:
            style = {"color": _style.RED, "linewidth": 2.8, "zorder": 3}
            (self.best_,) = self.ax_.plot(*paths[self.best].T, label="best trial", **style)

    def _legend_handles(self) -> list[Line2D]:
        """Return legend entries for the kinds of lines that are there."""
        has_score = np.isfinite(self.positions[:, -1])
        handles = [] if self.best_ is None else [self.best_]
        colour = self.lines_.get_cmap()(0.8)
        if has_score.sum() > len(handles):
            better = "lighter" if _style.is_dark(self.ax_) else "darker"
            text = f"other trials, {better} is better"
            handles.append(_style.legend_handle(text, {"linestyle": "-"}, colour))
        if (has_score & (self.status != "complete")).any():
            text = "pruned or unfinished: score so far"
            handles.append(_style.legend_handle(text, {"linestyle": ":"}, colour))
        if not has_score.all():
            kind = "failed" if (self.status[~has_score] == "failed").all() else "without a score"
            text = f"{np.sum(~has_score)} {kind}"
            handles.append(_style.legend_handle(text, {"linestyle": "--"}))
        return handles


def _draw_axis(ax: Axes, x: float, label: str, ticks: data.Ticks) -> None:
    """Draw a vertical line with ticks to the right and the label above."""
    style: _style.Style = {"color": _style.foreground(ax), "lw": 1, "zorder": 4}
    ax.plot([x, x], [min([0.0, *(place for place, _ in ticks)]), 1.0], **style)
    halo = {"boxstyle": "square,pad=0.1", "edgecolor": "none", "alpha": 0.75}
    halo["facecolor"] = _style.background(ax)
    for place, text in ticks:
        ax.plot([x, x + 0.03], [place, place], **style)
        ax.text(x + 0.05, place, text, va="center", fontsize=8, bbox=halo, zorder=5)
    name = label.replace("__", "__\n").replace(" (", "\n(")
    ax.text(x, 1.06, name, ha="left", va="bottom", fontsize=9, clip_on=False)
