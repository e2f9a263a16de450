"""MLflow's autologging of a search, compared with that of scikit-learn's searches."""

import json
import os
import subprocess
import sys
from functools import wraps
from pathlib import Path
from types import FunctionType

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV

import sk_hpt
from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN

X, y = np.arange(20.0).reshape(10, 2), np.arange(10.0)
SEARCH = GridSearchNN(Ridge(), {"alpha": [0.1, 1.0]}, cv=2)
PROGRAM = Path(__file__).parents[1] / "logged_runs.py"
BOTH = (
    *("regressor", "classifier", "pipeline", "threads", "processes", "another estimator"),
    *("several metrics", "several metrics without refit", "no refit", "more trials than runs"),
)


def test_a_search_is_a_scikit_learn_search_for_those_who_ask_for_the_class():
    class Derived(GridSearchNN):
        pass

    for ours, theirs in (
        (GridSearchNN, GridSearchCV),
        (Derived, GridSearchCV),
        (RandomSearchNN, RandomizedSearchCV),
        (BayesSearchNN, RandomizedSearchCV),
    ):
        assert issubclass(ours, theirs) and theirs not in ours.__mro__
    assert isinstance(SEARCH, GridSearchCV) and not isinstance(SEARCH, RandomizedSearchCV)


def put_around(method, calls, *, module="mlflow.anything"):
    """Return a method of scikit-learn's class as MLflow replaces it."""
    name = method.__name__

    def wrapper(self, *args, **params):
        calls.append((type(self).__name__, name))
        return method(self, *args, **params)

    names = {"__name__": module, "type": type}
    return wraps(method)(FunctionType(wrapper.__code__, names, closure=wrapper.__closure__))


def test_a_wrapper_of_mlflow_is_put_around_each_method_of_a_search(monkeypatch):
    calls = []
    for name in ("fit", "score"):
        monkeypatch.setattr(GridSearchCV, name, put_around(getattr(GridSearchCV, name), calls))
    predict = next(vars(c)["predict"] for c in GridSearchCV.__mro__ if "predict" in vars(c))
    monkeypatch.setattr(predict, "fn", put_around(predict.fn, calls))
    search = SEARCH.fit(X, y=y)
    assert len(search.predict(X)) == len(X) and search.score(X, y) > 0
    assert calls == [("GridSearchNN", name) for name in ("fit", "predict", "score")]
    assert not hasattr(GridSearchNN(Ridge(), {}, refit=False), "predict")
    monkeypatch.undo()
    assert search.fit(X, y).score(X, y) > 0 and len(calls) == 3


def test_wrappers_of_others_are_left_alone(monkeypatch):
    calls = []
    monkeypatch.setattr(GridSearchCV, "fit", put_around(GridSearchCV.fit, calls, module="other"))
    assert SEARCH.fit(X, y).n_splits_ == 2 and calls == []


def test_without_the_method_in_the_wrapper_of_mlflow_the_search_goes_on(monkeypatch):
    calls = []
    wrapper = put_around(GridSearchCV.fit, calls)
    wrapper.__wrapped__ = BaseEstimator
    monkeypatch.setattr(GridSearchCV, "fit", wrapper)
    assert SEARCH.fit(X, y).n_splits_ == 2 and calls == []


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The runs that MLflow has of each scenario, in a program of its own."""
    pytest.importorskip("mlflow")
    folder = tmp_path_factory.mktemp("mlflow")
    paths = [str(Path(sk_hpt.__file__).parents[1]), *sys.path]
    done = subprocess.run(
        [sys.executable, "-P", str(PROGRAM), str(folder)],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "MPLBACKEND": "agg",
            "MLFLOW_DISABLE_TELEMETRY": "true",
        },
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def split(runs):
    """Return the run of the search, and those of its trials in the order of their ranks."""
    (parent,) = (run for run in runs if run["parent"] is None)
    children = [run for run in runs if run["parent"] == parent["id"]]
    assert len(children) == len(runs) - 1

    def rank(run):
        ranks = [value for name, value in run["metrics"].items() if "rank" in name]
        return ranks, str(run["params"])

    return parent, sorted(children, key=rank)


def without(run, *names):
    return {name: value for name, value in run.items() if name not in ("id", "parent", *names)}


@pytest.mark.slow
@pytest.mark.parametrize("name", BOTH)
def test_a_search_is_logged_like_scikit_learns(report, name):
    (theirs, their_trials), (ours, our_trials) = (
        split(report[f"{name} by {by}"]["runs"]) for by in ("GridSearchCV", "GridSearchNN")
    )
    assert theirs["params"].items() <= ours["params"].items()
    assert ours["params"].keys() - theirs["params"].keys() == {
        *("engine", "ensemble_size", "journal", "multi_fidelity", "timeout")
    }
    assert ours["estimator"] == "GridSearchNN"
    of_ours = {key.replace("SearchNN", "SearchCV"): v for key, v in ours["metrics"].items()}
    assert of_ours == theirs["metrics"]
    rest = ("params", "estimator", "metrics")
    assert without(ours, *rest) == without(theirs, *rest)
    assert [without(run) for run in our_trials] == [without(run) for run in their_trials]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["RandomSearchNN", "BayesSearchNN"])
def test_random_and_bayesian_searches_are_logged_like_random_search(report, name):
    theirs, _ = split(report["RandomizedSearchCV"]["runs"])
    ours, trials = split(report[name]["runs"])
    assert ours["estimator"] == name and len(trials) == 2
    assert ours["params"]["best_alpha"] == theirs["params"]["best_alpha"]
    of_theirs = {each.replace("RandomizedSearchCV", name) for each in theirs["metrics"]}
    assert ours["metrics"].keys() == of_theirs
    assert ours["artifacts"] == theirs["artifacts"]


@pytest.mark.slow
def test_the_best_trials_are_logged_before_pruned_ones(report):
    parent, trials = split(report["pruned"]["runs"])
    assert parent["params"]["multi_fidelity"] == "halving" and len(trials) == 5
    assert trials[0]["metrics"]["mean_test_score"] == parent["metrics"]["best_cv_score"]
    epochs = [trial["metrics"]["n_epochs"] for trial in trials]
    assert epochs[0] == max(epochs) > min(epochs)


@pytest.mark.slow
def test_fits_within_something_else_are_silent(report):
    assert report["a training run"]["runs"] == []
    (run,) = report["in a pipeline"]["runs"]
    assert run["estimator"] == "Pipeline"
    parent, trials = split(report["in a run of the user"]["runs"])
    assert parent["estimator"] == "GridSearchNN" and len(trials) == 2


@pytest.mark.slow
def test_an_invalid_search_is_a_run_that_failed(report):
    for by in ("GridSearchCV", "GridSearchNN"):
        (run,) = report[f"invalid by {by}"]["runs"]
        assert run["status"] == "FAILED"


@pytest.mark.slow
def test_nothing_is_logged_once_autologging_is_disabled(report):
    assert report["disabled"]["runs"] == []


@pytest.mark.slow
def test_warnings_name_the_line_of_the_user_and_not_mlflows(report):
    assert report["regressor by GridSearchNN"]["warned"] == [str(PROGRAM)]
