"""Tasks in threads: what joblib does, without its waiting."""

import threading
import time
import warnings

import joblib
import pytest
from joblib.parallel import ThreadingBackend, get_active_backend
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier

from sk_hpt import GridSearchNN
from sk_hpt._evaluation.thread_workers import ThreadWorkers

BACKEND = ThreadingBackend(nesting_level=0)


def tasks(function, values):
    return (joblib.delayed(function)(value) for value in values)


def test_all_results_arrive():
    with ThreadWorkers(BACKEND, 3) as parallel:
        for n in (0, 1, 2, 50):
            assert sorted(parallel(tasks(abs, range(n)))) == list(range(n))


def test_results_come_as_they_finish():
    is_first_done = threading.Event()

    def wait(number):
        if number == 1:
            is_first_done.wait(10)
        return number

    with ThreadWorkers(BACKEND, 2) as parallel:
        results = parallel(tasks(wait, (1, 2)))
        assert next(results) == 2
        is_first_done.set()
        assert list(results) == [1]


def test_tasks_are_taken_as_workers_get_free():
    taken = []

    def values():
        for number in range(100):
            taken.append(number)
            yield number

    with ThreadWorkers(BACKEND, 2) as parallel:
        results = parallel(tasks(abs, values()))
        for n_received in range(1, 5):
            next(results)
            assert len(taken) == 4 + n_received
        assert len(list(results)) == 96


def test_an_exception_ends_it():
    def fail(number):
        if number == 3:
            raise KeyError("three")
        return number

    with pytest.raises(KeyError, match="three"), ThreadWorkers(BACKEND, 2) as parallel:
        list(parallel(tasks(fail, range(9))))


def test_what_is_parallel_within_a_task_sees_what_joblib_shows():
    def seen(_):
        backend, n_jobs = get_active_backend()
        return type(backend), backend.nesting_level, n_jobs

    expected = joblib.Parallel(n_jobs=2, prefer="threads")(tasks(seen, range(2)))
    with ThreadWorkers(BACKEND, 2) as parallel:
        assert list(parallel(tasks(seen, range(2)))) == expected


def test_the_end_does_not_wait_for_what_still_runs():
    is_over = threading.Event()
    started = time.monotonic()
    with ThreadWorkers(BACKEND, 2) as parallel:
        next(parallel(tasks(lambda wait: wait and is_over.wait(60), (False, True))))
    assert time.monotonic() - started < 30
    is_over.set()


@pytest.mark.parametrize(
    "n_jobs, options, pre_dispatch, expected",
    [
        (2, {}, "2*n_jobs", True),
        (2, {"backend": "threading"}, "2*n_jobs", True),
        (1, {}, "2*n_jobs", False),
        (2, {}, "all", False),
        (2, {"backend": "loky"}, "2*n_jobs", False),
    ],
)
def test_searches_that_use_them(n_jobs, options, pre_dispatch, expected, monkeypatch):
    entered = []
    enter = ThreadWorkers.__enter__
    monkeypatch.setattr(
        ThreadWorkers, "__enter__", lambda self: (entered.append(1), enter(self))[1]
    )
    search = GridSearchNN(
        MLPClassifier((3,), max_iter=3, random_state=0),
        {"alpha": [1e-3, 1e-1]},
        cv=2,
        n_jobs=n_jobs,
        pre_dispatch=pre_dispatch,
    )
    with warnings.catch_warnings(), joblib.parallel_config(**options):
        warnings.simplefilter("ignore")
        search.fit(*load_iris(return_X_y=True))
    assert bool(entered) == expected
