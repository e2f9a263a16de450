"""Searches in which no trial has a score: those that compare trials end early and say why."""

import itertools

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.metrics import make_scorer
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN, journal
from sk_hpt.space import Real

pytestmark = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning",
    "ignore:Scoring failed",
    "ignore:Only one class is present::sklearn.metrics",
    "ignore:One or more of the",
)

X, Y = load_iris(return_X_y=True)
NETWORK = MLPClassifier((4,), max_iter=8, random_state=0)
SPACE = {"alpha": Real(1e-5, 1.0, log=True)}
COMPARING = {
    "bayes": lambda **more: BayesSearchNN(NETWORK, SPACE, n_iter=12, random_state=0, **more),
    "bayes, rounds of 4": lambda **more: BayesSearchNN(
        NETWORK, SPACE, n_iter=12, n_points=4, random_state=0, **more
    ),
    "bayes, race": lambda **more: BayesSearchNN(
        NETWORK, SPACE, n_iter=12, random_state=0, multi_fidelity="race", **more
    ),
    "random, halving": lambda **more: RandomSearchNN(
        NETWORK, SPACE, n_iter=12, random_state=0, multi_fidelity="halving", **more
    ),
    "grid, race": lambda **more: GridSearchNN(NETWORK, SPACE, multi_fidelity="race", **more),
}
BY_NAME = pytest.mark.parametrize("search", COMPARING.values(), ids=COMPARING)

# The second class is missing in the last test fold, where the area is not defined.
FOLDS = [
    (np.r_[0:40, 60:100], np.r_[40:60]),
    (np.r_[10:40, 50:90], np.r_[0:10, 90:100]),
    (np.r_[20:100], np.r_[0:20]),
]


@BY_NAME
@pytest.mark.parametrize(
    "scoring, cause",
    [
        ("roc_auc", r"multi_class must be in \('ovo', 'ovr'\)"),
        ("f1", "Target is multiclass but average='binary'"),
        (make_scorer(lambda y, predicted: np.nan), "returned no number"),
    ],
)
def test_the_search_ends_with_the_reason(search, scoring, cause):
    with pytest.raises(ValueError, match=f"test scores are non-finite: .*{cause}.*Choose"):
        search(scoring=scoring, cv=2).fit(X, Y)


@BY_NAME
def test_a_class_that_is_missing_in_one_fold(search):
    with pytest.raises(ValueError, match="test scores are non-finite"):
        search(scoring="roc_auc", cv=FOLDS).fit(X[:100], Y[:100])


@BY_NAME
def test_one_metric_of_several(search):
    with pytest.raises(ValueError, match="Target is multiclass"):
        search(scoring=["accuracy", "f1"], refit="f1", cv=2).fit(X, Y)
    assert search(scoring=["accuracy", "f1"], refit="accuracy", cv=2).fit(X, Y).best_score_ >= 0


def test_a_bayesian_search_ends_after_three_trials(tmp_path):
    path = tmp_path / "search.db"
    with pytest.raises(ValueError, match=r"\[nan nan nan\].*after 3 of 12 trials"):
        COMPARING["bayes"](scoring="roc_auc", cv=2, journal=path).fit(X, Y)
    assert len(journal.read(path)) == 3
    # Resumed, it ends again.
    with pytest.raises(ValueError, match="after 3 of 12 trials"):
        COMPARING["bayes"](scoring="roc_auc", cv=2, journal=path).fit(X, Y)


def test_halving_ends_on_the_first_rung():
    scored_at = []

    def scorer(network, X, y):
        scored_at.append(network.n_iter_)
        return np.nan

    with pytest.raises(ValueError, match="non-finite"):
        COMPARING["random, halving"](scoring=scorer, cv=2).fit(X, Y)
    assert set(scored_at) == {1} and len(scored_at) == 12


@pytest.mark.parametrize("error_score", [0.0, -1.0])
def test_a_number_in_place_of_missing_scores_is_a_score(error_score):
    search = COMPARING["bayes"](scoring="roc_auc", cv=2, error_score=error_score).fit(X, Y)
    assert search.best_score_ == error_score


def test_failing_scores_may_raise_themselves():
    search = COMPARING["bayes"](scoring="roc_auc", cv=2, error_score="raise")
    with pytest.raises(ValueError, match="^multi_class must be in"):
        search.fit(X, Y)
    search.set_params(scoring="accuracy").fit(X, Y)


def test_a_search_goes_on_while_some_trials_have_scores():
    # The fits whose number is here have no score: of the first three trials, the first and third.
    missing, numbers = {0, 4, 9}, itertools.count()
    search = COMPARING["bayes"](
        scoring=lambda network, X, y: np.nan if next(numbers) in missing else 0.5, cv=2
    )
    search.fit(X, Y)
    assert search.best_score_ == 0.5 and len(search.cv_results_["params"]) == 12


@pytest.mark.parametrize("scoring", ["roc_auc", "f1"])
def test_grids_in_full_stay_as_in_scikit_learn(scoring):
    grid = {"alpha": [1e-4, 1.0]}
    ours = GridSearchNN(NETWORK, grid, scoring=scoring, cv=2).fit(X, Y)
    theirs = GridSearchCV(NETWORK, grid, scoring=scoring, cv=2).fit(X, Y)
    assert np.isnan(ours.best_score_) and np.isnan(theirs.best_score_)
    assert ours.best_index_ == theirs.best_index_
