"""Learn the settings that open a Bayesian search, and say what they bring.

Greedy: the next setting is the one that raises most the best score so far, on average over the
cases. A case is a task, a number of epochs and a metric; its scores are put on a scale from 0,
the median of one random setting, to 1, the best of the pool. All figures are of portfolios that
were learned without the data set that they are tried on, and without what was made from it.

    python docs/benchmarks/bayes/portfolio_runs.py    # about an hour on one core
    python docs/benchmarks/bayes/learn_portfolio.py   # seconds: both tables, and the figures

Writes ``sk_hpt/_proposers/portfolio.json``, and ``portfolio_leave_one_out.json`` with
the same learned without each data set, for whoever measures a search on one of them.
"""

import argparse
import json
import re
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from _portfolio_cases import WORST, load_cases
from _portfolio_pool import pool
from sklearn.neural_network import MLPClassifier

TABLE = Path(__file__).parents[3] / "sk_hpt" / "_proposers" / "portfolio.json"
LEFT_OUT = Path(__file__).parent / "portfolio_leave_one_out.json"

N_SETTINGS = {"adam": 10, "sgd": 8, "lbfgs": 6}
N_TRIALS = (1, 3, 5, 10, 20)
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
    other_targets : float or None
        Each type of target has portfolios of its own, and cases with another type have this
        weight in them; None: there are portfolios for all types.
    """

    condition: str = "updates"
    bounds: tuple[float, ...] = ()
    own_place: int | None = 1
    other_targets: float | None = None

    @property
    def targets(self):
        """The types of target that have portfolios, or None for all."""
        return [None] if self.other_targets is None else ["continuous", "binary", "multiclass"]

    def classes(self, cases):
        """The class of each case, shape (n_cases,)."""
        return np.searchsorted(self.bounds, getattr(cases, self.condition))

    def weighed(self, cases, target):
        """The cases with the weights that they have for a type of target."""
        if target is None:
            return cases
        weights = np.where(cases.targets == target, 1.0, self.other_targets)
        return replace(cases, weights=weights * cases.weights)


RECIPES = {
    "adam": Recipe(bounds=(150, 600), other_targets=0.5),
    "sgd": Recipe(),
    "lbfgs": Recipe(),
}


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
    """Indices of settings for each type of target and class: {(target, class): indices}."""
    classes = recipe.classes(cases)
    return {
        (target, each): greedy(
            recipe.weighed(cases[classes == each], target), n_settings, recipe.own_place
        )
        for target in recipe.targets
        for each in range(len(recipe.bounds) + 1)
    }


def leave_one_out(cases, recipe):
    """Best scores after N_TRIALS on each case, shape (len(N_TRIALS), n_cases)."""
    classes = recipe.classes(cases)
    best = np.empty((len(N_TRIALS), len(classes)))
    for left_out in np.unique(cases.sources):
        there = cases.sources == left_out
        learned = learn(cases[~there], recipe, max(N_TRIALS))
        for (target, each), settings in learned.items():
            of_target = (cases.targets == target) if target else True
            columns = np.flatnonzero(there & (classes == each) & of_target)
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
        "for all targets": replace(recipe, other_targets=None),
        "other targets weigh nothing": replace(recipe, other_targets=0.0),
        "other targets weigh 0.2": replace(recipe, other_targets=0.2),
        "by epochs": replace(recipe, condition="epochs", bounds=(20, 80)),
        "by rows": replace(recipe, condition="rows", bounds=(200, 450)),
    }
    for name, variant in variants.items():
        print_row(name, cases, leave_one_out(cases, variant))
    groups = {target: cases.targets == target for target in np.unique(cases.targets)}
    edges = (0, 150, 600, np.inf)
    for low, high in pairwise(edges):
        groups[f"{low} to {high} updates"] = (cases.updates > low) & (cases.updates <= high)
    print_head("by target and updates")
    for name, chosen in groups.items():
        if np.any(chosen):
            print_row(f"{name}: random", cases, random, chosen)
            print_row(f"{name}: portfolio", cases, best, chosen)


def entries(all_cases, left_out=None):
    """The table: for each solver, target and class the settings, the estimator's own left away."""
    table = []
    for cases in all_cases:
        recipe, solver = RECIPES[cases.solver], cases.solver
        kept = cases[cases.sources != left_out]
        portfolios = learn(kept, recipe, N_SETTINGS[solver] + 1)
        for (target, each), settings in portfolios.items():
            updates = [*recipe.bounds, None][each]
            listed = [written(solver, pool(solver)[index]) for index in settings if index != 0]
            entry = {"solver": solver, "target": target, "updates": updates, "settings": listed}
            table.append(entry)
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
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
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
