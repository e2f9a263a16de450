"""Which rule of multi-fidelity search finds the winner? Replays of recorded learning curves.

Nothing is trained here: `record_curves.py` did that, and `_rules.py` has the rules.

- saving: what a full search trains, in epochs times folds, over what the rule trains.
- gap: how far the winner's mean score is below the best, in standard errors over folds (pooled
  over the five best settings), on the data sets that rules were chosen on, and on those that
  confirm it; "worst" is the largest mean of a data set, "within" how often it is at most 1.
- regret: 0 is the best setting, 1 the median.

    python docs/benchmarks/fidelity/fidelity_rules.py [--settings 75] [--folds 5] [--draws 1 2]
"""

import argparse
from functools import cache

import numpy as np
from _curves import CHOSEN_ON, CONFIRMED_ON, recorded
from _rules import RULES

METRICS = ("accuracy", "log_loss")
N_REPLAYS = 40
WORST = {"accuracy": -1.0, "log_loss": -1e3}
"""Scores of networks whose training broke."""


@cache
def pooled(name, metric, draws, longest):
    """Scores, and the epochs at which networks stopped, of all settings of these draws."""
    every = [recorded(name, draw) for draw in draws]
    scores = np.concatenate([getattr(curves, metric)[..., :longest] for curves in every])
    n_epochs = np.minimum(np.concatenate([curves.n_epochs for curves in every]), scores.shape[2])
    return np.where(np.isnan(scores), WORST[metric], scores), n_epochs


def figures(rule, name, metric, args):
    """(1 / saving, regret, gap, within) on a data set, mean over random settings and folds."""
    scores, n_epochs = pooled(name, metric, tuple(args.draws), args.epochs)
    rng, rows = np.random.default_rng(0), []
    for _ in range(N_REPLAYS):
        settings = rng.choice(len(scores), args.settings, replace=False)
        folds = rng.permutation(scores.shape[1])[: args.folds]
        drawn, ends = scores[np.ix_(settings, folds)], n_epochs[np.ix_(settings, folds)]
        winner, trained = rule(drawn, ends)
        final = drawn[:, :, -1]
        full, best = final.mean(axis=1), np.argsort(-final.mean(axis=1))[:5]
        below = full.max() - full[winner]
        error = np.sqrt(final[best].var(axis=1, ddof=1).mean() / args.folds)
        rows.append(
            (
                trained.sum() / ends.sum(),
                min(below / (full.max() - np.median(full)), 2),
                below / error,
                below <= error,
            )
        )
    return np.mean(rows, axis=0)


def print_table(rules, args):
    print(f"{args.settings} settings, {args.folds} folds, {N_REPLAYS} replays on each data set\n")
    heads = [f"{m.replace('_', '-')}: regret | gap | worst | within" for m in METRICS]
    print(f"| rule | saving | {' | '.join(heads)} |")
    print("| --- | --- |" + " --- | --- | --- | --- |" * len(METRICS))
    n_chosen, names = len(CHOSEN_ON), [*CHOSEN_ON, *CONFIRMED_ON]
    for label, rule in rules.items():
        table = np.array([[figures(rule, n, metric, args) for n in names] for metric in METRICS])
        cells = [
            f"{regret.mean():.2f} | {gap[:n_chosen].mean():.2f}, {gap[n_chosen:].mean():.2f} |"
            f" {gap.max():.2f} | {within.mean():.2f}"
            for _, regret, gap, within in np.moveaxis(table, 2, 1)
        ]
        print(f"| {label} | {1 / table[..., 0].mean():.1f} | {' | '.join(cells)} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--settings", type=int, default=75)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--draws", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--epochs", type=int, help="of a full training; None is all")
    parser.add_argument("--rules", default="", help="only rules with this in their name")
    args = parser.parse_args()
    rules = {label: rule for label, rule in RULES.items() if args.rules in label}
    print_table(rules, args)


if __name__ == "__main__":
    main()
