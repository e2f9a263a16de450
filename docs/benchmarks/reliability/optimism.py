"""How far above the truth is the score of the best trial, and what does nested validation say?

100 rows of a real data set are searched at random, five folds, accuracy; all other rows say how
good the winner is. Each setting is trained once: what a search of ten trials would have found is
read from the first ten of the long one. "coin" has the features of breast_cancer and labels from a
fair coin, so that nothing can be learned and the truth is a half. Nested cross-validation estimates
the same search of 20 trials on the same 100 rows.

    python docs/benchmarks/reliability/optimism.py [--times 30]
"""

import argparse
import warnings

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from sk_hpt import RandomSearchNN
from sk_hpt.space import HiddenLayers, Integer, Real

N_ROWS, N_TRIALS, N_NESTED = 100, (1, 5, 20, 100), 20
PIPELINE = make_pipeline(StandardScaler(), MLPClassifier(max_iter=40, random_state=0))
SPACE = {
    "mlpclassifier__hidden_layer_sizes": HiddenLayers(n_layers=(1, 2), units=(4, 64)),
    "mlpclassifier__alpha": Real(1e-5, 10.0, log=True),
    "mlpclassifier__learning_rate_init": Real(1e-3, 1e-1, log=True),
    "mlpclassifier__batch_size": Integer(8, 64, log=True),
    "mlpclassifier__activation": ["relu", "tanh"],
}


def coin():
    X, y = load_breast_cancer(return_X_y=True)
    return X, np.random.default_rng(0).permutation(len(y)) % 2


DATA = {
    "breast_cancer": lambda: load_breast_cancer(return_X_y=True),
    "wine": lambda: load_wine(return_X_y=True),
    "digits": lambda: load_digits(return_X_y=True),
    "coin": coin,
}


def search(n_iter, seed, refit=True):
    cv = StratifiedKFold(5, shuffle=True, random_state=seed)
    return RandomSearchNN(PIPELINE, SPACE, n_iter=n_iter, cv=cv, refit=refit, random_state=seed)


def measure(name, seed):
    """Best scores, what the winners are worth, and the nested estimate.

    Shapes (n_budgets,), (n_budgets,) and ().
    """
    warnings.simplefilter("ignore", ConvergenceWarning)
    X, y = DATA[name]()
    X, X_test, y, y_test = train_test_split(X, y, train_size=N_ROWS, stratify=y, random_state=seed)
    with threadpool_limits(1):
        results = search(max(N_TRIALS), seed, refit=False).fit(X, y).cv_results_
        scores = results["mean_test_score"]
        winners = [int(np.argmax(scores[:n])) for n in N_TRIALS]
        worth = {}
        for winner in set(winners):
            best = clone(PIPELINE).set_params(**results["params"][winner]).fit(X, y)
            worth[winner] = best.score(X_test, y_test)
        outer = StratifiedKFold(5, shuffle=True, random_state=seed + 1000)
        nested = cross_val_score(search(N_NESTED, seed), X, y, cv=outer).mean()
    return scores[winners], [worth[winner] for winner in winners], nested


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=30, help="draws of the rows")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    budgets = " | ".join(f"{n} trials" for n in N_TRIALS)
    print(f"| data | | {budgets} |")
    print("| --- " * (2 + len(N_TRIALS)) + "|")
    for name in DATA:
        runs = Parallel(args.jobs)(delayed(measure)(name, seed) for seed in range(args.times))
        best, worth, nested = (np.array(column) for column in zip(*runs, strict=True))
        rows = {"best_score_": best, "on all other rows": worth, "too high by": best - worth}
        for label, values in rows.items():
            mean, error = values.mean(0), values.std(0, ddof=1) / np.sqrt(args.times)
            cells = [f"{m:.3f} ± {e:.3f}" for m, e in zip(mean, error, strict=True)]
            print(f"| {name} | {label} | {' | '.join(cells)} |")
        gap = nested - worth[:, N_TRIALS.index(N_NESTED)]
        error = gap.std(ddof=1) / np.sqrt(args.times)
        print(f"{name}: nested {nested.mean():.3f}, too high by {gap.mean():.3f} ± {error:.3f}")


if __name__ == "__main__":
    main()
