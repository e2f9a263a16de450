"""Tables of the runs that `time_to_quality.py` has collected.

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
        self.folds = [trial["scores"] for trial in run["trials"]]
        self.scores = np.array([np.mean(scores) for scores in self.folds])
        self.seconds = np.array([trial["seconds"][of_clock] for trial in run["trials"]])
        self.total = run["seconds"][of_clock]
        self.best = self.score_at(np.inf)

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
        return np.std(folds, ddof=1) / np.sqrt(len(folds))


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
        runs = self.per_method(name).values()
        return np.nanmax([[run.best for run in of_seeds] for of_seeds in runs], axis=0)

    def seconds_to_quality(self, method, name):
        """For each seed; infinity where it was not reached."""
        levels = QUALITY * self.best(name)
        runs = self.of(method, name)
        return np.array([run.seconds_to(level) for run, level in zip(runs, levels, strict=True)])

    def totals(self, method, name):
        """Seconds until the search returned, for each seed."""
        return np.array([run.total for run in self.of(method, name)])

    def expected_known(self, method, name):
        """Expected seconds until a trial of quality is complete."""
        seconds = self.seconds_to_quality(method, name)
        return expected_seconds(seconds, self.totals(method, name))

    def expected_returned(self, method, name):
        """Expected seconds until a search has returned that has reached quality."""
        totals = self.totals(method, name)
        reached = np.isfinite(self.seconds_to_quality(method, name))
        return expected_seconds(np.where(reached, totals, np.inf), totals)

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
            a.folds == b.folds
            for name in self.data
            for a, b in zip(self.of(one, name), self.of(other, name), strict=True)
        )


def expected_seconds(seconds, totals):
    """Expected time of a search that is begun anew, on another seed, until it reaches quality.

    All that was spent, divided by how often it was reached: the expected running time of Hansen
    et al. (2010), Real-parameter black-box optimization benchmarking: experimental setup.

    Parameters
    ----------
    seconds : ndarray of shape (n_seeds,)
        Infinity where quality was not reached.
    totals : ndarray of shape (n_seeds,)
        What a run has cost that did not reach it.
    """
    reached = np.isfinite(seconds)
    spent = np.where(reached, seconds, totals).sum()
    return spent / reached.sum() if reached.any() else np.inf


def print_tables(comparison):
    """A table per data set, then how many times faster ours are, and what that costs."""
    first = comparison.methods[0]
    shares = " and ".join(f"{share:.0%}" for share in SHARES)
    print(
        f"\nSeconds are {comparison.clock} time; the run that had least of a core had "
        f"{comparison.least_share_of_a_core:.0%} of it.\n"
        f"known: seconds until a trial of {QUALITY:.1%} of the best score that any finds was "
        "complete; returned:\nuntil a search was over that had found one; expected: with the "
        f"seeds that found none. At {shares}: the best\nscore known at that part of {first}'s "
        "time, or on how many seeds there was any."
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
    columns = ["reached", "known", "expected known", "in all", "expected returned", "final score"]
    print_header("method", *columns, *shown)
    for method, runs in comparison.per_method(name).items():
        seconds = comparison.seconds_to_quality(method, name)
        print_row(
            method,
            f"{np.isfinite(seconds).sum()} of {len(seconds)}",
            as_seconds(np.median(seconds)),
            as_seconds(comparison.expected_known(method, name)),
            as_seconds(np.median(comparison.totals(method, name))),
            as_seconds(comparison.expected_returned(method, name)),
            as_score(np.array([run.best for run in runs])),
            *(as_score(comparison.scores_at(method, name, share)) for share in SHARES),
        )


def print_ratios(comparison):
    """How many times longer the others take than ours to quality."""
    ours = [method for method in OURS if method in comparison.methods]
    if not ours:
        return
    print("\nExpected times, as multiples of ours: geometric mean, and range over data sets\n")
    measures = {"known": comparison.expected_known, "returned": comparison.expected_returned}
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
    they, we = finite.T
    for who, missed in (
        ("never", we & ~they),
        ("ours never", they & ~we),
        ("neither", ~they & ~we),
    ):
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
