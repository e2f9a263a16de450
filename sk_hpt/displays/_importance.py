"""Which parameters of a search matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from sk_hpt.displays._drawing import axes_to_draw_on, next_colour
from sk_hpt.displays._forest import Floats, importances_of
from sk_hpt.displays._ticks_and_legends import legend_below

REST = "rest (interactions)"

BAR = 0.8
"""Height of the bars of a parameter, of the distance to the next."""


class ParameterImportanceDisplay:
    """Which share of the variance of the score each parameter accounts for.

    A random forest learns the score from the settings of the trials; each tree is then taken
    apart into what each parameter does on its own, averaged over all others, and what they do
    together (functional analysis of variance, Hutter, Hoos and Leyton-Brown 2014). Make one with
    :meth:`from_search`; all parameters are stored as attributes.

    Parameters
    ----------
    labels : sequence of str
        The parameters, and pairs of them.
    shares : ndarray of shape (n_trees, n_labels)
        Which share of the variance each accounts for, by each tree.
    n_trials : int
        How many trials the forest has learned from.
    explained : float
        Share of the variance of the scores that the forest predicts for trials that it has not
        seen (out of bag): how far the picture is to be trusted.
    score_label : str, default="mean test score"
        What the scores are.
    name : str, optional
        What the search is called in the legend.

    Attributes
    ----------
    importances : ndarray of shape (n_labels,)
        Mean share over the trees.
    spreads : ndarray of shape (n_labels,)
        Standard deviation over the trees.
    rest : float
        Mean share of all that is not listed: interactions.
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        The figure of it.
    bars_ : matplotlib BarContainer
        The bars, those of the labels in their order and then that of the rest.

    See Also
    --------
    ParallelCoordinatesDisplay : All trials, by their parameters.

    Notes
    -----
    Parameters count as independent of each other, each over the range or the choices that were
    tried: what matters elsewhere is not seen. Trials that failed are left out; so are those that
    were stopped early, unless fewer than ten are complete. Scores far below the others (by more
    than three quartile distances, Tukey 1977) are raised to there, so that a network that diverged
    is not all that is explained.

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

    def __init__(
        self,
        *,
        labels: Sequence[str],
        shares: Floats,
        n_trials: int,
        explained: float,
        score_label: str = "mean test score",
        name: str | None = None,
    ) -> None:
        self.labels = labels
        self.shares = shares
        self.n_trials = n_trials
        self.explained = explained
        self.score_label = score_label
        self.name = name

    @property
    def importances(self) -> Floats:
        """Mean share over the trees."""
        return np.asarray(self.shares.mean(axis=0))

    @property
    def spreads(self) -> Floats:
        """Standard deviation over the trees."""
        return np.asarray(self.shares.std(axis=0))

    @property
    def rest(self) -> float:
        """Mean share of all that is not listed."""
        return max(1.0 - float(self.importances.sum()), 0.0)

    @classmethod
    def from_search(
        cls,
        search: Any,
        *,
        metric: str | None = None,
        pairs: bool = False,
        n_trees: int = 100,
        random_state: Any = 0,
        name: str | None = None,
        ax: Any = None,
        **bar_options: Any,
    ) -> Self:
        """Draw which parameters of a fitted search matter.

        Parameters
        ----------
        search : estimator object
            A fitted search, of sk_hpt or of scikit-learn.
        metric : str, optional
            Which of several metrics; by default the one that decides, ``refit``.
        pairs : bool, default=False
            Whether to list what two parameters do together, where it is a hundredth at least.
        n_trees : int, default=100
            Trees of the forest.
        random_state : int, RandomState instance or None, default=0
            Seed of the forest.
        name : str, optional
            What the search is called in the legend.
        ax : matplotlib Axes, optional
            Where to draw; by default in a new figure. To compare searches, draw them all on
            the `ax_` of the first.
        **bar_options
            For the bars, such as `color`.

        Returns
        -------
        display : ParameterImportanceDisplay
            What was drawn.

        Raises
        ------
        ValueError
            If the trials are too few, or their settings or scores all the same.
        ImportError
            If matplotlib is not installed.
        """
        found = importances_of(search, metric, pairs, n_trees, random_state)
        display = cls(
            labels=found.labels,
            shares=found.shares,
            n_trials=found.n_trials,
            explained=found.explained,
            score_label=found.score_label,
            name=name,
        )
        return display.plot(ax, **bar_options)

    def plot(self, ax: Any = None, *, name: str | None = None, **bar_options: Any) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; by default in a new figure. Displays that are there already make room.
        name : str, optional
            What the search is called in the legend, instead of `self.name`.
        **bar_options
            For the bars, such as `color`.

        Returns
        -------
        self : ParameterImportanceDisplay
            Itself.
        """
        ax = axes_to_draw_on(ax, figsize=(7.2, max(2.4, 1.4 + 0.36 * (len(self.labels) + 1))))
        there = getattr(ax, "_sk_hpt_importances", [])
        options = {"color": bar_options.get("color") or next_colour(ax), **bar_options}
        shown = [*there, (self, {"label": self._legend(name or self.name), **options})]
        ax._sk_hpt_importances = shown
        self.ax_, self.figure_ = ax, ax.figure
        for display, _ in there:
            display.bars_.errorbar.remove()
            display.bars_.remove()
        rows = _rows([display for display, _ in shown])
        for place, (display, options) in enumerate(shown):
            display._draw(rows, place, len(shown), options)
        ax.set_yticks(range(len(rows)), labels=rows)
        ax.set_ylim(len(rows) - 0.4, -0.6)
        longest = max(display._ends().max() for display, _ in shown)
        ax.set_xlim(0.0, min(1.05 * longest, 102.0))
        ax.set_xlabel(f"share of the variance of the {self.score_label}, %")
        legend_below(ax, [display.bars_ for display, _ in shown], n_columns=1)
        return self

    def _legend(self, name: str | None) -> str:
        doubt = "too few to tell for sure"
        if self.explained > 0:
            doubt = f"predicting {self.explained:.0%} of the variance of unseen ones"
        text = f"{self.n_trials} trials, {doubt}"
        return f"{name}: {text}" if name else text

    def _ends(self) -> Floats:
        """Where bars and what shows their spread end, in percent."""
        shares, spreads = self._all_bars()
        return np.minimum(shares + spreads, 100.0)

    def _all_bars(self) -> tuple[Floats, Floats]:
        """Shares and spreads of the labels, then of the rest, in percent."""
        spread_of_rest = self.shares.sum(axis=1).std()
        shares = np.append(self.importances, self.rest)
        return 100 * shares, 100 * np.append(self.spreads, spread_of_rest)

    def _draw(self, rows: list[str], place: int, n_shown: int, options: dict[str, Any]) -> None:
        """Bars, of all searches shown those at this place in each row."""
        height = BAR / n_shown
        y = np.array([rows.index(label) for label in [*self.labels, REST]], dtype=float)
        shares, spreads = self._all_bars()
        self.bars_ = self.ax_.barh(
            y - BAR / 2 + height * (place + 0.5),
            shares,
            height=height,
            xerr=[np.minimum(spreads, shares), np.maximum(self._ends() - shares, 0.0)],
            error_kw={"elinewidth": 1, "ecolor": "0.25"},
            **options,
        )
        self.bars_[-1].set(alpha=0.45, hatch="///", edgecolor="white")


def _rows(displays: Sequence[ParameterImportanceDisplay]) -> list[str]:
    """What is listed by any, what matters most on the mean first, and the rest last."""
    sums: dict[str, float] = {}
    for display in displays:
        for label, share in zip(display.labels, display.importances, strict=True):
            sums[label] = sums.get(label, 0.0) + float(share)
    return [*sorted(sums, key=lambda label: -sums[label]), REST]
