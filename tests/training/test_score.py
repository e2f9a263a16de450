"""Scores without scikit-learn's checks: the same bits, or none."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, r2_score
from sklearn.neural_network import MLPClassifier, MLPRegressor

from sk_hpt.training._engine_check import engine_works
from sk_hpt.training._score import PlainScore

pytestmark = pytest.mark.skipif(not engine_works(), reason="needs the engine")
FEW_EPOCHS = {"tol": 1e9, "n_iter_no_change": 1, "random_state": 0}  # and no warning


def regressor(n_features=3, dtype=float, **params):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, n_features)).astype(dtype)
    network = MLPRegressor(hidden_layer_sizes=(7, 5), **FEW_EPOCHS, **params)
    return network.fit(X, X[:, 0] - 1)


REGRESSOR = regressor()


def classifier(n_classes, dtype=float, kind=int, **params):
    rng = np.random.default_rng(n_classes)
    X = rng.normal(size=(60, 3)).astype(dtype)
    y = (np.arange(60) % n_classes).astype(kind)
    return MLPClassifier((7, 5), **FEW_EPOCHS, **params).fit(X, y)


def rows(n, dtype=float, order="C", seed=0):
    X = np.random.default_rng(seed).normal(size=(n, 3)).astype(dtype)
    return np.asarray(X, order=order)


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
@pytest.mark.parametrize("n", [2, 7, 129, 1000, 20_000])
def test_r2_is_that_of_scikit_learn(activation, n):
    network = regressor(activation=activation)
    for order in "CF":
        X = rows(n, order=order)
        y = 3 * X[:, 0] + np.random.default_rng(1).normal(size=n)
        for column in (y, y.reshape(-1, 1), np.repeat(y, 2)[::2]):
            expected = r2_score(column, network.predict(X))
            assert PlainScore.of(network, X, column)(network) == expected


@given(st.lists(st.sampled_from([0.0, 1.0, -2.5, 1e-3]) | st.floats(-9, 9), min_size=2))
def test_r2_of_any_targets(y):
    X, y, network = rows(len(y)), np.array(y), REGRESSOR
    assert PlainScore.of(network, X, y)(network) == r2_score(y, network.predict(X))
    exact = network.predict(X)
    assert PlainScore.of(network, X, exact)(network) == 1.0


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e200])
def test_r2_that_is_not_finite_is_left_to_scikit_learn(value):
    y = np.arange(4.0)
    y[2] = value
    assert PlainScore.of(REGRESSOR, rows(4), y)(REGRESSOR) is None
    network = copy.deepcopy(REGRESSOR)
    network.intercepts_[-1][:] = value
    assert PlainScore.of(network, rows(4), np.arange(4.0))(network) is None


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", [int, bool, str, float])
@pytest.mark.parametrize("n_classes", [2, 3, 11])
def test_accuracy_is_that_of_scikit_learn(n_classes, kind, dtype):
    if kind is bool and n_classes > 2:
        pytest.skip("there are two of them")
    network = classifier(n_classes, dtype, kind)
    for n in (2 * n_classes, 300, 3000):
        X = rows(n, dtype)
        y = (np.random.default_rng(n).integers(n_classes, size=n)).astype(kind)
        score = PlainScore.of(network, X, y.astype(network.classes_.dtype))
        assert score(network) == accuracy_score(y, network.predict(X))


def test_labels_that_the_network_does_not_know_are_wrong():
    network, X = classifier(3), rows(60)
    y = np.random.default_rng(0).integers(-2, 7, size=60)
    assert PlainScore.of(network, X, y)(network) == accuracy_score(y, network.predict(X))


def test_accuracy_of_outputs_that_are_no_numbers():
    network, X = classifier(3), rows(60)
    network.coefs_[0][0, 0] = np.nan
    assert PlainScore.of(network, X, np.arange(60) % 3)(network) is None


def test_what_is_left_to_scikit_learn():
    y, X = np.arange(4.0), rows(4)
    single = y.astype(np.float32)
    for other in (single, y.astype(int), y.tolist(), y[:3], np.ones((4, 2))):
        assert PlainScore.of(REGRESSOR, X, other) is None
    assert PlainScore.of(REGRESSOR, X[:1], y[:1]) is None
    assert PlainScore.of(regressor(dtype=np.float32), X.astype(np.float32), single) is None
    for wrong in (X.tolist(), X.astype(np.float32), X[:, :2], X.view(np.ma.MaskedArray)):
        assert PlainScore.of(REGRESSOR, wrong, y) is None
    labels, network, X = np.arange(6) % 3, classifier(3), rows(6)
    assert PlainScore.of(network, X, labels) is not None
    floats = labels.astype(float)
    for other in (floats, labels[:5], labels.tolist(), labels.reshape(-1, 1), labels.astype(str)):
        assert PlainScore.of(network, X[: len(other)], other) is None
    network = classifier(3, kind=float)
    for wrong in (np.nan, np.inf, 0.5):
        assert PlainScore.of(network, rows(7), np.append(floats, wrong)) is None


def test_the_score_follows_the_weights_and_survives_a_pickle():
    network, X, y = classifier(2), rows(60), np.arange(60) // 20 % 2
    score = PlainScore.of(network, X, y)
    before = score(network)
    network.intercepts_[-1] -= 9.0
    assert score(network) == accuracy_score(y, network.predict(X)) != before
    assert pickle.loads(pickle.dumps(score))(network) == score(network)
