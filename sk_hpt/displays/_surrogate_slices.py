"""Display of the surrogate of a Bayesian search along each parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from sk_hpt.displays import _panels, _style
from sk_hpt.displays._search_results import FittedSearch, read_trials
from sk_hpt.displays._surrogate_slices_data import Slice, compute_slices

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

BAND = 2.0
"""Half the height of the band around the expected score, in standard deviations."""

CONTENT = "slices of a surrogate"
"""Content of the axes. The slices of another search would go through another best trial."""


@dataclass(kw_only=True, eq=False, repr=False)
class SurrogateSliceDisplay:
    """Score that the surrogate of a BayesSearchNN predicts along each parameter.

    In each panel one parameter varies, and all others are as in the best trial. The trials are
    shown as well. Their other parameters differ, so that they do not lie on the curve. Create a
    display with :meth:`from_search`. All parameters are stored as attributes.

    Parameters
    ----------
    slices : sequence of Slice
        For each parameter an object with the arrays ``x``, ``mean``, ``std``, ``trials_x`` and
        ``trials_y``, the float ``best_x``, the bool ``is_log`` and ``choices``, a list of str or
        None.
    best_score : float
        Score of the best trial.
    score_label : str, default="mean test score"
        Label of the vertical axes.

    Attributes
    ----------
    axes_ : list of matplotlib Axes
        One axes for each parameter.
    figure_ : matplotlib Figure
        Figure that contains the axes.
    lines_ : list of matplotlib Line2D
        Line or markers of the expected score in each of the axes.
    bands_ : list of matplotlib artists
        Band of two standard deviations to each side of the expected score in each of the axes.

    See Also
    --------
    sk_hpt.BayesSearchNN : ``surrogate_.predict`` gives the predictions for any candidates.

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

    slices: Sequence[Slice]
    best_score: float
    score_label: str = "mean test score"

    @classmethod
    def from_search(
        cls,
        search: FittedSearch,
        *,
        parameters: Sequence[str] | None = None,
        ax: Axes | Sequence[Axes] | None = None,
        **line_options: object,
    ) -> Self:
        """Plot the predictions of a fitted search.

        Parameters
        ----------
        search : BayesSearchNN
            A fitted search.
        parameters : sequence of str, optional
            Names of the parameters to plot; by default all that vary in the part of the space that
            contains the best trial.
        ax : matplotlib Axes or sequence of them, optional
            Axes to plot on, one for each parameter; by default those of a new figure.
        **line_options
            Properties of the lines of the expected score, such as `color`.

        Returns
        -------
        display : SurrogateSliceDisplay
            The display, plotted.

        Raises
        ------
        ValueError
            If the search has no surrogate, if no trial has a score, if a parameter is unknown,
            or if `ax` shows the plot of a display already.
        ImportError
            If matplotlib is not installed.
        """
        trials = read_trials(search)
        if not (hasattr(search, "surrogate_") and hasattr(search, "best_index_")):
            raise ValueError(
                f"{type(search).__name__} has no surrogate_, because it does not model the score. "
                "Use a BayesSearchNN, or ParameterImportanceDisplay for any search."
            )
        best = search.best_index_
        slices = compute_slices(search.surrogate_, trials.params[best], trials)
        if parameters is not None:
            slices = _select_slices(slices, parameters)
        if not slices:
            raise ValueError("The space has a single candidate, so no parameter varies.")
        best_score = float(trials.scores[best])
        display = cls(slices=slices, best_score=best_score, score_label=trials.score_label)
        return display.plot(ax, **line_options)

    def plot(self, ax: Axes | Sequence[Axes] | None = None, **line_options: object) -> Self:
        """Plot the stored data.

        Parameters
        ----------
        ax : matplotlib Axes or sequence of them, optional
            Axes to plot on, one for each parameter; by default those of a new figure.
        **line_options
            Properties of the lines of the expected score, such as `color`.

        Returns
        -------
        self : SurrogateSliceDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `ax` shows the plot of a display already.
        """
        self.axes_ = _panels.parameter_panels(ax, len(self.slices))
        for axes in self.axes_:
            _style.check_axes(axes, CONTENT)
        self.figure_ = self.axes_[0].figure
        self.lines_: list[Line2D] = []
        self.bands_: list[Artist] = []
        limits = self._y_limits()
        for axes, each in zip(self.axes_, self.slices, strict=True):
            _draw_trials(axes, each, self.best_score, limits[0])
            self._draw_prediction(axes, each, {"color": _style.cycle(axes)[0], **line_options})
            axes.set_xlabel(each.label)
            axes.set_ylim(*limits)
        # Entries of the first panel, then those that only later panels have.
        entries: dict[str, Artist] = {}
        for axes in self.axes_:
            handles, labels = axes.get_legend_handles_labels()
            entries = {**dict(zip(labels, handles, strict=True)), **entries}
        _panels.finish(self.axes_, self.score_label, list(entries.values()), is_new=ax is None)
        return self

    def _y_limits(self) -> tuple[float, float]:
        """Return limits that contain the predictions and the better half of the trials."""
        bands = [each.mean + side * each.std for each in self.slices for side in (-BAND, BAND)]
        tried = [each.trials_y for each in self.slices if len(each.trials_y)]
        halves = [scores[scores >= np.median(scores)] for scores in tried]
        shown = np.concatenate([*bands, *halves, [self.best_score]])
        margin = 0.05 * (np.ptp(shown) or 1.0)
        return float(shown.min() - margin), float(shown.max() + margin)

    def _draw_prediction(self, ax: Axes, each: Slice, options: _style.Style) -> None:
        """Draw a line with a band along numbers, and a marker with a bar for each choice."""
        band: _style.Style = {"color": options["color"], "label": f"± {BAND:g} standard deviations"}
        low, high = each.mean - BAND * each.std, each.mean + BAND * each.std
        if each.choices is not None:
            options = {"marker": "o", "linestyle": "none", **options}
        self.lines_ += ax.plot(each.x, each.mean, label="expected score", **options)
        if each.choices is None:
            self.bands_.append(ax.fill_between(each.x, low, high, alpha=0.2, linewidth=0, **band))
        else:
            self.bands_.append(ax.vlines(each.x, low, high, **band))
            _panels.label_choices(ax, each.choices)
        _style.mark(self.bands_[-1], CONTENT)
        if each.is_log:
            ax.set_xscale("log")
            _style.set_log_ticks(ax.xaxis, each.x.max() / each.x.min())


def _draw_trials(ax: Axes, each: Slice, best_score: float, bottom: float) -> None:
    """Draw the trials as dots, those below the plot at its lower edge, and the best as a star."""
    n_shown = len(each.trials_x)
    x, y = each.trials_x, each.trials_y
    if each.choices is not None:
        # Trials with the same choice stand side by side, to the right of the prediction.
        x = x + (0.12 + 0.2 * (np.arange(n_shown) % 5) / 5)
    is_below = y < bottom
    alpha = float(np.clip(30 / (n_shown or 1), 0.3, 0.8))
    style: _style.Style = {"linestyle": "none", "color": _style.GREY, "alpha": alpha}
    ax.plot(x[~is_below], y[~is_below], "o", markersize=3.5, label="trials", **style)
    if is_below.any():
        style |= {"transform": ax.get_xaxis_transform(), "clip_on": False}
        style |= {"marker": 11, "markersize": 5, "label": "trials below the plot"}
        ax.plot(x[is_below], np.full(is_below.sum(), 0.02), **style)
    star: _style.Style = {"color": _style.RED, "markersize": 12, "linestyle": "none"}
    ax.plot([each.best_x], [best_score], marker="*", label="best trial", zorder=4, **star)


def _select_slices(slices: Sequence[Slice], parameters: Sequence[str]) -> list[Slice]:
    by_name = {name: each for each in slices for name in (each.label, each.name)}
    for name in parameters:
        if name not in by_name:
            raise ValueError(
                f"parameters={list(parameters)!r} must be among the parameters that vary at the "
                f"best trial: {[each.name for each in slices]}. {name!r} is not."
            )
    return [by_name[name] for name in parameters]
