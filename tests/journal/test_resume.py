"""Searches that are resumed from their journal."""

import contextlib
import itertools
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import kills
import numpy as np
import pytest
from estimators import Scored
from joblib import parallel_config
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import KFold, RepeatedKFold, ShuffleSplit, cross_val_score
from sklearn.svm import SVC

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt._trials import Trial
from sk_hpt.journal import _file, read
from sk_hpt.journal._sqlite import SqliteJournal, check_repeatable
from sk_hpt.space import Real

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings(
        f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning",
        "ignore::sklearn.exceptions.FitFailedWarning",
        "ignore:.*non-finite",
    ),
]
X = np.arange(24.0).reshape(12, 2)
Y = np.arange(12) % 2


@pytest.fixture
def path(tmp_path):
    return tmp_path / "search.db"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked children")
def test_killed_searches_are_resumed_exactly(tmp_path):
    """They are killed at some of the commits, and at random instants."""
    done = subprocess.run(
        [sys.executable, kills.__file__, str(tmp_path), "12", "0"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["problems"] == []
    assert report["at commits"] >= 18 and report["at random"] == 12


def count_fits(monkeypatch):
    fitted = []
    fit = Scored.fit

    def counted(self, X):
        fitted.append(self.value)
        return fit(self, X)

    monkeypatch.setattr(Scored, "fit", counted)
    return fitted


@pytest.mark.parametrize("fidelity", [None, "race"])
def test_no_finished_fit_runs_again(monkeypatch, path, fidelity):
    """The estimator stops the search in the middle."""
    fitted = count_fits(monkeypatch)
    options = {"cv": 2, "refit": False, "multi_fidelity": fidelity}
    values = [3.0, 1.0, 2.0, 5.0, -1.0, 4.0]
    alone = GridSearchNN(Scored(), {"value": values}, **options).fit(X)
    expected = sorted(fitted)
    fitted.clear()
    score = Scored.score

    def interrupted(self, X, y=None):
        if self.value == 2.0:
            raise KeyboardInterrupt
        return score(self, X)

    monkeypatch.setattr(Scored, "score", interrupted)
    search = GridSearchNN(Scored(), {"value": values}, journal=path, **options)
    with pytest.raises(KeyboardInterrupt):
        search.fit(X)
    monkeypatch.setattr(Scored, "score", score)
    fitted.remove(2.0)  # this fit did not finish
    search.fit(X)
    assert sorted(fitted) == expected
    assert kills.differences(alone, search) == []
    search.fit(X)
    assert sorted(fitted) == expected


def test_times_are_those_of_the_first_run(path):
    search = GridSearchNN(Scored(seconds=0.01), {"value": [1.0, 2.0]}, cv=2, journal=path).fit(X)
    again = GridSearchNN(Scored(seconds=0.01), {"value": [1.0, 2.0]}, cv=2, journal=path).fit(X)
    for name, column in search.cv_results_.items():
        np.testing.assert_array_equal(again.cv_results_[name], column)
    for name, column in search.fit_log_.items():
        np.testing.assert_array_equal(again.fit_log_[name], column)


def test_the_log_of_fits_has_the_workers_of_all_runs(path):
    options = {"cv": 2, "random_state": 0, "journal": path, "refit": False}
    for n_iter in (3, 6):
        with parallel_config(backend="threading", n_jobs=2):
            search = RandomSearchNN(Scored(seconds=0.01), LISTS, n_iter=n_iter, **options).fit(X)
    log = search.fit_log_
    assert len(log["trial"]) == 12
    earlier = log["trial"] < 3
    assert not set(log["worker"][earlier]) & set(log["worker"][~earlier])
    assert log["end"][earlier].max() <= log["start"][~earlier].min()


LISTS = {"value": [float(i) for i in range(20)], "seconds": [0.0, 1e-9]}
RANGES = {"value": Real(0.0, 1.0), "seconds": [0.0, 1e-9]}


@pytest.mark.parametrize("space", [LISTS, RANGES], ids=["lists", "ranges"])
@pytest.mark.parametrize("random_state", [0, None])
def test_more_trials_of_a_random_search(monkeypatch, path, space, random_state):
    def search(n_iter):
        options = {"cv": 2, "random_state": random_state, "journal": path, "refit": False}
        return RandomSearchNN(Scored(), space, n_iter=n_iter, **options).fit(X)

    fitted = count_fits(monkeypatch)
    runs = [search(n).cv_results_["params"] for n in (7, 3, 12, 16, 16)]
    assert [len(run) for run in runs] == [7, 3, 12, 16, 16]
    assert all(run == runs[-1][: len(run)] for run in runs)
    assert len({tuple(params.values()) for params in runs[-1]}) == 16
    assert len(fitted) == 32
    if random_state == 0:
        plain = RandomSearchNN(Scored(), space, n_iter=7, random_state=0, cv=2).fit(X)
        assert plain.cv_results_["params"] == runs[0]


def test_lists_that_are_drawn_completely(path):
    for n_iter in (5, 20):
        space = {"value": [1.0, 1.0, 2.0, True, 3.0, 4.0, 5.0]}
        search = RandomSearchNN(Scored(), space, n_iter=n_iter, cv=2, random_state=0, journal=path)
        params = search.fit(X).cv_results_["params"]
    assert sorted(each["value"] for each in params) == [1, 1, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("n_points", [1, 3])
@pytest.mark.parametrize("random_state", [0, None])
def test_more_trials_of_a_bayesian_search(monkeypatch, path, n_points, random_state):
    """The first trials stay, although the initial design depends on the number of trials."""
    fitted = count_fits(monkeypatch)
    params = []
    for n_iter in (5, 30):
        search = BayesSearchNN(
            Scored(),
            {"value": (0.0, 1.0), "seconds": (1e-9, 1e-6)},
            n_iter=n_iter,
            n_points=n_points,
            cv=2,
            random_state=random_state,
            journal=path,
            refit=False,
        )
        params.append(search.fit(X).cv_results_["params"])
    assert params[1][:5] == params[0] and len(params[1]) == 30 and len(fitted) == 60


@pytest.mark.parametrize("random_state", [0, None])
def test_more_trials_of_a_bayesian_search_with_halving(iris, path, random_state):
    """The rounds stay those that the search began with."""
    space = {"alpha": Real(1e-4, 10.0, log=True), "learning_rate_init": Real(1e-4, 0.1, log=True)}
    options = {"cv": 3, "random_state": random_state, "journal": path, "refit": False}
    runs = [
        BayesSearchNN(kills.NETWORK, space, n_iter=n, multi_fidelity="halving", **options)
        .fit(*iris)
        .cv_results_
        for n in (10, 24, 40, 40)
    ]
    for one, other in itertools.pairwise(runs):
        assert other["params"][: len(one["params"])] == one["params"]
    np.testing.assert_array_equal(runs[2]["mean_test_score"], runs[3]["mean_test_score"])
    np.testing.assert_array_equal(runs[2]["n_epochs"], runs[3]["n_epochs"])


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("n_rounds", [1, 2, 5])
def test_a_bayesian_search_with_halving_that_was_ended_is_resumed(
    iris, path, n_rounds, n_jobs, monkeypatch
):
    space = {"alpha": Real(1e-4, 10.0, log=True), "learning_rate_init": Real(1e-4, 0.1, log=True)}
    options = {"n_iter": 20, "cv": 3, "random_state": 0, "multi_fidelity": "halving"}
    search = BayesSearchNN(kills.NETWORK, space, refit=False, **options)
    alone = clone(search).fit(*iris)
    search.set_params(journal=path, n_jobs=n_jobs)
    begun, begin_round = [], SqliteJournal.begin_round

    def interrupted(self, trials):
        begun.append(len(trials))
        if len(begun) > n_rounds:
            raise KeyboardInterrupt
        begin_round(self, trials)

    with monkeypatch.context() as patch:
        patch.setattr(SqliteJournal, "begin_round", interrupted)
        # A search with complete trials returns them, with a warning.
        with contextlib.suppress(KeyboardInterrupt), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            search.fit(*iris)
    assert begun == [1, 4, 1, 4, 4, 4][: n_rounds + 1]
    assert kills.differences(alone, search.fit(*iris)) == []


def test_promoted_trials_stay_complete_among_more_trials(iris, path):
    """Among 20 trials others are promoted than among 6; known results stay."""
    space = {"alpha": Real(1e-4, 10.0, log=True), "learning_rate_init": Real(1e-4, 0.1, log=True)}
    complete = []
    for n_iter in (6, 20):
        options = {"cv": 3, "random_state": 1, "journal": path, "multi_fidelity": "halving"}
        search = RandomSearchNN(kills.NETWORK, space, n_iter=n_iter, **options).fit(*iris)
        status = search.cv_results_["status"]
        complete.append(set(np.flatnonzero(status == "complete")))
    assert complete[0] and complete[0] <= complete[1]


@pytest.mark.parametrize(
    "change, named",
    [
        (
            {"estimator__kernel": "linear"},
            r"estimator.kernel \(\"rbf\" in the journal, \"linear\" now\)",
        ),
        ({"param_grid": {"C": [1.0, 3.0]}}, r"param_grid.C\[1\] \(2.0 in the journal, 3.0 now\)"),
        ({"scoring": "accuracy"}, "scoring"),
        ({"cv": 3}, "folds"),
        ({"error_score": 0.0}, "error_score"),
        ({"return_train_score": True}, "return_train_score"),
        ({"multi_fidelity": "race"}, r"multi_fidelity \(Full.* in the journal, Race\(...\) now\)"),
        ({"engine": "sklearn"}, "engine"),
    ],
)
def test_another_search_is_refused(path, change, named):
    search = GridSearchNN(SVC(), {"C": [1.0, 2.0]}, cv=2, journal=path).fit(X, Y)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=f"another search.*{named}.*Give another path"):
        search.set_params(**change).fit(X, Y)
    assert path.read_bytes() == before


def test_other_data_are_refused(path):
    search = GridSearchNN(SVC(), {"C": [1.0, 2.0]}, cv=2, journal=path).fit(X, Y)
    for args in ((X + 1, Y), (X, 1 - Y), (X[:-2], Y[:-2])):
        with pytest.raises(ValueError, match="the folds of an outer cross-validation cannot share"):
            search.fit(*args)
    with pytest.raises(ValueError, match="params"):
        search.fit(X, Y, sample_weight=np.ones(12))
    search.fit(X.copy(), Y.copy())


def test_parameters_without_influence_may_change(path):
    search = RandomSearchNN(SVC(), {"C": [1.0, 2.0, 3.0]}, n_iter=2, cv=2, journal=path).fit(X, Y)
    params = search.cv_results_["params"]
    search.set_params(n_jobs=2, verbose=1, refit=False, pre_dispatch=2, n_iter=3)
    with parallel_config("threading"):
        assert search.fit(X, Y).cv_results_["params"][:2] == params


def test_another_random_state_is_refused(path):
    search = RandomSearchNN(SVC(), {"C": [1.0, 2.0]}, n_iter=1, cv=2, journal=path, random_state=0)
    search.fit(X, Y)
    for state in (1, None, np.random.RandomState(0)):
        with pytest.raises(ValueError, match="random_state"):
            search.set_params(random_state=state).fit(X, Y)


def test_a_random_state_object_counts_as_it_was_before_the_draws(path):
    def search(seed):
        state = np.random.RandomState(seed)
        options = {"n_iter": 2, "cv": 2, "random_state": state, "journal": path}
        return RandomSearchNN(SVC(), {"C": [1.0, 2.0, 3.0]}, **options).fit(X, Y)

    assert search(0).cv_results_["params"] == search(0).cv_results_["params"]
    with pytest.raises(ValueError, match="random_state"):
        search(1)


def test_trials_that_differ_in_the_second_run_are_refused(path):
    class Drifting:
        draws = iter(range(100))

        def rvs(self, size=None, random_state=None):
            return float(next(type(self).draws))

    search = RandomSearchNN(Scored(), {"value": Drifting()}, n_iter=2, cv=2, journal=path).fit(X)
    with pytest.raises(ValueError, match="Trial 0 of the journal .* was {'value': 0.0}, but would"):
        search.fit(X)


def test_only_the_digest_of_an_object_counts_in_a_trial(path):
    class Value:
        def __init__(self, text, content):
            self._text, self.content = [text], content

        def __str__(self):
            return self._text[0]

        def get_params(self, deep=False):
            return {"content": self.content}

    for text, content, is_same in (("a", 1, True), ("b", 1, True), ("a", 2, False)):
        with SqliteJournal(path) as journal:
            journal.begin_search(0, 1)
            journal.check_identity({}, {}, [])
            with contextlib.nullcontext() if is_same else pytest.raises(ValueError, match="was"):
                journal.begin_round([Trial(0, {"value": [Value(text, content)]})])


def test_folds_of_an_outer_cross_validation_do_not_share(path):
    search = GridSearchNN(SVC(), {"C": [1.0, 2.0]}, cv=2, journal=path)
    with pytest.raises(ValueError, match="the folds of an outer cross-validation cannot share"):
        cross_val_score(search, X, Y, cv=2, error_score="raise")


def test_unrepeatable_folds_are_refused_before_anything_is_written(path):
    search = GridSearchNN(SVC(), {"C": [1.0]}, cv=KFold(2, shuffle=True), journal=path)
    with pytest.raises(ValueError, match="can be resumed. Give it a random_state"):
        search.fit(X, Y)
    assert not path.exists() and list(path.parent.iterdir()) == []


@pytest.mark.parametrize("cv", [KFold(shuffle=True), ShuffleSplit(), RepeatedKFold()])
def test_splitters_without_a_random_state_are_refused(cv):
    with pytest.raises(ValueError, match="random_state"):
        check_repeatable(cv)


@pytest.mark.parametrize("cv", [None, 3, KFold(), KFold(shuffle=True, random_state=0), []])
def test_repeatable_folds_are_accepted(cv):
    check_repeatable(cv)


def test_times_of_an_earlier_search_have_no_influence(path):
    for _ in range(2):
        earlier = GridSearchNN(Scored(), {"value": [0.1, 0.9]}, cv=2).fit(X).cv_results_
        options = {"n_iter": 3, "random_state": 0, "cv": 2, "journal": path}
        RandomSearchNN(Scored(), {"value": Real(0, 1)}, initial_points=earlier, **options).fit(X)
    earlier["mean_test_score"] = earlier["mean_test_score"] + 1
    with pytest.raises(ValueError, match="initial_points.mean_test_score"):
        RandomSearchNN(Scored(), {"value": Real(0, 1)}, initial_points=earlier, **options).fit(X)


@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
def test_every_backend(iris, path, backend):
    space = {"alpha": [1e-3, 1e-1, 10.0]}
    options = {"cv": 2, "multi_fidelity": "race", "refit": False}
    alone = GridSearchNN(kills.NETWORK, space, **options).fit(*iris)
    with parallel_config(backend=backend, n_jobs=2):
        for _ in range(2):
            search = GridSearchNN(kills.NETWORK, space, journal=path, **options).fit(*iris)
            assert kills.differences(alone, search) == []


@pytest.mark.parametrize("journal", [3, b"a", object()])
def test_a_journal_is_a_path(journal):
    from sklearn.utils._param_validation import InvalidParameterError

    with pytest.raises(InvalidParameterError, match="'journal' parameter"):
        GridSearchNN(SVC(), {"C": [1.0]}, journal=journal).fit(X, Y)


def test_paths_of_all_kinds(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for journal in ("plain.db", "with space & ?#%41.db", Path("other.db"), ":memory:"):
        GridSearchNN(SVC(), {"C": [1.0]}, cv=2, journal=journal).fit(X, Y)
        assert (tmp_path / journal).exists() and len(read(journal)) == 1
    with pytest.raises(OSError, match="is a directory"):
        GridSearchNN(SVC(), {"C": [1.0]}, journal="").fit(X, Y)


def test_a_search_within_a_search_on_the_same_file(path):
    class Nested(DummyClassifier):
        def fit(self, X, y):
            GridSearchNN(SVC(), {"C": [1.0]}, cv=2, journal=path).fit(X, y)

    search = GridSearchNN(Nested(), {"constant": [0]}, cv=2, journal=path, error_score="raise")
    with pytest.raises(OSError, match="in use by another search"):
        search.fit(X, Y)


def test_a_full_disk_ends_the_search(monkeypatch, path):
    commit, n_commits = _file.RowWriter._commit, 0

    def full(writer, rows):
        nonlocal n_commits
        n_commits += 1
        if n_commits > 2:
            raise OSError("database or disk is full")
        commit(writer, rows)

    search = GridSearchNN(Scored(seconds=0.02), {"value": [1.0, 2.0, 3.0]}, cv=2, journal=path)
    with monkeypatch.context() as patched:
        patched.setattr(_file.RowWriter, "_commit", full)
        with pytest.raises(OSError, match="is full.*run the same search again"):
            search.fit(X)
    assert search.fit(X).best_index_ == 2


@pytest.mark.parametrize("fidelity", [None, "race", "halving"])
def test_searches_that_timed_out_are_resumed(iris, path, fidelity):
    space = {"alpha": [1e-4, 1e-3, 1e-2, 0.1], "learning_rate_init": [1e-4, 1e-3, 1e-2]}
    network = clone(kills.NETWORK).set_params(max_iter=300, tol=0.0)
    options = {"cv": 3, "refit": False, "multi_fidelity": fidelity}
    alone = GridSearchNN(network, space, **options).fit(*iris)
    search = GridSearchNN(network, space, journal=path, **options)
    for seconds in np.geomspace(0.02, 100.0, 60):
        search.set_params(timeout=seconds)
        with contextlib.suppress(ValueError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            search.fit(*iris)
            if search.stop_reason_ == "completed":
                break
    assert kills.differences(alone, search) == []
