"""The values of the parameters of a search."""

import numpy as np
import pytest
from scipy.stats import loguniform, uniform
from sklearn.model_selection import RandomizedSearchCV
from sklearn.svm import SVC

from sk_hpt import BayesSearchNN
from sk_hpt.displays._parameter_values import (
    log_scaled_parameters,
    spans_decades,
    trial_labels,
)
from sk_hpt.space import Integer, Real


def test_trial_labels_have_the_parameters_that_differ():
    params = [
        {"net__alpha": 0.00012345, "net__solver": "adam", "net__sizes": (5, 5), "scale": None},
        {"net__alpha": 0.1, "net__solver": "adam", "net__sizes": (7,), "scale": SVC()},
    ]
    assert trial_labels(params) == [
        "alpha=0.000123, sizes=(5, 5), scale=None", "alpha=0.1, sizes=(7,), scale=SVC()",
    ]  # fmt: skip
    assert trial_labels([{"a__C": 1, "b__C": 2}]) == ["a__C=1, b__C=2"]
    assert trial_labels([{"x": "y" * 99}, {}])[0] == "x=" + "y" * 29 + "…"
    assert trial_labels([{"x": 1}, {"z": 2}]) == ["x=1", "z=2"]
    same_short_name = [{"a__C": 1, "b__C": each} for each in (2, 3)]
    assert trial_labels(same_short_name) == ["b__C=2", "b__C=3"]


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
    assert spans_decades(np.array(values, dtype=float)) == expected
