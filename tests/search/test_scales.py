import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes, load_digits, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import GridSearchNN
from sk_hpt._search.scales import _sample, warn_if_target_unscaled, warn_if_unscaled
from sk_hpt._sklearn import num_samples

NETWORK = MLPClassifier()


def warned(estimator, X):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_if_unscaled(estimator, X)
    return [str(warning.message) for warning in caught]


@pytest.fixture
def normal():
    return np.random.default_rng(0).normal(size=(200, 5))


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array, sparse.csc_matrix, list])
@pytest.mark.parametrize("network", [MLPClassifier(), MLPRegressor()])
def test_warns_of_very_different_scales(normal, container, network):
    (message,) = warned(network, container(normal * [1, 1, 1, 1, 1000]))
    assert "make_pipeline(StandardScaler()" in message and type(network).__name__ in message
    assert not warned(network, container(normal * [1, 1, 1, 1, 20]))


@pytest.mark.parametrize(
    "make", [np.asarray, np.ndarray.tolist, sparse.coo_array, pd.DataFrame, pl.DataFrame]
)
def test_only_sampled_rows_are_converted(make):
    X = make(np.random.default_rng(0).normal(size=(50_000, 3)) * [1, 1, 1000])
    assert num_samples(_sample(X)) == 10_000
    assert warned(NETWORK, X)


def test_real_data_sets():
    wine = load_wine().data  # proline is in the hundreds, hue about one
    assert warned(NETWORK, wine) and not warned(NETWORK, StandardScaler().fit_transform(wine))
    digits = load_digits().data
    assert not warned(NETWORK, digits) and not warned(
        NETWORK, StandardScaler().fit_transform(digits)
    )


def test_no_warning_for_pipelines_and_other_estimators(normal):
    X = normal * [1, 1, 1, 1, 1000]
    assert not warned(make_pipeline(StandardScaler(), NETWORK), X)
    assert not warned(LogisticRegression(), X)


def test_no_warning_for_data_without_a_scale(normal):
    assert not warned(NETWORK, np.array([["a", "b"]], dtype=object))
    assert not warned(NETWORK, np.empty((0, 3)))
    assert not warned(NETWORK, np.zeros((4, 2)))
    assert not warned(NETWORK, normal[:, 0])
    assert not warned(NETWORK, np.where(normal > 3, np.nan, normal) * [1, 1, 1, 1, np.inf])


def test_one_warning_per_search(normal):
    search = GridSearchNN(MLPClassifier((3,), max_iter=2), {"alpha": [0.1, 1.0]}, cv=2)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.fit(normal * [1, 1, 1, 1, 1000], np.arange(200) % 2)
    others = [w for w in caught if not issubclass(w.category, ConvergenceWarning)]
    assert len(others) == 1 and "factor of" in str(others[0].message)
    assert others[0].filename == __file__  # the line that called fit


def warned_of_target(estimator, y):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_if_target_unscaled(estimator, y)
    return [str(warning.message) for warning in caught]


@pytest.mark.parametrize("mean, std", [(0, 150), (150, 80), (0, 0.05), (20, 1), (-2000, 5)])
@pytest.mark.parametrize("container", [np.asarray, list, pd.Series])
@pytest.mark.parametrize(
    "estimator", [MLPRegressor(), make_pipeline(StandardScaler(), MLPRegressor())]
)
def test_warns_of_a_target_far_from_unit_scale(normal, mean, std, container, estimator):
    y = StandardScaler().fit_transform(normal[:, :1]).ravel()
    (message,) = warned_of_target(estimator, container(mean + std * y))
    assert "TransformedTargetRegressor(estimator, transformer=StandardScaler())" in message
    assert f"mean {mean + 0.0:.3g}" in message or not mean
    assert f"standard deviation {std:.3g}" in message
    assert not warned_of_target(estimator, container(1 + 3 * y))


def test_targets_of_several_outputs_and_of_real_data(normal):
    assert warned_of_target(MLPRegressor(), normal[:, :3] * [1, 1, 1000])
    assert not warned_of_target(MLPRegressor(), normal[:, :3] * [1, 0, 30])
    y = load_diabetes().target  # mean 152, standard deviation 77
    assert warned_of_target(MLPRegressor(), y)
    assert not warned_of_target(MLPRegressor(), (y - y.mean()) / y.std())


def test_no_warning_of_targets_for_other_estimators(normal):
    y = normal[:, 0] * 1000
    scaled = TransformedTargetRegressor(MLPRegressor(), transformer=StandardScaler())
    poisson = MLPRegressor().set_params(loss="poisson")
    for estimator in (scaled, make_pipeline(StandardScaler(), scaled), poisson, LinearRegression()):
        assert not warned_of_target(estimator, y)
    assert not warned_of_target(make_pipeline(StandardScaler(), NETWORK), np.arange(200) * 1000)


def test_no_warning_for_targets_without_a_scale(normal):
    for y in (None, [], ["a", "b"], [[1, 2], [3]], np.full(9, 500.0), [np.nan, 1e3], {1: 2}):
        assert not warned_of_target(MLPRegressor(), y)


def test_one_warning_of_the_target_per_search_that_ends_no_search(normal):
    network = MLPRegressor(hidden_layer_sizes=(3,), solver="lbfgs", max_iter=2000, random_state=0)
    search = GridSearchNN(network, {"alpha": [10.0, 100.0]}, cv=2)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.fit(normal, normal[:, 0] * 200)
    said = [each for each in caught if "far from unit scale" in str(each.message)]
    assert len(said) == 1 and said[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        search.set_params(error_score=0.0).fit(normal[:, :1], normal[:, 0] * 200)
