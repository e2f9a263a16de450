"""Ticks, legends and the marks in them, of pictures that have a line per search or trial."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sk_hpt.displays._drawing import GREY

UNITS: Sequence[tuple[str, float, float]] = (
    ("milliseconds", 1e-3, 0.5),
    ("seconds", 1.0, 180.0),
    ("minutes", 60.0, 180 * 60.0),
    ("hours", 3600.0, float("inf")),
)
"""What a duration is counted in, how many seconds that is, and up to how many."""


def dot(label: str, color: str = GREY, **style: Any) -> Any:
    """A marker for a legend."""
    from matplotlib.lines import Line2D

    return Line2D([], [], linestyle="none", color=color, label=label, **style)


def line_for_legend(label: str, **style: Any) -> Any:
    """A line for a legend."""
    from matplotlib.lines import Line2D

    return Line2D([], [], label=label, **{"color": GREY, **style})


def legend_below(where: Any, handles: list[Any], n_columns: int = 2) -> Any:
    """A legend where it covers nothing: below all axes of a figure, or below one axes' label."""
    from matplotlib.axes import Axes
    from matplotlib.transforms import ScaledTranslation

    style = {"handles": handles, "ncols": n_columns, "frameon": False, "fontsize": "small"}
    if not isinstance(where, Axes):
        return where.legend(loc="outside lower left", **style)
    down = ScaledTranslation(0, -42 / 72, where.figure.dpi_scale_trans)
    return where.legend(
        loc="upper left",
        bbox_to_anchor=(0.0, 0.0),
        bbox_transform=where.transAxes + down,
        borderaxespad=0.0,
        **style,
    )


def whole_numbers(axis: Any) -> None:
    """Ticks at whole numbers alone."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))


def few_decades(axis: Any, ratio: float) -> None:
    """Labels of a logarithmic axis that do not touch; plain numbers where decades are few."""
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    axis.set_minor_formatter(NullFormatter())
    if ratio < 200:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))


def durations(axis: Any, longest: float) -> str:
    """Ticks of an axis in seconds at round numbers of what suits its length; that unit."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    unit, seconds = next(each for each in UNITS if longest < each[2])[:2]

    class Locator(MaxNLocator):
        """Round numbers of the unit."""

        def tick_values(self, vmin: float, vmax: float) -> Any:
            return np.multiply(super().tick_values(vmin / seconds, vmax / seconds), seconds)

    axis.set_major_locator(Locator(nbins="auto", steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x / seconds:g}"))
    return unit
