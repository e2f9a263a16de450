"""Which parameters belong on a logarithmic axis."""

import numpy as np
import pytest
from scipy.stats import loguniform, uniform
from sklearn.model_selection import RandomizedSearchCV
from sklearn.svm import SVC

from sk_hpt import BayesSearchNN
from sk_hpt.displays._log_scale import is_spread_over_decades, log_scaled_parameters
from sk_hpt.space import Integer, Real


def test_declared_by_the_space():
    space = {
        "C": (1e-3, 1e3, "log-uniform"),
        "gamma": Real(0.1, 1.0, log=True),
        "degree": Integer(1, 9, log=True),
        "tol": Real(0.1, 1.0),
        "coef0": (0.0, 1.0),
        "kernel": ["rbf", "poly", "log-uniform"],
    }
    assert log_scaled_parameters(BayesSearchNN(SVC(), space)) == {"C", "gamma", "degree"}
    several = [({"C": Real(1, 2, log=True)}, 3), {"tol": loguniform(1, 2)}]
    assert log_scaled_parameters(BayesSearchNN(SVC(), several)) == {"C", "tol"}
    theirs = {"C": loguniform(1, 2), "tol": uniform(1, 2)}
    assert log_scaled_parameters(RandomizedSearchCV(SVC(), theirs)) == {"C"}


@pytest.mark.parametrize(
    "values, expected",
    [
        ([1, 10, 100], True),
        ([1, 10, 99], False),
        ([1, 50, 100], False),
        (np.geomspace(1e-5, 1.0, 60), True),
        (np.linspace(1e-5, 1.0, 60), False),
        ([-1, 10, 100], False),
        ([], False),
    ],
)
def test_found_in_the_values(values, expected):
    assert is_spread_over_decades(np.array(values, dtype=float)) == expected
