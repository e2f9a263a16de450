"""Learn the settings that open a Bayesian search, and say what they bring.

Greedy: the next setting is the one that raises most the best score so far, on average over the
cases. A case is a task, a number of epochs and a metric; its scores are put on a scale from 0,
the median of one random setting, to 1, the best of the pool. All figures are of portfolios that
were learned without the data set that they are tried on, and without what was made from it.

    python benchmarks/portfolio_runs.py    # about an hour on one core
    python benchmarks/learn_portfolio.py   # seconds: both tables, and the figures

Writes ``src/sk_hpt/proposers/portfolio.json``, and ``benchmarks/portfolio_leave_one_out.json`` with
the same learned without each data set, for whoever measures a search on one of them.
"""

import json
import re
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from portfolio_runs import (
    CLASSIFICATION,
    EPOCHS,
    HAND_PICKED,
    LARGE,
    LBFGS_ITERATIONS,
    N_HOLD_OUTS,
    REGRESSION,
    done,
    hold_out,
    is_regression,
    pool,
)
from sklearn.neural_network import MLPClassifier

HERE = Path(__file__).parent
TABLE = HERE.parent / "src" / "sk_hpt" / "proposers" / "portfolio.json"
LEFT_OUT = HERE / "portfolio_leave_one_out.json"

N_SETTINGS = {"adam": 10, "sgd": 8, "lbfgs": 6}
N_TRIALS = (1, 3, 5, 10, 20)
FEWEST_UPDATES = 20
"""Nobody trains less than this."""
WORST = -1.0
"""What a score is at least: how bad a failure is does not matter."""
SAME_DATA = {"digits": "optdigits", "breast_cancer": "wdbc", "magic-regression": "magic"}
"""Names of data sets elsewhere in the benchmarks that are among ours under another."""


@dataclass(frozen=True)
class Recipe:
    """How a portfolio is learned.

    Attributes
    ----------
    condition : str
        The attribute of the cases of whose values there are classes.
    bounds : tuple of float
        Where one class ends and the next begins; each has a portfolio, learned on its cases.
    own_place : int or None
        At which place, from 0, the estimator's own setting is tried.
    """

    condition: str = "updates"
    bounds: tuple[float, ...] = ()
    own_place: int | None = 1

    def classes(self, cases):
        """The class of each case, shape (n_cases,)."""
        return np.searchsorted(self.bounds, getattr(cases, self.condition))


RECIPES = {
    "adam": Recipe(bounds=(150, 600)),
    "sgd": Recipe(),
    "lbfgs": Recipe(),
}


@dataclass(frozen=True)
class Cases:
    """Scores of a solver's pool of settings on the cases.

    Attributes
    ----------
    solver : str
        The solver.
    scores : ndarray of shape (n_settings, n_cases)
        0 is the median of one random setting, 1 the best.
    sources : ndarray of shape (n_cases,)
        The data set that the case was made from.
    regression : ndarray of shape (n_cases,)
        Whether it is a regression.
    epochs, rows : ndarray of shape (n_cases,)
        Of training.
    weights : ndarray of shape (n_cases,)
        Tasks weigh the same, however many cases they have.
    """

    solver: str
    scores: np.ndarray
    sources: np.ndarray
    regression: np.ndarray
    epochs: np.ndarray
    rows: np.ndarray
    weights: np.ndarray

    @property
    def updates(self):
        """Updates of the weights there would be with scikit-learn's own batch size."""
        return self.epochs * np.ceil(self.rows / 200)

    @property
    def random_scores(self):
        """Scores of those settings that were drawn at random."""
        return self.scores[len(HAND_PICKED[self.solver]) :]

    def __getitem__(self, chosen):
        rest = (self.sources, self.regression, self.epochs, self.rows, self.weights)
        return Cases(self.solver, self.scores[:, chosen], *(each[chosen] for each in rest))


def source(task):
    """The data set that a task was made from."""
    return re.split("[@:]", task)[0]


def load_cases(solver):
    """The cases of a solver, of all runs that there are."""
    runs = done()
    columns = []
    for task in [*CLASSIFICATION, *REGRESSION, *LARGE]:
        losses = mean_losses(runs, task, solver)
        if losses is None:
            continue
        epochs = LBFGS_ITERATIONS if solver == "lbfgs" else EPOCHS
        n_cases, n_rows = losses[0].size, len(hold_out(task, 0)[0])
        for at in range(losses.shape[1]):
            for metric in range(losses.shape[2]):
                scores = normalise(losses[:, at, metric], len(HAND_PICKED[solver]))
                case = (source(task), is_regression(task), epochs[at], n_rows, 1 / n_cases)
                if scores is not None:
                    columns.append((scores, *case))
    scores, *rest = zip(*columns, strict=True)
    cases = Cases(solver, np.transpose(scores), *map(np.array, rest))
    return cases if solver == "lbfgs" else cases[cases.updates >= FEWEST_UPDATES]


def mean_losses(runs, task, solver):
    """Losses over the hold-outs that are done, shape (n_settings, n_epochs, n_metrics).

    Infinite where a run diverged; None if no hold-out is done.
    """
    settings = range(len(pool(solver)))
    folds = [
        fold
        for fold in range(N_HOLD_OUTS)
        if all((task, fold, solver, index) in runs for index in settings)
    ]
    if not folds:
        return None
    losses = [[runs[task, fold, solver, index] for index in settings] for fold in folds]
    shape = np.shape(next(scores for scores in losses[0] if scores))
    failed = np.full(shape, np.inf)
    filled = np.array([[scores or failed for scores in of_fold] for of_fold in losses])
    return np.where(np.isnan(filled), np.inf, filled).mean(axis=0)


def normalise(losses, n_hand_picked):
    """Scores from WORST to 1; None where the settings do not differ."""
    best, median = np.min(losses), np.median(losses[n_hand_picked:])
    if not np.isfinite(median) or median - best <= 1e-3 * median:
        return None
    return np.maximum((median - losses) / (median - best), WORST)


def greedy(cases, n_settings, own_place=None):
    """Indices of settings, each the one that helps most after those before it."""
    chosen, best = [], np.full(cases.scores.shape[1], WORST)
    for place in range(n_settings):
        gains = np.maximum(cases.scores, best) @ cases.weights
        gains[chosen] = -np.inf
        # the first of the hand-picked leaves everything at scikit-learn's defaults
        chosen.append(0 if place == own_place and 0 not in chosen else int(np.argmax(gains)))
        best = np.maximum(best, cases.scores[chosen[-1]])
    return chosen


def learn(cases, recipe, n_settings):
    """A portfolio for each class: lists of indices of settings."""
    classes = recipe.classes(cases)
    return [
        greedy(cases[classes == each], n_settings, recipe.own_place)
        for each in range(len(recipe.bounds) + 1)
    ]


def leave_one_out(cases, recipe):
    """Best scores after N_TRIALS on each case, shape (len(N_TRIALS), n_cases)."""
    classes = recipe.classes(cases)
    best = np.empty((len(N_TRIALS), len(classes)))
    for left_out in np.unique(cases.sources):
        there = cases.sources == left_out
        for each, settings in enumerate(learn(cases[~there], recipe, max(N_TRIALS))):
            columns = np.flatnonzero(there & (classes == each))
            tried = cases.scores[np.ix_(settings, columns)]
            best[:, columns] = [tried[:n].max(axis=0) for n in N_TRIALS]
    return best


def random_search(cases, times=1):
    """Expected best scores after N_TRIALS different random settings, shaped as above."""
    ranked = np.sort(cases.random_scores, axis=0)
    best = np.zeros((len(N_TRIALS), ranked.shape[1]))
    for row, n_trials in enumerate(N_TRIALS):
        none_better = 1.0
        for i in range(len(ranked) - 1, -1, -1):
            among_the_rest = min(1.0, times * n_trials / (i + 1))
            best[row] += none_better * among_the_rest * ranked[i]
            none_better *= 1 - among_the_rest
    return best


def print_row(name, cases, best, chosen=slice(None)):
    """Means over the chosen cases, and in brackets the standard error over data sets."""
    cells = []
    for scores in best[:, chosen]:
        weights, sources = cases.weights[chosen], cases.sources[chosen]
        mean = np.average(scores, weights=weights)
        parts = [((scores - mean) * weights)[sources == s].sum() for s in np.unique(sources)]
        cells.append(f"{mean:.2f} ({np.linalg.norm(parts) / weights.sum():.2f})")
    print(f"| {name} |", " | ".join(cells), "|")


def print_head(title):
    print(f"\n| {title} |", " | ".join(map(str, N_TRIALS)), "|")
    print("| --- |" + " --- |" * len(N_TRIALS))


def report(cases):
    """Print what the recipe brings, and what its parts do."""
    recipe, best = RECIPES[cases.solver], leave_one_out(cases, RECIPES[cases.solver])
    random = random_search(cases)
    n_sources = len(np.unique(cases.sources))
    print(f"\n{cases.solver}: {cases.scores.shape} settings and cases, {n_sources} data sets")
    print_head("score after so many trials")
    print_row("random", cases, random)
    print_row("random, four times the trials", cases, random_search(cases, 4))
    print_row("portfolio", cases, best)
    variants = {
        "own setting first": replace(recipe, own_place=0),
        "own setting third": replace(recipe, own_place=2),
        "own setting only where it helps": replace(recipe, own_place=None),
        "one class": replace(recipe, bounds=()),
        "by updates, one bound": replace(recipe, bounds=(150,)),
        "by updates, two bounds": replace(recipe, bounds=(150, 600)),
        "by task": replace(recipe, condition="regression", bounds=(0.5,)),
        "by epochs": replace(recipe, condition="epochs", bounds=(20, 80)),
        "by rows": replace(recipe, condition="rows", bounds=(200, 450)),
    }
    for name, variant in variants.items():
        print_row(name, cases, leave_one_out(cases, variant))
    groups = {"classification": ~cases.regression, "regression": cases.regression}
    edges = (0, 150, 600, np.inf)
    for low, high in pairwise(edges):
        groups[f"{low} to {high} updates"] = (cases.updates > low) & (cases.updates <= high)
    print_head("by task and updates")
    for name, chosen in groups.items():
        if np.any(chosen):
            print_row(f"{name}: random", cases, random, chosen)
            print_row(f"{name}: portfolio", cases, best, chosen)


def entries(all_cases, left_out=None):
    """The table: for each solver and class the settings, the estimator's own left away."""
    table = []
    for cases in all_cases:
        recipe, solver = RECIPES[cases.solver], cases.solver
        kept = cases[cases.sources != left_out]
        portfolios = learn(kept, recipe, N_SETTINGS[solver] + 1)
        for updates, settings in zip([*recipe.bounds, None], portfolios, strict=True):
            listed = [written(solver, pool(solver)[index]) for index in settings if index != 0]
            table.append({"solver": solver, "updates": updates, "settings": listed})
    return table


def written(solver, setting):
    """A setting in full, its numbers to two digits."""
    network = MLPClassifier(solver=solver)
    names = sorted(set().union(*pool(solver)), key=list(network.get_params()).index)
    full = network.set_params(**setting).get_params()
    return {
        name: float(f"{full[name]:.2g}") if isinstance(full[name], float) else full[name]
        for name in names
    }


def lines(table):
    """JSON of a table, a setting a line."""
    text = json.dumps(table, indent=1)

    def one_line(setting):
        return re.sub(r"(?<=[\[{]) | (?=[\]}])", "", " ".join(setting[0].split()))

    return re.sub(r"\{[^{}]*\}", one_line, text)


def main():
    all_cases = [load_cases(solver) for solver in N_SETTINGS]
    for cases in all_cases:
        report(cases)
    TABLE.write_text(lines(entries(all_cases)) + "\n")
    sources = sorted({str(name) for cases in all_cases for name in cases.sources})
    without = {name: entries(all_cases, name) for name in sources}
    without |= {name: without[same] for name, same in SAME_DATA.items()}
    LEFT_OUT.write_text(lines(without) + "\n")


if __name__ == "__main__":
    main()
