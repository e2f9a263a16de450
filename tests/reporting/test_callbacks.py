"""Searches without callbacks; parity with scikit-learn is tested in tests/parity."""

from sklearn.neural_network import MLPClassifier

from sk_hpt import GridSearchNN
from sk_hpt._reporting import Observer, callbacks_of


def test_a_search_without_callbacks_has_a_silent_observer():
    assert type(callbacks_of(GridSearchNN(MLPClassifier()))) is Observer
