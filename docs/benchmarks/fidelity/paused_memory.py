"""What the networks that wait on a rung hold in memory.

A random search with halving, and after each step how many trials are still alive, how many fits
wait, and what they hold; beside it the data, which none of them copies.

    python docs/benchmarks/fidelity/paused_memory.py
"""

import argparse
import pickle
import resource
import sys
import warnings
from pathlib import Path

from sklearn.neural_network import MLPClassifier

from sk_hpt import RandomSearchNN
from sk_hpt._evaluation import FitRunner
from sk_hpt.space import HiddenLayers, Real

sys.path.append(str(Path(__file__).parents[1]))  # for the folder `shared`
from shared.datasets import load

SPACE = {
    "hidden_layer_sizes": HiddenLayers((1, 2), (32, 128)),
    "alpha": Real(1e-6, 1.0, log=True),
    "learning_rate_init": Real(1e-4, 1e-1, log=True),
}


class WatchedRunner(FitRunner):
    """Prints how much memory paused runs hold whenever trials are pruned."""

    def prune(self, trials):
        super().prune(trials)
        held = sum(len(pickle.dumps(paused)) for paused in self._paused.values())
        print(
            f"{len(trials):5d} trials pruned, {len(self._paused):5d} runs are"
            f" paused and hold {held / 1e6:7.1f} MB"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--n-iter", type=int, default=243)
    parser.add_argument("--data", default="optdigits")
    options = parser.parse_args()
    import sk_hpt._search.base as base

    base.FitRunner = WatchedRunner
    X, y = load(options.data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{options.n_iter} trials, 5 folds; X has {X.nbytes / 1e6:.1f} MB")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # networks that have not converged
        network = MLPClassifier(max_iter=27, random_state=0)
        RandomSearchNN(
            network, SPACE, n_iter=options.n_iter, random_state=0, multi_fidelity="halving"
        ).fit(X, y)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak of the process: {(peak - before) / 1e3:.0f} MB above what it was before")


if __name__ == "__main__":
    main()
