"""Learning curves and finish times of a fitted search."""

import pickle
import time

import numpy as np
import pytest
from estimators import Scored
from joblib import parallel_config
from kills import curves
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import GridSearchNN
from sk_hpt.fidelity import Halving

pytestmark = pytest.mark.filterwarnings(
    f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning",
    "ignore::sklearn.exceptions.FitFailedWarning",
    "ignore:.*non-finite",
)
NETWORK = MLPClassifier((5,), max_iter=12, random_state=0)
SPACE = {"alpha": [1e-4, 10.0], "learning_rate_init": [1e-3, 1e-2]}
FOLDS = KFold(3)


def alone(estimator, X, y):
    """Return the networks of all folds, fitted without a search."""
    networks = [clone(estimator).fit(X[train], y[train]) for train, _ in FOLDS.split(X)]
    return [getattr(each, "steps", [(None, each)])[-1][1] for each in networks]


@pytest.mark.parametrize("engine", ["auto", "sklearn"])
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("wrap", [clone, lambda net: make_pipeline(StandardScaler(), net)])
def test_curves_equal_those_of_single_fits(iris, engine, early_stopping, wrap):
    X, y = iris
    network = wrap(clone(NETWORK).set_params(early_stopping=early_stopping))
    name = next(name for name in network.get_params() if name.endswith("alpha"))
    search = GridSearchNN(network, {name: [1e-4, 10.0]}, cv=FOLDS, engine=engine).fit(X, y)
    for params, found in zip(search.cv_results_["params"], search.learning_curves_, strict=True):
        fitted = alone(clone(network).set_params(**params), X, y)
        for one, curve in zip(fitted, found, strict=True):
            np.testing.assert_array_equal(curve.loss, np.float32(one.loss_curve_))
            assert (curve.validation is not None) == early_stopping
            if early_stopping:
                expected = np.float32(one.validation_scores_)
                np.testing.assert_array_equal(curve.validation, expected)


def test_fits_of_a_shared_training_run_have_separate_curves(iris):
    space = {"max_iter": [3, 7, 12]}
    search = GridSearchNN(NETWORK, space, cv=FOLDS).fit(*iris)
    lengths = [[len(curve.loss) for curve in folds] for folds in search.learning_curves_]
    assert lengths == [[3] * 3, [7] * 3, [12] * 3]
    single = GridSearchNN(NETWORK, space, cv=FOLDS, engine="sklearn").fit(*iris)
    assert curves(search) == curves(single)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["threading", "loky", "multiprocessing"])
def test_curves_of_pruned_trials_end_where_they_were_pruned(iris, backend):
    fidelity = Halving(n_folds=2, min_promoted=1)
    options = {"cv": FOLDS, "multi_fidelity": fidelity, "refit": False}
    full = GridSearchNN(NETWORK, SPACE, cv=FOLDS, refit=False).fit(*iris)
    with parallel_config(backend=backend, n_jobs=2):
        search = GridSearchNN(NETWORK, SPACE, **options).fit(*iris)
    assert {"pruned", "complete"} <= set(search.cv_results_["status"])
    rows = zip(search.learning_curves_, search.cv_results_["n_epochs"], strict=True)
    for (found, n_epochs), whole in zip(rows, full.learning_curves_, strict=True):
        assert sum(len(curve.loss) for curve in found if curve) == n_epochs
        for curve, longer in zip(found, whole, strict=True):
            if curve is not None:
                np.testing.assert_array_equal(curve.loss, longer.loss[: len(curve.loss)])


@pytest.mark.parametrize("fidelity", [None, "halving"])
def test_diverged_networks_have_curves(iris, fidelity):
    network = MLPClassifier((3,), solver="sgd", activation="identity", max_iter=16, random_state=0)
    space = {"learning_rate_init": [1e-3, 1e200]}
    search = GridSearchNN(network, space, cv=FOLDS, multi_fidelity=fidelity, refit=False)
    search.fit(*iris)
    assert np.isnan(search.cv_results_["mean_test_score"][1])
    tried = [curve for curve in search.learning_curves_[1] if curve]
    assert tried and all(len(curve.loss) for curve in tried)


def test_estimators_without_epochs_have_no_curves(iris):
    search = GridSearchNN(LogisticRegression(), {"C": [0.1, 1.0]}, cv=FOLDS).fit(*iris)
    assert search.learning_curves_ == [[None] * 3] * 2


def test_finish_times():
    X = np.zeros((6, 1))
    space = {"seconds": [0.02, 0.01], "value": [1.0, -1.0]}
    started = time.monotonic()
    search = GridSearchNN(Scored(), space, cv=2, refit=False).fit(X)
    took = time.monotonic() - started
    times = search.finish_times_
    assert times.shape == (4,) and times.dtype == np.float64
    # including the two trials that fail; each trial fits two folds one after the other
    assert (np.diff(times, prepend=0.0) >= 2 * np.array([0.02, 0.02, 0.01, 0.01])).all()
    assert times[-1] <= took


def test_finish_times_continue_after_a_resume(tmp_path):
    X = np.zeros((6, 1))
    path = tmp_path / "search.db"
    options = {"cv": 2, "journal": path, "refit": False, "error_score": "raise"}
    space = {"seconds": [0.02], "value": [1.0, 2.0, -1.0]}
    with pytest.raises(RuntimeError, match="below zero"):
        GridSearchNN(Scored(), space, **options).fit(X)
    time.sleep(0.5)

    class Recovered(Scored):
        def fit(self, X):
            time.sleep(self.seconds)
            return self

    Scored.fit, fit = Recovered.fit, Scored.fit
    try:
        times = GridSearchNN(Scored(), space, **options).fit(X).finish_times_
        again = GridSearchNN(Scored(), space, **options).fit(X).finish_times_
    finally:
        Scored.fit = fit
    assert (np.diff(times, prepend=0.0) >= 0.04).all()
    assert times[-1] - times[1] < 0.5  # without the pause
    np.testing.assert_array_equal(again, times)


def test_pickled_search_has_its_curves(iris):
    search = GridSearchNN(NETWORK, SPACE, cv=FOLDS).fit(*iris)
    bare = clone(search).fit(*iris)
    bare.learning_curves_ = None
    again = pickle.loads(pickle.dumps(search))
    assert curves(again) == curves(search)
    n_epochs = sum(len(curve.loss) for folds in search.learning_curves_ for curve in folds)
    more = len(pickle.dumps(search)) - len(pickle.dumps(bare))
    assert more < 4 * n_epochs + 300 * 4 * 3
