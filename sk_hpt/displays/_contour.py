"""Display of the score as a function of two numeric parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from sk_hpt._types import Floats
from sk_hpt.displays import _style
from sk_hpt.displays._contour_data import ContourAxis, compute_contour
from sk_hpt.displays._search_results import FittedSearch, lowest_shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar
    from matplotlib.contour import QuadContourSet
    from matplotlib.lines import Line2D

CONTENT = "a contour"

N_LEVELS = 12
"""Number of colours, about."""


@dataclass(kw_only=True, eq=False, repr=False)
class ContourDisplay:
    """Score as a function of two numeric parameters.

    For a :class:`~sk_hpt.BayesSearchNN` the colours are the scores that its surrogate expects, with
    all other parameters as in the best trial. For other searches they are interpolated between the
    trials, whose other parameters differ; the area outside of all trials is blank. Create a display
    with :meth:`from_search`. All parameters are stored as attributes.

    Parameters
    ----------
    x, y : ContourAxis
        The two parameters: objects with ``name``, ``label``, the arrays ``values`` and ``trials``
        (the values of the trials that are shown) and the bool ``is_log``.
    scores : ndarray of shape (n_y, n_x)
        Score at each point of the two ``values``; NaN where nothing is known.
    trial_scores : ndarray of shape (n_shown,)
        Score of each trial that is shown.
    best : int or None
        Which of these trials is the best one; None if the best trial is not shown.
    is_predicted : bool
        True if the scores are predictions of a surrogate, False if they are interpolated.
    score_label : str, default="mean test score"
        Name of the scores in the label of the colours.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure that contains the axes.
    contours_ : matplotlib QuadContourSet
        Filled contours.
    colorbar_ : matplotlib Colorbar
        Colours and their scores.
    trials_ : matplotlib Line2D
        Markers of the trials.

    See Also
    --------
    SurrogateSliceDisplay : Score that a surrogate predicts along each parameter.
    TrialSlicesDisplay : Score of the trials against each parameter.
    TrialSlicesDisplay : Score of the trials against each parameter.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from sk_hpt import BayesSearchNN
    >>> from sk_hpt.displays import ContourDisplay
    >>> space = {"C": (1e-3, 1e3, "log-uniform"), "gamma": (1e-4, 10.0, "log-uniform")}
    >>> search = BayesSearchNN(SVC(), space, n_iter=8, random_state=0)
    >>> search = search.fit(*load_iris(return_X_y=True))
    >>> display = ContourDisplay.from_search(search)
    >>> display.x.label, display.y.label, display.is_predicted
    ('C', 'gamma', True)
    """

    x: ContourAxis
    y: ContourAxis
    scores: Floats
    trial_scores: Floats
    best: int | None
    is_predicted: bool
    score_label: str = "mean test score"

    @classmethod
    def from_search(
        cls,
        search: FittedSearch,
        *,
        parameters: Sequence[str] | None = None,
        metric: str | None = None,
        ax: Axes | None = None,
        **contour_options: object,
    ) -> Self:
        """Plot the scores of a fitted search over two parameters.

        Parameters
        ----------
        search : estimator object
            A fitted search of sk_hpt or scikit-learn.
        parameters : sequence of two str, optional
            Names of the parameters on the horizontal and the vertical axis; by default the first
            two numeric parameters that vary.
        metric : str, optional
            Metric to plot if there are several; by default the one that decides, ``refit``. A
            surrogate predicts no other one.
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure.
        **contour_options
            Properties of the contours, such as `cmap` and `levels`.

        Returns
        -------
        display : ContourDisplay
            The display, plotted.

        Raises
        ------
        ValueError
            If there are no two such parameters, if the trials lie on a line, if no trial has a
            score, if `metric` is unknown, or if `ax` shows the plot of a display already.
        ImportError
            If matplotlib is not installed.
        """
        found = compute_contour(search, parameters, metric)
        return cls(**vars(found)).plot(ax, **contour_options)

    def plot(self, ax: Axes | None = None, **contour_options: object) -> Self:
        """Plot the stored data.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure.
        **contour_options
            Properties of the contours, such as `cmap` and `levels`.

        Returns
        -------
        self : ContourDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `ax` shows the plot of a display already.
        """
        (ax,) = _style.as_panels(ax)
        _style.check_axes(ax, CONTENT)
        self.ax_, self.figure_ = ax, ax.figure
        self.contours_: QuadContourSet = self._draw_contours(contour_options)
        self.colorbar_: Colorbar = ax.figure.colorbar(self.contours_, ax=ax)
        kind = "expected" if self.is_predicted else "interpolated"
        self.colorbar_.set_label(f"{kind} {self.score_label}")
        style: _style.Style = {"marker": "o", "markersize": 4.5, "markeredgecolor": "white"}
        style |= {"color": "black", "linestyle": "none", "label": "trials", "zorder": 3}
        style["clip_on"] = False  # trials at the ends of a range
        (self.trials_,) = ax.plot(self.x.trials, self.y.trials, **style)
        handles: list[Line2D] = [self.trials_]
        if self.best is not None:
            style |= {"marker": "*", "markersize": 14, "color": _style.RED, "label": "best trial"}
            at = self.x.trials[[self.best]], self.y.trials[[self.best]]
            handles += ax.plot(*at, **{**style, "zorder": 4})
        ax.set_xlabel(self.x.label)
        ax.set_ylabel(self.y.label)
        _style.legend_below(ax, handles)
        return self

    def _draw_contours(self, options: _style.Style) -> QuadContourSet:
        from matplotlib.ticker import MaxNLocator

        known = self.scores[np.isfinite(self.scores)]
        # A few very bad trials do not take up the range of the colours.
        low, high = lowest_shown(known, self.trial_scores.max()), known.max()
        if np.isclose(low, high):
            low, high = low - 0.5, high + 0.5
        levels = MaxNLocator(N_LEVELS, steps=[1, 2, 5, 10]).tick_values(low, high)
        style: _style.Style = {"levels": levels, "cmap": "cividis"}
        style |= {"extend": "min" if levels[0] > known.min() else "neither", **options}
        if self.x.is_log:
            self.ax_.set_xscale("log")
            _style.set_log_ticks(self.ax_.xaxis, self.x.values[-1] / self.x.values[0])
        if self.y.is_log:
            self.ax_.set_yscale("log")
            _style.set_log_ticks(self.ax_.yaxis, self.y.values[-1] / self.y.values[0])
        contours = self.ax_.contourf(self.x.values, self.y.values, self.scores, **style)
        _style.mark(contours, CONTENT)
        return contours
