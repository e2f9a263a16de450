"""Searches that end by themselves, because nothing better is expected."""

import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from estimators import Scored
from joblib import parallel_config
from sklearn.model_selection import RandomizedSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC

from sk_hpt import BayesSearchNN, RandomSearchNN
from sk_hpt._proposers import Proposer
from sk_hpt._search.end_rules import N_ROUNDS, SMALL_IMPROVEMENT, EndRule, NoExpectedImprovement
from sk_hpt._trials import FitResult, ResultsTable
from sk_hpt.space import Real

pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::sklearn.exceptions.ConvergenceWarning",
        "ignore::sklearn.exceptions.FitFailedWarning",
        "ignore:.*non-finite",
    ),
]
X = np.arange(24.0).reshape(12, 2)
RISING = [0.1, 0.5, 0.3, 0.4, 0.6, 0.6, 0.2, 0.1, 0.9, 0.0, 0.0, 0.0, 0.0]
"""After two, three and four trials without a better one, the search ends at trial 3, 7 and 12."""

NETWORK = MLPClassifier((4,), max_iter=12, random_state=0)
SPACE = {"alpha": Real(1e-6, 1.0, log=True), "learning_rate_init": Real(1e-4, 0.1, log=True)}


def scored(values, **options):
    """A random search whose trials have these scores, in this order."""
    points = [{"value": value, "seconds": 0.0} for value in values]
    space = {"value": Real(-1.0, 1.0), "seconds": Real(0.0, 1.0)}
    options = {"n_iter": len(points), "cv": 2, "random_state": 0, "refit": False} | options
    return RandomSearchNN(Scored(), space, initial_points=points, **options)


def n_trials(search):
    return len(search.cv_results_["params"])


@pytest.mark.parametrize(("n", "expected"), [(1, 3), (2, 4), (3, 8), (4, 13), (5, 13)])
def test_a_search_ends_after_trials_without_improvement(n, expected):
    search = scored(RISING, n_iter_no_change=n).fit(X)
    assert n_trials(search) == expected
    assert search.stop_reason_ == ("completed" if expected == 13 else "no_improvement")
    assert search.best_score_ == max(RISING[:expected])
    expected_summary = "nothing better is expected" if expected < 13 else "All 13 trials"
    assert expected_summary in search.summary()


def test_failed_trials_are_not_counted():
    search = scored([0.5, -1.0, 0.4, -1.0, 0.3, 0.9], n_iter_no_change=2).fit(X)
    assert n_trials(search) == 5


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_the_end_does_not_depend_on_the_workers(backend):
    """Of fits that take different times, later ones are done before earlier ones."""
    with parallel_config(backend=backend, n_jobs=3), warnings.catch_warnings():
        warnings.filterwarnings("error")
        points = [{"value": v, "seconds": 0.02 * (i % 3)} for i, v in enumerate(RISING)]
        search = scored(RISING, n_iter_no_change=3).set_params(initial_points=points).fit(X)
    assert search.cv_results_["mean_test_score"].tolist() == RISING[:8]
    assert len(search.learning_curves_) == len(search.finish_times_) == 8
    assert sorted(search.fit_log_["trial"]) == sorted([*range(8)] * search.n_splits_)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_the_trials_are_those_of_random_search(iris, n_jobs, assert_same_results):
    search = RandomSearchNN(
        NETWORK, SPACE, n_iter=60, n_iter_no_change=4, cv=3, random_state=0, n_jobs=n_jobs
    ).fit(*iris)
    n_iter = n_trials(search)
    assert search.stop_reason_ == "no_improvement" and n_iter < 60
    theirs = RandomizedSearchCV(NETWORK, SPACE, n_iter=n_iter, cv=3, random_state=0).fit(*iris)
    assert_same_results(theirs.cv_results_, search.cv_results_)
    assert search.best_params_ == theirs.best_params_
    assert n_iter - 1 - search.best_index_ == 4


@pytest.mark.parametrize("options", [{}, {"n_points": 3}, {"multi_fidelity": "halving"}])
def test_bayesian_searches_end_at_the_same_trial(iris, options):
    runs = [
        BayesSearchNN(
            NETWORK, SPACE, n_iter=60, n_iter_no_change=5, cv=3, random_state=0, n_jobs=n, **options
        ).fit(*iris)
        for n in (None, 2)
    ]
    assert {each.stop_reason_ for each in runs} == {"no_improvement"}
    assert runs[0].cv_results_["params"] == runs[1].cv_results_["params"]
    # Rounds are never cut.
    assert 5 <= n_trials(runs[0]) - 1 - runs[0].best_index_ < 5 + 10


@pytest.mark.filterwarnings("ignore:The ensemble scores")
def test_members_of_an_ensemble_are_completed(iris):
    search = BayesSearchNN(
        NETWORK, SPACE, n_iter=60, n_iter_no_change=5, cv=3, random_state=0, ensemble_size=12,
        multi_fidelity="halving",
    ).fit(*iris)  # fmt: skip
    assert search.stop_reason_ == "no_improvement"
    assert len(search.ensemble_indices_) == 12


def test_the_deciding_metric_counts(cancer):
    options = {"scoring": ["accuracy", "roc_auc"], "n_iter_no_change": 3, "random_state": 0}
    space = {"C": Real(1e-3, 1e3, log=True)}
    search = RandomSearchNN(SVC(), space, n_iter=40, refit="roc_auc", **options).fit(*cancer)
    assert n_trials(search) - 1 - search.best_index_ == 3
    with pytest.raises(ValueError, match=r"refit=False must be .* because n_iter_no_change=3"):
        RandomSearchNN(SVC(), space, refit=False, **options).fit(*cancer)


@pytest.mark.parametrize("value", [0, -1, 1.5, "auto"])
def test_values_that_are_refused(value):
    with pytest.raises(ValueError, match="'n_iter_no_change' parameter"):
        scored(RISING, n_iter_no_change=value).fit(X)


def test_random_searches_that_compare_all_trials_at_once(iris):
    search = RandomSearchNN(NETWORK, SPACE, n_iter_no_change=3, multi_fidelity="race")
    message = r"n_iter_no_change=3 must be None with multi_fidelity='race'.*BayesSearchNN"
    with pytest.raises(ValueError, match=message):
        search.fit(*iris)


@pytest.mark.parametrize("value", [3, "auto"])
def test_spaces_with_trials_of_their_own(iris, value):
    search = BayesSearchNN(NETWORK, [(SPACE, 3), (SPACE, 4)], n_iter_no_change=value)
    with pytest.raises(ValueError, match=f"n_iter_no_change={value!r} must be None with several"):
        search.fit(*iris)


class TestJournal:
    """Searches that are run again with the same journal."""

    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "search.db"

    @pytest.mark.parametrize("n_jobs", [None, 2])
    def test_the_same_search_ends_at_the_same_trial(self, path, n_jobs):
        runs = [
            scored(RISING, n_iter_no_change=3, journal=path, n_jobs=n_jobs).fit(X) for _ in range(3)
        ]
        assert [n_trials(each) for each in runs] == [8, 8, 8]

    def test_a_larger_n_iter_goes_on(self, path):
        values = [*RISING, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
        searches = [
            scored(values, n_iter=n, n_iter_no_change=3, journal=path).fit(X)
            for n in (10, 13, 19, 13, 10, 19)
        ]
        assert [n_trials(each) for each in searches] == [8, 12, 17, 12, 8, 17]

    def test_the_rule_may_change(self, path):
        searches = [
            scored(RISING, n_iter_no_change=n, journal=path).fit(X) for n in (2, 3, None, 2)
        ]
        assert [n_trials(each) for each in searches] == [4, 8, 13, 4]
        assert searches[2].stop_reason_ == "completed"

    def test_a_bayesian_search_goes_on(self, path, iris):
        def run(n_iter, **options):
            return BayesSearchNN(
                NETWORK, SPACE, n_iter=n_iter, cv=3, random_state=0, journal=path, **options
            ).fit(*iris)

        first = run(20, n_iter_no_change=3)
        second = run(30, n_iter_no_change=3)
        third = run(30)
        params = [each.cv_results_["params"] for each in (first, second, third)]
        assert len(params[0]) < len(params[1]) <= len(params[2]) == 30
        assert params[2][: len(params[1])] == params[1]
        assert params[1][: len(params[0])] == params[0]


class TestNoExpectedImprovement:
    """The rule ``"auto"``."""

    def test_it_ends_after_rounds_in_a_row(self):
        table, proposer = ResultsTable(1), SimpleNamespace()
        rule, ends = NoExpectedImprovement(proposer), []
        small, large = 0.5 * SMALL_IMPROVEMENT, 2 * SMALL_IMPROVEMENT
        expected = [small] * (N_ROUNDS - 1) + [large] + [small] * (2 * N_ROUNDS)
        for proposer.expected_improvement in expected:
            table.add_trials([{}])
            ends.append(rule.last_trial(table))
        is_end = [end is not None for end in ends]
        assert is_end == [False] * (2 * N_ROUNDS - 1) + [True] + [False] * (N_ROUNDS - 1) + [True]
        assert ends[-1] == len(table.trials) - 1

    def test_proposers_without_a_surrogate_expect_anything(self):
        assert Proposer.expected_improvement == np.inf

    def test_a_flat_score_ends_the_search(self, cancer):
        """Nothing can be gained over a parameter without influence."""
        space = {"C": (0.99, 1.01), "coef0": (0.0, 1.0)}
        search = BayesSearchNN(SVC(), space, n_iter=40, n_iter_no_change="auto", random_state=0)
        assert search.fit(*cancer).stop_reason_ == "no_improvement"
        assert n_trials(search) < 30
        again = search.set_params(n_jobs=2).fit(*cancer)
        assert n_trials(again) == n_trials(search)


def test_the_base_rule_never_ends_a_search():
    table = ResultsTable(1)
    table.add_trials([{}] * 3)
    for trial in range(3):
        table.record(FitResult(trial, 0, 0.0, 0.0, 1.0))
    assert EndRule().last_trial(table) is None
