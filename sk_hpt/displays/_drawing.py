"""What all displays draw with."""

from __future__ import annotations

from typing import Any

BLUE, ORANGE, GREEN, PINK, VERMILION, SKY = (
    *("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9"),
)
"""Colours that the colour-blind tell apart (Okabe and Ito, 2008)."""

CYCLE = (BLUE, ORANGE, GREEN, PINK, VERMILION, SKY)
"""One for each of several searches."""

GREY = "#8C8C8C"
"""What is there and not looked at; legible on white and on black."""


def pyplot() -> Any:
    """``matplotlib.pyplot``.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    """
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            'Displays need matplotlib. Install it with pip install "sk_hpt[plots]".'
        ) from error
    return pyplot


def axes_to_draw_on(ax: Any, **figure: Any) -> Any:
    """The axes given, or those of a new figure."""
    if ax is not None:
        return ax
    return pyplot().subplots(layout="constrained", **figure)[1]


def next_colour(ax: Any) -> str:
    """The first of the colours that no search on these axes has yet."""
    n_there = getattr(ax, "_sk_hpt_n_searches", 0)
    ax._sk_hpt_n_searches = n_there + 1
    return CYCLE[n_there % len(CYCLE)]
