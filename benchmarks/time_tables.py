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
        self.shapes = {
            name: (run["n_rows"], run["n_classes"]) for (_, name, _), run in runs.items()
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

    def loss(self, full, partial, name):
        """How far one method's best is below another's, in the latter's standard errors."""
        pairs = zip(self.of(full, name), self.of(partial, name), strict=True)
        return np.array([(a.best - b.best) / a.standard_error() for a, b in pairs])

    def same_scores(self, one, other):
        """Whether two methods have the same trials with the same scores."""
        return all(
            np.array_equal(a.folds, b.folds)
            for name in self.data
            for a, b in zip(self.of(one, name), self.of(other, name), strict=True)
        )


def print_tables(comparison):
    """A table per data set, then how many times faster ours are, and what that costs."""
    first = comparison.methods[0]
    shares = " and ".join(f"{share:.0%}" for share in SHARES)
    print(
        f"\nSeconds are {comparison.clock} time; the run that had least of a core had "
        f"{comparison.least_share_of_a_core:.0%} of it.\n"
        f"median, expected: seconds to {QUALITY:.1%} of the best score that any finds; in all: "
        f"until the search returned;\nat {shares}: the best score known at that part of "
        f"{first}'s time, or on how many seeds there is one."
    )
    for name in comparison.data:
        print_data_set(comparison, name)
    print_ratios(comparison)
    print_costs(comparison)
    if {"RandomizedSearchCV", "RandomSearchNN"} <= set(comparison.methods):
        same = comparison.same_scores("RandomizedSearchCV", "RandomSearchNN")
        print(f"\nRandomSearchNN's scores are RandomizedSearchCV's to the last bit: {same}")


def print_data_set(comparison, name):
    best = comparison.best(name)
    n_rows, n_classes = comparison.shapes[name]
    print(f"\n{name}: {n_rows} rows, {n_classes} classes, {len(best)} seeds,", end=" ")
    print(f"best accuracy {best.mean():.4f}\n")
    shown = [f"at {share:.0%}" for share in SHARES]
    print_header("method", "median", "expected", "reached", "in all", "final score", *shown)
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


def print_ratios(comparison):
    """How many times longer the others take than ours, to quality and in all."""
    ours = [method for method in OURS if method in comparison.methods]
    if not ours:
        return
    print("\nTimes as long as ours: geometric mean, least and most over the data sets\n")
    measures = {
        "to quality, expected": comparison.expected_seconds,
        "in all": lambda *of: np.median(comparison.totals(*of)),
    }
    print_header("method", *(f"{mine}: {name}" for mine in ours for name in measures))
    for method in comparison.methods:
        cells = [
            "" if method == mine else ratios(comparison, seconds, method, mine)
            for mine in ours
            for seconds in measures.values()
        ]
        print_row(method, *cells)


def ratios(comparison, seconds, theirs, mine):
    """Of `seconds` of two methods; and on how many data sets only one, or none, came there."""
    both = np.array([[seconds(of, name) for of in (theirs, mine)] for name in comparison.data])
    finite = np.isfinite(both)
    text = "-"
    if finite.all(axis=1).any():
        values = np.divide(*both[finite.all(axis=1)].T)
        mean = np.exp(np.log(values).mean())
        text = f"{mean:.1f} ({values.min():.1f} to {values.max():.1f})"
    for who, missed in zip(("never", "ours never"), ~finite.T, strict=True):
        if missed.any():
            text += f", {who} on {missed.sum()}"
    return text


def print_costs(comparison):
    """What is lost by not training everything, in standard errors of the full search's score."""
    pairs = [pair for pair in PAIRS if set(pair) <= set(comparison.methods)]
    if not pairs:
        return
    print("\nFinal score below the full search's, in its standard errors over the folds\n")
    print_header("search", *comparison.data)
    for full, partial in pairs:
        losses = [comparison.loss(full, partial, name).mean() for name in comparison.data]
        print_row(partial, *(f"{loss:.2f}" for loss in losses))


def print_header(*cells):
    print_row(*cells)
    print_row(*["---"] * len(cells))


def print_row(*cells):
    print("|", " | ".join(cells), "|")


def as_seconds(seconds):
    return f"{seconds:.1f}" if np.isfinite(seconds) else "not reached"


def as_score(scores):
    """The mean, if there is a score for every seed; else for how many there is one."""
    n_known = np.isfinite(scores).sum()
    return f"{scores.mean():.4f}" if n_known == len(scores) else f"{n_known} of {len(scores)}"


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
        until = np.max(comparison.totals(method, name))
        final = 100 * np.median([run.best / top for run, top in zip(of_seeds, best, strict=True)])
        shown = times <= until
        ax.step(
            times[shown], known[shown], where="post", label=method, color=colour, ls=line, lw=1.5
        )
        ax.plot(until, final, "o", color=colour, ms=4)
    ax.axhline(100 * QUALITY, color="0.8", lw=1, zorder=0)
    ax.set(xscale="log", ylim=(95, 100.2), title=name)
    ax.set(xlabel=f"seconds ({comparison.clock})", ylabel="best score, % of best found")
