import threading
import time

import numpy as np
import pytest
from estimators import Scored
from joblib import parallel_config
from sk_hpt._evaluation.evaluator import Underway

from sk_hpt._evaluation import Evaluator, FoldEvaluation
from sk_hpt._reporting import Messages, NullCallbacks
from sk_hpt._trials import Job, Trial

FOLDS = [(np.array([0, 1]), np.array([2, 3])), (np.array([2, 3]), np.array([0, 1]))]


def evaluation(error_score=np.nan):
    return FoldEvaluation(
        Scored(),
        np.zeros((4, 1)),
        None,
        lambda estimator, X: estimator.score(X),
        {},
        {},
        False,
        error_score,
        Messages(0, 2, 1, error_score),
    )


def fits(values, seconds=()):
    for number, value in enumerate(values):
        params = {"value": value, "seconds": dict(enumerate(seconds)).get(number, 0.0)}
        yield from (Job(Trial(number, params), fold) for fold in range(2))


@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_every_fit_yields_its_result(backend, n_jobs):
    with (
        parallel_config(backend=backend),
        Evaluator(evaluation_of_sum(), FOLDS, NullCallbacks(), n_jobs) as evaluator,
    ):
        for _ in range(2):  # the workers are kept from round to round
            results = list(evaluator.run(fits([1.0, 2.0, 3.0])))
            cells = {(result.trial, result.fold): result.test_scores for result in results}
            assert cells == {(t, f): t + 1.0 for t in range(3) for f in range(2)}


def evaluation_of_sum():
    from dataclasses import replace

    return replace(evaluation(), scorer=Scored.score)


def test_results_arrive_as_they_finish():
    with (
        parallel_config(backend="threading"),
        Evaluator(evaluation(), FOLDS, NullCallbacks(), n_jobs=3, pre_dispatch="all") as evaluator,
    ):
        # the two slow fits hold two threads while the quick ones pass on the third
        results = evaluator.run(fits([1.0, 2.0, 3.0], seconds=[0.5]))
        order = [result.trial for result in results]
    assert sorted(order) == [0, 0, 1, 1, 2, 2] and order != sorted(order)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_fits_are_made_as_workers_get_free(n_jobs):
    made = []

    def watched():
        for fit in fits(np.ones(50)):
            made.append(threading.current_thread())
            yield fit

    with (
        parallel_config(backend="threading"),
        Evaluator(evaluation(), FOLDS, NullCallbacks(), n_jobs) as evaluator,
    ):
        results = evaluator.run(watched())
        next(results)
        assert len(made) < 100
        assert len(list(results)) == 99
    assert len(made) == 100


def test_a_failed_fit_is_a_result():
    with Evaluator(evaluation(), FOLDS, NullCallbacks()) as evaluator:
        failed, *_, last = evaluator.run(fits([-1.0, 2.0]))
    assert "RuntimeError: below zero" in failed.error and failed.test_scores is None
    assert last.error is None and last.test_scores == 2.0
    assert failed.fit_time >= 0 and failed.score_time == 0


def test_or_it_is_raised():
    with (
        pytest.raises(RuntimeError, match="below zero"),
        Evaluator(evaluation("raise"), FOLDS, NullCallbacks()) as evaluator,
    ):
        list(evaluator.run(fits([-1.0, 2.0])))


def test_the_estimator_itself_is_never_touched():
    shared = evaluation()
    with Evaluator(shared, FOLDS, NullCallbacks()) as evaluator:
        list(evaluator.run(fits([1.0])))
    assert shared.estimator.value == 0.0


def test_the_end_waits_for_what_is_under_way():
    underway, started, order = Underway(), threading.Event(), []

    def fit():
        with underway:
            started.set()
            time.sleep(0.2)
            order.append("fit")

    threading.Thread(target=fit).start()
    started.wait()
    underway.wait(0.01)
    order.append("not for longer")
    underway.wait(60)
    order.append("waited")
    assert order == ["not for longer", "fit", "waited"]
