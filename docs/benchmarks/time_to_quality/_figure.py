"""The figure of the runs that `time_to_quality.py` has collected."""

import numpy as np
from _tables import QUALITY

STYLES = {
    "RandomizedSearchCV": ("black", "-"),
    "HalvingRandomSearchCV, 3 rungs": ("#999999", "-"),
    "HalvingRandomSearchCV, 4 rungs": ("#999999", "--"),
    "best 3 after one epoch": ("#56B4E9", ":"),
    "Optuna TPE, Hyperband": ("#CC79A7", "-"),
    "skopt BayesSearchCV": ("#E69F00", "-"),
    "RandomSearchNN": ("#009E73", "-"),
    "RandomSearchNN, race": ("#009E73", ":"),
    "RandomSearchNN, halving": ("#009E73", "--"),
    "BayesSearchNN": ("#D55E00", "-"),
    "BayesSearchNN, halving": ("#D55E00", "--"),
}
"""Okabe and Ito's colours (2008), which the colour-blind tell apart; a colour for each family."""


def draw(comparison, path):
    """Best score so far against time, a panel for each data set."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    n_panels = len(comparison.data) + 1  # the last holds the legend
    n_columns = min(3, n_panels)
    n_rows = -(-n_panels // n_columns)
    figure, axes = plt.subplots(
        n_rows, n_columns, figsize=(4 * n_columns, 3.2 * n_rows), layout="constrained"
    )
    axes = np.ravel(axes)
    for ax, name in zip(axes, comparison.data, strict=False):
        draw_panel(ax, comparison, name)
    for ax in axes[len(comparison.data) :]:
        ax.axis("off")
    handles, labels = axes[0].get_legend_handles_labels()
    axes[len(comparison.data)].legend(handles, labels, loc="center", fontsize="small")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)


def draw_panel(ax, comparison, name):
    """The median over seeds of the best score so far, in % of the best that anyone finds.

    A dot is where the search had returned on every seed.
    """
    best = comparison.best(name)
    runs = comparison.per_method(name)
    first = min(min(run.seconds, default=np.inf) for each in runs.values() for run in each)
    last = max(run.total for each in runs.values() for run in each)
    times = np.geomspace(first, last, 400)
    for method, of_seeds in runs.items():
        curves = [
            [100 * run.score_at(at) / top for at in times]
            for run, top in zip(of_seeds, best, strict=True)
        ]
        # Known from where most seeds have a result.
        median = np.median(np.nan_to_num(curves, nan=0.0), axis=0)
        colour, line = STYLES[method]
        known = np.where(median > 0, median, np.nan)
        until = np.max(comparison.totals(method, name))
        final = 100 * np.median([run.best for run in of_seeds] / best)
        shown = times <= until
        ax.step(
            times[shown], known[shown], where="post", label=method, color=colour, ls=line, lw=1.5
        )
        ax.plot(until, final, "o", color=colour, ms=4)
    ax.axhline(100 * QUALITY, color="0.8", lw=1, zorder=0)
    ax.set(xscale="log", ylim=(95, 100.2), title=name)
    ax.set(xlabel=f"seconds ({comparison.clock})", ylabel="best score, % of best found")
