"""Display of the scores on rungs: which trials halving pruned, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from sk_hpt._types import Floats
from sk_hpt.displays import _style
from sk_hpt.displays._rung_scores_data import last_rungs, read_rungs
from sk_hpt.displays._search_results import FittedSearch, Statuses

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

CONTENT = "the scores on rungs"

ENDS: dict[str, _style.Style] = {
    "complete": {"marker": "o"},
    "pruned": {"marker": "o", "markerfacecolor": "none"},
    "unfinished": {"marker": "|"},
    "failed": {"marker": "x"},
}
"""Marker at the end of the line of a trial, by its status."""


@dataclass(kw_only=True, eq=False, repr=False)
class RungScoresDisplay:
    r"""Score of each trial on the rungs of a halving search.

    Each line is a trial. It leads from its score on the lowest rung to the rung where the trial was
    pruned, or to the end of training. On each rung the trials with the best scores are promoted,
    where a part of what a trial gained since it was halfway to the rung counts as well. Create a
    display with :meth:`from_search`. All parameters are stored as attributes.

    Parameters
    ----------
    scores : ndarray of shape (n_trials, n_rungs + 1)
        Mean test score of each trial on each rung, the lowest first, and last its mean over the
        folds on which it was trained to the end; NaN where it did not get to.
    status : ndarray of shape (n_trials,), dtype=object
        ``"complete"``, ``"pruned"``, ``"failed"`` or ``"unfinished"`` for each trial.
    rung_labels : sequence of str
        Label of each rung, with its epochs, and of the end.
    best : int or None
        Index of the best trial; None if no complete trial has a score.
    score_label : str, default="mean test score"
        Label of the vertical axis.

    Attributes
    ----------
    n_pruned : ndarray of shape (n_rungs + 1,)
        Number of trials that were pruned on each rung, and at the end of training.
    ax_ : matplotlib Axes
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure that contains the axes.
    lines_ : dict of str to matplotlib LineCollection
        Lines of the trials by their status.
    ends_ : dict of str to matplotlib Line2D
        Markers at the ends of the lines by the status of the trials.
    best_ : matplotlib Line2D or None
        Line of the best trial.

    See Also
    --------
    LearningCurvesDisplay : Training loss of each trial by epoch.

    Notes
    -----
    A network that stopped by itself keeps its score on all higher rungs, so that its line leads to
    the end also if it was pruned on a rung.

    Examples
    --------
    >>> import warnings
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sk_hpt import GridSearchNN
    >>> from sk_hpt.displays import RungScoresDisplay
    >>> network = MLPClassifier((8,), max_iter=40, random_state=0)
    >>> grid = {"learning_rate_init": [1e-5, 1e-4, 1e-3, 1e-2, 1e-1], "alpha": [1e-4, 1e-2]}
    >>> search = GridSearchNN(network, grid, multi_fidelity="halving", refit=False)
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")  # networks that have not converged
    ...     _ = search.fit(*load_iris(return_X_y=True))
    >>> display = RungScoresDisplay.from_search(search)
    >>> display.rung_labels[0]
    'rung 0\n5 epochs'
    >>> int(display.n_pruned[0])
    5
    """

    scores: Floats
    status: Statuses
    rung_labels: Sequence[str]
    best: int | None
    score_label: str = "mean test score"

    @property
    def n_pruned(self) -> Floats:
        """Number of trials that were pruned on each rung, and at the end of training."""
        last = last_rungs(self.scores)[self.status == "pruned"]
        return np.array([np.sum(last == rung) for rung in range(len(self.rung_labels))])

    @classmethod
    def from_search(
        cls, search: FittedSearch, *, ax: Axes | None = None, **line_options: object
    ) -> Self:
        """Plot the scores on the rungs of a fitted search.

        Parameters
        ----------
        search : estimator object
            A fitted search of sk_hpt with ``multi_fidelity="halving"``.
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure.
        **line_options
            Properties of the lines, such as `linewidths`.

        Returns
        -------
        display : RungScoresDisplay
            The display, plotted.

        Raises
        ------
        ValueError
            If the search has no scores on rungs, or if `ax` shows the plot of a display already.
        ImportError
            If matplotlib is not installed.
        """
        return cls(**vars(read_rungs(search))).plot(ax, **line_options)

    def plot(self, ax: Axes | None = None, **line_options: object) -> Self:
        """Plot the stored data.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure.
        **line_options
            Properties of the lines, such as `linewidths`.

        Returns
        -------
        self : RungScoresDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `ax` shows the plot of a display already.
        """
        (ax,) = _style.as_panels(ax)
        _style.check_axes(ax, CONTENT)
        self.ax_, self.figure_ = ax, ax.figure
        self.lines_: dict[str, LineCollection] = {}
        self.ends_: dict[str, Line2D] = {}
        for status in ENDS:
            self._draw_trials(status, line_options)
        self.best_: Line2D | None = None
        if self.best is not None:
            path = self._path(self.best)
            style: _style.Style = {"color": _style.RED, "linewidth": 2.5, "zorder": 5}
            (self.best_,) = ax.plot(*path.T, marker="o", label="best trial", **style)
        texts = [
            f"{label}\n{n} pruned" if n else label
            for label, n in zip(self.rung_labels, self.n_pruned, strict=True)
        ]
        ax.set_xticks(range(len(texts)), texts)
        ax.set_xlim(-0.2, len(texts) - 0.8)
        ax.set_ylabel(self.score_label)
        ax.autoscale_view(scalex=False)
        handles = [] if self.best_ is None else [self.best_]
        handles += list(self.ends_.values())
        _style.legend_below(ax, handles, n_columns=3, n_lines=3)
        return self

    def _path(self, trial: int) -> Floats:
        """Return the positions of a trial on the rungs that it reached, shape (n_reached, 2)."""
        reached = np.flatnonzero(np.isfinite(self.scores[trial]))
        return np.column_stack([reached, self.scores[trial, reached]]).astype(np.float64)

    def _draw_trials(self, status: str, line_options: _style.Style) -> None:
        """Draw the lines of all trials with a status, and a marker at the end of each."""
        from matplotlib.collections import LineCollection

        rows = np.flatnonzero((self.status == status) & (last_rungs(self.scores) >= 0))
        if not len(rows):
            return
        paths = [self._path(int(row)) for row in rows]
        colour = _style.cycle(self.ax_)[0] if status == "complete" else _style.GREY
        alpha = float(np.clip(20 / len(rows), 0.3, 0.9))
        style: _style.Style = {"colors": colour, "linewidths": 1.2, "alpha": alpha}
        lines = LineCollection(paths, **{**style, **line_options})
        _style.mark(lines, CONTENT)
        self.ax_.add_collection(lines)
        self.lines_[status] = lines
        ends = np.array([path[-1] for path in paths])
        style = {"color": colour, "linestyle": "none", "markersize": 5, **ENDS[status]}
        (self.ends_[status],) = self.ax_.plot(*ends.T, label=status, zorder=3, **style)
