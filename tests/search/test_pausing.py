import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.compose import TransformedTargetRegressor
from sklearn.decomposition import TruncatedSVD
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, StandardScaler
from sklearn.svm import SVC

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt.fidelity import Halving

NETWORK = MLPClassifier((3,), max_iter=16, random_state=0)
RATES = [1e-3, 1e-2, 1e-1]


class OwnWrapper(TransformedTargetRegressor):
    """It is not understood: it may do anything with its regressor."""


def hints(search, X, y):
    """Return what the search says of pausing, and where."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.fit(X, y)
    said = [each for each in caught if "could not pause" in str(each.message)]
    assert all(each.filename == __file__ for each in said)
    return [str(each.message) for each in said]


def halving(estimator, space, **options):
    return GridSearchNN(estimator, space, cv=3, multi_fidelity="halving", refit=False, **options)


@pytest.mark.parametrize(
    "estimator, name, options, reason",
    [
        (SVC(), "C", {}, "SVC has no MLPClassifier"),
        (MLPClassifier((3,), solver="lbfgs"), "alpha", {}, "solver='lbfgs' does not train in"),
        (NETWORK, "alpha", {"engine": "sklearn"}, "only the native engine can pause"),
        (
            OwnWrapper(MLPRegressor(max_iter=16), transformer=StandardScaler()),
            "regressor__alpha",
            {},
            "MLPRegressor within OwnWrapper cannot be paused",
        ),
        (NETWORK, "max_iter", {}, "max_iter is too small for a rung"),
    ],
)
def test_says_that_only_folds_are_raced_and_why(estimator, name, options, reason, iris):
    values = [1, 1, 1] if name == "max_iter" else [0.1, 1.0, 10.0]
    (message,) = hints(halving(estimator, {name: values}, **options), *iris)
    assert reason in message and 'multi_fidelity="race"' in message


@pytest.mark.parametrize("estimator", [NETWORK, make_pipeline(MaxAbsScaler(), NETWORK)])
def test_sparse_data(estimator, iris):
    X, y = sparse.csr_array(np.abs(iris[0])), iris[1]
    name = "alpha" if estimator is NETWORK else "mlpclassifier__alpha"
    (message,) = hints(halving(estimator, {name: [0.1, 1.0, 10.0]}), X, y)
    assert "sparse" in message


def test_sparse_data_that_a_step_makes_dense(iris):
    pipe = make_pipeline(TruncatedSVD(2, random_state=0), NETWORK)
    space = {"mlpclassifier__alpha": [0.1, 1.0, 10.0]}
    assert not hints(halving(pipe, space), sparse.csr_array(np.abs(iris[0])), iris[1])


@pytest.mark.parametrize("search_class", [GridSearchNN, RandomSearchNN, BayesSearchNN])
def test_says_it_once_per_search_and_not_of_mixed_spaces(search_class, iris):
    budget = {} if search_class is GridSearchNN else {"n_iter": 4, "random_state": 0}

    def search(estimator, space, multi_fidelity="halving"):
        return search_class(estimator, space, cv=3, multi_fidelity=multi_fidelity, **budget)

    assert len(hints(search(SVC(), {"C": [0.1, 1.0, 10.0, 100.0]}), *iris)) == 1
    assert not hints(search(SVC(), {"C": [0.1, 1.0, 10.0, 100.0]}, "race"), *iris)
    assert not hints(search(SVC(), {"C": [0.1, 1.0, 10.0, 100.0]}, Halving(n_rungs=0)), *iris)
    mixed = {"solver": ["lbfgs", "adam"], "alpha": [0.1, 1.0]}
    assert not hints(search(NETWORK, mixed), *iris)


def test_two_reasons_are_not_named(iris):
    pipe = make_pipeline(StandardScaler(), NETWORK)
    models = [SVC(), MLPClassifier((3,), solver="lbfgs", max_iter=9, random_state=0)]
    (message,) = hints(halving(pipe, {"mlpclassifier": models}), *iris)
    assert "of any trial. So" in message


def test_networks_that_stop_before_the_first_rung_count_as_paused(iris):
    network = MLPClassifier((3,), max_iter=800, tol=1e9, n_iter_no_change=1, random_state=0)
    assert not hints(halving(network, {"learning_rate_init": RATES}), *iris)


@pytest.mark.filterwarnings(f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning")
def test_ends_no_search_where_warnings_are_errors(iris):
    assert halving(SVC(), {"C": [0.1, 1.0]}).fit(*iris).best_score_ > 0.5
