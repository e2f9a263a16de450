"""Display of the timeline: when and in which worker each fit ran."""

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
    """Bars that show when each fit of a search ran, with one row per worker.

    A worker is a thread or process that runs fits, and a bar is the fit of a trial on one fold,
    including its scoring. The colour tells how the trial ended. Create a display with
    :meth:`from_search`. All parameters are stored as attributes.

    Parameters
    ----------
    starts, ends : ndarray of shape (n_fits,)
        Start and end of each fit, in seconds since the search began.
    workers : ndarray of shape (n_fits,), dtype=int
        Number of the worker of each fit, from 0 on.
    trials : ndarray of shape (n_fits,), dtype=int
        Index of the trial of each fit.
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
        Bars of the fits by the names in the legend.

    See Also
    --------
    FitTimeDisplay : Score of each trial against its fit time.

    Notes
    -----
    If training paused on rungs, each part of the fit has a bar. Fits that share one training run
    have equal parts of its time. If a search was resumed from a journal, the workers of its earlier
    runs have rows too. Gaps are times in which a worker waited, or fitted a trial that is not in
    ``cv_results_``.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from sk_hpt import GridSearchNN
    >>> from sk_hpt.displays import TimelineDisplay
    >>> search = GridSearchNN(SVC(), {"C": [0.01, 1.0, 0.1]}).fit(*load_iris(return_X_y=True))
    >>> display = TimelineDisplay.from_search(search)
    >>> int(display.workers.max()), len(display.starts)  # one worker, three trials on five folds
    (0, 15)
    """

    starts: Floats
    ends: Floats
    workers: Rows
    trials: Rows
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
            If the search has no ``fit_log_`` or an empty one, if no trial has a score, or if `ax`
            shows the plot of a display already.
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
        n_rows = int(self.workers.max()) + 1
        (ax,) = _style.as_panels(ax, figsize=(7.2, min(1.6 + 0.3 * n_rows, 9.0)))
        _style.check_axes(ax, CONTENT)
        self.ax_, self.figure_ = ax, ax.figure
        self.bars_: dict[str, BarContainer] = {}
        is_best = np.asarray(self.trials == self.best)
        status = self.status[self.trials]
        if is_best.any():
            self._draw(BEST, is_best, {"color": _style.RED, **bar_options})
        for name, place in COLOURS.items():
            shown = (status == name) & ~is_best
            if shown.any():
                self._draw(name, shown, {"color": _style.cycle(ax)[place], **bar_options})
        ax.set_xlim(left=0.0)
        unit = _style.set_duration_ticks(ax.xaxis, float(self.ends.max()))
        ax.set_xlabel(f"time since the search began ({unit})")
        ax.set_ylim(n_rows - 0.4, -0.6)
        _style.set_integer_ticks(ax.yaxis)
        ax.set_ylabel("worker")
        _style.legend_below(ax, list(self.bars_.values()), n_columns=4)
        return self

    def _draw(self, name: str, shown: Flags, options: _style.Style) -> None:
        edge = {"edgecolor": _style.background(self.ax_), "linewidth": 0.5, "height": 0.8}
        lengths = self.ends - self.starts
        bars = self.ax_.barh(
            self.workers[shown],
            lengths[shown],
            left=self.starts[shown],
            label=name,
            **{**edge, **options},
        )
        _style.mark(bars[0], CONTENT)
        self.bars_[name] = bars
