"""With the native engine a search gives scikit-learn's scores and weights, bit for bit."""

import threading
import warnings

import numpy as np
import pytest
from sklearn import config_context, get_config
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import GridSearchNN, RandomSearchNN
from sk_hpt.space import default_space

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def assert_same_weights(one, other):
    one, other = (getattr(each, "steps", [(0, each)])[-1][1] for each in (one, other))
    for name in ("coefs_", "intercepts_"):
        for a, b in zip(getattr(one, name), getattr(other, name), strict=True):
            np.testing.assert_array_equal(a, b, strict=True)
    assert one.n_iter_ == other.n_iter_ and one.loss_curve_ == other.loss_curve_


@pytest.mark.slow
@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic"])
def test_classification(assert_parity, digits, activation, dtype, n_jobs):
    X, y = digits
    pipeline = make_pipeline(
        StandardScaler(), MLPClassifier((20,), activation=activation, max_iter=6, random_state=0)
    )
    grid = {
        "mlpclassifier__solver": ["adam", "sgd"],
        "mlpclassifier__batch_size": [32, 100],
        "mlpclassifier__early_stopping": [True, False],
    }
    theirs = GridSearchCV(pipeline, grid, cv=2, n_jobs=n_jobs)
    ours = GridSearchNN(pipeline, grid, cv=2, n_jobs=n_jobs)
    assert_parity(theirs, ours, X.astype(dtype), y)
    assert_same_weights(theirs.best_estimator_, ours.best_estimator_)


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_the_default_space(diabetes, solver):
    network = MLPRegressor(solver=solver, max_iter=20, random_state=0)
    space = default_space(network, n_samples=200)
    # scikit-learn knows choices only as lists
    space = {name: getattr(values, "choices", values) for name, values in space.items()}
    options = {"n_iter": 6, "cv": 2, "random_state": 0, "error_score": "raise"}
    theirs = RandomizedSearchCV(network, space, **options).fit(*diabetes)
    ours = RandomSearchNN(network, **options).fit(*diabetes)
    np.testing.assert_array_equal(
        theirs.cv_results_["mean_test_score"], ours.cv_results_["mean_test_score"]
    )
    best = theirs.best_estimator_, ours.best_estimator_
    for one, other in zip(best[0].coefs_, best[1].coefs_, strict=True):
        np.testing.assert_array_equal(one, other)


def test_both_engines_agree(digits):
    network = MLPClassifier((8,), max_iter=4, random_state=0)
    searches = [
        GridSearchNN(network, {"alpha": [0.1, 1.0]}, cv=2, engine=engine).fit(*digits)
        for engine in ("auto", "sklearn")
    ]
    assert_same_weights(*(search.best_estimator_ for search in searches))


@pytest.mark.parametrize("engine", ["native", None, 3])
def test_unknown_engines(digits, engine):
    with pytest.raises(
        ValueError, match="The 'engine' parameter of GridSearchNN must be a str among"
    ):
        GridSearchNN(MLPClassifier(), {"alpha": [0.1]}, engine=engine).fit(*digits)


def test_networks_train_in_threads(digits):
    threads = set()

    def scorer(estimator, X, y):
        threads.add(threading.current_thread())
        return estimator.score(X, y)

    network = MLPClassifier((8,), max_iter=20, random_state=0)
    grid = {"alpha": [0.1, 1.0, 10.0]}
    GridSearchNN(network, grid, cv=2, n_jobs=2, scoring=scorer, refit=False).fit(*digits)
    assert threads and threading.main_thread() not in threads


def test_the_configuration_reaches_the_threads(digits):
    seen = []

    def scorer(estimator, X, y):
        seen.append(get_config()["assume_finite"])
        return 1.0

    network = MLPClassifier((8,), max_iter=2, random_state=0)
    with config_context(assume_finite=True):
        GridSearchNN(network, {"alpha": [0.1]}, cv=2, n_jobs=2, scoring=scorer).fit(*digits)
    assert seen == [True, True]


def test_the_warning_filters_are_left_as_they_were(digits):
    before = list(warnings.filters)
    network = MLPClassifier((8,), max_iter=2, random_state=0)
    GridSearchNN(network, {"alpha": [0.1, 1.0, 10.0]}, cv=3, n_jobs=2).fit(*digits)
    assert warnings.filters == before
