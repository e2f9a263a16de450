"""What stands in where nobody watches; parity is tested in tests/parity."""

import pickle

from sklearn.neural_network import MLPClassifier

from sk_hpt import GridSearchNN
from sk_hpt._reporting import NullCallbacks, NullTask, callbacks_of


def test_nobody_watches_a_search_without_callbacks():
    callbacks = callbacks_of(GridSearchNN(MLPClassifier()))
    assert type(callbacks) is NullCallbacks
    assert isinstance(callbacks.evaluation(3), NullTask) and isinstance(callbacks.refit(), NullTask)


def test_nothing_travels_to_the_worker():
    assert len(pickle.dumps(NullTask())) < 100


def test_set_callbacks_is_there_from_scikit_learn_1_9_on():
    try:
        import sklearn.callback  # noqa: F401
    except ImportError:
        assert not hasattr(GridSearchNN(MLPClassifier()), "set_callbacks")
    else:
        assert hasattr(GridSearchNN(MLPClassifier()), "set_callbacks")
