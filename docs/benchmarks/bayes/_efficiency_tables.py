"""Tables and a figure of the runs that `sample_efficiency.py` has collected.

A cell is a (task, space). The axes of all arrays are rows of the table, seeds, cells, trials.
"""

from pathlib import Path

import numpy as np
from _objectives import CHOSEN_ON, CONFIRMED_ON, SPACES
from scipy.stats import rankdata

N_TRIALS = 50
BUDGETS = (5, 10, 25, 50)
RANDOM_TIMES = (1, 2, 4)
"""Random search is also shown with twice and four times the trials."""


class Comparison:
    """Runs of several methods, on the seeds and cells that all of them have.

    Parameters
    ----------
    runs : dict
        (method, space, task, seed) -> run; others than those compared help to find the scale.
    methods, tasks : list of str
        Those that are compared.
    n_seeds : int
        Seeds from this on are not looked at.
    """

    def __init__(self, runs, methods, tasks, n_seeds):
        self.cells = [(space, task) for task in tasks for space in SPACES]
        self.seeds = [
            seed
            for seed in range(n_seeds)
            if all((method, *cell, seed) in runs for method in methods for cell in self.cells)
        ]
        if not self.seeds:
            raise SystemExit("There is no seed yet for which all of these methods have all tasks.")
        self.rows = {
            method if times == 1 else f"{method}, {times} times the trials": (method, times)
            for method in methods
            for times in (RANDOM_TIMES if method == "random" else (1,))
        }
        self.best = np.array([self._best_so_far(runs, *row) for row in self.rows.values()])
        self.scores = np.maximum(self._scaled(runs), 0.0)
        self.seconds = [self._seconds(runs, method) for method, _ in self.rows.values()]

    def _best_so_far(self, runs, method, times):
        """The best score after 1, 2, ... trials, or `times` as many."""
        values = [
            [mean_scores(runs[method, *cell, seed]) for cell in self.cells] for seed in self.seeds
        ]
        after = np.arange(1, N_TRIALS + 1) * times - 1
        return np.maximum.accumulate(values, axis=-1)[..., after]

    def _scaled(self, runs):
        """Best scores between the median of a random setting and the best that is known."""
        scaled = np.empty_like(self.best)
        for i, cell in enumerate(self.cells):
            known = [(key[0], mean_scores(run)) for key, run in runs.items() if key[1:3] == cell]
            low = np.median([values for method, values in known if method == "random"])
            high = max(values.max() for _, values in known)
            scaled[:, :, i] = (self.best[:, :, i] - low) / (high - low)
        return scaled

    def _seconds(self, runs, method):
        return np.mean(
            [runs[method, *cell, seed]["seconds"] for cell in self.cells for seed in self.seeds]
        )

    def part(self, tasks, spaces=tuple(SPACES)):
        """Which cells lie in these tasks and spaces."""
        return [
            i for i, (space, task) in enumerate(self.cells) if task in tasks and space in spaces
        ]

    def score(self, part, n_trials):
        """Mean score of each row, and the standard error of that mean."""
        by_seed = self.scores[:, :, part, n_trials - 1].mean(axis=2)
        return by_seed.mean(axis=1), by_seed.std(axis=1, ddof=1) / np.sqrt(len(self.seeds))

    def rank(self, part, n_trials):
        """Mean rank of each row among those with the same budget; NaN for the others."""
        fair = [times == 1 for _, times in self.rows.values()]
        ranks = np.full(len(self.rows), np.nan)
        ranks[fair] = rankdata(-self.best[fair][:, :, part, n_trials - 1], axis=0).mean(axis=(1, 2))
        return ranks


def mean_scores(run):
    """Mean over the folds of each trial."""
    return np.mean(run["scores"], axis=1)


def print_tables(comparison):
    """All there is, by halves of the tasks and by spaces."""
    tasks = dict.fromkeys(task for _, task in comparison.cells)
    parts = {
        "All": comparison.part(tasks),
        f"Chosen on {', '.join(CHOSEN_ON)}": comparison.part(CHOSEN_ON),
        f"Confirmed on {', '.join(CONFIRMED_ON)}": comparison.part(CONFIRMED_ON),
        **{f"Space {space!r}": comparison.part(tasks, [space]) for space in SPACES},
    }
    print(f"{len(comparison.seeds)} seeds; mean score ± standard error after n trials, mean rank")
    for title, part in parts.items():
        if part:
            print(f"\n{title}\n")
            print_table(comparison, part)


def print_table(comparison, part):
    columns = [f"{n} trials" for n in BUDGETS] + [f"rank {n}" for n in BUDGETS] + ["s/trial"]
    print("| method |", " | ".join(columns), "|")
    print("| --- |" + " --- |" * len(columns))
    scores = [comparison.score(part, n) for n in BUDGETS]
    ranks = [comparison.rank(part, n) for n in BUDGETS]
    for i, row in enumerate(comparison.rows):
        cells = [f"{mean[i]:.3f} ± {error[i]:.3f}" for mean, error in scores]
        cells += ["" if np.isnan(rank[i]) else f"{rank[i]:.2f}" for rank in ranks]
        print(f"| {row} |", " | ".join(cells), f"| {comparison.seconds[i]:.3f} |")


def draw(comparison, path):
    """Mean score against trials, a panel for each half of the tasks."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
    halves = {"Chosen on": CHOSEN_ON, "Confirmed on": CONFIRMED_ON}
    for ax, (title, tasks) in zip(axes, halves.items(), strict=True):
        part = comparison.part(tasks)
        if part:
            draw_panel(ax, comparison, part)
        ax.set(title=f"{title} {', '.join(tasks)}", xlabel="evaluations")
        ax.title.set_fontsize("small")
    axes[0].set(ylabel="score: 0 median random setting, 1 best known", ylim=(0.4, 1.0))
    axes[1].legend(loc="lower right", fontsize="small")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)


def draw_panel(ax, comparison, part):
    trials = np.arange(1, N_TRIALS + 1)
    curves = [comparison.score(part, n) for n in trials]
    for i, (row, (method, times)) in enumerate(comparison.rows.items()):
        mean, error = np.array([(means[i], errors[i]) for means, errors in curves]).T
        style = (
            {"color": "0.5", "ls": ["-", "--", "", ":"][times - 1]} if method == "random" else {}
        )
        (line,) = ax.plot(trials, mean, label=row, **style)
        ax.fill_between(
            trials, mean - error, mean + error, color=line.get_color(), alpha=0.15, lw=0
        )
