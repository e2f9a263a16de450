"""Tables of the runs that `score_at_time.py` has collected.

A cell is a (data set, seed). Only cells that all methods have run are looked at.
"""

import numpy as np

FRACTIONS = (80, 40, 20, 10, 5, 2)
"""At which fractions of the time of the first method scores are compared: 1/80, 1/40, ..."""

UNKNOWN = 5.0
"""The largest loss, in points of accuracy; a search without a complete trial has this loss."""

HALVING = "RandomSearchNN, halving"


class Trajectory:
    """The complete trials of a run in the order in which they were known.

    Parameters
    ----------
    run : dict
        As `score_at_time.run` sends it.
    clock : {"wall", "processor"}
        Which seconds count.
    """

    def __init__(self, run, clock):
        of_clock = ("wall", "processor").index(clock)
        self.scores = np.array([np.mean(trial["scores"]) for trial in run["trials"]])
        self.seconds = np.array([trial["seconds"][of_clock] for trial in run["trials"]])
        self.total = run["seconds"][of_clock]
        self.best = self.score_at(np.inf)

    def score_at(self, seconds):
        """Best score that was known by then, NaN if there was none."""
        return np.fmax.reduce(self.scores[self.seconds <= seconds], initial=np.nan)

    def seconds_to(self, score):
        """When the first trial with such a score was known; infinity if there is none."""
        reached = self.seconds[self.scores >= score]
        return reached[0] if len(reached) else np.inf


class Returned:
    """Searches of several sizes: at any time the largest that has returned.

    That is what somebody has who knows beforehand how long each takes.
    """

    def __init__(self, trajectories):
        self._searches = trajectories
        self.best = max(each.best for each in trajectories)
        self.total = max(each.total for each in trajectories)

    def score_at(self, seconds):
        """Best score of the largest search that had returned by then, NaN if there was none."""
        returned = [each for each in self._searches if each.total <= seconds]
        return returned[-1].best if returned else np.nan

    def seconds_to(self, score):
        """When the first search with such a score had returned."""
        reached = [each.total for each in self._searches if each.best >= score]
        return min(reached, default=np.inf)


class Comparison:
    """Runs of several methods on the cells that all of them have.

    Parameters
    ----------
    runs : dict
        (method, data, seed) -> run.
    methods, data : list of str
        What is compared, and on what; time is measured by the first method's.
    clock : {"wall", "processor"}
        Which seconds count.
    """

    def __init__(self, runs, methods, data, clock):
        self.clock = clock
        self.cells = [
            (name, seed)
            for name in data
            for seed in sorted({seed for _, _, seed in runs})
            if all((method, name, seed) in runs for method in methods)
        ]
        if not self.cells:
            raise SystemExit("No data set and seed was run with all of these methods yet.")
        of = {
            method: {cell: Trajectory(runs[method, *cell], clock) for cell in self.cells}
            for method in methods
        }
        sizes = [method for method in methods if method.startswith(f"{HALVING} ")]
        if sizes:
            of[HALVING] = {cell: Returned([of[s][cell] for s in sizes]) for cell in self.cells}
        self.of = {method: of[method] for method in of if method not in sizes}
        self.first = of[methods[0]]
        self.best = {
            cell: max(runs[cell].best for runs in of.values() if not np.isnan(runs[cell].best))
            for cell in self.cells
        }

    def data(self):
        """The data sets of the cells."""
        return list(dict.fromkeys(name for name, _ in self.cells))

    def losses(self, method, cells, fractions=FRACTIONS):
        """Points of accuracy below the best that any finds, (n_cells, n_fractions)."""
        losses = [
            [
                100 * (self.best[cell] - self.of[method][cell].score_at(self.first[cell].total / n))
                for n in fractions
            ]
            for cell in cells
        ]
        return np.minimum(np.nan_to_num(losses, nan=UNKNOWN), UNKNOWN)

    def speed(self, method, cells):
        """The first method's whole time over the time until its best score was known, (n_cells,).

        Zero where a method did not reach that score.
        """
        return np.array(
            [
                self.first[cell].total / self.of[method][cell].seconds_to(self.first[cell].best)
                for cell in cells
            ]
        )


def print_tables(comparison, groups):
    """A table for each group of data sets, {title: names}, and for each data set."""
    print(
        f"\nMean points of accuracy below the best that any search finds on a data set and seed, "
        f"known at\nfractions of the time of the first search; no complete trial counts as "
        f"{UNKNOWN:.0f}, as the most that\ncan be lost. Seconds are {comparison.clock} time. "
        "In brackets: standard error over data sets.\nsooner: how many times sooner than at its "
        "end the first search's best score was known, median."
    )
    groups |= {name: [name] for name in comparison.data()}
    for title, names in groups.items():
        cells = [cell for cell in comparison.cells if cell[0] in names]
        if cells:
            print_group(comparison, title, cells)


def print_group(comparison, title, cells):
    seconds = np.median([comparison.first[cell].total for cell in cells])
    print(f"\n{title}: {len(cells)} searches, the first takes {seconds:.1f} s\n")
    print_row("search", *(f"1/{n}" for n in FRACTIONS), "sooner")
    print_row(*["---"] * (len(FRACTIONS) + 2))
    for method in comparison.of:
        losses = comparison.losses(method, cells)
        sooner = np.median(comparison.speed(method, cells))
        errors = over_data_sets(losses, cells)
        cells_of_row = (f"{m:.2f}{e}" for m, e in zip(losses.mean(axis=0), errors, strict=True))
        print_row(method, *cells_of_row, f"{sooner:.1f}" if sooner else "never")


def over_data_sets(losses, cells):
    """Standard errors of the means over data sets, as text; empty for a single one."""
    names = np.array([name for name, _ in cells])
    means = [losses[names == name].mean(axis=0) for name in dict.fromkeys(names)]
    if len(means) == 1:
        return [""] * losses.shape[1]
    return [f" ({e:.2f})" for e in np.std(means, axis=0, ddof=1) / np.sqrt(len(means))]


def print_row(*cells):
    print("|", " | ".join(cells), "|")
