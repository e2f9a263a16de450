import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.neural_network import MLPClassifier

from sk_hpt._evaluation import check_weights_are_scored, resolve_scorer, score

X, y = np.zeros((4, 1)), np.array([0, 0, 0, 1])
FITTED = DummyClassifier(strategy="prior").fit(X, y)


def scored(scoring, error_score="raise", params=None):
    scorer = resolve_scorer(FITTED, scoring, error_score)
    return score(FITTED, X, y, scorer, params or {}, error_score)


def failing(y_true, y_pred):
    raise RuntimeError("no score today")


def test_numbers_come_out_as_plain_numbers():
    assert scored(None) == 0.75 and type(scored(None)) is float
    assert scored("accuracy") == 0.75
    assert scored(lambda estimator, X, y: np.array(3)) == 3
    assert scored(["accuracy", "recall"]) == {"accuracy": 0.75, "recall": 0.0}
    assert scored(lambda estimator, X, y: {"a": np.float32(0.5)}) == {"a": 0.5}


@pytest.mark.parametrize("scoring", [None, "accuracy"])
@pytest.mark.parametrize("kind", [int, bool, str, float, object])
def test_accuracy_of_networks(iris, kind, scoring):
    X_iris, y_iris = iris
    y_kind = (y_iris % 2 if kind is bool else y_iris).astype(str if kind is object else kind)
    if kind is object:
        y_kind = y_kind.astype(object)
    with pytest.warns(ConvergenceWarning):
        network = MLPClassifier((5,), max_iter=20, random_state=0).fit(X_iris, y_kind)
    scorer = resolve_scorer(network, scoring, "raise")
    for rows in (slice(None), slice(7), slice(3)):
        got = score(network, X_iris[rows], y_kind[rows], scorer, {}, "raise")
        assert got == accuracy_score(y_kind[rows], network.predict(X_iris[rows]))
        assert type(got) is float
    other_labels = y_kind[::-1].astype(object if kind is str else str)
    theirs = scorer(network, X_iris, other_labels) if kind in (str, object) else None
    if theirs is not None:
        assert score(network, X_iris, other_labels, scorer, {}, "raise") == theirs


def test_without_targets():
    assert score(FITTED, X, None, lambda estimator, X: 0.5, {}, "raise") == 0.5


@pytest.mark.parametrize("value", ["good", None, np.ones(2), {"a": "good"}])
def test_what_is_no_number(value):
    with pytest.raises(ValueError, match="scoring must return a number, got"):
        scored(lambda estimator, X, y: value)


def test_failures():
    for scoring in (make_scorer(failing), {"a": make_scorer(failing)}):
        with pytest.raises(RuntimeError, match="no score today"):
            scored(scoring)
    with pytest.warns(UserWarning, match="(?s)will be set to -1.*no score today"):
        assert scored(make_scorer(failing), error_score=-1) == -1
    with pytest.warns(UserWarning, match="(?s)will be set to -1.*no score today"):
        several = scored({"a": make_scorer(failing), "b": "accuracy"}, error_score=-1)
    assert several == {"a": -1, "b": 0.75}


def test_who_takes_weights():
    weights = np.array([0.0, 0.0, 0.0, 1.0])
    assert check_weights_are_scored(resolve_scorer(FITTED, "accuracy", "raise"), "search")
    assert scored("accuracy", params={"sample_weight": weights}) == 0.0
    unweighted = make_scorer(lambda y_true, y_pred: 1.0)
    with pytest.warns(UserWarning, match="does not support sample_weight.*fitting search with"):
        assert not check_weights_are_scored(unweighted, "search")
    both = resolve_scorer(FITTED, {"a": unweighted, "b": "accuracy"}, "raise")
    with pytest.warns(UserWarning, match="The scoring a=.* does not support"):
        assert check_weights_are_scored(both, "search")
    assert check_weights_are_scored(lambda estimator, X, y, sample_weight: 1.0, "search")
