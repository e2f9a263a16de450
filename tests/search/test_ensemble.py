"""Searches that refit several of the best trials and average them."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from estimators import NearestMean
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.model_selection import cross_val_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

NETWORK = MLPClassifier((4,), max_iter=12, random_state=0)
PIPELINE = make_pipeline(StandardScaler(), NETWORK)
SPACE = {"alpha": [1e-4, 1e-1, 10.0], "learning_rate_init": [1e-3, 1e-2, 1e-1]}
DEEP_SPACE = {f"mlpclassifier__{name}": values for name, values in SPACE.items()}
SEARCHES = {
    "grid": lambda *args, **options: GridSearchNN(*args, **options),
    "random": lambda *args, **options: RandomSearchNN(*args, n_iter=8, random_state=0, **options),
    "bayes": lambda *args, **options: BayesSearchNN(*args, n_iter=8, random_state=0, **options),
}


@pytest.fixture(params=SEARCHES)
def make(request):
    return lambda *args, **options: SEARCHES[request.param](*args, **{"cv": 3, **options})


def voting_of(search, X, y):
    """The ensemble as scikit-learn itself fits it."""
    params = [search.cv_results_["params"][row] for row in search.ensemble_indices_]
    named = [
        (f"trial_{row}", clone(search.estimator).set_params(**each))
        for row, each in zip(search.ensemble_indices_, params, strict=True)
    ]
    kind = VotingClassifier if hasattr(search.best_estimator_, "le_") else VotingRegressor
    options = {"voting": search.best_estimator_.voting} if kind is VotingClassifier else {}
    return kind(named, **options).fit(X, y)


@pytest.mark.parametrize("multi_fidelity", [None, "race", "halving"])
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_it_is_the_ensemble_that_scikit_learn_fits(make, multi_fidelity, n_jobs, iris):
    X, y = iris
    options = {"multi_fidelity": multi_fidelity, "n_jobs": n_jobs, "ensemble_size": 4}
    search = make(PIPELINE, DEEP_SPACE, **options).fit(X, y)
    assert len(search.ensemble_indices_) == 4
    assert search.ensemble_indices_[0] == search.best_index_
    means = search.cv_results_["mean_test_score"][search.ensemble_indices_]
    assert (np.diff(means) <= 0).all() and search.best_score_ == means[0]
    expected = voting_of(search, X, y)
    assert type(search.best_estimator_) is type(expected)
    assert_array_equal(search.predict_proba(X), expected.predict_proba(X))
    assert_array_equal(search.predict(X), expected.predict(X))
    assert_array_equal(search.classes_, expected.classes_)
    assert vars(search.best_estimator_).keys() == vars(expected).keys()


def test_names_of_classes(make, iris):
    X, y = iris[0], np.array(["setosa", "versicolor", "virginica"])[iris[1]]
    search = make(PIPELINE, DEEP_SPACE, ensemble_size=3).fit(X, y)
    assert_array_equal(search.predict(X), voting_of(search, X, y).predict(X))
    assert search.score(X, y) == np.mean(search.predict(X) == y)


@pytest.mark.parametrize("estimator", [LinearSVC(random_state=0), SVC()])
def test_classifiers_without_probabilities_vote_hard(make, estimator, iris):
    X, y = iris[0], np.array(["setosa", "versicolor", "virginica"])[iris[1]]
    search = make(estimator, {"C": np.logspace(-3, 1, 9).tolist()}, ensemble_size=3).fit(X, y)
    assert search.best_estimator_.voting == "hard"
    assert_array_equal(search.predict(X), voting_of(search, X, y).predict(X))
    assert not hasattr(search, "predict_proba")


@pytest.mark.parametrize("wrapped", [False, True])
def test_regression(make, wrapped, diabetes):
    X, y = diabetes
    network = MLPRegressor(hidden_layer_sizes=(4,), max_iter=12, random_state=0)
    prefix = "regressor__" if wrapped else ""
    if wrapped:
        network = TransformedTargetRegressor(network, transformer=StandardScaler())
    space = {prefix + name: values for name, values in SPACE.items()}
    search = make(network, space, ensemble_size=3, n_jobs=2).fit(X, y)
    expected = voting_of(search, X, y)
    assert type(search.best_estimator_) is VotingRegressor
    assert_array_equal(search.predict(X), expected.predict(X))


def test_with_one_nothing_changes(make, iris):
    X, y = iris
    plain, one = make(PIPELINE, DEEP_SPACE).fit(X, y), make(PIPELINE, DEEP_SPACE, ensemble_size=1)
    one.fit(X, y)
    assert type(one.best_estimator_) is type(PIPELINE) and not hasattr(one, "ensemble_indices_")
    assert_array_equal(one.predict_proba(X), plain.predict_proba(X))


def test_weights_reach_the_members(make, iris):
    X, y = iris
    weights = np.random.default_rng(0).uniform(size=len(y))
    space = {"max_depth": [1, 2, 3], "min_samples_leaf": [1, 5, 10]}
    tree = DecisionTreeClassifier(random_state=0)
    search = make(tree, space, ensemble_size=2).fit(X, y, sample_weight=weights)
    for member, row in zip(
        search.best_estimator_.estimators_, search.ensemble_indices_, strict=True
    ):
        alone = clone(tree).set_params(**search.cv_results_["params"][row])
        alone.fit(X, y, sample_weight=weights)
        assert_array_equal(member.predict_proba(X), alone.predict_proba(X))


def test_members_are_distinct_networks(iris):
    """`max_iter` has no effect on networks that stop before, and `momentum` none with Adam."""
    network = MLPClassifier((4,), max_iter=9, tol=1e9, n_iter_no_change=2, random_state=0)
    grid = {"max_iter": [9, 99], "momentum": [0.1, 0.9], "alpha": [1e-3, 1e-1, 10.0]}
    search = GridSearchNN(network, grid, cv=3, ensemble_size=3).fit(*iris)
    alphas = {search.cv_results_["params"][row]["alpha"] for row in search.ensemble_indices_}
    assert len(alphas) == 3
    same = {"max_depth": [3, 3, 3, 1]}
    with pytest.warns(UserWarning, match="2 members instead of ensemble_size=3"):
        search = GridSearchNN(DecisionTreeClassifier(), same, cv=3, ensemble_size=3).fit(*iris)
    assert search.ensemble_indices_.tolist() == [0, 3]


class FailsInTheEnd(NearestMean):
    """Cannot be fitted on all rows with some powers."""

    def fit(self, X, y):
        if len(X) == 150 and self.power in (2, 4):
            raise RuntimeError("not today")
        return super().fit(X, y)


def test_members_that_fail(iris):
    grid = {"power": [1, 2, 3, 4]}
    with pytest.warns(UserWarning, match="2 members instead of ensemble_size=4"):
        search = GridSearchNN(FailsInTheEnd(), grid, cv=3, ensemble_size=4, refit=first).fit(*iris)
    assert sorted(search.ensemble_indices_) == [0, 2]
    grid = {"power": [2, 4]}
    with pytest.raises(RuntimeError, match="not today"):
        GridSearchNN(FailsInTheEnd(), grid, cv=3, ensemble_size=2).fit(*iris)


@pytest.mark.filterwarnings("ignore")
def test_the_error_of_the_refit_is_raised_if_no_trial_has_a_score(iris):
    """As without an ensemble: each trial fails on a fold, and so does the refit."""
    X, y = iris[0].copy(), iris[1]
    X[0, 0] = np.inf
    search = GridSearchNN(NETWORK, {"alpha": [1e-3, 1e-1]}, cv=2, ensemble_size=2)
    with pytest.raises(ValueError, match="Input X contains infinity"):
        search.fit(X, y)


def first(results):
    """Choose the first trial."""
    return 0


def test_a_callable_refit_chooses_the_first_member(iris):
    search = GridSearchNN(NETWORK, SPACE, cv=3, ensemble_size=3, refit=first).fit(*iris)
    assert search.ensemble_indices_[0] == 0 == search.best_index_


def test_what_cannot_be_averaged(make, iris):
    X, y = iris
    several = np.column_stack([y, y[::-1]])
    many_labels = np.eye(3, dtype=int)[y]
    for estimator, target, reason in (
        (DecisionTreeClassifier(), several, "does not support multiclass-multioutput targets"),
        (NETWORK, many_labels, "does not support multilabel-indicator targets"),
        (
            MLPRegressor(),
            several.astype(float),
            "VotingRegressor does not support multiclass-multioutput",
        ),
        (KMeans(), None, "KMeans is neither a classifier nor a regressor"),
    ):
        search = make(estimator, {"random_state": [0, 1, 2]}, ensemble_size=2)
        with pytest.raises(ValueError, match=f"ensemble_size=2 must be 1 here, because .*{reason}"):
            search.fit(X, target)
    with pytest.raises(ValueError, match="ensemble_size"):
        make(NETWORK, SPACE, ensemble_size=0).fit(X, y)


@pytest.mark.filterwarnings("ignore:The ensemble scores")
@pytest.mark.parametrize("multi_fidelity", ["race", "halving"])
def test_as_many_trials_are_trained_in_full(make, multi_fidelity, iris, tmp_path):
    """Also if the search is resumed, and whatever the workers."""
    options = {"multi_fidelity": multi_fidelity, "ensemble_size": 7}
    search = make(NETWORK, SPACE, **options).fit(*iris)
    complete = search.cv_results_["status"] == "complete"
    assert complete.sum() >= 7 and complete[search.ensemble_indices_].all()
    fewer = make(NETWORK, SPACE, multi_fidelity=multi_fidelity).fit(*iris)
    assert (fewer.cv_results_["status"] == "complete").sum() < 7
    assert search.best_params_ in search.cv_results_["params"]
    journal = tmp_path / "search.db"
    for _ in range(2):
        again = make(NETWORK, SPACE, journal=journal, n_jobs=2, **options).fit(*iris)
        assert_array_equal(again.ensemble_indices_, search.ensemble_indices_)
        assert_array_equal(again.cv_results_["status"], search.cv_results_["status"])
        assert_array_equal(again.predict_proba(iris[0]), search.predict_proba(iris[0]))


def test_summary_marks_the_members(iris):
    search = GridSearchNN(NETWORK, SPACE, cv=3, ensemble_size=4).fit(*iris)
    head, *rows = search.summary().split("\n\n")[1].splitlines()
    assert " member " in head and sum(" yes " in row for row in rows) == 4
    score = f"{search.ensemble_score_:.4g}"
    assert f"The average of the 4 members scores {score}." in search.summary()
    assert f"<div>The average of the 4 members scores {score}.</div>" in search._repr_html_()


def test_in_a_cross_validation(make, iris):
    search = make(NETWORK, SPACE, ensemble_size=2)
    assert len(cross_val_score(search, *iris, cv=2)) == 2
    assert len(cross_val_score(make_pipeline(StandardScaler(), search), *iris, cv=2)) == 2


def test_it_is_unpickled_without_this_package(iris):
    search = GridSearchNN(NETWORK, SPACE, cv=3, ensemble_size=2).fit(*iris)
    program = (
        "import pickle, sys; sys.modules['sk_hpt'] = None; "
        "print(pickle.load(sys.stdin.buffer).estimators_[1].n_iter_)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        input=pickle.dumps(search.best_estimator_),
        capture_output=True,
        check=True,
    )
    assert int(done.stdout) == 12
