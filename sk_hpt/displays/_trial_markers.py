"""Markers of the trials in plots whose vertical axis is the score, with its limits and legend.

The axes themselves say what is on them: displays of several searches on the same axes agree on
limits and legend without sharing any other state. Each kind of marker is the ``gid`` of its
artists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sk_hpt._types import Flags, Floats
from sk_hpt.displays import _style
from sk_hpt.displays._search_results import Statuses, lowest_shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from matplotlib.typing import ColorType

MARKS: dict[str, _style.Style] = {
    "trial": {"marker": "o"},
    "incomplete: mean of the scored folds": {"marker": "o", "markerfacecolor": "none"},
    "incomplete: score on the highest rung": {"marker": "D", "markerfacecolor": "none"},
    "pruned or unfinished, without a score": {"marker": "|"},
    "failed": {"marker": "x"},
}
"""Marker of each kind of trial, by its name in the legend. The last two are drawn on the axis."""

COMPLETE, INCOMPLETE, ON_RUNG, NO_SCORE, FAILED = MARKS

BELOW = "below the plot"
"""Kind of the arrows at the lower edge, which stand for trials below."""

LOWEST_ROW, ROW_HEIGHT = 0.045, 0.035
"""Position of the first row of markers on the axis, and height of each, in heights of the plot."""


@dataclass(frozen=True, eq=False)
class Marked:
    """Trials as markers show them.

    Parameters
    ----------
    scores : ndarray of shape (n_trials,)
        Mean test score of each trial over the folds that were scored; NaN if there is none.
    rung_scores : ndarray of shape (n_trials,)
        Score on the highest rung for trials that were stopped before a fold was scored; NaN for
        all others.
    status : ndarray of shape (n_trials,), dtype=object
        How each trial ended.
    """

    scores: Floats
    rung_scores: Floats
    status: Statuses

    @property
    def masks(self) -> dict[str, Flags]:
        """Which trials are of each kind of marker."""
        has_score, is_complete = np.isfinite(self.scores), self.status == "complete"
        was_stopped = ~is_complete & (self.status != "failed")
        on_rung = was_stopped & ~has_score & np.isfinite(self.rung_scores)
        return {
            COMPLETE: is_complete & has_score,
            INCOMPLETE: was_stopped & has_score,
            ON_RUNG: on_rung,
            NO_SCORE: was_stopped & ~has_score & ~on_rung,
            FAILED: ~was_stopped & ~has_score,
        }

    def draw(self, ax: Axes, x: Floats, colour: ColorType) -> dict[str, Line2D]:
        """Draw a marker for each trial that has a finite position, and return them by kind."""
        y = np.where(np.isfinite(self.scores), self.scores, self.rung_scores)
        # Each search has a row of its own for the markers on the axis.
        row = LOWEST_ROW + ROW_HEIGHT * len(np.unique(_y_data([ax], NO_SCORE, FAILED)))
        shown = {kind: mask & np.isfinite(x) for kind, mask in self.masks.items()}
        return {
            kind: _draw_markers(ax, kind, x[rows], y[rows], row, colour)
            for kind, rows in shown.items()
            if rows.any()
        }


def _draw_markers(
    ax: Axes, kind: str, x: Floats, y: Floats, row: float, colour: ColorType
) -> Line2D:
    """Draw the trials of one kind, smaller and fainter if there are many."""
    size, alpha = (5.5, 0.7) if len(x) <= 100 else (3.5, 0.4)
    style: _style.Style = {"linestyle": "none", "color": colour, "alpha": alpha, **MARKS[kind]}
    if kind in (NO_SCORE, FAILED):
        y, size = np.full(len(x), row), 5.5
        style["transform"] = ax.get_xaxis_transform()
    elif kind == ON_RUNG:
        size -= 1.5
    # Above the line of the best score, which the best trials lie on.
    return ax.plot(x, y, markersize=size, zorder=4, gid=kind, label=f"_{kind}", **style)[0]


def set_y_limits(panels: Sequence[Axes]) -> None:
    """Set the same limits for all panels: from the lowest score that is shown to the best.

    There is room for the markers on the axis. Trials below are arrows at the lower edge.
    """
    for line in _lines(panels, BELOW):
        line.remove()
    scores = _y_data(panels, COMPLETE, INCOMPLETE, ON_RUNG)
    if not len(scores):
        return
    low = lowest_shown(scores, _y_data(panels, COMPLETE).max(initial=-np.inf))
    high = scores.max()
    span = (high - low) or abs(high) or 1.0
    bottom = 0.05 + 1.2 * _y_data(panels, NO_SCORE, FAILED).max(initial=0.0)
    for ax in panels:
        ax.set_ylim(low - span * bottom, high + 0.05 * span)
        for line in _lines([ax], COMPLETE, INCOMPLETE, ON_RUNG):
            x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
            _draw_arrows(ax, x[y < ax.get_ylim()[0]], line.get_color())


def _draw_arrows(ax: Axes, x: Floats, colour: ColorType) -> None:
    if len(x):
        style: _style.Style = {"color": colour, "linestyle": "none", "clip_on": False}
        style |= {"transform": ax.get_xaxis_transform(), "marker": 7, "markersize": 5}
        ax.plot(x, np.zeros(len(x)), gid=BELOW, label=f"_{BELOW}", zorder=4, **style)


def draw_best(ax: Axes, x: float, y: float) -> Line2D:
    """Draw the best trial as a star."""
    style: _style.Style = {"color": _style.RED, "markersize": 12, "linestyle": "none"}
    return ax.plot([x], [y], marker="*", label="best trial", zorder=5, **style)[0]


def legend_handles(panels: Sequence[Axes], colour: ColorType) -> list[Line2D]:
    """Return a legend entry for each kind of marker on the panels.

    The number of trials below is that of the panel with the most of them.
    """
    shown = [kind for kind in MARKS if _lines(panels, kind)]
    handles = [_style.legend_handle(kind, MARKS[kind], colour) for kind in shown]
    arrows = [sum(len(np.asarray(one.get_xdata())) for one in _lines([ax], BELOW)) for ax in panels]
    if n_below := max(arrows):
        text = f"{n_below} {'trial is' if n_below == 1 else 'trials are'} {BELOW}"
        handles.append(_style.legend_handle(text, {"marker": 7}, colour))
    return handles


def _lines(panels: Sequence[Axes], *kinds: str) -> list[Line2D]:
    """Return the markers of some kinds that all displays have drawn on these panels."""
    return [line for kind in kinds for ax in panels for line in ax.lines if line.get_gid() == kind]


def _y_data(panels: Sequence[Axes], *kinds: str) -> Floats:
    """Return the vertical positions of all markers of some kinds."""
    found = [np.asarray(line.get_ydata(), dtype=np.float64) for line in _lines(panels, *kinds)]
    return np.concatenate([np.empty(0), *found])
