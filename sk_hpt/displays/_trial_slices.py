"""Display of the scores of the trials against each parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from sk_hpt._types import Floats
from sk_hpt.displays import _panels, _style
from sk_hpt.displays import _trial_markers as markers
from sk_hpt.displays._search_results import FittedSearch, Statuses, read_trials
from sk_hpt.displays._trial_slices_data import TrialSlice, compute_trial_slices

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from matplotlib.typing import ColorType

CONTENT = "slices of trials"


@dataclass(kw_only=True, eq=False, repr=False)
class TrialSlicesDisplay:
    """Score of each trial against each parameter.

    Nothing is modelled: each panel shows all trials that have the parameter, whatever their other
    parameters are. Create a display with :meth:`from_search`. All parameters are stored as
    attributes.

    Parameters
    ----------
    slices : sequence of TrialSlice
        For each parameter an object with the array ``x`` of shape (n_trials,), the bool ``is_log``
        and ``choices``, a list of str or None.
    scores : ndarray of shape (n_trials,)
        Mean test score of each trial over the folds that were scored; NaN if there is none.
    rung_scores : ndarray of shape (n_trials,)
        Score on the highest rung for trials that were pruned before a fold was scored; NaN for all
        others.
    status : ndarray of shape (n_trials,), dtype=object
        ``"complete"``, ``"pruned"``, ``"failed"`` or ``"unfinished"`` for each trial.
    best : int or None
        Index of the best trial; None if no complete trial has a score.
    score_label : str, default="mean test score"
        Label of the vertical axes.

    Attributes
    ----------
    axes_ : list of matplotlib Axes
        One axes for each parameter.
    figure_ : matplotlib Figure
        Figure that contains the axes.
    trials_ : list of dict of str to matplotlib Line2D
        For each of the axes the markers of the trials, by their names in the legend.

    See Also
    --------
    SurrogateSliceDisplay : Score that the surrogate of a Bayesian search predicts.
    ContourDisplay : Score over two parameters.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from sk_hpt import GridSearchNN
    >>> from sk_hpt.displays import TrialSlicesDisplay
    >>> space = {"C": [0.01, 1.0, 0.1], "kernel": ["rbf", "poly"]}
    >>> search = GridSearchNN(SVC(), space).fit(*load_iris(return_X_y=True))
    >>> display = TrialSlicesDisplay.from_search(search)
    >>> display.slices[0].x.tolist()
    [0.01, 0.01, 1.0, 1.0, 0.1, 0.1]
    >>> display.slices[1].choices
    ['poly', 'rbf']
    """

    slices: Sequence[TrialSlice]
    scores: Floats
    rung_scores: Floats
    status: Statuses
    best: int | None
    score_label: str = "mean test score"

    @classmethod
    def from_search(
        cls,
        search: FittedSearch,
        *,
        parameters: Sequence[str] | None = None,
        metric: str | None = None,
        color: ColorType | None = None,
        ax: Axes | Sequence[Axes] | None = None,
    ) -> Self:
        """Plot the trials of a fitted search.

        Parameters
        ----------
        search : estimator object
            A fitted search of sk_hpt or scikit-learn.
        parameters : sequence of str, optional
            Names of the parameters to plot; by default all that vary.
        metric : str, optional
            Metric to plot if there are several; by default the one that decides, ``refit``.
        color : color, optional
            Colour of the trials; by default the first of the displays.
        ax : matplotlib Axes or sequence of them, optional
            Axes to plot on, one for each parameter; by default those of a new figure.

        Returns
        -------
        display : TrialSlicesDisplay
            The display, plotted.

        Raises
        ------
        ValueError
            If no trial has a score, if a name is unknown, or if `ax` shows the
            plot of a display already.
        ImportError
            If matplotlib is not installed.
        """
        trials = read_trials(search, metric)
        display = cls(
            slices=compute_trial_slices(search, trials, parameters),
            scores=trials.scores,
            rung_scores=trials.rung_scores,
            status=trials.status,
            best=trials.best,
            score_label=trials.score_label,
        )
        return display.plot(ax, color=color)

    def plot(
        self, ax: Axes | Sequence[Axes] | None = None, *, color: ColorType | None = None
    ) -> Self:
        """Plot the stored data.

        Parameters
        ----------
        ax : matplotlib Axes or sequence of them, optional
            Axes to plot on, one for each parameter; by default those of a new figure.
        color : color, optional
            Colour of the trials; by default the first of the displays.

        Returns
        -------
        self : TrialSlicesDisplay
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
        colour = color or _style.cycle(self.axes_[0])[0]
        trials = markers.Marked(self.scores, self.rung_scores, self.status)
        self.trials_: list[dict[str, Line2D]] = []
        stars: list[Line2D] = []
        for axes, each in zip(self.axes_, self.slices, strict=True):
            _set_x_axis(axes, each)
            self.trials_.append(trials.draw(axes, each.x, colour))
            if self.best is not None and np.isfinite(each.x[self.best]):
                star = markers.draw_best(axes, each.x[self.best], self.scores[self.best])
                stars.append(star)
        markers.set_y_limits(self.axes_)
        handles = [*stars[:1], *markers.legend_handles(self.axes_, colour)]
        _panels.finish(self.axes_, self.score_label, handles, is_new=ax is None)
        return self


def _set_x_axis(ax: Axes, each: TrialSlice) -> None:
    # Markers have their kinds as gid, so that an invisible line says what the axes show.
    _style.mark(ax.axhline(np.nan, visible=False), CONTENT)
    ax.set_xlabel(each.label)
    if each.choices is not None:
        _panels.label_choices(ax, each.choices)
    elif each.is_log:
        ax.set_xscale("log")
        known = each.x[np.isfinite(each.x)]
        _style.set_log_ticks(ax.xaxis, known.max() / known.min())
