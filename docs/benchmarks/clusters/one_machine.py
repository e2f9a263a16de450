"""Compare a search on one machine, on a local dask cluster and on local Ray.

All have two workers, and their results are compared for equality. The clusters are started before
the time is taken, and each search runs once before it is measured, so that the workers have
imported what they need.

    pip install ".[dask]" ray
    python docs/benchmarks/clusters/one_machine.py
"""

import argparse
import os
import statistics
import time
import warnings
from contextlib import contextmanager

for name in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"
os.environ["PYTHONWARNINGS"] = "ignore"  # of the workers

import joblib  # noqa: E402
import numpy as np  # noqa: E402
from joblib import parallel_config  # noqa: E402
from sklearn.datasets import load_digits  # noqa: E402
from sklearn.neural_network import MLPClassifier  # noqa: E402

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN  # noqa: E402

NETWORK = MLPClassifier((50,), max_iter=30, random_state=0)
SPACE = {
    "alpha": [1e-4, 1e-2, 1.0],
    "learning_rate_init": [1e-3, 3e-3, 1e-2],
    "batch_size": [32, 64],
}
SEARCHES = {
    "grid": lambda: GridSearchNN(NETWORK, SPACE, cv=4),
    "random, halving": lambda: RandomSearchNN(
        NETWORK, n_iter=24, cv=4, random_state=0, multi_fidelity="halving"
    ),
    "bayes, rounds of 4": lambda: BayesSearchNN(
        NETWORK, n_iter=16, n_points=4, cv=4, random_state=0
    ),
}


@contextmanager
def on_this_machine():
    """Threads, the default."""
    with parallel_config(n_jobs=2):
        yield


@contextmanager
def on_dask():
    """A local cluster of two processes."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster),
        parallel_config(backend="dask"),
    ):
        yield


@contextmanager
def on_ray():
    """Two processes of Ray."""
    import ray
    from ray.util.joblib import register_ray

    # Twice as many as workers: those of a finished search are released only after a while.
    ray.init(num_cpus=4, include_dashboard=False, log_to_driver=False)
    register_ray()
    try:
        with parallel_config(backend="ray", n_jobs=2):
            yield
    finally:
        ray.shutdown()


PLACES = {"one machine": on_this_machine, "dask": on_dask, "Ray": on_ray}


def measure(make, repetitions, X, y):
    """Return the median of the seconds, and the results."""
    make().fit(X, y)
    seconds = []
    for _ in range(repetitions):
        search = make()
        started = time.perf_counter()
        search.fit(X, y)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds), search


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--places", nargs="+", choices=PLACES, default=list(PLACES))
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    X, y = load_digits(return_X_y=True)
    X = X / 16
    print("| search | " + " | ".join(options.places) + " | same scores |")
    print("| --- |" + " --- |" * (len(options.places) + 1))
    columns = {}
    for place in options.places:
        with PLACES[place]():
            columns[place] = {
                name: measure(make, options.repetitions, X, y) for name, make in SEARCHES.items()
            }
    for name in SEARCHES:
        runs = [columns[place][name] for place in options.places]
        scores = [search.cv_results_["mean_test_score"] for _, search in runs]
        same = all(np.array_equal(scores[0], each, equal_nan=True) for each in scores)
        cells = [f"{seconds:.2f} s" for seconds, _ in runs]
        print(f"| {name} | {' | '.join(cells)} | {'yes' if same else 'no'} |")
    print(f"\njoblib {joblib.__version__}", end="")
    for package in ("distributed", "ray"):
        try:
            print(f", {package} {__import__(package).__version__}", end="")
        except ImportError:
            print(f", no {package}", end="")
    print()


if __name__ == "__main__":
    main()
