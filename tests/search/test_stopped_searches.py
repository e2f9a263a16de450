"""Searches that stop before all of their trials are evaluated."""

import contextlib
import os
import signal
import threading
import time
import warnings

import numpy as np
import pytest
from estimators import Sleeper
from joblib import parallel_config
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import ShuffleSplit
from sklearn.neural_network import MLPClassifier

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt._trials import ResultsTable

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings(
        f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning",
    ),
]

FOREVER = 10**8
NETWORK = MLPClassifier((4,), tol=0.0, n_iter_no_change=FOREVER, max_iter=FOREVER, random_state=0)
SHORT_AND_ENDLESS = [
    {"max_iter": [2], "alpha": [1e-3, 1e-2]},
    {"max_iter": [FOREVER], "hidden_layer_sizes": [(3,)], "alpha": [1e-3]},
]
CTRL_C = (
    r"Search interrupted \(Ctrl-C\)\. 1 of \d+ trials is complete; refitting the best one\. "
    r"Press Ctrl-C again to skip the refit\. With a journal, .* can be continued later\."
)


@pytest.fixture(params=["grid", "random", "bayes"])
def make(request):
    """Make searches of short trials, followed by a trial that never ends."""

    def grid(space=SHORT_AND_ENDLESS, estimator=NETWORK, **options):
        return GridSearchNN(estimator, space, cv=2, **options)

    def random(space=SHORT_AND_ENDLESS, estimator=NETWORK, **options):
        first = [{name: choices[0] for name, choices in part.items()} for part in space]
        return RandomSearchNN(
            estimator, space, cv=2, n_iter=3, random_state=0, initial_points=first, **options
        )

    def bayes(space=SHORT_AND_ENDLESS, estimator=NETWORK, **options):
        first = [{name: choices[0] for name, choices in part.items()} for part in space]
        return BayesSearchNN(
            estimator, space, cv=2, n_iter=3, random_state=0, initial_points=first, **options
        )

    return {"grid": grid, "random": random, "bayes": bayes}[request.param]


def interrupt_after(seconds):
    threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT)).start()


@pytest.fixture
def interrupt_once_done(monkeypatch):
    """Return a function that presses Ctrl-C shortly after a number of fits is done."""

    def interrupt(n_done):
        record = ResultsTable.record

        def watched(self, result):
            record(self, result)
            if self.n_done == n_done:
                interrupt_after(0.2)

        monkeypatch.setattr(ResultsTable, "record", watched)

    return interrupt


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_timeout_keeps_complete_trials(make, n_jobs, iris):
    search = make(timeout=2, n_jobs=n_jobs)
    with pytest.warns(UserWarning, match=r"timeout=2 s. \d of \d+ trials \w+ complete"):
        search.fit(*iris)
    assert search.stop_reason_ == "timeout"
    params = search.cv_results_["params"]
    assert 1 <= len(params) <= 2 and all(each["max_iter"] == 2 for each in params)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_params_ in params
    assert search.best_estimator_.n_iter_ == 2


@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize("engine", ["auto", "sklearn"])
def test_ctrl_c_keeps_complete_trials(make, n_jobs, engine, iris, interrupt_once_done):
    if engine == "sklearn" and n_jobs:
        pytest.skip("worker processes are tested below")
    search = make(n_jobs=n_jobs, engine=engine)
    interrupt_once_done(2)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Training interrupted by user")
        with pytest.warns(UserWarning, match=r"\(Ctrl-C\). \d of \d+ trials \w+ complete"):
            search.fit(*iris)
    assert search.stop_reason_ == "interrupted"
    assert all(each["max_iter"] == 2 for each in search.cv_results_["params"])
    assert search.best_estimator_.n_iter_ == 2
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_ctrl_c_while_workers_run(backend, iris, interrupt_once_done):
    search = GridSearchNN(Sleeper(), {"seconds": [0.0, 5.0, 6.0]}, cv=2)
    interrupt_once_done(2)
    with (
        parallel_config(backend=backend, n_jobs=2),
        pytest.warns(UserWarning, match=CTRL_C),
    ):
        search.fit(*iris)
    assert search.cv_results_["params"] == [{"seconds": 0.0}]


def test_second_ctrl_c_interrupts_the_refit(iris, interrupt_once_done):
    search = GridSearchNN(Sleeper(), {"seconds": [0.0, 30.0]}, cv=2)
    interrupt_once_done(2)

    def choose_for_long(results):
        interrupt_after(0.2)
        time.sleep(30)

    search.set_params(refit=choose_for_long)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(KeyboardInterrupt):
            search.fit(*iris)


def test_stop_before_any_trial_is_complete(make, iris):
    endless = [{"alpha": [1e-3, 1e-2, 1e-1]}]
    with pytest.raises(ValueError, match="stopped by timeout=0.3 s before any trial.*Allow more"):
        make(endless, timeout=0.3).fit(*iris)
    interrupt_after(0.5)
    with pytest.raises(KeyboardInterrupt):
        make(endless).fit(*iris)


@pytest.mark.parametrize("multi_fidelity", ["race", "halving"])
def test_stop_on_the_first_rung(multi_fidelity, iris):
    space = [{"max_iter": [2], "alpha": [1e-3, 1e-2, 1e-1]}, {"max_iter": [FOREVER]}]
    search = GridSearchNN(
        NETWORK, space, cv=2, multi_fidelity=multi_fidelity, timeout=2, refit=False
    )
    with pytest.raises(ValueError, match="before any trial had a result on every fold"):
        search.fit(
            *iris
        )  # all trials train to the first rung first, and one of them never gets there


def test_status_of_trials_in_a_stopped_search(iris):
    """The incumbent is complete while the others are on their second fold, which is slow."""
    X, y = iris

    class SlowOnLaterFolds(Sleeper):
        def fit(self, X, y):
            super().fit(X, y)
            if self.seconds and type(self).fitted > 3:
                time.sleep(2)
            type(self).fitted += 1
            return self

    SlowOnLaterFolds.fitted = 0
    search = GridSearchNN(
        SlowOnLaterFolds(), {"seconds": [0.0, 0.01, 0.011]}, cv=3, multi_fidelity="race",
        timeout=1.5,
    )  # fmt: skip
    with pytest.warns(UserWarning, match="1 of [0-9]+ trials is complete"):
        search.fit(X, y)
    assert search.cv_results_["status"].tolist() == ["complete", "unfinished", "unfinished"]
    assert search.best_index_ == 0


def test_completed_within_the_timeout(make, iris):
    search = make([{"max_iter": [2], "alpha": [1e-3, 1e-2, 1e-1]}], timeout=600).fit(*iris)
    assert search.stop_reason_ == "completed"
    assert len(search.cv_results_["params"]) == 3


def test_complete_trials_of_a_shared_training_run_are_kept(iris):
    folds = ShuffleSplit(1, random_state=0)
    search = GridSearchNN(NETWORK, {"max_iter": [2, 3, FOREVER]}, cv=folds, timeout=2)
    with pytest.warns(UserWarning, match="2 of [0-9]+ trials are complete"):
        search.fit(*iris)
    assert search.cv_results_["params"] == [{"max_iter": 2}, {"max_iter": 3}]


class SwallowsCtrlC(ShuffleSplit):
    """Drop the KeyboardInterrupt, as callbacks of scipy and ctypes do."""

    def split(self, X, y=None, groups=None):
        with contextlib.suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        return super().split(X, y, groups)


def test_ctrl_c_that_a_library_drops_before_the_first_fit(iris):
    search = GridSearchNN(NETWORK, SHORT_AND_ENDLESS, cv=SwallowsCtrlC(2, random_state=0))
    with pytest.raises(KeyboardInterrupt):
        search.fit(*iris)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("timeout", [0, -1.0, "long", np.nan])
def test_invalid_timeouts(make, timeout, iris):
    with pytest.raises(ValueError, match="'timeout' parameter of .*SearchNN must be"):
        make(timeout=timeout).fit(*iris)


def test_callback_stops_a_search(iris):
    if not hasattr(GridSearchNN(NETWORK), "set_callbacks"):
        pytest.skip("scikit-learn has callbacks from 1.9 on")
    from recorder import Recorder

    class Stops(Recorder):
        def on_fit_task_end(self, estimator, context, **told):
            super().on_fit_task_end(estimator, context, **told)
            return context.task_name == "candidate-split-evaluation" and context.task_id == 1

    search = GridSearchNN(NETWORK, {"max_iter": [1, 2, 3, 4]}, cv=2).set_callbacks(Stops())
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The estimator .* does not support callbacks")
        with pytest.warns(UserWarning, match="a callback. 1 of [0-9]+ trials is complete"):
            search.fit(*iris)
    assert search.stop_reason_ == "callback"
    assert search.cv_results_["params"] == [{"max_iter": 1}]


def test_completed_after_the_timeout(iris):
    folds = ShuffleSplit(1, random_state=0)
    search = GridSearchNN(Sleeper(), {"seconds": [2.5]}, cv=folds, timeout=2).fit(*iris)
    assert search.stop_reason_ == "completed"
