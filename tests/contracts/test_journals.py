"""The contract of every journal, whether it stores results or not."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from sk_hpt._trials import FitResult, Job, LearningCurve, Rung, Trial
from sk_hpt.journal._base import Journal, SearchStart
from sk_hpt.journal._sqlite import SqliteJournal


@dataclass
class Case:
    """How a journal at a path is made, and whether the next one at this path knows its results."""

    make: Callable
    is_persistent: bool


JOURNALS = {
    Journal: Case(lambda path: Journal(), is_persistent=False),
    SqliteJournal: Case(SqliteJournal, is_persistent=True),
}
TRIALS = [Trial(0, {"a": 1}), Trial(1, {"a": 2})]
RUNG, NEXT = Rung(0, 3), Rung(1, 6)
RESULTS = [
    FitResult(1, 0, 0.5, 0.1, None, rung_scores={RUNG: 0.7}, n_epochs=3),
    FitResult(1, 0, 0.6, 0.1, 0.9, n_epochs=12, finish_time=3.25),
    FitResult(0, 1, 0.5, 0.0, None, error="Traceback"),
    FitResult(0, 0, 0.5, 0.0, {"a": 0.1, "b": float("nan")}, {"a": 0.2, "b": 0.3}),
]


def test_every_journal_is_tested_here():
    ours = {each for each in Journal.__subclasses__() if each.__module__.startswith("sk_hpt.")}
    assert {Journal, *ours} == set(JOURNALS)


@pytest.fixture(params=JOURNALS.values(), ids=[each.__name__ for each in JOURNALS])
def case(request):
    return request.param


@pytest.fixture
def open_again(case, tmp_path):
    """Open a journal of the same search at the same path: for the first time, or once more."""
    return lambda: case.make(tmp_path / "search.db")


def begin(journal, trials=TRIALS, settings=(), random_state=None, X=0):
    journal.begin_search(random_state, 10)
    journal.check_identity(dict(settings), {"X": X}, [(0, 1), (1, 0)])
    journal.begin_round(trials)


def store(journal, results=RESULTS):
    with journal:
        begin(journal)
        for result in results:
            journal.append(result)
        assert list(journal.end_round(TRIALS, True)) == []


def test_a_new_journal_knows_nothing(open_again):
    jobs = [Job(TRIALS[1], 0, (RUNG,)), Job(TRIALS[0], 1)]
    with open_again() as journal:
        begin(journal)
        known, others = journal.known(jobs)
        assert list(known) == [] and list(others) == jobs
        assert list(journal.end_round(TRIALS, True)) == []


def test_a_job_is_either_known_or_left(case, open_again):
    store(open_again())
    jobs = [Job(TRIALS[1], 0, (RUNG,)), Job(TRIALS[1], 1), Job(TRIALS[0], 1)]
    with open_again() as journal:
        begin(journal)
        known, others = journal.known(iter(jobs))
        others = list(others)
    left = [(job.trial.number, job.fold) for job in others]
    assert [job for job in jobs if job in others] == others
    assert sorted([(1, 0), (1, 1), (0, 1)]) == sorted(
        left + [(result.trial, result.fold) for result in known]
    )
    assert list(known) == ([RESULTS[0], RESULTS[2]] if case.is_persistent else [])


def test_a_result_is_known_once(case, open_again):
    store(open_again())
    job = Job(TRIALS[1], 0)
    with open_again() as journal:
        begin(journal)
        known, others = journal.known([job])
        assert list(known) == ([RESULTS[1]] if case.is_persistent else [])
        assert list(others) == ([] if case.is_persistent else [job])
        known, others = journal.known([job])
        assert list(known) == [] and list(others) == [job]


def test_results_that_were_not_asked_for_come_at_the_end_of_the_round(case, open_again):
    store(open_again())
    with open_again() as journal:
        begin(journal)
        journal.known([Job(TRIALS[1], 0, (RUNG,)), Job(TRIALS[1], 0), Job(TRIALS[0], 1)])
        left = list(journal.end_round(TRIALS, True))
        # By their text, because NaN is not equal to itself.
        assert repr(left) == repr(RESULTS[3:] if case.is_persistent else [])
        assert list(journal.end_round(TRIALS, True)) == []


def test_a_fit_that_ended_early_answers_for_the_rung(case, open_again):
    store(open_again())
    job = Job(TRIALS[0], 1, (RUNG, NEXT))
    with open_again() as journal:
        begin(journal)
        known, others = journal.known([job])
        assert list(known) == ([RESULTS[2]] if case.is_persistent else [])
        assert list(others) == ([] if case.is_persistent else [job])


@pytest.mark.parametrize(
    "curve",
    [
        None,
        LearningCurve(np.array([1.5, np.inf, 0.1], np.float32)),
        LearningCurve(np.array([1.5], np.float32), np.array([np.nan], np.float32)),
    ],
)
def test_learning_curves_are_restored(case, open_again, curve):
    store(open_again(), [FitResult(1, 0, 0.6, 0.1, 0.9, curve=curve)])
    with open_again() as journal:
        begin(journal)
        known, _ = journal.known([Job(TRIALS[1], 0)])
    assert len(known) == case.is_persistent
    for result in known:
        assert (result.curve is None) == (curve is None)
        if curve is not None:
            np.testing.assert_array_equal(result.curve.loss, curve.loss, strict=True)
            np.testing.assert_array_equal(result.curve.validation, curve.validation)


def test_workers_are_restored(case, open_again):
    store(open_again(), [FitResult(1, 0, 0.6, 0.1, 0.9, worker="a1b2", seconds=0.75)])
    with open_again() as journal:
        begin(journal)
        known, _ = journal.known([Job(TRIALS[1], 0)])
    assert [(result.worker, result.seconds) for result in known] == (
        [("a1b2", 0.75)] if case.is_persistent else []
    )


def test_the_duration_of_earlier_runs_is_known(case, open_again):
    with open_again() as journal:
        assert journal.seconds == 0.0
    store(open_again())
    with open_again() as journal:
        assert journal.seconds == (3.25 if case.is_persistent else 0.0)


def test_a_seed_is_drawn_once(case, open_again):
    with open_again() as journal:
        start = journal.begin_search(None, 10)
        journal.check_identity({}, {}, [])
    assert start.n_iter == 10
    # Without a journal to resume from, a search without a random_state has no seed either.
    assert isinstance(start.seed, int) if case.is_persistent else start.seed is None
    with open_again() as journal:
        again = journal.begin_search(None, 20)
    assert again == (start if case.is_persistent else SearchStart(None, 20))


@pytest.mark.parametrize("random_state", [0, np.random.RandomState(0)])
def test_a_search_with_a_random_state_gets_no_seed(open_again, random_state):
    for n_iter in (10, None):
        with open_again() as journal:
            assert journal.begin_search(random_state, n_iter) == SearchStart(None, n_iter)


def test_another_search_is_refused_where_its_results_would_be_used(case, open_again):
    with open_again() as journal:
        begin(journal, settings={"a": 1})
    for other in ({"settings": {"a": 2}}, {"X": 1}, {"random_state": 0}):
        with open_again() as journal:
            if case.is_persistent:
                with pytest.raises(ValueError, match="another search"):
                    begin(journal, **{"settings": {"a": 1}} | other)
            else:
                begin(journal, **{"settings": {"a": 1}} | other)
                assert list(journal.known([Job(TRIALS[0], 0)])[0]) == []


def test_other_trials_are_refused_where_their_results_would_be_used(case, open_again):
    store(open_again())
    others = [Trial(0, {"a": 1}), Trial(1, {"a": 2.0})]
    with open_again() as journal:
        if case.is_persistent:
            with pytest.raises(ValueError, match="Trial 1"):
                begin(journal, others)
        else:
            begin(journal, others)
            assert list(journal.known([Job(others[1], 0)])[0]) == []


def test_lazy_jobs_stay_lazy_where_nothing_is_known(open_again):
    with open_again() as journal:
        begin(journal)
        jobs = (Job(trial, 0) for trial in TRIALS)
        assert journal.known(jobs)[1] is jobs
        assert len(list(jobs)) == 2  # none was taken
