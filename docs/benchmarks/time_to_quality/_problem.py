"""What `time_to_quality.py` searches for, and the clock beside a search."""

import sys
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy import stats
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
    """Data, folds and budget of a search; the seed is that of folds, networks and search."""

    data: str
    seed: int
    max_iter: int
    n_iter: int

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
    """When each complete trial was known, in wall and in processor seconds."""

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
    """A scorer that keeps what it has returned, and when."""

    def __init__(self, clock):
        self._clock, self._seconds, self._scores = clock, [], []

    def __call__(self, network, X, y):
        score = accuracy_score(y, network.predict(X))
        self._seconds.append(self._clock.now())
        self._scores.append(score)
        return score

    def report(self, search, complete=None):
        """Tell the clock of a search's trials, or of those that are `complete`."""
        scores = np.reshape(self._scores, (-1, N_FOLDS))
        results = search.cv_results_
        columns = [results[f"split{fold}_test_score"] for fold in range(N_FOLDS)]
        np.testing.assert_array_equal(scores, np.transpose(columns))  # in the order of the rows
        known_at = self._seconds[N_FOLDS - 1 :: N_FOLDS]
        for row, seconds in enumerate(known_at):
            if complete is None or complete[row]:
                self._clock.note(scores[row], seconds)
