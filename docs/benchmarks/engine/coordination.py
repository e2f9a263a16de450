"""What a search costs beside the fits: trials of an estimator that does nothing.

Searches of 10,000 and of 100,000 trials, on one fold and with one worker, and what of that is the
loop's, in seconds of the processor per trial. With more workers, or a cluster, this is what the
one process in the middle has to do: its inverse bounds how many fits a second can be handed out.

    python docs/benchmarks/engine/coordination.py [--trials 10000 100000]
"""

import argparse
import resource
import time
import warnings

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.model_selection import PredefinedSplit

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt.space import Real


class DoesNothing(BaseEstimator):
    """Fits and scores in no time."""

    def __init__(self, value=0.0):
        self.value = value

    def fit(self, X, y=None):
        return self

    def score(self, X, y=None):
        return -((self.value - 0.3) ** 2)


def searches(n_trials):
    """Those whose cost does not grow with what they have learned, and a short Bayesian one."""
    options = {"cv": PredefinedSplit([0, 0, -1, -1]), "refit": False}
    space = {"value": Real(0.0, 1.0)}
    yield (
        "GridSearchNN",
        n_trials,
        GridSearchNN(DoesNothing(), {"value": np.linspace(0, 1, n_trials).tolist()}, **options),
    )
    yield (
        "RandomSearchNN",
        n_trials,
        RandomSearchNN(DoesNothing(), space, n_iter=n_trials, random_state=0, **options),
    )
    if n_trials <= 10_000:
        yield (
            "BayesSearchNN",
            200,
            BayesSearchNN(DoesNothing(), space, n_iter=200, random_state=0, **options),
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, nargs="+", default=[10_000, 100_000])
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    X = np.arange(4.0).reshape(-1, 1)
    print("| search | trials | ms per trial | peak memory, MB |\n| --- | --- | --- | --- |")
    for n_trials in options.trials:
        for name, n, search in searches(n_trials):
            started = time.process_time()
            search.fit(X)
            seconds = time.process_time() - started
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
            print(f"| {name} | {n:,} | {1e3 * seconds / n:.2f} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main()
