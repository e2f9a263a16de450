"""Display of the optimization history: the score of each trial and the best so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sk_hpt._types import Floats
from sk_hpt.displays import _search_results as data
from sk_hpt.displays import _style
from sk_hpt.displays import _trial_markers as markers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BEST = "best so far"
"""Name of the line of a search."""


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
    rung_scores : ndarray of shape (n_trials,), optional
        Score on the highest rung for trials that were pruned before a fold was scored; NaN for all
        others.
    others : sequence of OptimizationHistoryDisplay, default=()
        Displays of other searches that are drawn on the same axes.

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
    rung_scores: Floats | None = None
    others: Sequence[OptimizationHistoryDisplay] = ()

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
            Axes to plot on; by default those of a new figure. They may show the histories of
            other searches, see also :meth:`from_searches`.
        **line_options
            Properties of the line, such as `color`, which the markers share.

        Returns
        -------
        display : OptimizationHistoryDisplay
            The display, plotted.

        Raises
        ------
        ValueError
            If no trial has a score, if `metric` is unknown, if the search has no finish times,
            or if `ax` shows something else.
        ImportError
            If matplotlib is not installed.
        """
        return cls._read(search, metric, over, name).plot(ax, **line_options)

    @classmethod
    def from_searches(
        cls,
        searches: Mapping[str, data.FittedSearch],
        *,
        metric: str | None = None,
        over: data.Over = "trials",
        ax: Axes | None = None,
        **line_options: Any,
    ) -> Self:
        """Plot the histories of several fitted searches on the same axes.

        Parameters
        ----------
        searches : dict of str to estimator object
            Fitted searches of sk_hpt or, with ``over="trials"``, of scikit-learn, by their names in
            the legend.
        metric : str, optional
            Metric to plot if there are several; by default the one that decides, ``refit``.
        over : {"trials", "time"}, default="trials"
            Horizontal axis: the trials in their order, or the times when they finished.
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure.
        **line_options
            Properties of all lines, such as `linewidth`.

        Returns
        -------
        display : OptimizationHistoryDisplay
            The display of the first search, plotted. `others` has those of the other searches.

        Raises
        ------
        ValueError
            If there is no search, if their scores are of different metrics, or if
            :meth:`from_search` would raise for one of them.
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.svm import SVC
        >>> from sk_hpt import GridSearchNN, RandomSearchNN
        >>> from sk_hpt.displays import OptimizationHistoryDisplay
        >>> X, y = load_iris(return_X_y=True)
        >>> grid = GridSearchNN(SVC(), {"C": [0.01, 0.1, 1.0]}).fit(X, y)
        >>> random = RandomSearchNN(SVC(), {"C": (0.01, 1.0)}, n_iter=2, random_state=0).fit(X, y)
        >>> searches = {"grid": grid, "random": random}
        >>> display = OptimizationHistoryDisplay.from_searches(searches)
        >>> [text.get_text() for text in display.ax_.get_legend().get_texts()]
        ['grid: best so far', 'random: best so far', 'trial']
        """
        data.check_searches(searches)
        first, *others = [cls._read(each, metric, over, name) for name, each in searches.items()]
        data.check_same_scores({each.name or "": each.score_label for each in [first, *others]})
        first.others = others
        return first.plot(ax, **line_options)

    @classmethod
    def _read(
        cls, search: data.FittedSearch, metric: str | None, over: data.Over, name: str | None
    ) -> Self:
        """Return the display of a search, which is not plotted yet."""
        trials = data.read_trials(search, metric)
        positions = data.trial_positions(search, over, len(trials.scores))
        return cls(
            positions=positions,
            scores=trials.scores,
            status=trials.status,
            best=data.best_so_far(positions, trials),
            over=over,
            score_label=trials.score_label,
            name=name,
            rung_scores=trials.rung_scores,
        )

    def plot(self, ax: Axes | None = None, *, name: str | None = None, **line_options: Any) -> Self:
        """Plot the stored data.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure. They may show the histories of other
            searches.
        name : str, optional
            Name of the search in the legend, instead of `self.name`.
        **line_options
            Properties of the line, such as `color`, which the markers share.

        Returns
        -------
        self : OptimizationHistoryDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `ax` shows something else than histories over the same positions.
        """
        (ax,) = _style.as_panels(ax)
        content = f"the history over {self.over} of the {self.score_label}"
        _style.check_axes(ax, content, can_share=True)
        self.ax_, self.figure_ = ax, ax.figure
        colours = [line.get_color() for line in _style.marked(ax.lines, content)]
        colour = line_options.get("color") or _style.next_colour(ax, colours)
        name = name or self.name
        label = f"{name}: {BEST}" if name else BEST
        style: _style.Style = {"where": "post", "linewidth": 2, "zorder": 3, "label": label}
        order = np.argsort(self.positions, kind="stable")
        known = order[np.isfinite(self.best[order])]
        style |= {**line_options, "color": colour}
        (self.line_,) = ax.step(self.positions[known], self.best[known], **style)
        _style.mark(self.line_, content)
        rungs = np.full(len(self.scores), np.nan) if self.rung_scores is None else self.rung_scores
        trials = markers.Marked(self.scores, rungs, self.status)
        self.trials_ = trials.draw(ax, self.positions, colour)
        ax.set_ylabel(self.score_label)
        _set_x_axis(ax, self.over)
        markers.set_y_limits([ax])
        _add_legend(ax, content)
        for other in self.others:
            other.plot(ax, **line_options)
        return self


def _set_x_axis(ax: Axes, over: data.Over) -> None:
    if over == "time":
        longest = max(
            np.max(np.asarray(line.get_xdata(), dtype=float), initial=0.0) for line in ax.lines
        )
        ax.set_xlim(left=0.0)
        unit = _style.set_duration_ticks(ax.xaxis, longest)
        ax.set_xlabel(f"time since the search began ({unit})")
    else:
        _style.set_integer_ticks(ax.xaxis)
        ax.set_xlabel("trial")


def _add_legend(ax: Axes, content: str) -> None:
    """Add a legend with one entry for each search and one for each kind of marker."""
    lines = _style.marked(ax.lines, content)
    colour = lines[0].get_color() if len(lines) == 1 else _style.GREY
    _style.legend_below(ax, [*lines, *markers.legend_handles([ax], colour)])
