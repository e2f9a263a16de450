"""Scores without scikit-learn's checks: the same bits, or none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import accuracy_score, r2_score
from sklearn.neural_network import MLPClassifier, MLPRegressor

from sk_hpt.training._score import is_plain_target, score_predictions

REGRESSOR = MLPRegressor()
CLASSIFIER = MLPClassifier()
CLASSIFIER.classes_ = np.array([0, 1, 2])

targets = arrays(
    float, st.integers(2, 400), elements=st.sampled_from([0.0, 1.0, -2.5, 1e-3]) | st.floats(-9, 9)
)


@given(targets, st.data())
def test_r2_is_that_of_scikit_learn(y, data):
    predicted = data.draw(arrays(float, len(y), elements=st.floats(-9, 9)) | st.just(y))
    for column in (y, y.reshape(-1, 1)):
        assert is_plain_target(column, REGRESSOR)
        assert score_predictions(REGRESSOR, column, predicted) == r2_score(column, predicted)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e200])
@pytest.mark.parametrize("side", ["targets", "predictions"])
def test_r2_of_what_is_not_finite_is_left_to_scikit_learn(value, side):
    y, predicted = np.arange(4.0), np.ones(4)
    (y if side == "targets" else predicted)[2] = value
    assert score_predictions(REGRESSOR, y, predicted) is None


def test_targets_and_predictions_of_other_types_are_left_to_scikit_learn():
    y = np.arange(4.0)
    for other in (y.astype(np.float32), y.astype(int), y.tolist(), y[:1], np.ones((4, 2))):
        assert not is_plain_target(other, REGRESSOR)
    assert score_predictions(REGRESSOR, y, y.astype(np.float32)) is None
    labels = np.arange(6) % 3
    assert is_plain_target(labels, CLASSIFIER)
    for other in (labels.astype(float), labels[:5], labels.tolist(), labels.reshape(-1, 1)):
        assert not is_plain_target(other, CLASSIFIER)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=6))
def test_accuracy_is_that_of_scikit_learn(pairs):
    y, predicted = np.transpose(pairs)
    assert score_predictions(CLASSIFIER, y, predicted) == accuracy_score(y, predicted)
