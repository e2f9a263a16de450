import threading
import time

import numpy as np
import pytest
from estimators import Scored
from joblib import parallel_config
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt._evaluation import FitRunner, Problem, RunningFits, fit_runner
from sk_hpt._evaluation.worker import worker_name
from sk_hpt._reporting import Observer
from sk_hpt._stop_request import StopRequest
from sk_hpt._trials import Job, Trial

FOLDS = [(np.array([0, 1]), np.array([2, 3])), (np.array([2, 3]), np.array([0, 1]))]


def problem(error_score=np.nan, scorer=Scored.score):
    data = np.zeros((4, 1)), None
    return Problem(Scored(), *data, FOLDS, scorer, {}, {}, error_score=error_score)


def runner(problem, n_jobs=None, **options):
    return FitRunner(problem, Observer(), StopRequest(), n_jobs, **options)


def jobs(values, seconds=()):
    for number, value in enumerate(values):
        params = {"value": value, "seconds": dict(enumerate(seconds)).get(number, 0.0)}
        yield from (Job(Trial(number, params), fold) for fold in range(2))


@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_every_job_yields_its_result(backend, n_jobs):
    with (
        parallel_config(backend=backend),
        runner(problem(), n_jobs) as running,
    ):
        for _ in range(2):  # the workers are kept from round to round
            results = list(running.run(jobs([1.0, 2.0, 3.0])))
            cells = {(result.trial, result.fold): result.test_scores for result in results}
            assert cells == {(t, f): t + 1.0 for t in range(3) for f in range(2)}


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_results_name_their_workers_and_the_seconds_of_the_jobs(backend):
    with parallel_config(backend=backend), runner(problem(), n_jobs=2) as running:
        results = list(running.run(jobs([1.0] * 3, seconds=[0.05] * 3)))
    assert all(result.seconds >= 0.05 for result in results)
    workers = {result.worker for result in results}
    assert 1 <= len(workers) <= 2 and "" not in workers and worker_name() not in workers


def test_jobs_that_share_a_training_share_its_seconds(iris):
    network = MLPClassifier((4,), random_state=0)
    data = Problem(
        network,
        *iris,
        [(np.arange(100), np.arange(100, 150))],
        network.__class__.score,
        {},
        {},
        native=True,
    )
    group = [Job(Trial(number, {"max_iter": 5 + 20 * number}), 0) for number in range(3)]
    with runner(data) as running:
        results = list(running.run(group))
    assert [result.n_epochs for result in results] == [5, 25, 45]
    assert len({result.seconds for result in results}) == 1
    assert 3 * results[0].seconds >= max(result.fit_time for result in results)


def test_results_arrive_as_they_finish():
    with (
        parallel_config(backend="threading"),
        runner(problem(), n_jobs=3, pre_dispatch="all") as running,
    ):
        # the two slow fits hold two threads while the quick ones pass on the third
        results = running.run(jobs([1.0, 2.0, 3.0], seconds=[0.5]))
        order = [result.trial for result in results]
    assert sorted(order) == [0, 0, 1, 1, 2, 2] and order != sorted(order)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_jobs_are_made_as_workers_get_free(n_jobs):
    made = []

    def watched():
        for job in jobs(np.ones(50)):
            made.append(threading.current_thread())
            yield job

    with (
        parallel_config(backend="threading"),
        runner(problem(), n_jobs) as running,
    ):
        results = running.run(watched())
        next(results)
        assert len(made) < 100
        assert len(list(results)) == 99
    assert len(made) == 100


def test_a_failed_fit_is_a_result():
    with runner(problem()) as running:
        failed, *_, last = running.run(jobs([-1.0, 2.0]))
    assert "RuntimeError: below zero" in failed.error and failed.test_scores is None
    assert last.error is None and last.test_scores == 2.0
    assert failed.fit_time >= 0 and failed.score_time == 0


def test_or_it_is_raised():
    with (
        pytest.raises(RuntimeError, match="below zero"),
        runner(problem("raise")) as running,
    ):
        list(running.run(jobs([-1.0, 2.0])))


def test_the_estimator_itself_is_never_touched():
    shared = problem()
    with runner(shared) as running:
        list(running.run(jobs([1.0])))
    assert shared.estimator.value == 0.0


def test_the_end_waits_for_running_fits():
    running, started, order = RunningFits(), threading.Event(), []

    def fit():
        with running:
            started.set()
            time.sleep(0.2)
            order.append("fit")

    threading.Thread(target=fit).start()
    started.wait()
    running.wait(0.01)
    order.append("not for longer")
    running.wait(60)
    order.append("waited")
    assert order == ["not for longer", "fit", "waited"]


class Empty:
    """Yields no folds."""

    def split(self, X, y=None, groups=None):
        return iter(())

    def get_n_splits(self, X=None, y=None, groups=None):
        return 0


@pytest.mark.parametrize("multi_fidelity", [None, "race", "halving"])
@pytest.mark.parametrize("search_class", [GridSearchNN, RandomSearchNN, BayesSearchNN])
@pytest.mark.parametrize(
    "options",
    [
        {"cv": []},
        {"cv": Empty()},
        {"pre_dispatch": 0, "n_jobs": 2},
        {"pre_dispatch": "0*n_jobs", "n_jobs": 2},
        {"pre_dispatch": "n_jobs//3", "n_jobs": 2},
    ],
)
@pytest.mark.parametrize("network", [True, False])
def test_no_fits_are_performed(options, search_class, multi_fidelity, network, iris):
    estimator = MLPClassifier((3,), max_iter=8, random_state=0) if network else SVC()
    space = {"alpha" if network else "C": [0.1, 1.0, 10.0]}
    budget = {} if search_class is GridSearchNN else {"n_iter": 3}
    search = search_class(estimator, space, multi_fidelity=multi_fidelity, **options, **budget)
    with pytest.raises(ValueError, match="No fits were performed"):
        search.fit(*iris)


def test_a_worker_whose_clock_is_ahead_ends_the_search_as_the_timeout_does(monkeypatch, iris):
    search = GridSearchNN(SVC(), {"C": [1.0, 2.0]}, cv=2, timeout=1000)
    work = fit_runner._work

    def late(problem, number, *rest):
        return fit_runner.WorkerReport(number, []) if number > 1 else work(problem, number, *rest)

    monkeypatch.setattr(fit_runner, "_work", late)
    with pytest.warns(UserWarning, match="1 of 2 trials is complete"):
        search.fit(*iris)
    assert search.stop_reason_ == "timeout"
