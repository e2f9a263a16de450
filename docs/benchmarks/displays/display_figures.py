"""Draw the figures of docs/pictures.md, which are those of examples/plot_displays.py.

``python docs/benchmarks/displays/display_figures.py`` writes docs/images/display_*.png.
"""

import runpy
from pathlib import Path

import matplotlib.pyplot as plt

ROOT = Path(__file__).parents[3]
NAMES = (
    "history",
    "comparison",
    "distribution",
    "rung_scores",
    "fit_time",
    "timeline",
    "learning_curves",
    "importance",
    "parallel_coordinates",
    "trial_slices",
    "contour",
    "surrogate_slices",
)
"""Names of the figures, in the order in which the example draws them."""


def main():
    plt.switch_backend("Agg")
    runpy.run_path(str(ROOT / "examples" / "plot_displays.py"))
    for name, number in zip(NAMES, plt.get_fignums(), strict=True):
        plt.figure(number).savefig(ROOT / "docs" / "images" / f"display_{name}.png", dpi=100)


if __name__ == "__main__":
    main()
