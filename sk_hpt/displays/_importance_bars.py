"""Bars of the parameter importance of several searches on the same axes.

A new display sorts the rows anew and moves the bars that are there. Each bar carries its label as
``gid``, so that the axes themselves say what is on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sk_hpt._types import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer, ErrorbarContainer

REST = "rest (interactions)"
"""Label of the bar of all interactions that are not listed."""

BAR_HEIGHT = 0.8
"""Height of all bars of a parameter together, relative to the distance to the next parameter."""


def searches_on(ax: Axes) -> list[BarContainer]:
    """Return the bars that displays have drawn on these axes, one container for each search."""
    from matplotlib.container import BarContainer

    containers = [each for each in ax.containers if isinstance(each, BarContainer)]
    return [bars for bars in containers if bars[-1].get_gid() == REST]


def sorted_labels(searches: Sequence[BarContainer]) -> list[str]:
    """Return the labels of all searches, by the sum of their shares, and last the rest."""
    sums: dict[str, float] = {}
    for bars in searches:
        for bar in bars[:-1]:
            sums[bar.get_gid()] = sums.get(bar.get_gid(), 0.0) + bar.get_width()
    return [*sorted(sums, key=lambda label: -sums[label]), REST]


def move_bars(bars: BarContainer, rows: Sequence[str], place: int, n_searches: int) -> None:
    """Move the bars of a search to their rows, and to its place among the searches in each row."""
    height = BAR_HEIGHT / n_searches
    segments = error_segments(bars)
    for bar, segment in zip(bars, segments, strict=True):
        centre = rows.index(bar.get_gid()) - BAR_HEIGHT / 2 + height * (place + 0.5)
        bar.set(y=centre - height / 2, height=height)
        segment[:, 1] = centre
    _, caps, (errors,) = error_bars(bars)
    errors.set_segments(segments)
    for cap in caps:  # drawn if matplotlib's errorbar.capsize is set
        cap.set_ydata(segments[:, 0, 1])


def error_bars(bars: BarContainer) -> ErrorbarContainer:
    assert bars.errorbar is not None, "the bars are drawn with xerr"
    return bars.errorbar


def error_segments(bars: BarContainer) -> Floats:
    """Return the two ends (x, y) of the error bar of each bar, shape (n_bars, 2, 2)."""
    _, _, (errors,) = error_bars(bars)
    return np.array(errors.get_segments())
