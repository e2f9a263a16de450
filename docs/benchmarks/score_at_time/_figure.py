"""The figure of the runs that `score_at_time.py` has collected."""

import numpy as np
from _tables import FRACTIONS, UNKNOWN

STYLES = {
    "RandomizedSearchCV": ("black", "-"),
    "HalvingRandomSearchCV": ("#999999", "-"),
    "Optuna TPE, Hyperband": ("#CC79A7", "-"),
    "Optuna GP": ("#CC79A7", "--"),
    "skopt BayesSearchCV": ("#E69F00", "-"),
    "RandomSearchNN": ("#009E73", "-"),
    "RandomSearchNN, halving": ("#009E73", "--"),
    "BayesSearchNN": ("#D55E00", "-"),
    "BayesSearchNN, halving": ("#D55E00", "--"),
}
"""Okabe and Ito's colours (2008), which the colour-blind tell apart; a colour for each family."""


def draw(comparisons, path):
    """Mean points lost against time, a panel for each number of workers."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        1, len(comparisons), figsize=(1.5 + 4.5 * len(comparisons), 4.2), sharey=True, squeeze=False
    )
    for ax, (n_jobs, comparison) in zip(axes[0], comparisons.items(), strict=True):
        draw_panel(ax, comparison)
        ax.set_title(f"{n_jobs} worker" + "s" * (n_jobs > 1))
    axes[0, 0].set_ylabel("points of accuracy below the best")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center", fontsize="small")
    figure.set_layout_engine("constrained")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)


def draw_panel(ax, comparison):
    """The mean over data sets and seeds; a search ends where it or the first method's half does."""
    shares = np.geomspace(1 / FRACTIONS[0], 1 / FRACTIONS[-1], 200)
    for method in comparison.of:
        losses = comparison.losses(method, comparison.cells, 1 / shares).mean(axis=0)
        colour, line = STYLES[method]
        known = losses < UNKNOWN
        ax.step(
            shares[known], losses[known], where="post", label=method, color=colour, ls=line, lw=1.5
        )
    ax.set(xscale="log", ylim=(0, UNKNOWN), xlabel="part of RandomizedSearchCV's time")
    ax.set_xticks([1 / n for n in FRACTIONS], [f"1/{n}" for n in FRACTIONS])
    ax.minorticks_off()
