"""Display of the distribution of the scores of one search or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sk_hpt._types import Floats
from sk_hpt.displays import _style
from sk_hpt.displays._search_results import (
    FittedSearch,
    check_same_scores,
    check_searches,
    lowest_shown,
    read_trials,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D


@dataclass(kw_only=True, eq=False, repr=False)
class ScoreDistributionDisplay:
    """Share of the trials of a search with at most a given score.

    The further to the right a curve lies, the better are the trials of the search. The line
    ends at the best score. Only complete trials count, because the scores of others are of fewer
    folds or epochs; the legend says how many these are. Create a display with :meth:`from_search`
    or :meth:`from_searches`. All parameters are stored as attributes.

    Parameters
    ----------
    scores : ndarray of shape (n_complete,)
        Mean test scores of the complete trials, in ascending order.
    n_trials : int
        Number of all trials of the search.
    score_label : str, default="mean test score"
        Label of the horizontal axis.
    name : str, optional
        Name of the search in the legend.
    others : sequence of ScoreDistributionDisplay, default=()
        Displays of other searches that are drawn on the same axes.

    Attributes
    ----------
    shares : ndarray of shape (n_complete,)
        Share of the complete trials with at most each of the scores.
    ax_ : matplotlib Axes
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure that contains the axes.
    line_ : matplotlib Line2D
        Line of the search.

    See Also
    --------
    OptimizationHistoryDisplay : Best score over trials or time, also of several searches.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from sk_hpt import GridSearchNN, RandomSearchNN
    >>> from sk_hpt.displays import ScoreDistributionDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> grid = GridSearchNN(SVC(), {"C": [0.01, 0.1, 1.0]}).fit(X, y)
    >>> random = RandomSearchNN(SVC(), {"C": (0.01, 1.0)}, n_iter=2, random_state=0).fit(X, y)
    >>> display = ScoreDistributionDisplay.from_searches({"grid": grid, "random": random})
    >>> display.scores.round(3).tolist()
    [0.92, 0.927, 0.967]
    >>> display.others[0].name
    'random'
    """

    scores: Floats
    n_trials: int
    score_label: str = "mean test score"
    name: str | None = None
    others: Sequence[ScoreDistributionDisplay] = ()

    @property
    def shares(self) -> Floats:
        """Share of the complete trials with at most each of the scores."""
        return np.searchsorted(self.scores, self.scores, side="right") / len(self.scores)

    @classmethod
    def from_search(
        cls,
        search: FittedSearch,
        *,
        metric: str | None = None,
        name: str | None = None,
        ax: Axes | None = None,
        **line_options: Any,
    ) -> Self:
        """Plot the distribution of the scores of a fitted search.

        Parameters
        ----------
        search : estimator object
            A fitted search of sk_hpt or scikit-learn.
        metric : str, optional
            Metric to plot if there are several; by default the one that decides, ``refit``.
        name : str, optional
            Name of the search in the legend.
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure. They may show the distributions of
            other searches.
        **line_options
            Properties of the line, such as `color`.

        Returns
        -------
        display : ScoreDistributionDisplay
            The display, plotted.

        Raises
        ------
        ValueError
            If no complete trial has a score, if `metric` is unknown, or if `ax` shows something
            else.
        ImportError
            If matplotlib is not installed.
        """
        return cls._read(search, metric, name).plot(ax, **line_options)

    @classmethod
    def from_searches(
        cls,
        searches: Mapping[str, FittedSearch],
        *,
        metric: str | None = None,
        ax: Axes | None = None,
        **line_options: Any,
    ) -> Self:
        """Plot the distributions of the scores of several fitted searches.

        Parameters
        ----------
        searches : dict of str to estimator object
            Fitted searches of sk_hpt or scikit-learn by their names in the legend.
        metric : str, optional
            Metric to plot if there are several; by default the one that decides, ``refit``.
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure.
        **line_options
            Properties of all lines, such as `linewidth`.

        Returns
        -------
        display : ScoreDistributionDisplay
            The display of the first search, plotted. `others` has those of the other searches.

        Raises
        ------
        ValueError
            If there is no search, if their scores are of different metrics, or if
            :meth:`from_search` would raise for one of them.
        ImportError
            If matplotlib is not installed.
        """
        check_searches(searches)
        first, *others = [cls._read(search, metric, name) for name, search in searches.items()]
        check_same_scores({each.name or "": each.score_label for each in [first, *others]})
        first.others = others
        return first.plot(ax, **line_options)

    @classmethod
    def _read(cls, search: FittedSearch, metric: str | None, name: str | None) -> Self:
        """Return the display of a search, which is not plotted yet."""
        trials = read_trials(search, metric)
        scores = trials.eligible_scores
        scores = np.sort(scores[np.isfinite(scores)])
        if not len(scores):
            raise ValueError(
                f"No trial of this search is complete (0 of {len(trials.scores)}), so there is no "
                "distribution to plot. Run the search until some are."
            )
        return cls(
            scores=scores, n_trials=len(trials.scores), score_label=trials.score_label, name=name
        )

    def plot(self, ax: Axes | None = None, *, name: str | None = None, **line_options: Any) -> Self:
        """Plot the stored data.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure. They may show the distributions of
            other searches.
        name : str, optional
            Name of the search in the legend, instead of `self.name`.
        **line_options
            Properties of the line, such as `color`.

        Returns
        -------
        self : ScoreDistributionDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `ax` shows something else than distributions of the same score.
        """
        (ax,) = _style.as_panels(ax)
        content = f"the distribution of the {self.score_label}"
        _style.check_axes(ax, content, can_share=True)
        self.ax_, self.figure_ = ax, ax.figure
        colours = [line.get_color() for line in _style.marked(ax.lines, content)]
        style: _style.Style = {"linewidth": 2, "label": self._legend_text(name or self.name)}
        style |= {"color": _style.next_colour(ax, colours), **line_options}
        # The line rises from the axis at the lowest score.
        x, y = np.append(self.scores[0], self.scores), np.append(0.0, self.shares)
        (self.line_,) = ax.step(x, y, where="post", **style)
        _style.mark(self.line_, content)
        lines = _style.marked(ax.lines, content)
        _set_x_limits(ax, lines)
        ax.set_ylim(0.0, 1.03)
        ax.set_xlabel(self.score_label)
        ax.set_ylabel("share of trials with at most this score")
        _style.legend_below(ax, lines)
        for other in self.others:
            other.plot(ax, **line_options)
        return self

    def _legend_text(self, name: str | None) -> str:
        n_complete = len(self.scores)
        text = f"{n_complete} {'trial' if n_complete == 1 else 'trials'}"
        if n_complete < self.n_trials:
            text = f"{n_complete} complete of {self.n_trials} trials"
        return f"{name}: {text}" if name else text


def _set_x_limits(ax: Axes, lines: Sequence[Line2D]) -> None:
    """Set the limits from the lowest score that is shown of any search to the best of all."""
    scores = [np.asarray(line.get_xdata(), dtype=np.float64)[1:] for line in lines]
    low = min(lowest_shown(each, each.max()) for each in scores)
    high = max(each.max() for each in scores)
    margin = 0.04 * ((high - low) or abs(high) or 1.0)
    ax.set_xlim(low - margin, high + margin)
