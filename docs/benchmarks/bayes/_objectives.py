"""What `sample_efficiency.py` optimises: networks on real data, in two spaces, remembered on disk.

A task is a data set of at most 600 rows; its objective is the score of a network trained for 25
epochs, in three folds: negative log-loss, or negative squared error for regression. Everything is
fixed but the hyperparameters, so each setting is evaluated once and kept.
"""

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.metrics import get_scorer
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.neural_network import MLPClassifier, MLPRegressor

from sk_hpt.space import Categorical, HiddenLayers, Integer, Real
from sk_hpt.training import start_run

sys.path.append(str(Path(__file__).parents[1]))  # for the folder `shared`
from shared.datasets import load


class _OneMinusLogUniform(stats.rv_continuous):
    """1 - b for a log-uniform b: what of a decay rate counts is its distance to 1."""

    def _argcheck(self, low, high):
        return (low > 0) & (low < high) & (high < 1)

    def _get_support(self, low, high):
        return 1 - high, 1 - low

    def _cdf(self, x, low, high):
        return np.log(high / (1 - x)) / np.log(high / low)

    def _ppf(self, q, low, high):
        return 1 - high * (low / high) ** q


one_minus_log_uniform = _OneMinusLogUniform(name="one_minus_log_uniform")


@dataclass(frozen=True)
class SearchSpace:
    """A space, written twice: for methods that know plain ranges and choices, and for ours.

    Parameters
    ----------
    flat : dict of str to Real, Integer or Categorical
        For the peers. None of them knows shapes of networks or logit scales, so there is a
        width for each layer that there can be, and the distance of a decay rate to 1.
    ours : dict
        The same set of settings, as sk_hpt's searches take it.
    """

    flat: dict
    ours: dict

    def params(self, values):
        """The network's parameters for values of the flat dimensions, in Python's own types."""
        kinds = {Categorical: str, Integer: int, Real: float}
        typed = {name: kinds[type(self.flat[name])](value) for name, value in values.items()}
        depth = typed.pop("depth", 1)
        widths = [typed.pop(name) for name in self.flat if name.startswith("width_")]
        params = {"hidden_layer_sizes": tuple(widths[:depth])}
        for name, value in typed.items():
            to_one = name.startswith("1-")
            params[name.removeprefix("1-")] = 1 - value if to_one else value
        return params


def _adam():
    """MLP-adam of bayesmark (Turner et al., 2021).

    The decay rates are on a logit scale there, and here logarithmic in the distance to 1.
    """
    common = {
        "alpha": Real(1e-5, 10.0, log=True),
        "batch_size": Integer(10, 250),
        "learning_rate_init": Real(1e-5, 1e-1, log=True),
        "epsilon": Real(1e-9, 1e-6, log=True),
    }
    return SearchSpace(
        flat={
            "width_1": Integer(50, 200),
            **common,
            "1-beta_1": Real(0.01, 0.5, log=True),
            "1-beta_2": Real(1e-6, 0.1, log=True),
        },
        ours={
            "hidden_layer_sizes": HiddenLayers(n_layers=(1, 1), units=(50, 200)),
            **common,
            "beta_1": one_minus_log_uniform(0.01, 0.5),
            "beta_2": one_minus_log_uniform(1e-6, 0.1),
        },
    )


def _shapes():
    common = {
        "activation": Categorical(("relu", "tanh", "logistic")),
        "alpha": Real(1e-6, 1.0, log=True),
        "learning_rate_init": Real(1e-4, 1e-1, log=True),
        "batch_size": Integer(16, 256, log=True),
    }
    width = Integer(16, 256, log=True)
    return SearchSpace(
        flat={"depth": Integer(1, 3), "width_1": width, "width_2": width, "width_3": width}
        | common,
        ours={"hidden_layer_sizes": HiddenLayers(n_layers=(1, 3), units=(16, 256))} | common,
    )


SPACES = {"adam": _adam(), "shapes": _shapes()}


@dataclass(frozen=True)
class Task:
    """A data set, by its name in `datasets.load`, and what is predicted."""

    data: str
    regression: bool = False
    n_classes: int = 2


# Whatever is chosen about our own method is chosen on the first half, and claimed on the second.
CHOSEN_ON = {
    "digits": Task("digits:600", n_classes=10),
    "segment": Task("segment:600", n_classes=7),
    "german": Task("german:600"),
    "twonorm": Task("twonorm:600"),
    "diabetes": Task("diabetes", regression=True),
}
CONFIRMED_ON = {
    "optdigits": Task("optdigits:600", n_classes=10),
    "breast_cancer": Task("breast_cancer"),
    "pima": Task("pima:600"),
    "magic": Task("magic:600"),
    "magic-regression": Task("magic-regression:600", regression=True),
}
TASKS = CHOSEN_ON | CONFIRMED_ON
N_ROWS = 600

FIXED = {"max_iter": 25, "random_state": 0}


class Objective:
    """Scores of a setting in the folds of a task, larger is better.

    Parameters
    ----------
    task : Task
        What the networks learn.
    cache : Cache
        Evaluations of earlier runs.
    """

    def __init__(self, task, cache):
        self._task, self._cache = task, cache
        self._X, self._y = load(task.data)
        splitter = KFold if task.regression else StratifiedKFold
        self._folds = list(splitter(3, shuffle=True, random_state=0).split(self._X, self._y))
        self._scoring = "neg_mean_squared_error" if task.regression else "neg_log_loss"
        self._network = MLPRegressor if task.regression else MLPClassifier

    def __call__(self, params):
        """Scores, shape (3,), of a network with these parameters."""
        key = (self._task.data, json.dumps(FIXED | params, sort_keys=True))
        scores = self._cache.recall(key)
        if scores is None:
            started = time.process_time()
            scores = self._evaluate(params)
            self._cache.keep(key, scores, time.process_time() - started)
        return np.array(scores)

    def _evaluate(self, params):
        scorer, scores = get_scorer(self._scoring), []
        for train, test in self._folds:
            network = self._network(**FIXED, **params)
            run = start_run(network, self._X[train], self._y[train])
            run.advance(network.max_iter)
            scores.append(float(scorer(run.predictor(), self._X[test], self._y[test])))
        return scores

    def check(self):
        """Compare one setting with scikit-learn's own training, to the last bit."""
        params = {"hidden_layer_sizes": (64, 32), "batch_size": 50, "alpha": 0.01}
        theirs = cross_val_score(
            self._network(**FIXED, **params),
            self._X,
            self._y,
            cv=self._folds,
            scoring=self._scoring,
        )
        np.testing.assert_array_equal(self._evaluate(params), theirs)
