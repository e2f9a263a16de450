"""The data, space and budget of the searches in `score_at_time.py`, and their clock."""

import json
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
from scipy import stats
from sklearn.base import clone
from sklearn.metrics import accuracy_score
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier

from sk_hpt.space import HiddenLayers, Integer

sys.path.append(str(Path(__file__).parents[1]))  # for the folder `shared`
from shared.datasets import load

N_FOLDS = 3

ACTIVATIONS = ["relu", "tanh", "logistic"]
WIDTHS, ALPHAS, RATES, BATCHES = (16, 256), (1e-6, 1.0), (1e-4, 1e-1), (32, 256)

SPACE = {
    "hidden_layer_sizes": HiddenLayers(n_layers=(1, 3), units=WIDTHS),
    "activation": ACTIVATIONS,
    "alpha": stats.loguniform(*ALPHAS),
    "learning_rate_init": stats.loguniform(*RATES),
    "batch_size": Integer(*BATCHES, log=True),
}
"""What is searched. All of it has `rvs`, so scikit-learn's searches draw from it too."""


@dataclass(frozen=True)
class Problem:
    """Data, folds and budget of a search; the seed is that of folds, networks and search.

    A search that has no natural end stops after `seconds`.
    """

    data: str
    seed: int
    max_iter: int
    n_iter: int
    n_jobs: int = 1
    seconds: float = np.inf

    @cached_property
    def rows(self):
        """(X, y)."""
        return load(self.data)

    @property
    def cv(self):
        return StratifiedKFold(N_FOLDS, shuffle=True, random_state=self.seed)

    def network(self, **params):
        """A network with scikit-learn's defaults but for these parameters: tol stops it too."""
        fixed = {"max_iter": self.max_iter, "random_state": self.seed}
        return MLPClassifier(**(fixed | params))


class Clock:
    """When each complete trial was known, in wall and in processor seconds.

    Processor seconds are those of the process that asks, so with two workers only wall seconds
    tell something.
    """

    def __init__(self):
        self.trials = []
        self._started = time.perf_counter(), time.process_time()

    def now(self):
        """Seconds since the start: (wall, processor)."""
        wall, processor = self._started
        return time.perf_counter() - wall, time.process_time() - processor

    def note(self, scores, seconds=None):
        """A trial is complete, now or at those `seconds`, with these scores of the folds."""
        scores = [float(score) for score in scores]
        self.trials.append({"seconds": seconds or self.now(), "scores": scores})


class NotedAccuracy:
    """A scorer that notes in a file what it has returned, and when; for several processes."""

    def __init__(self, clock):
        self._clock = clock
        with NamedTemporaryFile(delete=False) as file:
            self._path = Path(file.name)

    def __call__(self, network, X, y):
        score = accuracy_score(y, network.predict(X))
        line = json.dumps([_key(network), self._clock.now(), score])
        with self._path.open("a") as file:  # one write of a line is not torn
            file.write(line + "\n")
        return score

    def report(self, search, max_iter):
        """Tell the clock of the search's trials that have trained for `max_iter` epochs."""
        of_trial = defaultdict(list)
        for line in self._path.read_text().splitlines():
            key, *noted = json.loads(line)
            of_trial[key].append(noted)
        self._path.unlink()
        results, trials = search.cv_results_, []
        for row, params in enumerate(results["params"]):
            if results.get("n_resources", [max_iter] * (row + 1))[row] != max_iter:
                continue
            network = clone(search.estimator).set_params(**{**params, "max_iter": max_iter})
            noted = of_trial[_key(network)]
            scores = [results[f"split{fold}_test_score"][row] for fold in range(N_FOLDS)]
            assert sorted(scores) == sorted(score for _, score in noted)
            trials.append((max(seconds for seconds, _ in noted), scores))
        for seconds, scores in sorted(trials):
            self._clock.note(scores, seconds)


def _key(network):
    return repr(sorted(network.get_params().items()))
