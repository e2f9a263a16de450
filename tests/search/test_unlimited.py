"""Searches with far more trials than they have time for."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import ParameterSampler, RandomizedSearchCV
from sklearn.svm import SVC

from sk_hpt import GridSearchNN, RandomSearchNN
from sk_hpt._trials import ResultsTable

pytestmark = pytest.mark.filterwarnings("ignore:Search stopped by timeout")

SECONDS = {"draw": 0.01, "fit": 0.1}


@pytest.fixture
def clock(monkeypatch):
    """A clock that only moves when something is drawn or fitted."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr("sk_hpt._stop_request.time", SimpleNamespace(time=lambda: clock.now))
    return clock


@pytest.fixture
def estimator(clock):
    class SlowToFit(ClassifierMixin, BaseEstimator):
        def __init__(self, a=0.0):
            self.a = a

        def fit(self, X, y):
            clock.now += SECONDS["fit"]
            self.classes_ = np.unique(y)
            return self

        def predict(self, X):
            return np.zeros(len(X), dtype=int)

    return SlowToFit()


@pytest.fixture
def space(clock):
    class SlowToDraw:
        n_draws = 0

        def rvs(self, random_state):
            self.n_draws += 1
            clock.now += SECONDS["draw"]
            return random_state.uniform()

    return {"a": SlowToDraw()}


@pytest.mark.parametrize("seed", [0, None, "instance"])
def test_a_random_search_tries_what_the_time_allows(seed, estimator, space, iris):
    np.random.seed(5)
    state = np.random.RandomState(5) if seed == "instance" else seed
    search = RandomSearchNN(
        estimator, space, n_iter=100_000, timeout=10, cv=2, refit=False, random_state=state
    ).fit(*iris)
    assert search.stop_reason_ == "timeout"
    params = search.cv_results_["params"]
    # Ten seconds are enough for 50 trials, if nothing is drawn in vain.
    assert 35 <= len(params) <= 50
    assert space["a"].n_draws < 250
    expected = ParameterSampler(space, len(params), random_state=0 if seed == 0 else 5)
    assert params == list(expected)


@pytest.mark.parametrize("multi_fidelity", ["race", "halving"])
def test_the_deadline_holds_while_a_round_is_drawn(multi_fidelity, estimator, space, iris):
    search = RandomSearchNN(
        estimator, space, n_iter=100_000, timeout=10, multi_fidelity=multi_fidelity, random_state=0
    )
    with pytest.raises(ValueError, match="before any trial.*with multi_fidelity fewer trials"):
        search.fit(*iris)
    assert space["a"].n_draws <= 10 / SECONDS["draw"] + 1


@pytest.mark.parametrize("choices", [[np.linspace(0, 1, 10**6)], [[0.1], np.linspace(0, 1, 10**5)]])
@pytest.mark.parametrize("search_class", [GridSearchNN, RandomSearchNN])
def test_a_large_grid_is_not_listed(search_class, choices, estimator, iris, monkeypatch):
    add_trials, counts = ResultsTable.add_trials, []

    def counting(table, candidates, max_resources=None):
        counts.append(len(candidates))
        return add_trials(table, candidates, max_resources)

    monkeypatch.setattr(ResultsTable, "add_trials", counting)
    options = {} if search_class is GridSearchNN else {"n_iter": 90_000, "random_state": 0}
    search = search_class(
        estimator, [{"a": each} for each in choices], timeout=2, cv=2, refit=False, **options
    ).fit(*iris)
    assert len(search.cv_results_["params"]) == 10
    assert sum(counts) <= 1000


def test_a_search_that_completes_draws_like_scikit_learn_in_every_round(iris, monkeypatch):
    monkeypatch.setattr("sk_hpt._search.loop.FIRST_ROUND", 3)
    monkeypatch.setattr("sk_hpt._proposers.random.N_DRAWN_AHEAD", 2)
    options = {"n_iter": 13, "cv": 2, "random_state": 0}
    theirs = RandomizedSearchCV(SVC(), {"C": stats.loguniform(0.01, 10)}, **options).fit(*iris)
    ours = RandomSearchNN(SVC(), {"C": stats.loguniform(0.01, 10)}, **options).fit(*iris)
    assert ours.cv_results_["params"] == theirs.cv_results_["params"]
    for name in ("mean_test_score", "rank_test_score"):
        assert ours.cv_results_[name].tolist() == theirs.cv_results_[name].tolist()
