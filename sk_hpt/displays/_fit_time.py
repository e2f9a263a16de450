"""Display of the score of each trial against its fit time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sk_hpt._types import Floats
from sk_hpt.displays import _style
from sk_hpt.displays import _trial_markers as markers
from sk_hpt.displays._search_results import FittedSearch, Statuses, best_so_far, read_trials

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

CONTENT = "scores against fit times"

LOG_RATIO = 10.0
"""Fit times have a logarithmic axis if the longest is more than this many times the shortest."""


@dataclass(kw_only=True, eq=False, repr=False)
class FitTimeDisplay:
    """Score of each trial against its fit time.

    The line is the best score of a complete trial with at most this fit time. It shows how much
    better trials are that take longer. Create a display with :meth:`from_search`. All parameters
    are stored as attributes.

    Parameters
    ----------
    fit_times : ndarray of shape (n_trials,)
        Mean fit time of each trial over the folds, in seconds.
    scores : ndarray of shape (n_trials,)
        Mean test score of each trial over the folds that were scored; NaN if there is none.
    rung_scores : ndarray of shape (n_trials,)
        Score on the highest rung for trials that were pruned before a fold was scored; NaN for all
        others.
    status : ndarray of shape (n_trials,), dtype=object
        ``"complete"``, ``"pruned"``, ``"failed"`` or ``"unfinished"`` for each trial.
    best : ndarray of shape (n_trials,)
        Best score of a complete trial with at most the fit time of each trial; NaN if there is
        none.
    score_label : str, default="mean test score"
        Label of the vertical axis.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure that contains the axes.
    line_ : matplotlib Line2D
        Line of the best scores.
    trials_ : dict of str to matplotlib Line2D
        Markers of the trials, by their names in the legend.

    See Also
    --------
    OptimizationHistoryDisplay : Score of each trial over the time of the search.
    TimelineDisplay : When and in which worker each fit ran.

    Notes
    -----
    A trial that was stopped early has the time of its training until then.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from sk_hpt import GridSearchNN
    >>> from sk_hpt.displays import FitTimeDisplay
    >>> search = GridSearchNN(SVC(), {"C": [0.01, 1.0, 0.1]}).fit(*load_iris(return_X_y=True))
    >>> display = FitTimeDisplay.from_search(search)
    >>> bool((display.fit_times == search.cv_results_["mean_fit_time"]).all())
    True
    """

    fit_times: Floats
    scores: Floats
    rung_scores: Floats
    status: Statuses
    best: Floats
    score_label: str = "mean test score"

    @classmethod
    def from_search(
        cls,
        search: FittedSearch,
        *,
        metric: str | None = None,
        ax: Axes | None = None,
        **line_options: Any,
    ) -> Self:
        """Plot the scores of a fitted search against its fit times.

        Parameters
        ----------
        search : estimator object
            A fitted search of sk_hpt or scikit-learn.
        metric : str, optional
            Metric to plot if there are several; by default the one that decides, ``refit``.
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure.
        **line_options
            Properties of the line, such as `color`, which the markers share.

        Returns
        -------
        display : FitTimeDisplay
            The display, plotted.

        Raises
        ------
        ValueError
            If no trial has a score, if `metric` is unknown, or if `ax` shows the plot of a
            display already.
        ImportError
            If matplotlib is not installed.
        """
        trials = read_trials(search, metric)
        fit_times = np.asarray(search.cv_results_["mean_fit_time"], dtype=np.float64)
        display = cls(
            fit_times=fit_times,
            scores=trials.scores,
            rung_scores=trials.rung_scores,
            status=trials.status,
            best=best_so_far(fit_times, trials),
            score_label=trials.score_label,
        )
        return display.plot(ax, **line_options)

    def plot(self, ax: Axes | None = None, **line_options: Any) -> Self:
        """Plot the stored data.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure.
        **line_options
            Properties of the line, such as `color`, which the markers share.

        Returns
        -------
        self : FitTimeDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `ax` shows the plot of a display already.
        """
        (ax,) = _style.as_panels(ax)
        _style.check_axes(ax, CONTENT)
        self.ax_, self.figure_ = ax, ax.figure
        colour = line_options.get("color") or _style.cycle(ax)[0]
        style: _style.Style = {"where": "post", "linewidth": 2, "zorder": 3, "color": colour}
        style |= {"label": "best with at most this fit time", **line_options}
        order = np.argsort(self.fit_times, kind="stable")
        known = order[np.isfinite(self.best[order])]
        (self.line_,) = ax.step(self.fit_times[known], self.best[known], **style)
        _style.mark(self.line_, CONTENT)
        trials = markers.Marked(self.scores, self.rung_scores, self.status)
        self.trials_: dict[str, Line2D] = trials.draw(ax, self.fit_times, colour)
        self._set_x_axis()
        ax.set_ylabel(self.score_label)
        markers.set_y_limits([ax])
        _style.legend_below(ax, [self.line_, *markers.legend_handles([ax], colour)])
        return self

    def _set_x_axis(self) -> None:
        times = self.fit_times[np.isfinite(self.fit_times)]
        shortest, longest = times.min(), times.max()
        if shortest > 0 and longest > LOG_RATIO * shortest:
            self.ax_.set_xscale("log")
            _style.set_log_ticks(self.ax_.xaxis, longest / shortest)
            unit = "seconds"
        else:
            self.ax_.set_xlim(left=0.0)
            unit = _style.set_duration_ticks(self.ax_.xaxis, longest)
        self.ax_.set_xlabel(f"mean fit time ({unit})")
