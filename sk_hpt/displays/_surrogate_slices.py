"""What a Bayesian search has learned of each parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sk_hpt.displays._best_so_far import known_scores
from sk_hpt.displays._drawing import BLUE, GREY, VERMILION, pyplot
from sk_hpt.displays._slices import Floats, Slice, slices_of
from sk_hpt.displays._ticks_and_legends import few_decades, legend_below
from sk_hpt.displays._trials import trials_of

BAND = 2.0
"""Standard deviations to each side."""

N_COLUMNS = 3
"""Panels next to each other."""


class SurrogateSliceDisplay:
    """What the surrogate of a BayesSearchNN believes of the score, along each parameter.

    In each panel one parameter varies, all others are as in the best setting. The trials are
    shown too; they differ in the other parameters, so that they lie beside the curve. Make one
    with :meth:`from_search`; all parameters are stored as attributes.

    Parameters
    ----------
    slices : sequence of Slice
        For each parameter arrays ``x``, ``mean``, ``std``, ``trials_x`` and ``trials_y``, a float
        ``best_x``, a bool ``is_log`` and ``choices``, a list of str or None.
    best_score : float
        Score of the best setting.
    score_label : str, default="mean test score"
        What the scores are.

    Attributes
    ----------
    axes_ : list of matplotlib Axes
        One for each parameter.
    figure_ : matplotlib Figure
        The figure of them.
    lines_ : list of matplotlib Line2D
        The means.
    bands_ : list of matplotlib artists
        Two standard deviations to each side.

    See Also
    --------
    sk_hpt.BayesSearchNN : ``surrogate_.predict`` for any setting.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from sk_hpt import BayesSearchNN
    >>> from sk_hpt.displays import SurrogateSliceDisplay
    >>> space = {"C": (1e-3, 1e3, "log-uniform"), "kernel": ["rbf", "poly"]}
    >>> search = BayesSearchNN(SVC(), space, n_iter=8, random_state=0)
    >>> search = search.fit(*load_iris(return_X_y=True))
    >>> display = SurrogateSliceDisplay.from_search(search)
    >>> [each.label for each in display.slices]
    ['C', 'kernel']
    >>> display.slices[1].choices
    ['rbf', 'poly']
    """

    def __init__(
        self,
        *,
        slices: Sequence[Slice],
        best_score: float,
        score_label: str = "mean test score",
    ) -> None:
        self.slices = slices
        self.best_score = best_score
        self.score_label = score_label

    @classmethod
    def from_search(
        cls,
        search: Any,
        *,
        parameters: Sequence[str] | None = None,
        ax: Any = None,
        **line_options: Any,
    ) -> Self:
        """Draw what a fitted search believes.

        Parameters
        ----------
        search : BayesSearchNN
            A fitted search.
        parameters : sequence of str, optional
            Which parameters; by default all that vary in the part of the space where the best
            setting lies.
        ax : matplotlib Axes or sequence of them, optional
            Where to draw, one for each parameter; by default in a new figure.
        **line_options
            For the means, such as `color`.

        Returns
        -------
        display : SurrogateSliceDisplay
            What was drawn.

        Raises
        ------
        ValueError
            If the search has no surrogate, none of its trials has a score, or there is no such
            parameter.
        ImportError
            If matplotlib is not installed.
        """
        check_is_fitted(search, "cv_results_")
        if not hasattr(search, "surrogate_"):
            raise ValueError(
                f"{type(search).__name__} has no surrogate: it does not learn how the score "
                "depends on the parameters. BayesSearchNN does; for others there is "
                "ParameterImportanceDisplay."
            )
        trials = trials_of(search)
        best = search.best_index_
        slices = slices_of(
            search.surrogate_, trials.params[best], trials.params, known_scores(search, trials)
        )
        if parameters is not None:
            slices = _chosen(slices, parameters)
        if not slices:
            raise ValueError("The space has a single setting: there is nothing to vary.")
        display = cls(
            slices=slices, best_score=float(trials.scores[best]), score_label=trials.score_label
        )
        return display.plot(ax, **line_options)

    def plot(self, ax: Any = None, **line_options: Any) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes or sequence of them, optional
            Where to draw, one for each parameter; by default in a new figure.
        **line_options
            For the means, such as `color`.

        Returns
        -------
        self : SurrogateSliceDisplay
            Itself.
        """
        self.axes_ = self._axes(ax)
        self.figure_ = self.axes_[0].figure
        options = {"color": BLUE, **line_options}
        self.lines_: list[Any] = []
        self.bands_: list[Any] = []
        limits = self._limits()
        for place, (axes, each) in enumerate(zip(self.axes_, self.slices, strict=True)):
            _draw_trials(axes, each, self.best_score, limits[0])
            self._draw_belief(axes, each, options)
            axes.set_xlabel(each.label)
            axes.set_ylim(*limits)
            if ax is not None and place == 0:
                axes.set_ylabel(self.score_label)
        if ax is None:
            self.figure_.supylabel(self.score_label, fontsize="medium")
        by_label: dict[str, Any] = {}
        for axes in self.axes_:
            handles, labels = axes.get_legend_handles_labels()
            by_label = {**dict(zip(labels, handles, strict=True)), **by_label}
        handles = list(by_label.values())
        legend_below(
            self.figure_ if ax is None else self.axes_[0],
            handles,
            n_columns=min(len(self.axes_) + 1, 4),
        )
        return self

    def _axes(self, ax: Any) -> list[Any]:
        n_panels = len(self.slices)
        if ax is not None:
            given = list(np.ravel(ax))
            if len(given) != n_panels:
                raise ValueError(
                    f"There are {n_panels} parameters to draw, and ax has {len(given)} axes. Give "
                    "as many, or choose with parameters=."
                )
            return given
        n_columns = min(N_COLUMNS, n_panels)
        n_rows = -(-n_panels // n_columns)
        size = (max(3.4 * n_columns, 5.0), 2.7 * n_rows + 0.6)
        style = {"figsize": size, "sharey": True, "squeeze": False, "layout": "constrained"}
        panels = list(np.ravel(pyplot().subplots(n_rows, n_columns, **style)[1]))
        for axes in panels[n_panels:]:
            axes.remove()
        return panels[:n_panels]

    def _limits(self) -> tuple[float, float]:
        """Of the axis of the scores: the beliefs, and the better half of the trials."""
        ends = [
            np.concatenate([each.mean - BAND * each.std, each.mean + BAND * each.std])
            for each in self.slices
        ]
        halves = [
            each.trials_y[each.trials_y >= np.median(each.trials_y)]
            for each in self.slices
            if len(each.trials_y)
        ]
        shown = np.concatenate([*ends, *halves, [self.best_score]])
        room = 0.05 * (np.ptp(shown) or 1.0)
        return float(shown.min() - room), float(shown.max() + room)

    def _draw_belief(self, ax: Any, each: Slice, options: dict[str, Any]) -> None:
        band = {"color": options["color"], "label": f"± {BAND:g} standard deviations"}
        if each.choices is None:
            low, high = each.mean - BAND * each.std, each.mean + BAND * each.std
            (line,) = ax.plot(each.x, each.mean, label="expected score", **options)
            self.bands_.append(ax.fill_between(each.x, low, high, alpha=0.2, linewidth=0, **band))
            if each.is_log:
                ax.set_xscale("log")
                few_decades(ax.xaxis, each.x.max() / each.x.min())
        else:
            options = {"marker": "o", "linestyle": "none", **options}
            (line,) = ax.plot(each.x, each.mean, label="expected score", **options)
            spread = BAND * each.std
            self.bands_.append(ax.vlines(each.x, each.mean - spread, each.mean + spread, **band))
            is_long = sum(map(len, each.choices)) > 24
            style = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"} if is_long else {}
            ax.set_xticks(each.x, each.choices, fontsize="small", **style)
            ax.set_xlim(-0.5, len(each.x) - 0.5)
        self.lines_.append(line)


def _draw_trials(ax: Any, each: Slice, best_score: float, bottom: float) -> None:
    """Trials as points, those below the picture at its edge, and the best as a star."""
    n_shown = len(each.trials_x)
    # Of trials with the same choice some would hide others.
    aside: Floats = np.zeros(n_shown)
    if each.choices is not None:
        aside = 0.12 + 0.2 * (np.arange(n_shown) % 5) / 5
    is_below = each.trials_y < bottom
    style = {
        "linestyle": "none",
        "color": GREY,
        "alpha": float(np.clip(30 / (n_shown or 1), 0.3, 0.8)),
    }
    x, y = each.trials_x + aside, each.trials_y
    ax.plot(x[~is_below], y[~is_below], "o", markersize=3.5, label="trials", **style)
    at_edge = {"transform": ax.get_xaxis_transform(), "clip_on": False}
    marks = {"marker": 11, "markersize": 5, "label": "trials below the picture"}
    if is_below.any():
        ax.plot(x[is_below], np.full(is_below.sum(), 0.02), **marks, **at_edge, **style)
    star = {"marker": "*", "markersize": 12, "color": VERMILION, "linestyle": "none", "zorder": 4}
    ax.plot([each.best_x], [best_score], label="best trial", **star)


def _chosen(slices: Sequence[Slice], parameters: Sequence[str]) -> list[Slice]:
    by_name = {name: each for each in slices for name in (each.label, each.name)}
    for name in parameters:
        if name not in by_name:
            raise ValueError(
                f"parameters has {name!r}, which is none of those that vary at the best setting: "
                f"{[each.name for each in slices]}."
            )
    return [by_name[name] for name in parameters]
