"""How a search came to its best trial."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from sk_hpt.displays._best_so_far import Floats, best_so_far, known_scores, positions_of
from sk_hpt.displays._drawing import GREY, axes_to_draw_on, next_colour
from sk_hpt.displays._ticks_and_legends import dot, durations, legend_below, whole_numbers
from sk_hpt.displays._trials import trials_of

MARKS: dict[str, dict[str, Any]] = {
    "trial": {"marker": "o"},
    "not on all folds: mean of those it has": {"marker": "o", "markerfacecolor": "none"},
    "pruned or unfinished, without a score": {"marker": "|"},
    "failed": {"marker": "x"},
}
"""How trials are drawn, by what the legend says; the last two on the axis."""

DOT, HOLLOW, TICK, CROSS = MARKS

LINE = "best so far"
"""What marks the lines of these displays among what else is on their axes."""

LOWEST_ROW, ROW = 0.025, 0.035
"""Where the marks on the axis stand, in heights of the picture."""

ROOM = 2.5
"""How far below the best the axis goes, in distances of the median from it."""

CUT_FROM = 1.5
"""How many times as high the picture would be otherwise: for less nothing is left out."""


class OptimizationHistoryDisplay:
    """The best score so far, and that of each trial, over trials or time.

    Make one with :meth:`from_search`; all parameters are stored as attributes.

    Parameters
    ----------
    positions : ndarray of shape (n_trials,)
        Where each trial stands: its number, or seconds.
    scores : ndarray of shape (n_trials,)
        Its mean test score, of the folds that it has; NaN for none.
    status : ndarray of shape (n_trials,), object
        ``"complete"``, ``"pruned"``, ``"failed"`` or ``"unfinished"``.
    best : ndarray of shape (n_trials,)
        The best score of a complete trial up to there; NaN where there is none yet.
    over : {"trials", "time"}, default="trials"
        What the positions are.
    score_label : str, default="mean test score"
        What the scores are.
    name : str, optional
        What the search is called in the legend.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        The figure of it.
    line_ : matplotlib Line2D
        The best so far.
    trials_ : dict of str to matplotlib Line2D
        The marks of the trials, by what the legend calls them.

    See Also
    --------
    LearningCurvesDisplay : How the networks of the trials learned.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from sk_hpt import GridSearchNN
    >>> from sk_hpt.displays import OptimizationHistoryDisplay
    >>> search = GridSearchNN(SVC(), {"C": [0.01, 1.0, 0.1]}).fit(*load_iris(return_X_y=True))
    >>> display = OptimizationHistoryDisplay.from_search(search, name="grid")
    >>> display.best.round(3).tolist()
    [0.927, 0.967, 0.967]
    >>> display.ax_.get_ylabel()
    'mean test score (accuracy)'
    """

    def __init__(
        self,
        *,
        positions: Floats,
        scores: Floats,
        status: Any,
        best: Floats,
        over: str = "trials",
        score_label: str = "mean test score",
        name: str | None = None,
    ) -> None:
        self.positions = positions
        self.scores = scores
        self.status = status
        self.best = best
        self.over = over
        self.score_label = score_label
        self.name = name

    @classmethod
    def from_search(
        cls,
        search: Any,
        *,
        metric: str | None = None,
        over: str = "trials",
        name: str | None = None,
        ax: Any = None,
        **line_options: Any,
    ) -> Self:
        """Draw the history of a fitted search.

        Parameters
        ----------
        search : estimator object
            One of sk_hpt's, or over trials one of scikit-learn's.
        metric : str, optional
            Which of several metrics; by default the one that decides, ``refit``.
        over : {"trials", "time"}, default="trials"
            Whether trials stand in their order, or where they were done.
        name : str, optional
            What the search is called in the legend.
        ax : matplotlib Axes, optional
            Where to draw; by default in a new figure. To compare searches, draw them all on
            the `ax_` of the first.
        **line_options
            For the line and the marks, such as `color`.

        Returns
        -------
        display : OptimizationHistoryDisplay
            What was drawn.

        Raises
        ------
        ValueError
            If no trial has a score, there is no such metric, or times are not known.
        ImportError
            If matplotlib is not installed.
        """
        trials = trials_of(search, metric)
        positions = positions_of(search, over, len(trials.scores))
        scores = known_scores(search, trials)
        display = cls(
            positions=positions,
            scores=scores,
            status=trials.status,
            best=best_so_far(positions, scores, trials.status),
            over=over,
            score_label=trials.score_label,
            name=name,
        )
        return display.plot(ax, **line_options)

    def plot(self, ax: Any = None, *, name: str | None = None, **line_options: Any) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; by default in a new figure.
        name : str, optional
            What the search is called in the legend, instead of `self.name`.
        **line_options
            For the line and the marks, such as `color`.

        Returns
        -------
        self : OptimizationHistoryDisplay
            Itself.
        """
        ax = axes_to_draw_on(ax)
        name = name or self.name
        row = len({line.get_ydata()[0] for line in _artists(ax, TICK) + _artists(ax, CROSS)})
        options = {"color": line_options.get("color") or next_colour(ax), **line_options}
        label = f"{name}: best so far" if name else "best so far"
        known = np.flatnonzero(np.isfinite(self.best))
        known = known[np.argsort(self.positions[known], kind="stable")]
        (self.line_,) = ax.step(
            *(self.positions[known], self.best[known]),
            **{"where": "post", "linewidth": 2, "zorder": 3, "label": label, **options},
        )
        self.line_.set_gid(LINE)
        self.trials_ = {
            mark: _draw_marks(ax, mark, self.positions[rows], self.scores[rows], row, options)
            for mark, rows in self._marked().items()
            if len(rows)
        }
        ax.set_ylabel(self.score_label)
        _set_x(ax, self.over)
        _set_y(ax)
        _set_legend(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _marked(self) -> dict[str, Any]:
        """Which trials get which mark."""
        known, complete = np.isfinite(self.scores), self.status == "complete"
        lacking = ~complete & (self.status != "failed")
        masks = {
            DOT: complete & known,
            HOLLOW: lacking & known,
            TICK: lacking & ~known,
            CROSS: ~lacking & ~known,
        }
        return {mark: np.flatnonzero(mask) for mark, mask in masks.items()}


def _draw_marks(ax: Any, mark: str, x: Floats, y: Floats, row: int, options: dict[str, Any]) -> Any:
    """Marks of one kind, the smaller and fainter the more they are."""
    many = len(x) > 100
    style: dict[str, Any] = {
        "linestyle": "none",
        "color": options["color"],
        "markersize": 3.5 if many else 5.5,
        "alpha": 0.4 if many else 0.7,
        "zorder": 2,
        "gid": mark,
        "label": f"_{mark}",
        **MARKS[mark],
    }
    if mark in (TICK, CROSS):
        # On the axis, each search in a row of its own.
        y = np.full(len(x), LOWEST_ROW + ROW * row)
        style["transform"] = ax.get_xaxis_transform()
        style["markersize"] = 5.5
    return ax.plot(x, y, **style)[0]


def _artists(ax: Any, gid: str) -> list[Any]:
    """What displays like this one have drawn there."""
    return [line for line in ax.lines if line.get_gid() == gid]


def _heights(ax: Any, *gids: str) -> Floats:
    drawn = [line.get_ydata() for gid in gids for line in _artists(ax, gid)]
    return np.concatenate([np.empty(0), *drawn])


def _set_x(ax: Any, over: str) -> None:
    if over == "time":
        longest = max(line.get_xdata().max(initial=0.0) for line in ax.lines)
        ax.set_xlim(left=0.0)
        ax.set_xlabel(f"time since the search began ({durations(ax.xaxis, longest)})")
    else:
        whole_numbers(ax.xaxis)
        ax.set_xlabel("trial")


def _set_y(ax: Any) -> None:
    """From the best down to where few trials are that would take all the room."""
    complete, all_heights = _heights(ax, LINE, DOT), _heights(ax, LINE, DOT, HOLLOW)
    if not len(all_heights):
        return
    high, low = all_heights.max(), all_heights.min()
    if len(complete):
        best = complete.max()
        usual = best - ROOM * (best - np.median(_heights(ax, DOT, HOLLOW)))
        if best - low > CUT_FROM * (best - usual) > 0:
            low = usual
    span = (high - low) or abs(high) or 1.0
    bottom = 0.05 + 1.2 * _heights(ax, TICK, CROSS).max(initial=0.0)
    ax.set_ylim(low - span * bottom, high + 0.05 * span)


def _set_legend(ax: Any) -> None:
    """One entry per search, and one per kind of mark."""
    lines = _artists(ax, LINE)
    color = lines[0].get_color() if len(lines) == 1 else GREY
    marks = [dot(mark, color, **MARKS[mark]) for mark in MARKS if _artists(ax, mark)]
    n_below = int(np.count_nonzero(_heights(ax, DOT, HOLLOW) < ax.get_ylim()[0]))
    if n_below:
        trials = "trial is" if n_below == 1 else "trials are"
        marks.append(dot(f"{n_below} {trials} below the picture", marker=r"$\downarrow$"))
    legend_below(ax, [*lines, *marks])
