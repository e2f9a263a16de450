"""What every fidelity keeps to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sk_hpt._results import ResultsTable
from sk_hpt._trial import FoldResult
from sk_hpt.fidelity import Fidelity, FullFidelity

FIDELITIES = {"full": FullFidelity()}


def test_every_fidelity_is_tested_here():
    ours = {each for each in Fidelity.__subclasses__() if each.__module__.startswith("sk_hpt.")}
    assert {type(fidelity) for fidelity in FIDELITIES.values()} == ours


@pytest.mark.parametrize("name", FIDELITIES)
@given(n_trials=st.integers(0, 5), n_folds=st.integers(1, 4), data=st.data())
def test_comes_to_an_end_and_fits_nothing_twice(name, n_trials, n_folds, data):
    table = ResultsTable(n_folds)
    trials = table.enroll([{"a": i} for i in range(n_trials)])
    # some results are known from before
    cells = [(trial, fold) for trial in range(n_trials) for fold in range(n_folds)]
    for cell in data.draw(st.lists(st.sampled_from(cells), unique=True)) if cells else []:
        table.append(result(*cell))
    fidelity = FIDELITIES[name]
    for _ in range(n_trials * n_folds + 1):
        fits = list(fidelity.next_fits(trials, table))
        if not fits:
            break
        planned = [(fit.trial.number, fit.fold) for fit in fits]
        assert len(set(planned)) == len(planned)
        assert not any(table.has(*cell) for cell in planned)
        assert list(fidelity.next_fits(trials, table)) == fits  # pure: asking changes nothing
        for cell in data.draw(st.permutations(planned)):
            table.append(result(*cell))
    assert not list(fidelity.next_fits(trials, table))


def result(trial, fold):
    return FoldResult(trial, fold, 1.0, 1.0, float(trial + fold))


def test_full_fidelity_misses_nothing():
    table = ResultsTable(3)
    trials = table.enroll([{}, {}])
    planned = [(fit.trial.number, fit.fold) for fit in FullFidelity().next_fits(trials, table)]
    assert planned == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
