"""Constructors of the searches, which are made from the fields of dataclasses."""

import inspect
import subprocess
import sys

import pytest
from sklearn.base import clone
from sklearn.neural_network import MLPClassifier

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN


@pytest.mark.parametrize(
    ("search_class", "first"),
    [
        (GridSearchNN, ["estimator", "param_grid", "scoring"]),
        (RandomSearchNN, ["estimator", "param_distributions", "n_iter", "scoring"]),
        (BayesSearchNN, ["estimator", "search_spaces", "n_iter", "n_points", "scoring"]),
    ],
)
def test_budget_comes_first_in_the_signature(search_class, first):
    assert list(inspect.signature(search_class).parameters)[: len(first)] == first


def test_only_the_estimator_and_the_space_are_positional():
    with pytest.raises(TypeError, match="takes from 2 to 3 positional arguments but 4 were given"):
        RandomSearchNN(MLPClassifier(), {}, 10)


def test_searches_are_compared_by_identity():
    search = GridSearchNN(estimator=None, param_grid={"alpha": [1.0]})
    assert search != clone(search) and search == search
    assert len({search, clone(search)}) == 2


def test_printed_as_other_estimators():
    search = RandomSearchNN(MLPClassifier(), {"alpha": [1.0]}, n_iter=1)
    expected = (
        "RandomSearchNN(estimator=MLPClassifier(), n_iter=1, param_distributions={'alpha': [1.0]})"
    )
    assert " ".join(repr(search).split()) == expected


def test_a_subclass_may_have_its_own_constructor():
    class SmallSearch(RandomSearchNN):
        def __init__(self, estimator, param_distributions=None, *, n_iter=3):
            super().__init__(estimator, param_distributions, n_iter=n_iter)

    assert clone(SmallSearch(MLPClassifier())).get_params(deep=False).keys() == {
        *("estimator", "param_distributions", "n_iter")
    }
    assert SmallSearch(MLPClassifier()).engine == "auto"


@pytest.mark.slow
def test_import_without_docstrings():
    subprocess.run([sys.executable, "-P", "-OO", "-c", "import sk_hpt"], check=True)
