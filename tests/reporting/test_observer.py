import inspect
import pickle

import pytest

from sk_hpt._reporting import Observer, Observers, ProgressLine
from sk_hpt._trials import Job, Trial

JOB = Job(Trial(0, {}), 0)
EVENTS = {
    "results_known": (3,),
    "result_arrived": ("table",),
    "evaluation_begins": (JOB,),
    "fit_begins": ("estimator", "X", "y", {}),
    "epoch_begins": ("network", 0, 9, [(JOB, 9)]),
    "epoch_ends": (),
    "training_ends": (),
    "evaluation_ends": (None,),
}
CONTEXTS = {"fitting": ("X", "y", {}, True), "searching": ("table", 6, True)}


class Heard(Observer):
    """Writes down what it is told."""

    def __init__(self):
        self.heard = []


def note(name):
    return lambda self, *args: self.heard.append((name, args))


for name in EVENTS:
    setattr(Heard, name, note(name))


def test_every_event_is_listed_here():
    methods = {n for n, _ in inspect.getmembers(Observer, inspect.isfunction)}
    methods = {name for name in methods if not name.startswith("_")}
    assert methods == {*EVENTS, *CONTEXTS, "for_job", "for_refit"}


@pytest.mark.parametrize("name", EVENTS)
def test_all_observers_are_told(name):
    observers = Heard(), Heard()
    getattr(Observers(observers), name)(*EVENTS[name])
    assert [each.heard for each in observers] == [[(name, EVENTS[name])]] * 2
    assert getattr(Observer(), name)(*EVENTS[name]) is None


@pytest.mark.parametrize("name", CONTEXTS)
def test_all_contexts_are_entered_and_left_in_reverse(name):
    from contextlib import contextmanager

    order = []

    class Around(Observer):
        def __init__(self, number):
            self.number = number

        @contextmanager
        def _context(self, *args):
            assert args == CONTEXTS[name]
            order.append(("enter", self.number))
            yield
            order.append(("leave", self.number))

        fitting = searching = _context

    with getattr(Observers([Around(1), Around(2)]), name)(*CONTEXTS[name]):
        assert order == [("enter", 1), ("enter", 2)]
    assert order[2:] == [("leave", 2), ("leave", 1)]
    with getattr(Observer(), name)(*CONTEXTS[name]):
        pass


def test_wishes_of_one_are_wishes_of_all():
    one = Heard()
    both = Observers([Observer(), Heard(), one])
    assert not (both.watches_each_fit or both.asks_to_stop or both.asks_to_end_fit)
    one.watches_each_fit = one.asks_to_stop = one.asks_to_end_fit = True
    assert both.watches_each_fit and both.asks_to_stop and both.asks_to_end_fit


def test_each_job_and_the_refit_get_an_observer():
    class Numbered(Observer):
        def for_job(self, number):
            assert number == 7
            return Heard()

        def for_refit(self):
            return Heard()

    for made in (Observers([Numbered()]).for_job(7), Observers([Numbered()]).for_refit()):
        made.evaluation_begins(JOB)
    assert type(Observer().for_refit()) is Observer


def test_nothing_travels_to_a_worker_that_nobody_could_read_there():
    observers = pickle.loads(pickle.dumps(Observers([ProgressLine()]).for_job(0)))
    observers.epoch_begins("network", 0, 9, [(JOB, 9)])
    assert len(pickle.dumps(Observers([ProgressLine()]))) < 200
