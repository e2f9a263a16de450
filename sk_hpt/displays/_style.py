"""Colours, axes, ticks and legends that the displays share.

matplotlib is imported inside the functions, because it is an optional dependency.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.container import BarContainer
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.legend import Legend
    from matplotlib.lines import Line2D
    from matplotlib.typing import ColorType

ArtistT = TypeVar("ArtistT", bound="Artist")

Style = dict[str, Any]
"""Properties of a matplotlib artist by name."""

CYCLE = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9")
"""One colour for each search or trial that stands out: blue, orange, green, pink, vermilion, sky.
People with colour blindness can tell them apart (Okabe and Ito, 2008)."""

DARK_CYCLE = (CYCLE[5], *CYCLE[1:5], CYCLE[0])
"""The same colours on a dark background, where blue is hard to see."""

RED = "#e3001b"
"""Colour of the best trial."""

GREY = "#8c8c8c"
"""Colour of the background data; readable on white and on black."""

MARK = "sk_hpt: "
"""Beginning of the gid of an artist that says what its axes show."""

UNITS: Sequence[tuple[str, float, float]] = (
    ("milliseconds", 1e-3, 0.5),
    ("seconds", 1.0, 180.0),
    ("minutes", 60.0, 180 * 60.0),
    ("hours", 3600.0, float("inf")),
)
"""Units of time: name, length in seconds, and the longest axis in seconds that uses the unit."""


def as_panels(
    ax: Axes | Sequence[Axes] | None, n_panels: int = 1, n_columns: int = 1, **options: Any
) -> list[Axes]:
    """Return the given axes as a list; for None those of a new figure, row by row.

    Parameters
    ----------
    ax : matplotlib Axes, sequence or array of them, or None
        Axes that the user gives.
    n_panels, n_columns : int, default=1
        Number of panels of a new figure, and how many are next to each other.
    **options
        More options of ``matplotlib.pyplot.subplots`` for a new figure.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    """
    if ax is not None:
        return np.ravel(np.asarray(ax, dtype=object)).tolist()
    try:
        from matplotlib import pyplot
    except ImportError as error:
        message = 'Displays need matplotlib. Install it with pip install "sk_hpt[plots]".'
        raise ImportError(message) from error
    n_rows = -(-n_panels // n_columns)
    _, grid = pyplot.subplots(n_rows, n_columns, squeeze=False, layout="constrained", **options)
    for unused in grid.flat[n_panels:]:
        unused.remove()
    return list(grid.flat[:n_panels])


def check_axes(ax: Axes, content: str, can_share: bool = False) -> None:
    """Raise a ValueError if axes show something over which this content makes no sense.

    The axes themselves say what is on them: each display marks one of its artists with
    :func:`mark`. Whatever else users have drawn does not matter.

    Parameters
    ----------
    ax : matplotlib Axes
        Axes that a display is about to use.
    content : str
        Name of the content of the display.
    can_share : bool, default=False
        True if several displays with this content can share axes.
    """
    gids = [str(artist.get_gid()) for artist in ax.get_children()]
    shown = [gid.removeprefix(MARK) for gid in gids if gid.startswith(MARK)]
    for each in shown:
        if each != content or not can_share:
            raise ValueError(
                f"ax={ax!r} shows {each} already, and {content} cannot be drawn over it. Pass "
                "other axes. Displays of one class can share axes if they have from_searches, and "
                "if their axes mean the same."
            )


def mark(artist: Artist, content: str) -> None:
    """Mark an artist, so that other displays know what its axes show."""
    artist.set_gid(MARK + content)


def marked(artists: Iterable[ArtistT], content: str) -> list[ArtistT]:
    """Return the artists that displays with this content have marked."""
    return [artist for artist in artists if artist.get_gid() == MARK + content]


def is_dark(ax: Axes) -> bool:
    """Return whether axes have a dark background, as in matplotlib's style dark_background."""
    from matplotlib.colors import to_rgb

    return sum(to_rgb(background(ax))) < 1.5


def background(ax: Axes) -> ColorType:
    """Return the colour of the background of axes, or of the figure if axes are transparent."""
    from matplotlib.colors import to_rgba

    colour = ax.get_facecolor()
    return colour if to_rgba(colour)[3] else ax.figure.get_facecolor()


def foreground(ax: Axes) -> ColorType:
    """Return a colour for lines and text that is readable on the background of axes."""
    return "0.85" if is_dark(ax) else "0.2"


def cycle(ax: Axes) -> tuple[str, ...]:
    """Return the colours of searches or trials on axes, in their order."""
    return DARK_CYCLE if is_dark(ax) else CYCLE


def next_colour(ax: Axes, used: Sequence[ColorType]) -> str:
    """Return the first colour of the cycle that is not among the colours used so far."""
    from matplotlib.colors import to_hex

    colours = cycle(ax)
    taken = {to_hex(colour) for colour in used}
    free = (colour for colour in colours if colour not in taken)
    return next(free, colours[len(used) % len(colours)])


def legend_handle(label: str, style: Style, color: ColorType = GREY) -> Line2D:
    """Return a marker that appears in a legend only, or a line if `style` has a linestyle."""
    from matplotlib.lines import Line2D

    return Line2D([], [], label=label, color=color, **{"linestyle": "none", **style})


def legend_below(
    where: Axes | Figure | SubFigure,
    handles: Sequence[Artist | BarContainer],
    n_columns: int = 2,
    n_lines: int = 1,
) -> Legend:
    """Add a legend that covers nothing: below a whole figure, or below the labels of one axes.

    Parameters
    ----------
    where : matplotlib Axes or Figure
        Where the legend belongs.
    handles : sequence of artists
        Entries of the legend.
    n_columns : int, default=2
        Number of entries next to each other.
    n_lines : int, default=1
        Number of lines of the tick labels of the axes.
    """
    from matplotlib.axes import Axes
    from matplotlib.transforms import ScaledTranslation

    style: Style = {"handles": handles, "ncols": n_columns, "frameon": False, "fontsize": "small"}
    if not isinstance(where, Axes):
        return where.legend(loc="outside lower left", **style)
    # 42 points below the axes there is room for a line of tick labels and the axis label.
    room = (30 + 12 * n_lines) / 72
    below = where.transAxes + ScaledTranslation(0, -room, where.figure.dpi_scale_trans)
    style |= {"bbox_to_anchor": (0.0, 0.0), "bbox_transform": below, "borderaxespad": 0.0}
    return where.legend(loc="upper left", **style)


def set_integer_ticks(axis: Axis) -> None:
    """Put ticks at integers only."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))


def set_log_ticks(axis: Axis, ratio: float) -> None:
    """Label a logarithmic axis so that labels do not touch; as plain numbers if it is short.

    Parameters
    ----------
    axis : matplotlib Axis
        A logarithmic axis.
    ratio : float
        Ratio of the largest to the smallest value on the axis.
    """
    from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, StrMethodFormatter

    axis.set_minor_formatter(NullFormatter())
    if ratio < 5:  # 1, 2 and 5 times a power of ten may all be outside
        axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    elif ratio < 200:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))


def set_duration_ticks(axis: Axis, longest: float) -> str:
    """Put ticks at round numbers of a suitable unit of time, and return the name of the unit.

    Parameters
    ----------
    axis : matplotlib Axis
        An axis whose data are in seconds.
    longest : float
        Length of the axis in seconds.
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    unit, seconds = next((name, length) for name, length, limit in UNITS if longest < limit)

    class UnitLocator(MaxNLocator):
        """Ticks at round numbers of the unit."""

        def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
            ticks = super().tick_values(vmin / seconds, vmax / seconds)
            return np.multiply(ticks, seconds).tolist()

    axis.set_major_locator(UnitLocator(nbins="auto", steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x / seconds:g}"))
    return unit
