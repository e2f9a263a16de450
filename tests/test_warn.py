"""Warnings name the user's line."""

import threading
import warnings

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt._warn import warn_user

X, y = load_iris(return_X_y=True)
NETWORK = MLPClassifier((4,), max_iter=3, random_state=0)


def caught_in(function):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function()
    assert caught
    return caught


def lines_of(caught):
    return {(warning.filename, warning.lineno) for warning in caught}


def test_without_other_code_between_it_is_the_line_of_the_caller():
    (warning,) = caught_in(lambda: warn_user("text", RuntimeWarning))
    assert warning.filename == __file__ and warning.category is RuntimeWarning


@pytest.mark.parametrize("name", ["mlflow.anything", "sk_hpt_of_the_user"])
def test_only_code_of_libraries_is_skipped(name):
    names = {"__name__": name, "warn_user": warn_user}
    exec(compile("def call(): warn_user('text')", "<between>", "exec"), names)
    (warning,) = caught_in(names["call"])
    assert warning.filename == (__file__ if name == "mlflow.anything" else "<between>")


SEARCHES = {
    "scales and convergence": lambda: GridSearchNN(NETWORK, {"alpha": [1.0]}).fit(
        X * [1, 1e3, 1, 1], y
    ),
    "failed fits": lambda: GridSearchNN(NETWORK, {"alpha": [1.0, -1.0]}, cv=2).fit(X, y),
    "a small space": lambda: BayesSearchNN(NETWORK, {"alpha": [0.1, 1.0]}, n_iter=3, cv=2).fit(
        X, y
    ),
    "scores that are not finite": lambda: RandomSearchNN(
        NETWORK, {"alpha": [0.1, 1.0]}, n_iter=2, cv=2, scoring=lambda *args: np.nan
    ).fit(X, y),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_warnings_of_a_search_name_the_line_that_calls_fit(name):
    caught = caught_in(SEARCHES[name])
    assert {filename for filename, _ in lines_of(caught)} == {__file__}


def test_in_a_thread_without_a_line_of_the_user_it_warns_all_the_same():
    thread = threading.Thread(target=warn_user, args=("from a thread",))

    def run():
        thread.start()
        thread.join()

    assert [str(warning.message) for warning in caught_in(run)] == ["from a thread"]


def test_the_hint_about_scales_ends_no_search_where_warnings_are_errors():
    network = MLPClassifier((4,), solver="lbfgs", max_iter=1000, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        GridSearchNN(network, {"alpha": [1.0]}, cv=2, refit=False).fit(X * [1, 200, 1, 1], y)
