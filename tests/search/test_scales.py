import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_digits, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import GridSearchNN
from sk_hpt._search.scales import warn_if_unscaled

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
