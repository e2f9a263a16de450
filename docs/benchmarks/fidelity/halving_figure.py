"""The figure of a halving search, from recorded curves: who trains how far, and on which folds.

python docs/benchmarks/fidelity/halving_figure.py [--data segment] [--settings 27]
"""

import argparse
from pathlib import Path

import matplotlib
import numpy as np
from _curves import EXPORTED, ROWS, recorded
from _rules import of_package

from sk_hpt._trials import Trial
from sk_hpt.fidelity import Halving

matplotlib.use("Agg")
import matplotlib.pyplot as plt

PATH = Path(__file__).parents[2] / "images" / "halving.png"
BLUE, ORANGE = "#0072B2", "#D55E00"
"""Okabe and Ito's (2008), which the colour-blind tell apart."""


def draw_epochs(ax, errors, trained, complete, winner):
    """Curves on the first fold, up to where their training ended."""
    last = errors.shape[2]
    for i, end in enumerate(trained[:, 0]):
        epochs = [*(epoch for epoch in EXPORTED[last] if epoch < end), end]
        shown = errors[i, 0, np.array(epochs) - 1]
        if complete[i, 0]:
            shown[-1] = errors[i, 0, -1]  # the end itself may lie between what was exported
        colour = ORANGE if i == winner else BLUE if complete[i, 0] else "0.7"
        ax.plot(epochs, shown, color=colour, lw=2 if i == winner else 1, zorder=2 + (i == winner))
        ax.plot(epochs[-1], shown[-1], "o", color=colour, ms=3, zorder=3)
    rungs = [rung.n_resources for rung in Halving().rungs(Trial(0, {}, last)) if not rung.halfway]
    for rung in [*rungs, last]:
        ax.axvline(rung, color="0.85", lw=1, zorder=1)
        count(ax, rung, (trained[:, 0] >= rung) | complete[:, 0])
    ax.set(xscale="log", yscale="log", xlabel="epochs on the first fold", ylabel="test error")
    ax.set_xticks([1, *rungs, last], [1, *rungs, last])
    ax.minorticks_off()


def draw_folds(ax, errors, complete, winner):
    """Final errors of those that race, fold by fold."""
    for i in np.flatnonzero(complete[:, 1]):
        folds = np.flatnonzero(complete[i])
        colour = ORANGE if i == winner else BLUE
        ax.plot(folds + 1, errors[i, folds, -1], "o-", color=colour, ms=4, lw=1)
    for fold in range(1, errors.shape[1]):
        count(ax, fold + 1, complete[:, fold])
    ax.set(xlabel="fold, trained to the end", xticks=np.arange(errors.shape[1]) + 1)


def count(ax, x, there):
    """Write above the axes how many come to x."""
    text = f"{np.count_nonzero(there)}"
    ax.annotate(text, (x, 1.01), xycoords=("data", "axes fraction"), ha="center")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", choices=ROWS, default="segment")
    parser.add_argument("--settings", type=int, default=27)
    options = parser.parse_args()
    curves = recorded(options.data, 1)
    scores = np.nan_to_num(curves.accuracy[: options.settings], nan=0.0)
    ends = curves.n_epochs[: options.settings]
    winner, trained = of_package(scores, ends, Halving())
    complete = trained == ends
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(9, 3.8), width_ratios=[2, 1], layout="constrained"
    )
    draw_epochs(left, 1 - scores, trained, complete, winner)
    draw_folds(right, 1 - scores, complete, winner)
    figure.savefig(PATH, dpi=120)
    print(f"The search trains {ends.sum() / trained.sum():.1f} times less than a full one.")


if __name__ == "__main__":
    main()
