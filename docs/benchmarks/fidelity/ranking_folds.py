"""On which fold should halving compare networks, where the first one is unlike the others?

Each search has 24 random networks. The winner of halving is compared with the best network of the
full search: by the score, and by the number of networks that are better. "first fold" ranks on the
first fold, as halving does where that fold can rank.

    OPENBLAS_NUM_THREADS=1 python docs/benchmarks/fidelity/ranking_folds.py [--seeds 8]
"""

import argparse
import warnings

import numpy as np
from sklearn.datasets import load_diabetes, load_wine
from sklearn.model_selection import KFold, LeaveOneGroupOut, TimeSeriesSplit
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import sk_hpt._search.base as base
from sk_hpt import GridSearchNN
from sk_hpt.fidelity._ranking_folds import ranking_folds


def subjects(rng):
    """16 subjects of 10 rows, each of one class."""
    label = rng.permutation(np.arange(16) % 2)
    centres = 0.7 * rng.normal(size=(16, 8)) + label[:, np.newaxis]
    X = np.repeat(centres, 10, axis=0) + rng.normal(size=(160, 8))
    return X, np.repeat(label, 10), np.repeat(np.arange(16), 10)


def sorted_classes(rng):
    """Wine, whose rows are sorted by class."""
    return *load_wine(return_X_y=True), None


def interaction(rng):
    """Classes that depend on a product of two features."""
    X = rng.normal(size=(600, 10))
    return X, (X[:, 0] * X[:, 1] + X[:, 2] + 0.5 * rng.normal(size=600) > 0).astype(int), None


def drift(rng):
    """Classes whose features move with the time."""
    X = rng.normal(size=(600, 10))
    noise = 0.5 * rng.normal(size=600)
    y = (X[:, 0] * np.sign(X[:, 1]) + X[:, 2] + noise > 0).astype(int)
    return X + 2 * np.linspace(0, 1, 600)[:, np.newaxis], y, None


def diabetes(rng):
    """Diabetes in random order."""
    X, y = load_diabetes(return_X_y=True)
    order = rng.permutation(len(X))
    return X[order], (y[order] - y.mean()) / y.std(), None


def lags(rng):
    """A nonlinear autoregression, predicted from its last ten values."""
    noise, s = rng.normal(size=512), np.zeros(512)
    for i in range(2, 512):
        s[i] = 0.6 * s[i - 1] - 0.3 * np.tanh(2 * s[i - 2]) + 0.5 * noise[i]
    return np.stack([s[k : 500 + k] for k in range(10)], axis=1), s[10:510], None


CASES = [
    (subjects, LeaveOneGroupOut()),
    (sorted_classes, KFold(6)),
    *(
        (problem, TimeSeriesSplit(n))
        for problem in (interaction, drift, diabetes, lags)
        for n in (5, 10)
    ),
]


def networks(name, rng):
    """A grid of 24 random networks."""
    return [
        {
            f"{name}__learning_rate_init": [10 ** rng.uniform(-4, -1)],
            f"{name}__alpha": [10 ** rng.uniform(-5, 2)],
            f"{name}__batch_size": [int(2 ** rng.uniform(3, 7))],
            f"{name}__hidden_layer_sizes": [(int(2 ** rng.uniform(2, 6)),) * rng.integers(1, 3)],
        }
        for _ in range(24)
    ]


def gaps(problem, cv, choose, seed):
    """(gap in score, number of better networks, share of the epochs) of the winner of halving."""
    rng = np.random.default_rng(seed)
    X, y, groups = problem(rng)
    network = MLPRegressor if y.dtype == float else MLPClassifier
    pipe = make_pipeline(StandardScaler(), network(max_iter=40, random_state=seed))
    grid = networks(pipe.steps[-1][0], rng)
    full = GridSearchNN(pipe, grid, cv=cv, refit=False).fit(X, y, groups=groups)
    base.ranking_folds = choose
    halving = GridSearchNN(pipe, grid, cv=cv, refit=False, multi_fidelity="halving")
    halving.fit(X, y, groups=groups)
    scores = full.cv_results_["mean_test_score"]
    n_better = np.count_nonzero(scores > halving.best_score_ + 1e-9)
    share = halving.cv_results_["n_epochs"].sum() / (24 * 40 * full.n_splits_)
    return full.best_score_ - halving.best_score_, n_better, share


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=8)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    rules = {"first fold": lambda *_: (0,), "ranking folds": ranking_folds}
    print(f"{'':38}{'gap in score':>14}{'better networks':>17}{'epochs':>8}")
    for problem, cv in CASES:
        for label, choose in rules.items():
            rows = [gaps(problem, cv, choose, seed) for seed in range(args.seeds)]
            gap, n_better, share = np.mean(rows, axis=0)
            name = f"{problem.__name__}, {cv.get_n_splits(np.zeros((16, 1)), None, range(16))}"
            print(f"{name:22}{label:16}{gap:14.3f}{n_better:17.2f}{share:8.1%}", flush=True)


if __name__ == "__main__":
    main()
