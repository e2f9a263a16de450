"""Display of the optimization history: the score of each trial and the best so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sk_hpt._types import Flags, Floats
from sk_hpt.displays import _search_results as data
from sk_hpt.displays import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

MARKS: dict[str, _style.Style] = {
    "trial": {"marker": "o"},
    "incomplete: mean of the scored folds": {"marker": "o", "markerfacecolor": "none"},
    "pruned or unfinished, without a score": {"marker": "|"},
    "failed": {"marker": "x"},
}
"""Marker of each kind of trial, by its name in the legend. The last two are drawn on the axis."""

COMPLETE, INCOMPLETE, NO_SCORE, FAILED = MARKS

BEST = "best so far"
"""Name of the line of a search."""

LOWEST_ROW, ROW_HEIGHT = 0.025, 0.035
"""Position of the first row of markers on the axis, and height of each, in heights of the plot."""


@dataclass(kw_only=True, eq=False, repr=False)
class OptimizationHistoryDisplay:
    """Score of each trial and the best score so far, over trials or time.

    Create a display with :meth:`from_search`. All parameters are stored as attributes.

    Parameters
    ----------
    positions : ndarray of shape (n_trials,)
        Number of each trial, from 1 on, or time when the trial finished, in seconds since the
        search began.
    scores : ndarray of shape (n_trials,)
        Mean test score of each trial over the folds that were scored; NaN if there is none.
    status : ndarray of shape (n_trials,), dtype=object
        ``"complete"``, ``"pruned"``, ``"failed"`` or ``"unfinished"`` for each trial.
    best : ndarray of shape (n_trials,)
        Best score of a complete trial up to the position of each trial; NaN if there is none.
    over : {"trials", "time"}, default="trials"
        Meaning of the positions.
    score_label : str, default="mean test score"
        Label of the vertical axis.
    name : str, optional
        Name of the search in the legend.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure that contains the axes.
    line_ : matplotlib Line2D
        Line of the best score so far.
    trials_ : dict of str to matplotlib Line2D
        Markers of the trials, by their names in the legend.

    See Also
    --------
    LearningCurvesDisplay : Training loss of each trial by epoch.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from sk_hpt import GridSearchNN
    >>> from sk_hpt.displays import OptimizationHistoryDisplay
    >>> search = GridSearchNN(SVC(), {"C": [0.01, 1.0, 0.1]}).fit(*load_iris(return_X_y=True))
    >>> display = OptimizationHistoryDisplay.from_search(search, name="grid")
    >>> display.best.round(3).tolist()
    [0.927, 0.967, 0.967]
    >>> display.ax_.get_ylabel()
    'mean test score (accuracy)'
    """

    positions: Floats
    scores: Floats
    status: data.Statuses
    best: Floats
    over: data.Over = "trials"
    score_label: str = "mean test score"
    name: str | None = None

    @classmethod
    def from_search(
        cls,
        search: data.FittedSearch,
        *,
        metric: str | None = None,
        over: data.Over = "trials",
        name: str | None = None,
        ax: Axes | None = None,
        **line_options: Any,
    ) -> Self:
        """Plot the history of a fitted search.

        Parameters
        ----------
        search : estimator object
            A fitted search of sk_hpt; with ``over="trials"`` also one of scikit-learn.
        metric : str, optional
            Metric to plot if there are several; by default the one that decides, ``refit``.
        over : {"trials", "time"}, default="trials"
            Horizontal axis: the trials in their order, or the times when they finished.
        name : str, optional
            Name of the search in the legend.
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure. To compare searches, plot them all
            on the `ax_` of the first.
        **line_options
            Properties of the line, such as `color`, which the markers share.

        Returns
        -------
        display : OptimizationHistoryDisplay
            The display, plotted.

        Raises
        ------
        ValueError
            If no trial has a score, if there is no such metric, or if the search has no finish
            times.
        ImportError
            If matplotlib is not installed.
        """
        trials = data.read_trials(search, metric)
        positions = data.trial_positions(search, over, len(trials.scores))
        display = cls(
            positions=positions,
            scores=trials.scores,
            status=trials.status,
            best=data.best_so_far(positions, trials),
            over=over,
            score_label=trials.score_label,
            name=name,
        )
        return display.plot(ax, **line_options)

    def plot(self, ax: Axes | None = None, *, name: str | None = None, **line_options: Any) -> Self:
        """Plot the stored data.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure.
        name : str, optional
            Name of the search in the legend, instead of `self.name`.
        **line_options
            Properties of the line, such as `color`, which the markers share.

        Returns
        -------
        self : OptimizationHistoryDisplay
            The display itself.
        """
        (ax,) = _style.as_panels(ax)
        self.ax_, self.figure_ = ax, ax.figure
        colours = [line.get_color() for line in _lines(ax, BEST)]
        colour = line_options.get("color") or _style.next_colour(colours)
        name = name or self.name
        label = f"{name}: {BEST}" if name else BEST
        style: _style.Style = {"where": "post", "linewidth": 2, "zorder": 3, "label": label}
        order = np.argsort(self.positions, kind="stable")
        known = order[np.isfinite(self.best[order])]
        style |= {**line_options, "color": colour, "gid": BEST}
        (self.line_,) = ax.step(self.positions[known], self.best[known], **style)
        # Each search has a row of its own for the markers on the axis.
        row = LOWEST_ROW + ROW_HEIGHT * len(np.unique(_y_data(ax, NO_SCORE, FAILED)))
        self.trials_ = {
            kind: _draw_markers(ax, kind, self.positions[shown], self.scores[shown], row, colour)
            for kind, shown in self._masks_by_kind().items()
            if shown.any()
        }
        ax.set_ylabel(self.score_label)
        _set_x_axis(ax, self.over)
        _set_y_limits(ax)
        _add_legend(ax)
        return self

    def _masks_by_kind(self) -> dict[str, Flags]:
        """Return which trials are of each kind of marker."""
        has_score, is_complete = np.isfinite(self.scores), self.status == "complete"
        was_stopped = ~is_complete & (self.status != "failed")
        return {
            COMPLETE: is_complete & has_score,
            INCOMPLETE: was_stopped & has_score,
            NO_SCORE: was_stopped & ~has_score,
            FAILED: ~was_stopped & ~has_score,
        }


def _draw_markers(ax: Axes, kind: str, x: Floats, y: Floats, row: float, colour: str) -> Line2D:
    """Draw the trials of one kind, smaller and fainter if there are many."""
    size, alpha = (5.5, 0.7) if len(x) <= 100 else (3.5, 0.4)
    style: _style.Style = {"linestyle": "none", "color": colour, "alpha": alpha, **MARKS[kind]}
    if kind in (NO_SCORE, FAILED):
        y, size = np.full(len(x), row), 5.5
        style["transform"] = ax.get_xaxis_transform()
    return ax.plot(x, y, markersize=size, zorder=2, gid=kind, label=f"_{kind}", **style)[0]


def _lines(ax: Axes, *kinds: str) -> list[Line2D]:
    """Return the lines and markers of some kinds that all displays have drawn on these axes.

    The axes themselves say what is on them: displays of several searches on the same axes agree on
    colours, limits and legend without sharing any other state.
    """
    return [line for kind in kinds for line in ax.lines if line.get_gid() == kind]


def _y_data(ax: Axes, *kinds: str) -> Floats:
    """Return the vertical positions of all markers of some kinds."""
    return np.concatenate([[], *(np.asarray(line.get_ydata()) for line in _lines(ax, *kinds))])


def _set_x_axis(ax: Axes, over: data.Over) -> None:
    if over == "time":
        longest = max(np.max(line.get_xdata(), initial=0.0) for line in ax.lines)
        ax.set_xlim(left=0.0)
        unit = _style.set_duration_ticks(ax.xaxis, longest)
        ax.set_xlabel(f"time since the search began ({unit})")
    else:
        _style.set_integer_ticks(ax.xaxis)
        ax.set_xlabel("trial")


def _set_y_limits(ax: Axes) -> None:
    """Set the limits from the lowest score that is shown to the best, with room below."""
    scores = _y_data(ax, COMPLETE, INCOMPLETE)
    if not len(scores):
        return
    low = data.lowest_shown(scores, _y_data(ax, COMPLETE).max(initial=-np.inf))
    high = scores.max()
    span = (high - low) or abs(high) or 1.0
    bottom = 0.05 + 1.2 * _y_data(ax, NO_SCORE, FAILED).max(initial=0.0)
    ax.set_ylim(low - span * bottom, high + 0.05 * span)


def _add_legend(ax: Axes) -> None:
    """Add a legend with one entry for each search and one for each kind of marker."""
    lines = _lines(ax, BEST)
    colour = lines[0].get_color() if len(lines) == 1 else _style.GREY
    shown = [kind for kind in MARKS if _lines(ax, kind)]
    handles = [_style.legend_handle(kind, MARKS[kind], colour) for kind in shown]
    n_below = int(np.sum(_y_data(ax, COMPLETE, INCOMPLETE) < ax.get_ylim()[0]))
    if n_below:
        text = f"{n_below} {'trial is' if n_below == 1 else 'trials are'} below the plot"
        handles.append(_style.legend_handle(text, {"marker": r"$\downarrow$"}))
    _style.legend_below(ax, [*lines, *handles])
