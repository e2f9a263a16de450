"""How the networks of a search learned."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import is_classifier

from sk_hpt.displays._drawing import CYCLE, GREY, pyplot
from sk_hpt.displays._mean_curves import (
    Curves,
    Floats,
    best_trials,
    curves_of,
    is_log_scaled,
    short_labels,
    usual_maximum,
)
from sk_hpt.displays._ticks_and_legends import dot, legend_below, line_for_legend, whole_numbers
from sk_hpt.displays._trials import trials_of

ENDS: dict[str, dict[str, Any]] = {
    "pruned or unfinished": {"marker": "o", "markerfacecolor": "white", "markersize": 3.5},
    "failed": {"marker": "x", "markersize": 5},
}
"""How the ends of curves are marked that came to none."""

DROPPED, CROSS = ENDS

LABEL_WIDTH = 66
"""Characters of a line in the legend."""


class LearningCurvesDisplay:
    """The loss of each trial's network after each epoch, and its validation score where known.

    The best trials stand out, the others are behind them in grey. Each curve is the mean over
    the folds; a fold that stopped earlier than another counts on with what it was then. Make one
    with :meth:`from_search`; all parameters are stored as attributes.

    Parameters
    ----------
    losses : list of ndarray of shape (n_epochs,) or None
        For each trial the training loss; None where there is none.
    validation : list of ndarray of shape (n_epochs,) or None
        For each trial the score on what ``early_stopping`` held out; None where there is none.
    scores : ndarray of shape (n_trials,)
        Mean test scores by which the best are found; NaN for a trial that cannot be.
    status : ndarray of shape (n_trials,), object
        ``"complete"``, ``"pruned"``, ``"failed"`` or ``"unfinished"``.
    labels : list of str
        What each trial is called in the legend.
    score_label, validation_name : str, default="score"
        What the scores, and the validation scores, are.

    Attributes
    ----------
    axes_ : list of matplotlib Axes
        Where the losses were drawn, and the validation scores, if they were.
    figure_ : matplotlib Figure
        The figure of them.
    best_ : list of int
        Which trials stand out.
    lines_ : list of list of matplotlib Line2D
        Their lines in each of the axes, the best first.
    others_ : list of matplotlib LineCollection
        The other trials' in each of the axes.
    ends_ : list of dict of str to matplotlib Line2D
        The marks of those that were pruned or failed in each of the axes.

    See Also
    --------
    OptimizationHistoryDisplay : How a search came to its best trial.

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

    def __init__(
        self,
        *,
        losses: Curves,
        validation: Curves,
        scores: Floats,
        status: Any,
        labels: Sequence[str],
        score_label: str = "score",
        validation_name: str = "score",
    ) -> None:
        self.losses = losses
        self.validation = validation
        self.scores = scores
        self.status = status
        self.labels = labels
        self.score_label = score_label
        self.validation_name = validation_name

    @classmethod
    def from_search(
        cls,
        search: Any,
        *,
        metric: str | None = None,
        n_best: int = 3,
        ax: Any = None,
        **line_options: Any,
    ) -> Self:
        """Draw the learning curves of a fitted search.

        Parameters
        ----------
        search : estimator object
            One of sk_hpt's, on an MLPClassifier or an MLPRegressor that trains by epochs.
        metric : str, optional
            By which of several metrics to find the best; by default the one that decides,
            ``refit``.
        n_best : int, default=3
            How many trials stand out.
        ax : matplotlib Axes or sequence of two, optional
            Where to draw the losses, and the validation scores, which are left out where there
            is one alone; by default in a new figure.
        **line_options
            For the lines of the best, such as `linewidth`.

        Returns
        -------
        display : LearningCurvesDisplay
            What was drawn.

        Raises
        ------
        ValueError
            If no trial has a curve, or none has a score, or there is no such metric.
        ImportError
            If matplotlib is not installed.
        """
        trials = trials_of(search, metric)
        losses = curves_of(search, "loss")
        if all(curve is None for curve in losses):
            raise ValueError(
                "None of the trials of this search has a learning curve. scikit-learn's "
                "MLPClassifier and MLPRegressor have one, with the solvers 'adam' and 'sgd'."
            )
        display = cls(
            losses=losses,
            validation=curves_of(search, "validation"),
            scores=np.where(trials.status == "complete", trials.scores, np.nan),
            status=trials.status,
            labels=short_labels(trials.params),
            score_label=trials.score_label,
            validation_name="accuracy" if is_classifier(search) else "R²",
        )
        return display.plot(ax, n_best=n_best, **line_options)

    def plot(self, ax: Any = None, *, n_best: int = 3, **line_options: Any) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes or sequence of two, optional
            Where to draw the losses, and the validation scores, which are left out where there
            is one alone; by default in a new figure.
        n_best : int, default=3
            How many trials stand out.
        **line_options
            For the lines of the best, such as `linewidth`.

        Returns
        -------
        self : LearningCurvesDisplay
            Itself.
        """
        panels = [("training loss", self.losses)]
        if any(curve is not None for curve in self.validation):
            panels.append((f"validation {self.validation_name}", self.validation))
        self.axes_ = self._axes(ax, len(panels))
        self.figure_ = self.axes_[0].figure
        self.best_ = best_trials(self.scores, self.losses, n_best)
        self.lines_: list[list[Any]] = []
        self.others_: list[Any] = []
        self.ends_: list[dict[str, Any]] = []
        for axes, (name, curves) in zip(self.axes_, panels, strict=False):
            self._draw(axes, curves, line_options)
            axes.set_xlabel("epoch")
            axes.set_ylabel(name)
            whole_numbers(axes.xaxis)
        _set_y(self.axes_[0], self.losses, self.best_)
        self._set_legend(is_own_figure=ax is None)
        return self

    def _axes(self, ax: Any, n_panels: int) -> list[Any]:
        if ax is not None:
            return list(np.ravel(ax))[:n_panels]
        size = (6.4 if n_panels == 1 else 9.6, 4.8)
        panels = pyplot().subplots(1, n_panels, figsize=size, layout="constrained")[1]
        return list(np.ravel(panels))

    def _draw(self, ax: Any, curves: Curves, line_options: dict[str, Any]) -> None:
        from matplotlib.collections import LineCollection

        paths = {row: _path(curve) for row, curve in enumerate(curves) if curve is not None}
        others = [row for row in paths if row not in self.best_]
        faint = float(np.clip(12 / max(len(others), 1), 0.15, 0.7))
        grey = LineCollection([paths[row] for row in others], colors=GREY, linewidths=0.7)
        grey.set_alpha(faint)
        self.others_.append(ax.add_collection(grey))
        self.ends_.append({})
        for mark, rows in self._ended(others).items():
            if rows:
                x, y = np.transpose([paths[row][-1] for row in rows])
                style = {"color": GREY, "alpha": max(faint, 0.4), "linestyle": "none"}
                (self.ends_[-1][mark],) = ax.plot(x, y, **style, **ENDS[mark])
        lines = []
        for place, row in reversed(list(enumerate(self.best_))):  # the best on top
            if row in paths:
                style = {"color": CYCLE[place % len(CYCLE)], "linewidth": 2, **line_options}
                lines += ax.plot(*paths[row].T, **style)
        self.lines_.append(lines[::-1])
        ax.autoscale_view()

    def _ended(self, rows: Sequence[int]) -> dict[str, list[int]]:
        """Which of the trials get which mark at their end."""
        return {
            DROPPED: [row for row in rows if self.status[row] in ("pruned", "unfinished")],
            CROSS: [row for row in rows if self.status[row] == "failed"],
        }

    def _set_legend(self, is_own_figure: bool) -> None:
        handles = list(self.lines_[0])
        for line, row in zip(handles, self.best_, strict=True):
            text = f"{self.scores[row]:.4g}: {self.labels[row]}"
            line.set_label("\n".join(textwrap.wrap(text, LABEL_WIDTH, subsequent_indent="    ")))
        handles += [dot(mark, **ENDS[mark]) for mark in ENDS if mark in self.ends_[0]]
        n_others = len(self.others_[0].get_paths())
        if n_others:
            name = "other trial" if n_others == 1 else "other trials"
            handles.append(line_for_legend(f"{n_others} {name}", linewidth=0.7))
        where = self.figure_ if is_own_figure else self.axes_[0]
        legend = legend_below(where, handles, n_columns=1)
        legend.set_title(f"The best by {self.score_label}" if self.best_ else None)
        legend.set_alignment("left")


def _path(curve: Floats) -> Floats:
    """Epochs, from 1 on, and what was there; shape (n_epochs, 2)."""
    return np.column_stack([np.arange(1.0, len(curve) + 1), curve])


def _set_y(ax: Any, losses: Curves, best: Sequence[int]) -> None:
    """Logarithms where right, and without what diverges."""
    if is_log_scaled(losses):
        ax.set_yscale("log")
    top = usual_maximum(losses, best)
    if top is not None:
        ax.set_ylim(top=top)
