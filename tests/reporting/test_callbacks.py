"""Searches without callbacks; parity with scikit-learn is tested in tests/parity."""

from sklearn.neural_network import MLPClassifier

from sk_hpt import GridSearchNN
from sk_hpt._reporting import Observer, callbacks_of


def test_a_search_without_callbacks_has_a_silent_observer():
    assert type(callbacks_of(GridSearchNN(MLPClassifier()))) is Observer


def test_set_callbacks_is_there_from_scikit_learn_1_9_on():
    try:
        import sklearn.callback  # noqa: F401
    except ImportError:
        assert not hasattr(GridSearchNN(MLPClassifier()), "set_callbacks")
    else:
        assert hasattr(GridSearchNN(MLPClassifier()), "set_callbacks")
