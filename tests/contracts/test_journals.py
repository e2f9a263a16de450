"""What every journal keeps to."""

import numpy as np
import pytest

from sk_hpt._trials import FitResult, Job, LearningCurve, Rung, Trial
from sk_hpt.journal import Journal, NullJournal, SqliteJournal

JOURNALS = {"null": (lambda path: NullJournal(), False), "sqlite": (SqliteJournal, True)}
TRIALS = [Trial(0, {"a": 1}), Trial(1, {"a": 2})]
RUNG, NEXT = Rung(2, 3), Rung(1, 6)
RESULTS = [
    FitResult(1, 0, 0.5, 0.1, None, rung_scores={2: 0.7}, n_epochs=3),
    FitResult(1, 0, 0.6, 0.1, 0.9, n_epochs=12, finish_time=3.25),
    FitResult(0, 1, 0.5, 0.0, None, error="Traceback"),
    FitResult(0, 0, 0.5, 0.0, {"a": 0.1, "b": float("nan")}, {"a": 0.2, "b": 0.3}),
]


@pytest.fixture(params=JOURNALS)
def journal(request, tmp_path):
    make, keeps = JOURNALS[request.param]
    return lambda: make(tmp_path / "search.db"), keeps


def opened(journal, random_state=None, settings=(), X=0):
    journal = journal.__enter__()
    journal.origin(random_state, 10)
    journal.identify(dict(settings), {"X": X}, [(0, 1), (1, 0)])
    return journal


def kept(journal):
    first = opened(journal[0]())
    first.enroll(TRIALS)
    for result in RESULTS:
        first.append(result)
    assert list(first.settle(TRIALS, True)) == []
    first.__exit__(None, None, None)


def test_every_journal_is_tested_here():
    ours = {each for each in Journal.__subclasses__() if each.__module__.startswith("sk_hpt.")}
    assert ours == {NullJournal, SqliteJournal}


def test_answers_fits_with_what_it_keeps(journal):
    kept(journal)
    second = opened(journal[0]())
    second.enroll(TRIALS)
    fits = [Job(TRIALS[1], 0, (RUNG,)), Job(TRIALS[1], 1), Job(TRIALS[0], 1)]
    known, others = second.recall(iter(fits))
    assert list(known) == ([RESULTS[0], RESULTS[2]] if journal[1] else [])
    assert list(others) == ([fits[1]] if journal[1] else fits)
    known, _ = second.recall([Job(TRIALS[1], 0)])
    assert list(known) == ([RESULTS[1]] if journal[1] else [])
    left = second.settle(TRIALS, True)
    assert repr(list(left)) == (repr([RESULTS[3]]) if journal[1] else "[]")
    second.__exit__(None, None, None)


@pytest.mark.parametrize(
    "curve",
    [
        None,
        LearningCurve(np.array([1.5, np.inf, 0.1], np.float32)),
        LearningCurve(np.array([1.5], np.float32), np.array([np.nan], np.float32)),
    ],
)
def test_gives_back_learning_curves(journal, curve):
    first = opened(journal[0]())
    first.enroll(TRIALS)
    first.append(FitResult(1, 0, 0.6, 0.1, 0.9, curve=curve))
    first.__exit__(None, None, None)
    second = opened(journal[0]())
    (found, *_), _ = second.recall([Job(TRIALS[1], 0)]) if journal[1] else ([None], None)
    second.__exit__(None, None, None)
    if found is not None and curve is not None:
        np.testing.assert_array_equal(found.curve.loss, curve.loss, strict=True)
        np.testing.assert_array_equal(found.curve.validation, curve.validation)
    assert found is None or (found.curve is None) == (curve is None)


def test_knows_how_long_earlier_runs_took(journal):
    kept(journal)
    with journal[0]() as second:
        assert second.seconds == (3.25 if journal[1] else 0.0)


def test_a_fit_that_ended_on_its_way_answers_for_the_rung(journal):
    kept(journal)
    second = opened(journal[0]())
    known, _ = second.recall([Job(TRIALS[0], 1, (RUNG, NEXT))])
    assert list(known) == ([RESULTS[2]] if journal[1] else [])
    second.__exit__(None, None, None)


def test_a_seed_is_drawn_once(journal):
    first = journal[0]()
    with first:
        origin = first.origin(None, 10)
        first.identify({}, {}, [])
    with journal[0]() as second:
        again = second.origin(None, 20)
    assert (again == origin) == journal[1]
    assert again.n_iter == (10 if journal[1] else 20)
    assert (origin.random_state is not None) == journal[1]


def test_lazy_fits_stay_lazy_where_nothing_is_known(journal):
    first = opened(journal[0]())
    fits = (Job(trial, 0) for trial in TRIALS)
    assert first.recall(fits)[1] is fits
    first.__exit__(None, None, None)
