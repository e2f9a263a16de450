"""Tables and a figure of the runs that `time_to_quality.py` has collected.

A cell is a (data set, seed). Only cells that all methods have run are looked at.
"""

import numpy as np

QUALITY = 0.995
"""What part of the best score that any method finds on a cell is quality."""

SHARES = (0.1, 1 / 3)
"""At which parts of the whole time of RandomizedSearchCV, or the first method, scores are shown."""

OURS = ("RandomSearchNN, halving", "BayesSearchNN, halving")
PAIRS = (
    ("RandomSearchNN", "RandomSearchNN, halving"),
    ("RandomSearchNN", "RandomSearchNN, race"),
    ("BayesSearchNN", "BayesSearchNN, halving"),
)
"""A search that trains everything in full, and one that does not, of the same settings."""

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


class Trajectory:
    """The complete trials of a run in the order in which they were known.

    Parameters
    ----------
    run : dict
        As `time_to_quality.run` sends it.
    clock : {"wall", "processor"}
        Which seconds count.
    """

    def __init__(self, run, clock):
        of_clock = ("wall", "processor").index(clock)
        self.folds = np.array([trial["scores"] for trial in run["trials"]])
        self.scores = self.folds.mean(axis=1)
        self.seconds = np.array([trial["seconds"][of_clock] for trial in run["trials"]])
        self.total = run["seconds"][of_clock]
        self.best = self.scores.max()

    def seconds_to(self, score):
        """When the first trial with such a score was known; infinity if there is none."""
        reached = self.seconds[self.scores >= score]
        return reached[0] if len(reached) else np.inf

    def score_at(self, seconds):
        """Best score that was known by then, NaN if there was none."""
        return np.fmax.reduce(self.scores[self.seconds <= seconds], initial=np.nan)

    def standard_error(self):
        """Of the mean of the best trial over the folds."""
        folds = self.folds[np.argmax(self.scores)]
        return folds.std(ddof=1) / np.sqrt(len(folds))


class Comparison:
    """Runs of several methods on the cells that all of them have.

    Parameters
    ----------
    runs : dict
        (method, data, seed) -> run.
    methods, data : list of str
        What is compared, and on what.
    clock : {"wall", "processor"}
        Which seconds count.
    """

    def __init__(self, runs, methods, data, clock):
        self.methods, self.clock = methods, clock
        seeds = sorted({seed for _, _, seed in runs})
        self.seeds = {
            name: [s for s in seeds if all((method, name, s) in runs for method in methods)]
            for name in data
        }
        self.data = [name for name in data if self.seeds[name]]
        if not self.data:
            raise SystemExit("There is no data set and seed yet that all of these methods have.")
        self._of = {
            (method, name, seed): Trajectory(runs[method, name, seed], clock)
            for method in methods
            for name in self.data
            for seed in self.seeds[name]
        }
        shares = [run["seconds"][1] / run["seconds"][0] for run in runs.values()]
        self.least_share_of_a_core = min(shares)

    def of(self, method, name):
        """Its trajectories on a data set, one for each seed."""
        return [self._of[method, name, seed] for seed in self.seeds[name]]

    def per_method(self, name):
        """Method -> trajectories on a data set."""
        return {method: self.of(method, name) for method in self.methods}

    def best(self, name):
        """The best score that any method finds on a data set, for each seed."""
        return np.max(
            [[run.best for run in runs] for runs in self.per_method(name).values()], axis=0
        )

    def seconds_to_quality(self, method, name):
        """For each seed; infinity where it was not reached."""
        levels = QUALITY * self.best(name)
        runs = self.of(method, name)
        return np.array([run.seconds_to(level) for run, level in zip(runs, levels, strict=True)])

    def totals(self, method, name):
        """Seconds until the search returned, for each seed."""
        return np.array([run.total for run in self.of(method, name)])

    def expected_seconds(self, method, name):
        """Expected time to quality of a search that is begun anew, on another seed, until then.

        All seconds until quality or else the end, divided by how often it was reached: the
        expected running time of Hansen et al. (2010), Real-parameter black-box optimization
        benchmarking: experimental setup.
        """
        seconds = self.seconds_to_quality(method, name)
        reached = np.isfinite(seconds)
        spent = np.where(reached, seconds, self.totals(method, name)).sum()
        return spent / reached.sum() if reached.any() else np.inf

    def scores_at(self, method, name, share):
        """Best scores at a share of the first method's whole time, for each seed."""
        times = share * self.totals(self.methods[0], name)
        runs = self.of(method, name)
        return np.array([run.score_at(at) for run, at in zip(runs, times, strict=True)])


def print_tables(comparison):
    """A table per data set, then how many times faster ours are, and what that costs."""
    print(f"\nSeconds are {comparison.clock} time; a run that had least of a core had", end=" ")
    print(f"{comparison.least_share_of_a_core:.0%} of it.")
    for name in comparison.data:
        print_data_set(comparison, name)
    for ours in OURS:
        if ours in comparison.methods:
            print_ratios(comparison, ours)
    print_costs(comparison)


def print_data_set(comparison, name):
    best = comparison.best(name)
    print(f"\n{name}: {len(best)} seeds, best accuracy {best.mean():.4f}\n")
    shown = [f"score at {share:.0%} of {comparison.methods[0]}'s time" for share in SHARES]
    columns = ["seconds to 99.5 %: median", "expected", "reached", "seconds in all", "final score"]
    print_row("method", *columns, *shown)
    print_row(*["---"] * (1 + len(columns) + len(shown)))
    for method, runs in comparison.per_method(name).items():
        seconds = comparison.seconds_to_quality(method, name)
        print_row(
            method,
            as_seconds(np.median(seconds)),
            as_seconds(comparison.expected_seconds(method, name)),
            f"{np.isfinite(seconds).sum()} of {len(seconds)}",
            as_seconds(np.median(comparison.totals(method, name))),
            f"{np.mean([run.best for run in runs]):.4f}",
            *(as_score(comparison.scores_at(method, name, share)) for share in SHARES),
        )


def print_ratios(comparison, ours):
    """How many times longer the others take: expected time to quality, and the whole search."""
    print(f"\n{ours}: how many times longer others take to quality (expected), and in all\n")
    print_row("method", *comparison.data, "geometric mean")
    print_row(*["---"] * (2 + len(comparison.data)))
    for method in comparison.methods:
        if method == ours:
            continue
        to_quality, in_all = (
            np.array([of(method, name) / of(ours, name) for name in comparison.data])
            for of in (
                comparison.expected_seconds,
                lambda *of: np.median(comparison.totals(*of)),
            )
        )
        cells = [f"{a:.1f}, {b:.1f}" for a, b in zip(to_quality, in_all, strict=True)]
        print_row(method, *cells, f"{geometric_mean(to_quality)}, {geometric_mean(in_all)}")


def print_costs(comparison):
    """What is lost by not training everything, in standard errors of the full search's score."""
    pairs = [pair for pair in PAIRS if set(pair) <= set(comparison.methods)]
    if not pairs:
        return
    print("\nFinal score below the full search's, in its standard errors over the folds\n")
    print_row("search", *comparison.data)
    print_row(*["---"] * (1 + len(comparison.data)))
    for full, partial in pairs:
        means = [
            np.mean(
                [
                    (a.best - b.best) / a.standard_error()
                    for a, b in zip(
                        comparison.of(full, name), comparison.of(partial, name), strict=True
                    )
                ]
            )
            for name in comparison.data
        ]
        print_row(partial, *(f"{mean:.2f}" for mean in means))


def print_row(*cells):
    print("|", " | ".join(cells), "|")


def as_seconds(seconds):
    return f"{seconds:.1f}" if np.isfinite(seconds) else "not reached"


def as_score(scores):
    """The mean, if there is a score for every seed; else for how many there is one."""
    n_known = np.isfinite(scores).sum()
    return f"{scores.mean():.4f}" if n_known == len(scores) else f"{n_known} of {len(scores)}"


def geometric_mean(ratios):
    """Of what is finite; says on how many that is not all."""
    finite = ratios[np.isfinite(ratios) & (ratios > 0)]
    mean = f"{np.exp(np.log(finite).mean()):.1f}" if len(finite) else "none"
    return mean if len(finite) == len(ratios) else f"{mean} (of {len(finite)})"


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
    """The median over seeds of the best score so far, in % of the best that anyone finds."""
    best = comparison.best(name)
    runs = comparison.per_method(name)
    first = min(run.seconds[0] for each in runs.values() for run in each)
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
        ax.step(times, known, where="post", label=method, color=colour, ls=line, lw=1.5)
    ax.axhline(100 * QUALITY, color="0.8", lw=1, zorder=0)
    ax.set(xscale="log", ylim=(95, 100.2), title=name)
    ax.set(xlabel=f"seconds ({comparison.clock})", ylabel="best score, % of best found")
