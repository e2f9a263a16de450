"""Display of the learning curves: the training loss of each trial by epoch."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from sklearn.base import is_classifier

from sk_hpt._types import Floats
from sk_hpt.displays import _learning_curves_data as data
from sk_hpt.displays import _style
from sk_hpt.displays._parameter_values import trial_labels
from sk_hpt.displays._search_results import FittedSearch, Statuses, read_trials

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

STOPPED: _style.Style = {"marker": "o", "markerfacecolor": "none", "markersize": 3.5}
FAILED: _style.Style = {"marker": "x", "markersize": 5}

ENDS = {
    "pruned or unfinished": (("pruned", "unfinished"), STOPPED),
    "failed": (("failed",), FAILED),
}
"""Status and marker of each kind of trial that is not complete, by its name in the legend. The
marker is at the end of the curve."""

CONTENT = "learning curves"
"""Content of the axes, whose curves do not say which search they belong to."""

LABEL_WIDTH = 66
"""Number of characters in a line of the legend."""


@dataclass(kw_only=True, eq=False, repr=False)
class LearningCurvesDisplay:
    """Training loss of each trial by epoch, and the validation score where there is one.

    The best trials stand out, and the others are grey. Each curve is the mean over the folds; a
    fold that stopped earlier than another keeps its last value. Create a display with
    :meth:`from_search`. All parameters are stored as attributes.

    Parameters
    ----------
    losses : list of ndarray of shape (n_epochs,) or None
        Training loss of each trial after each epoch; None for trials without a curve.
    validation : list of ndarray of shape (n_epochs,) or None
        Score of each trial on the rows that ``early_stopping`` held out, after each epoch; None
        for trials without such a score.
    scores : ndarray of shape (n_trials,)
        Mean test score of each trial, which decides which trials are best; NaN for trials that are
        not complete.
    status : ndarray of shape (n_trials,), dtype=object
        ``"complete"``, ``"pruned"``, ``"failed"`` or ``"unfinished"`` for each trial.
    labels : list of str
        Name of each trial in the legend.
    score_label : str, default="score"
        Name of the mean test scores in the legend.
    validation_name : str, default="score"
        Name of the validation scores in the label of the vertical axis.

    Attributes
    ----------
    axes_ : list of matplotlib Axes
        Axes of the losses and, if there are validation scores, of the validation scores.
    figure_ : matplotlib Figure
        Figure that contains the axes.
    best_ : list of int
        Trials that stand out, the best first.
    lines_ : list of list of matplotlib Line2D
        For each of the axes the curves of the trials that stand out, the best first.
    others_ : list of matplotlib LineCollection
        For each of the axes the curves of the other trials.
    ends_ : list of dict of str to matplotlib Line2D
        For each of the axes the markers at the ends of curves of trials that were stopped early or
        failed, by their names in the legend.

    See Also
    --------
    OptimizationHistoryDisplay : Score of each trial and the best so far.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sk_hpt import GridSearchNN
    >>> from sk_hpt.displays import LearningCurvesDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> network = MLPClassifier(max_iter=300, tol=1e-2, random_state=0)
    >>> search = GridSearchNN(network, {"learning_rate_init": [0.001, 0.01, 0.1]}).fit(X, y)
    >>> display = LearningCurvesDisplay.from_search(search, n_best=1)
    >>> display.labels[display.best_[0]]
    'learning_rate_init=0.1'
    """

    losses: data.Curves
    validation: data.Curves
    scores: Floats
    status: Statuses
    labels: Sequence[str]
    score_label: str = "score"
    validation_name: str = "score"

    @classmethod
    def from_search(
        cls,
        search: FittedSearch,
        *,
        metric: str | None = None,
        n_best: int = 3,
        ax: Axes | Sequence[Axes] | None = None,
        **line_options: object,
    ) -> Self:
        """Plot the learning curves of a fitted search.

        Parameters
        ----------
        search : estimator object
            A fitted search of sk_hpt on an MLPClassifier or MLPRegressor that trains by epochs.
        metric : str, optional
            Metric that decides which trials are best if there are several; by default ``refit``.
        n_best : int, default=3
            Number of trials that stand out.
        ax : matplotlib Axes or sequence of two, optional
            Axes to plot the losses on, and the validation scores; by default those of a new figure.
            With a single one the validation scores are left out.
        **line_options
            Properties of the lines that stand out, such as `linewidth`.

        Returns
        -------
        display : LearningCurvesDisplay
            The display, plotted.

        Raises
        ------
        ValueError
            If no trial has a curve, if no trial has a score, if `metric` is unknown, or if
            `ax` shows the plot of a display already.
        ImportError
            If matplotlib is not installed.
        """
        trials = read_trials(search, metric)
        losses = data.mean_curves(search, "loss")
        if all(curve is None for curve in losses):
            raise ValueError(
                "No trial of this search has a learning curve. Use an MLPClassifier or "
                "MLPRegressor of scikit-learn with solver='adam' or solver='sgd'."
            )
        display = cls(
            losses=losses,
            validation=data.mean_curves(search, "validation"),
            scores=np.where(trials.status == "complete", trials.scores, np.nan),
            status=trials.status,
            labels=trial_labels(trials.params),
            score_label=trials.score_label,
            validation_name="accuracy" if is_classifier(search) else "R²",
        )
        return display.plot(ax, n_best=n_best, **line_options)

    def plot(
        self, ax: Axes | Sequence[Axes] | None = None, *, n_best: int = 3, **line_options: object
    ) -> Self:
        """Plot the stored data.

        Parameters
        ----------
        ax : matplotlib Axes or sequence of two, optional
            Axes to plot the losses on, and the validation scores; by default those of a new figure.
            With a single one the validation scores are left out.
        n_best : int, default=3
            Number of trials that stand out.
        **line_options
            Properties of the lines that stand out, such as `linewidth`.

        Returns
        -------
        self : LearningCurvesDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `ax` shows the plot of a display already.
        """
        panels = {"training loss": self.losses}
        if any(curve is not None for curve in self.validation):
            panels[f"validation {self.validation_name}"] = self.validation
        n_panels = len(panels)
        size = (6.4 if n_panels == 1 else 9.6, 4.8)
        self.axes_ = _style.as_panels(ax, n_panels, n_panels, figsize=size)[:n_panels]
        for axes in self.axes_:
            _style.check_axes(axes, CONTENT)
        self.figure_ = self.axes_[0].figure
        self.best_ = data.best_trials(self.scores, self.losses, n_best)
        self.lines_: list[list[Line2D]] = []
        self.others_: list[LineCollection] = []
        self.ends_: list[dict[str, Line2D]] = []
        for axes, (name, curves) in zip(self.axes_, panels.items(), strict=False):
            self._draw(axes, curves, line_options)
            axes.set_xlabel("epoch")
            axes.set_ylabel(name)
            _style.set_integer_ticks(axes.xaxis)
        if data.need_log_axis(self.losses):
            self.axes_[0].set_yscale("log")
        top = data.highest_shown(self.losses, self.best_)
        if top is not None:
            self.axes_[0].set_ylim(top=top)
        where = self.figure_ if ax is None else self.axes_[0]
        legend = _style.legend_below(where, self._legend_handles(), n_columns=1)
        legend.set_title(f"Best trials by {self.score_label}" if self.best_ else "")
        legend.set_alignment("left")
        return self

    def _draw(self, ax: Axes, curves: data.Curves, line_options: _style.Style) -> None:
        """Draw the curves of one panel, and store the artists."""
        paths = {
            row: np.column_stack([np.arange(1.0, len(curve) + 1), curve])
            for row, curve in enumerate(curves)
            if curve is not None
        }
        self._draw_others(ax, {row: paths[row] for row in paths if row not in self.best_})
        lines: list[Line2D] = []
        for place, row in reversed(list(enumerate(self.best_))):  # the best on top
            if row in paths:
                colours = _style.cycle(ax)
                colour = colours[place % len(colours)]
                lines += ax.plot(*paths[row].T, **{"color": colour, "linewidth": 2, **line_options})
        self.lines_.append(lines[::-1])
        ax.autoscale_view()

    def _draw_others(self, ax: Axes, paths: Mapping[int, Floats]) -> None:
        """Draw the curves in the background, the fainter the more there are, and their ends."""
        from matplotlib.collections import LineCollection

        alpha = float(np.clip(12 / max(len(paths), 1), 0.15, 0.7))
        grey = LineCollection(list(paths.values()), colors=_style.GREY, linewidths=0.7, alpha=alpha)
        _style.mark(grey, CONTENT)
        ax.add_collection(grey)
        self.others_.append(grey)
        self.ends_.append({})
        style: _style.Style = {"color": _style.GREY, "alpha": max(alpha, 0.4), "linestyle": "none"}
        for name, (statuses, mark) in ENDS.items():
            ends = [path[-1] for row, path in paths.items() if self.status[row] in statuses]
            if ends:
                (self.ends_[-1][name],) = ax.plot(*np.transpose(ends), **style, **mark)

    def _legend_handles(self) -> list[Line2D]:
        """Return legend entries for the best trials, the marks at the ends, and the others."""
        handles = list(self.lines_[0])
        for line, row in zip(handles, self.best_, strict=True):
            text = f"{self.scores[row]:.4g}: {self.labels[row]}"
            line.set_label("\n".join(textwrap.wrap(text, LABEL_WIDTH, subsequent_indent="    ")))
        handles += [_style.legend_handle(name, ENDS[name][1]) for name in self.ends_[0]]
        n_others = len(self.others_[0].get_paths())
        if n_others:
            text = f"{n_others} other {'trial' if n_others == 1 else 'trials'}"
            handles.append(_style.legend_handle(text, {"linestyle": "-", "linewidth": 0.7}))
        return handles
