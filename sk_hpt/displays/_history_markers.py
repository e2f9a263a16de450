"""Markers of the trials in an optimization history, and the limits and the legend of its axes.

The axes themselves say what is on them: displays of several searches on the same axes agree on
colours, limits and legend without sharing any other state. Each kind of marker is the ``gid`` of
its artists.
"""

from __future__ import annotations

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


def masks_by_kind(scores: Floats, rung_scores: Floats, status: Statuses) -> dict[str, Flags]:
    """Return which trials are of each kind of marker."""
    has_score, is_complete = np.isfinite(scores), status == "complete"
    was_stopped = ~is_complete & (status != "failed")
    on_rung = was_stopped & ~has_score & np.isfinite(rung_scores)
    return {
        COMPLETE: is_complete & has_score,
        INCOMPLETE: was_stopped & has_score,
        ON_RUNG: on_rung,
        NO_SCORE: was_stopped & ~has_score & ~on_rung,
        FAILED: ~was_stopped & ~has_score,
    }


def next_row(ax: Axes) -> float:
    """Return the height of a row for the markers on the axis that no other search has."""
    return LOWEST_ROW + ROW_HEIGHT * len(np.unique(_y_data(ax, NO_SCORE, FAILED)))


def draw_markers(ax: Axes, kind: str, x: Floats, y: Floats, row: float, colour: str) -> Line2D:
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


def set_y_limits(ax: Axes) -> None:
    """Set the limits from the lowest score that is shown to the best, with room below.

    Trials below are arrows at the lower edge.
    """
    for line in _lines(ax, BELOW):
        line.remove()
    scores = _y_data(ax, COMPLETE, INCOMPLETE, ON_RUNG)
    if not len(scores):
        return
    low = lowest_shown(scores, _y_data(ax, COMPLETE).max(initial=-np.inf))
    high = scores.max()
    span = (high - low) or abs(high) or 1.0
    bottom = 0.05 + 1.2 * _y_data(ax, NO_SCORE, FAILED).max(initial=0.0)
    ax.set_ylim(low - span * bottom, high + 0.05 * span)
    for line in _lines(ax, COMPLETE, INCOMPLETE, ON_RUNG):
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        _draw_arrows(ax, x[y < ax.get_ylim()[0]], line.get_color())


def _draw_arrows(ax: Axes, x: Floats, colour: ColorType) -> None:
    if len(x):
        style: _style.Style = {"color": colour, "linestyle": "none", "clip_on": False}
        style |= {"transform": ax.get_xaxis_transform(), "marker": 7, "markersize": 5}
        ax.plot(x, np.zeros(len(x)), gid=BELOW, label=f"_{BELOW}", zorder=4, **style)


def legend_handles(ax: Axes, colour: ColorType) -> list[Line2D]:
    """Return a legend entry for each kind of marker on the axes."""
    shown = [kind for kind in MARKS if _lines(ax, kind)]
    handles = [_style.legend_handle(kind, MARKS[kind], colour) for kind in shown]
    n_below = sum(len(np.asarray(line.get_xdata())) for line in _lines(ax, BELOW))
    if n_below:
        text = f"{n_below} {'trial is' if n_below == 1 else 'trials are'} {BELOW}"
        handles.append(_style.legend_handle(text, {"marker": 7}, colour))
    return handles


def _lines(ax: Axes, *kinds: str) -> list[Line2D]:
    """Return the markers of some kinds that all displays have drawn on these axes."""
    return [line for kind in kinds for line in ax.lines if line.get_gid() == kind]


def _y_data(ax: Axes, *kinds: str) -> Floats:
    """Return the vertical positions of all markers of some kinds."""
    return np.concatenate([[], *(np.asarray(line.get_ydata()) for line in _lines(ax, *kinds))])
