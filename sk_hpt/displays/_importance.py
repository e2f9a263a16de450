"""Display of the parameter importance: the share of the variance that each parameter explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sk_hpt._types import Floats, Seed
from sk_hpt.displays import _importance_bars as _bars
from sk_hpt.displays import _style
from sk_hpt.displays._importance_data import fit_importances
from sk_hpt.displays._search_results import FittedSearch, check_same_scores, check_searches

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer


@dataclass(kw_only=True, eq=False, repr=False)
class ParameterImportanceDisplay:
    """Share of the variance of the score that each parameter explains.

    A random forest learns the score from the parameters of the trials. The variance of the
    prediction of each tree is then split into the effect of each parameter alone, averaged over all
    others, and the interactions of several parameters (functional analysis of variance; Hutter,
    Hoos and Leyton-Brown, 2014). Create a display with :meth:`from_search`. All parameters are
    stored as attributes.

    Parameters
    ----------
    labels : sequence of str
        Labels of the parameters, then of pairs of parameters.
    shares : ndarray of shape (n_trees, n_labels)
        Share of the variance that each label explains, from 0 to 1, in each tree.
    n_trials : int
        Number of trials that the forest has learned from.
    explained : float
        Share of the variance of the scores that the forest predicts for trials that a tree has not
        seen (out-of-bag R²). The lower the value, the less reliable are the shares.
    score_label : str, default="mean test score"
        Name of the scores in the label of the horizontal axis.
    name : str, optional
        Name of the search in the legend.
    others : sequence of ParameterImportanceDisplay, default=()
        Displays of other searches that are drawn on the same axes.

    Attributes
    ----------
    importances : ndarray of shape (n_labels,)
        Mean of the shares over the trees.
    spreads : ndarray of shape (n_labels,)
        Standard deviation of the shares over the trees.
    rest : float
        Mean share of the interactions that are not listed.
    ax_ : matplotlib Axes
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure that contains the axes.
    bars_ : matplotlib BarContainer
        Bars of the labels in their order, and last the bar of the rest.

    See Also
    --------
    ParallelCoordinatesDisplay : All trials, by their parameters.

    Notes
    -----
    Parameters count as independent of each other, each over the range or the choices that were
    tried. Effects outside this range are not seen. Failed trials are left out, and so are trials
    that were stopped early, unless fewer than ten are complete. Scores far below the others (more
    than three times the distance of the quartiles below the lower quartile; Tukey, 1977) are raised
    to that value, because a single network that diverged would otherwise be most of the variance.

    References
    ----------
    F. Hutter, H. Hoos and K. Leyton-Brown, "An efficient approach for assessing hyperparameter
    importance", ICML 2014.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from sk_hpt import GridSearchNN
    >>> from sk_hpt.displays import ParameterImportanceDisplay
    >>> space = {"C": [0.001, 0.1, 10.0], "kernel": ["rbf", "poly"], "shrinking": [True, False]}
    >>> search = GridSearchNN(SVC(), space).fit(*load_iris(return_X_y=True))
    >>> display = ParameterImportanceDisplay.from_search(search)
    >>> display.labels[int(display.importances.argmax())]
    'C'
    """

    labels: Sequence[str]
    shares: Floats
    n_trials: int
    explained: float
    score_label: str = "mean test score"
    name: str | None = None
    others: Sequence[ParameterImportanceDisplay] = ()

    @property
    def importances(self) -> Floats:
        """Mean of the shares over the trees."""
        return np.asarray(self.shares.mean(axis=0))

    @property
    def spreads(self) -> Floats:
        """Standard deviation of the shares over the trees."""
        return np.asarray(self.shares.std(axis=0))

    @property
    def rest(self) -> float:
        """Mean share of the interactions that are not listed."""
        return max(1.0 - float(self.importances.sum()), 0.0)

    @classmethod
    def from_search(
        cls,
        search: FittedSearch,
        *,
        metric: str | None = None,
        pairs: bool = False,
        n_trees: int = 100,
        random_state: Seed = 0,
        name: str | None = None,
        ax: Axes | None = None,
        **bar_options: Any,
    ) -> Self:
        """Plot which parameters of a fitted search matter.

        Parameters
        ----------
        search : estimator object
            A fitted search of sk_hpt or scikit-learn.
        metric : str, optional
            Metric to explain if there are several; by default the one that decides, ``refit``.
        pairs : bool, default=False
            True to list the interactions of two parameters that explain at least 1% of the
            variance.
        n_trees : int, default=100
            Number of trees of the forest.
        random_state : int, RandomState instance or None, default=0
            Seed of the forest.
        name : str, optional
            Name of the search in the legend.
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure. They may show the importances of
            other searches, see also :meth:`from_searches`.
        **bar_options
            Properties of the bars, such as `color`.

        Returns
        -------
        display : ParameterImportanceDisplay
            The display, plotted.

        Raises
        ------
        ValueError
            If there are too few trials, if all have the same parameters or the same score, if
            `metric` is unknown, or if `ax` shows something else.
        ImportError
            If matplotlib is not installed.
        """
        found = fit_importances(search, metric, pairs, n_trees, random_state)
        return cls(**vars(found), name=name).plot(ax, **bar_options)

    @classmethod
    def from_searches(
        cls,
        searches: Mapping[str, FittedSearch],
        *,
        metric: str | None = None,
        pairs: bool = False,
        n_trees: int = 100,
        random_state: Seed = 0,
        ax: Axes | None = None,
        **bar_options: Any,
    ) -> Self:
        """Plot which parameters of several fitted searches matter, side by side.

        Parameters
        ----------
        searches : dict of str to estimator object
            Fitted searches of sk_hpt or scikit-learn by their names in the legend.
        metric, pairs, n_trees, random_state
            As in :meth:`from_search`.
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure.
        **bar_options
            Properties of all bars, such as `alpha`.

        Returns
        -------
        display : ParameterImportanceDisplay
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
        first, *others = [
            cls(**vars(fit_importances(each, metric, pairs, n_trees, random_state)), name=name)
            for name, each in searches.items()
        ]
        check_same_scores({each.name or "": each.score_label for each in [first, *others]})
        first.others = others
        return first.plot(ax, **bar_options)

    def plot(self, ax: Axes | None = None, *, name: str | None = None, **bar_options: Any) -> Self:
        """Plot the stored data.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to plot on; by default those of a new figure. The bars of other displays on these
            axes become narrower to make room.
        name : str, optional
            Name of the search in the legend, instead of `self.name`.
        **bar_options
            Properties of the bars, such as `color`.

        Returns
        -------
        self : ParameterImportanceDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `ax` shows something else than importances for the same score.
        """
        size = (7.2, max(2.4, 1.4 + 0.36 * (len(self.labels) + 1)))
        (ax,) = _style.as_panels(ax, figsize=size)
        content = f"the importance of parameters for the {self.score_label}"
        _style.check_axes(ax, content, can_share=True)
        self.ax_, self.figure_ = ax, ax.figure
        used = [bars[0].get_facecolor() for bars in _bars.searches_on(ax)]
        colour = bar_options.get("color") or _style.next_colour(ax, used)
        label = self._legend_text(name or self.name)
        self.bars_ = self._draw_bars(ax, {"label": label, **bar_options, "color": colour})
        _style.mark(_bars.error_bars(self.bars_)[2][0], content)
        searches = _bars.searches_on(ax)
        rows = _bars.sorted_labels(searches)
        for place, bars in enumerate(searches):
            _bars.move_bars(bars, rows, place, len(searches))
        ax.set_yticks(range(len(rows)), labels=rows)
        ax.set_ylim(len(rows) - 0.4, -0.6)
        longest = max(_bars.error_segments(bars)[:, 1, 0].max() for bars in searches)
        ax.set_xlim(0.0, min(1.05 * longest, 102.0))
        ax.set_xlabel(f"share of the variance of the {self.score_label}, %")
        _style.legend_below(ax, searches, n_columns=1)
        for other in self.others:
            other.plot(ax, **bar_options)
        return self

    def _legend_text(self, name: str | None) -> str:
        quality = "too few to predict unseen trials"
        if self.explained > 0:
            quality = f"{self.explained:.0%} of the variance predicted for unseen trials"
        text = f"{self.n_trials} trials, {quality}"
        return f"{name}: {text}" if name else text

    def _draw_bars(self, ax: Axes, options: _style.Style) -> BarContainer:
        """Draw a bar in percent for each label and for the rest, with its standard deviation."""
        shares = 100 * np.append(self.importances, self.rest)
        spreads = 100 * np.append(self.spreads, self.shares.sum(axis=1).std())
        ends = np.minimum(shares + spreads, 100.0)
        errors = [np.minimum(spreads, shares), np.maximum(ends - shares, 0.0)]
        style: _style.Style = {"xerr": errors, "error_kw": {"elinewidth": 1}}
        style["error_kw"]["ecolor"] = _style.foreground(ax)
        bars = ax.barh(np.arange(len(shares)), shares, height=_bars.BAR_HEIGHT, **style, **options)
        for bar, label in zip(bars, [*self.labels, _bars.REST], strict=True):
            bar.set_gid(label)
        bars[-1].set(alpha=0.45, hatch="///", edgecolor=_style.background(ax))
        return bars
