"""Display of the timeline: when each trial was fitted, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sk_hpt._types import Flags, Floats, Rows
from sk_hpt.displays import _style
from sk_hpt.displays._search_results import FittedSearch, Statuses
from sk_hpt.displays._timeline_data import read_timeline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer

CONTENT = "a timeline"

BEST = "best trial"

COLOURS = {"complete": 0, "pruned": 5, "unfinished": 1, "failed": 3}
"""Colour of each status, as its place in the cycle."""


@dataclass(kw_only=True, eq=False, repr=False)
class TimelineDisplay:
    """Bars that show when each trial finished and how long it was fitted.

    A bar ends when the last fit of the trial finished, and is as long as all of its fits and
    scorings took together. Which worker ran a fit is not stored, so the bars are laid out in as few
    rows as possible without overlap: a row is not a worker. Create a display with
    :meth:`from_search`. All parameters are stored as attributes.

    Parameters
    ----------
    starts, ends : ndarray of shape (n_trials,)
        Begin and end of the bar of each trial, in seconds since the search began.
    rows : ndarray of shape (n_trials,), dtype=int
        Row of each bar, from 0 on.
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
    bars_ : dict of str to matplotlib BarContainer
        Bars of the trials by their names in the legend.

    See Also
    --------
    FitTimeDisplay : Score of each trial against its fit time.

    Notes
    -----
    If the folds of a trial ran at the same time, its bar is longer than the trial took. If
    training paused on a rung, the bar shows its parts in one piece, before the last of them ended.
    The number of fits of a trial that was stopped early is not stored either: the bar then counts
    the folds with a score, at least one.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from sk_hpt import GridSearchNN
    >>> from sk_hpt.displays import TimelineDisplay
    >>> search = GridSearchNN(SVC(), {"C": [0.01, 1.0, 0.1]}).fit(*load_iris(return_X_y=True))
    >>> display = TimelineDisplay.from_search(search)
    >>> bool((display.ends == search.finish_times_).all())
    True
    """

    starts: Floats
    ends: Floats
    rows: Rows
    status: Statuses
    best: int | None

    @classmethod
    def from_search(
        cls, search: FittedSearch, *, ax: Axes | None = None, **bar_options: Any
    ) -> Self:
        """Plot the timeline of a fitted search.

        Parameters
        ----------
        search : estimator object
            A fitted search of sk_hpt.
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure.
        **bar_options
            Properties of the bars, such as `height`.

        Returns
        -------
        display : TimelineDisplay
            The display, plotted.

        Raises
        ------
        ValueError
            If the search has no finish times, if no trial has a score, or if `ax` shows the plot of
            a display already.
        ImportError
            If matplotlib is not installed.
        """
        return cls(**vars(read_timeline(search))).plot(ax, **bar_options)

    def plot(self, ax: Axes | None = None, **bar_options: Any) -> Self:
        """Plot the stored data.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure.
        **bar_options
            Properties of the bars, such as `height`.

        Returns
        -------
        self : TimelineDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `ax` shows the plot of a display already.
        """
        n_rows = int(self.rows.max()) + 1
        (ax,) = _style.as_panels(ax, figsize=(7.2, min(1.6 + 0.3 * n_rows, 9.0)))
        _style.check_axes(ax, CONTENT)
        self.ax_, self.figure_ = ax, ax.figure
        self.bars_: dict[str, BarContainer] = {}
        is_best = np.arange(len(self.rows)) == self.best
        if is_best.any():
            self._draw(BEST, is_best, {"color": _style.RED, **bar_options})
        for status, place in COLOURS.items():
            shown = (self.status == status) & ~is_best
            if shown.any():
                self._draw(status, shown, {"color": _style.cycle(ax)[place], **bar_options})
        ax.set_xlim(left=0.0)
        unit = _style.set_duration_ticks(ax.xaxis, float(self.ends.max()))
        ax.set_xlabel(f"time since the search began ({unit})")
        ax.set_ylim(n_rows - 0.4, -0.6)
        ax.set_yticks([])
        ax.set_ylabel("trials (rows are\nnot workers)")
        _style.legend_below(ax, list(self.bars_.values()), n_columns=4)
        return self

    def _draw(self, name: str, shown: Flags, options: _style.Style) -> None:
        edge = {"edgecolor": _style.background(self.ax_), "linewidth": 0.5, "height": 0.8}
        lengths = self.ends - self.starts
        bars = self.ax_.barh(
            self.rows[shown],
            lengths[shown],
            left=self.starts[shown],
            label=name,
            **{**edge, **options},
        )
        _style.mark(bars[0], CONTENT)
        self.bars_[name] = bars
