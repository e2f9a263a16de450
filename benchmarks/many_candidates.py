"""What the search itself costs: many candidates whose fits take next to no time.

GridSearchCV and GridSearchNN search the same grid of 10,000 settings on iris with two folds,
each in a fresh process, in turn. Printed are the medians over the rounds, the ratio of times
pair by pair, and the peak memory of the searching process.

    python benchmarks/many_candidates.py
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from statistics import median

import numpy as np

SEARCHES = ("GridSearchCV", "GridSearchNN")


def run_one(name, n_candidates, n_jobs):
    """Search once; wall time of `fit` in seconds, peak memory in MB and the best score."""
    from sklearn.datasets import load_iris
    from sklearn.dummy import DummyClassifier
    from sklearn.model_selection import GridSearchCV

    from sk_hpt import GridSearchNN

    X, y = load_iris(return_X_y=True)
    search_class = {"GridSearchCV": GridSearchCV, "GridSearchNN": GridSearchNN}[name]
    estimator = DummyClassifier(strategy="uniform")
    grid = {"random_state": list(range(n_candidates))}
    search = search_class(estimator, grid, cv=2, n_jobs=n_jobs, refit=False)
    started = time.perf_counter()
    search.fit(X, y)
    seconds = time.perf_counter() - started
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    scores = search.cv_results_["mean_test_score"]
    return {"seconds": seconds, "megabytes": megabytes, "scores": float(np.sum(scores))}


def in_fresh_process(name, n_candidates, n_jobs):
    """`run_one` in a process of its own."""
    command = [sys.executable, __file__, "--one", name]
    command += ["--candidates", str(n_candidates), "--jobs", str(n_jobs)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--candidates", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--one", choices=SEARCHES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(run_one(options.one, options.candidates, options.jobs[0])))
        return
    print(f"{options.candidates} candidates, 2 folds, median of {options.rounds} rounds in turn")
    print(f"{'n_jobs':>6}  {'GridSearchCV':>20}  {'GridSearchNN':>20}  ratio of times")
    for n_jobs in options.jobs:
        runs = {name: [] for name in SEARCHES}
        for _ in range(options.rounds):
            for name in SEARCHES:
                runs[name].append(in_fresh_process(name, options.candidates, n_jobs))
        assert len({run["scores"] for name in SEARCHES for run in runs[name]}) == 1
        cells = [
            f"{median(run['seconds'] for run in runs[name]):9.1f} s"
            f" {median(run['megabytes'] for run in runs[name]):5.0f} MB"
            for name in SEARCHES
        ]
        pairs = zip(*(runs[name] for name in SEARCHES), strict=True)
        ratio = median(theirs["seconds"] / ours["seconds"] for theirs, ours in pairs)
        print(f"{n_jobs:>6}  {cells[0]:>20}  {cells[1]:>20}  {ratio:.2f}")


if __name__ == "__main__":
    main()
