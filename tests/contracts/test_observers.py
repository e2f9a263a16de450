"""The contract of every observer."""

import io
import pickle

import pytest
from sklearn.neural_network import MLPClassifier

from sk_hpt._reporting import (
    Announcement,
    JobCallbacks,
    Observer,
    Observers,
    ProgressLine,
    SearchCallbacks,
    VerboseLog,
)
from sk_hpt._trials import FitResult, Job, ResultsTable, Trial

OBSERVERS = {
    "Announcement": lambda: Announcement(1, 1),
    "ProgressLine": lambda: ProgressLine(io.StringIO()),
    "VerboseLog": lambda: VerboseLog(10, 1, 1, 0.0),
    "Observers": lambda: Observers([VerboseLog(2, 1, 1, 0.0), ProgressLine(io.StringIO())]),
}
NEED_CALLBACKS = {SearchCallbacks, JobCallbacks}  # tests/parity/test_callbacks.py has these


@pytest.fixture(params=OBSERVERS)
def observer(request):
    return OBSERVERS[request.param]()


def test_every_observer_is_tested():
    ours = {kind for kind in Observer.__subclasses__() if kind.__module__.startswith("sk_hpt.")}
    assert {type(make()) for make in OBSERVERS.values()} | NEED_CALLBACKS == ours


def tell_of_a_job(observer, job, result):
    network = MLPClassifier()
    observer.evaluation_begins(job)
    observer.fit_begins(network, [[0.0]], [0], {})
    for epoch in range(2):
        observer.epoch_ends()
        observer.epoch_begins(network, epoch, 2, [(job, 2)])
    observer.training_ends()
    observer.training_ends()
    observer.evaluation_ends(result)


@pytest.mark.parametrize("travels", [False, True])
@pytest.mark.parametrize("is_stopped", [False, True])
def test_a_whole_search_can_be_told(observer, travels, is_stopped):
    table = ResultsTable(1)
    (trial,) = table.add_trials([{"alpha": 1.0}])
    result = FitResult(0, 0, 1.0, 1.0, 0.5)
    with observer.fitting([[0.0]], [0], {}, True):
        with observer.searching(table, 1, True):
            observer.results_known(0)
            each = observer.for_job(0)
            if travels:
                each = pickle.loads(pickle.dumps(each))
            tell_of_a_job(each, Job(trial, 0), None if is_stopped else result)
            assert each.asks_to_stop is False
            table.record(result)
            observer.result_arrived(table)
        tell_of_a_job(observer.for_refit(), Job(Trial(0, {}), 0), None)
    assert observer.watches_each_fit is False


def test_an_error_in_the_search_passes_through(observer):
    with pytest.raises(ZeroDivisionError), observer.searching(ResultsTable(1), 1, True):
        raise ZeroDivisionError
