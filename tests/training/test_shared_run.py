import math
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.neural_network import MLPClassifier, MLPRegressor

from sk_hpt.training._native_fit import begin
from sk_hpt.training._shared_run import CannotShare, SharedRun, StoppingRule


def test_stopping_rule():
    rule = StoppingRule(max_iter=100, tol=0.1, n_iter_no_change=2)
    assert rule.best_loss == math.inf
    for loss, stalled in [(1.0, False), (0.95, False), (0.8, False), (0.75, False), (0.9, False)]:
        rule.update(loss)
        assert rule.has_stalled == stalled
    rule.update(0.8)
    assert rule.has_stalled and rule.best_loss == 0.75


def share(network, rules, X, y):
    shared = []

    def drive(run):
        shared.append(SharedRun(run, rules))
        for _ in shared[0].epochs():
            pass

    begin(network, X, y, {}, drive, strict=True)
    return shared[0]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_each_network_is_the_one_that_a_fit_of_its_own_makes(digits):
    network = MLPClassifier((6,), random_state=0)
    candidates = [{"max_iter": 7}, {"max_iter": 3}, {"max_iter": 9, "tol": 10.0}]
    networks = [clone(network).set_params(**params) for params in candidates]
    rules = [StoppingRule(n.max_iter, n.tol, n.n_iter_no_change) for n in networks]
    shared = share(clone(network), rules, *digits)
    assert list(shared.networks) == [1, 0, 2]  # in the order in which they stop
    assert shared.stopped_at[1] <= shared.stopped_at[0] <= shared.stopped_at[2]
    for member, alone in enumerate(networks):
        alone.fit(*digits)
        together = shared.networks[member]
        assert together.get_params() == alone.get_params()
        assert together.loss_curve_ == alone.loss_curve_
        for a, b in zip(together.coefs_, alone.coefs_, strict=True):
            np.testing.assert_array_equal(a, b)


def test_networks_that_overflow_are_not_shared(digits):
    X, _ = digits
    network = MLPRegressor(hidden_layer_sizes=(5,), solver="sgd", learning_rate_init=1e6)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # scikit-learn has not trained it again
        with pytest.raises(CannotShare):
            share(network, [StoppingRule(50, 0.0, 50)], X, X[:, 10] * 1e3)
