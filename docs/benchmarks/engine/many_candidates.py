"""What the search itself costs: many candidates whose fits take next to no time.

GridSearchCV and GridSearchNN search the same grid of 10,000 settings on iris with two folds,
each in a fresh process, in turn. Printed are the medians over the rounds, the ratio of times
pair by pair, and the peak memory of the searching process.

    python docs/benchmarks/engine/many_candidates.py
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


def in_fresh_process(name, n_candidates, n_jobs, limit):
    """`run_one` in a process of its own; None if it takes longer than `limit` seconds."""
    command = [sys.executable, __file__, "--one", name]
    command += ["--candidates", str(n_candidates), "--jobs", str(n_jobs)]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return None
    return json.loads(done.stdout)


def run_in_turn(n_rounds, *options):
    """Results of each search, round by round; one that was stopped is not run again."""
    runs = {name: [] for name in SEARCHES}
    for _ in range(n_rounds):
        for name in SEARCHES:
            stopped = runs[name] and runs[name][-1] is None
            runs[name].append(None if stopped else in_fresh_process(name, *options))
    return runs


def report(n_jobs, runs, limit):
    """A line with medians, and the ratio of the times pair by pair."""
    cells = []
    for name in SEARCHES:
        done = [run for run in runs[name] if run]
        seconds = median(run["seconds"] for run in done) if done else limit
        megabytes = f"{median(run['megabytes'] for run in done):.0f} MB" if done else "stopped"
        cells.append(f"{'' if done else '> '}{seconds:.1f} s, {megabytes}")
    pairs = list(zip(*(runs[name] for name in SEARCHES), strict=True))
    complete = [pair for pair in pairs if all(pair)]
    if complete:
        ratio = f"{median(theirs['seconds'] / ours['seconds'] for theirs, ours in complete):.2f}"
    else:
        ours = [run["seconds"] for run in runs["GridSearchNN"] if run]
        ratio = f"> {limit / max(ours):.1f}" if ours else "none"
    print(f"{n_jobs:>6}  {cells[0]:>20}  {cells[1]:>20}  {ratio}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--candidates", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--limit", type=float, default=300.0, help="seconds until one is stopped")
    parser.add_argument("--one", choices=SEARCHES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(run_one(options.one, options.candidates, options.jobs[0])))
        return
    print(f"{options.candidates} candidates, 2 folds, median of {options.rounds} rounds in turn")
    print(f"{'n_jobs':>6}  {'GridSearchCV':>20}  {'GridSearchNN':>20}  ratio of times")
    for n_jobs in options.jobs:
        runs = run_in_turn(options.rounds, options.candidates, n_jobs, options.limit)
        scores = {run["scores"] for results in runs.values() for run in results if run}
        assert len(scores) <= 1, "the scores differ"
        report(n_jobs, runs, options.limit)


if __name__ == "__main__":
    main()
