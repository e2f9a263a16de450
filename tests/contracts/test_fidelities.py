"""What every fidelity keeps to."""

import numpy as np
import pytest
from curves import Curves
from hypothesis import given
from hypothesis import strategies as st

from sk_hpt._trials import ResultsTable
from sk_hpt.fidelity import Halving, Race
from sk_hpt.fidelity._base import Fidelity
from sk_hpt.fidelity._full import FullFidelity

FIDELITIES = {
    "full": FullFidelity(),
    "race": Race(),
    "late race": Race(min_folds=2),
    "halving": Halving(),
    "halving by three": Halving(factor=3, n_rungs=2, min_promoted=1),
    "halving with all folds": Halving(n_folds=9, min_epochs=2, min_promoted=1),
    "halving without rungs": Halving(n_rungs=0),
}


each_fidelity = pytest.mark.parametrize("fidelity", FIDELITIES.values(), ids=FIDELITIES)


def test_every_fidelity_is_tested_here():
    ours = {each for each in Fidelity.__subclasses__() if each.__module__.startswith("sk_hpt.")}
    assert {type(fidelity) for fidelity in FIDELITIES.values()} == ours


@st.composite
def searches(draw):
    """Curves, and how the trials come in rounds."""
    n_trials, n_folds = draw(st.integers(1, 9)), draw(st.integers(1, 4))
    # small integers, so that there are ties; some are missing, as when scoring fails
    values = st.sampled_from([np.nan, 0.0, 1.0, 2.0, 3.0])
    seeds = draw(st.lists(values, min_size=n_trials * n_folds, max_size=n_trials * n_folds))
    slopes = draw(st.lists(st.integers(-2, 2), min_size=n_trials, max_size=n_trials))
    epochs = np.linspace(0, 1, draw(st.sampled_from([6, 27, 30])))
    scores = np.reshape(seeds, (n_trials, n_folds, 1)) + np.outer(slopes, epochs)[:, None, :]
    n_epochs = len(epochs)
    some = st.dictionaries(st.integers(0, n_trials - 1), st.integers(1, n_epochs), max_size=3)
    stops, fails = draw(some), draw(some)
    without = draw(st.lists(st.booleans(), min_size=n_trials, max_size=n_trials))
    curves = Curves(
        scores, [stops.get(i, n_epochs) for i in range(n_trials)], fails, [not x for x in without]
    )
    size = draw(st.integers(1, n_trials))
    return curves, [range(n_trials)[i : i + size] for i in range(0, n_trials, size)]


@each_fidelity
@given(search=searches(), data=st.data())
def test_every_search_comes_to_a_sound_end(fidelity, search, data):
    """Nothing is trained twice, asking changes nothing, pruned trials stay pruned."""
    curves, rounds = search
    table = ResultsTable(curves.n_folds, n_levels=fidelity.n_levels)
    for numbers in rounds:
        trials = curves.add_trials(table, numbers)
        pruned = set()
        while True:
            step, again = (fidelity.next_step(trials, table) for _ in range(2))
            jobs = list(step.jobs)
            assert jobs == list(again.jobs) and step.pruned == again.pruned
            now_pruned = {trial.number for trial in step.pruned}
            revived = pruned - now_pruned
            if revived:  # only where all that were promoted have failed
                assert not any(table.is_complete(n) and not table.has_failed(n) for n in numbers)
            pruned = now_pruned
            table.prune(step.pruned)
            if not jobs:
                break
            assert not pruned & {job.trial.number for job in jobs}
            # Curves.run asserts that nothing is trained twice
            for job in data.draw(st.permutations(jobs)):
                table.record(curves.run(job))
        for number in numbers:
            assert table.is_complete(number) or number in pruned
    if not all(table.has_failed(n) for n in range(len(curves.scores))):
        assert any(
            table.is_complete(n) and not table.has_failed(n) for n in range(len(curves.scores))
        )


@pytest.mark.slow
@each_fidelity
@given(search=searches())
def test_a_replay_decides_the_same(fidelity, search):
    """With all results known from before, as from a journal, nothing is left to do."""
    curves, rounds = search
    results, table = [], ResultsTable(curves.n_folds, n_levels=fidelity.n_levels)
    for numbers in rounds:
        trials = curves.add_trials(table, numbers)
        while jobs := list(fidelity.next_step(trials, table).jobs):
            for job in jobs:
                results.append(curves.run(job))
                table.record(results[-1])
    known = ResultsTable(curves.n_folds, n_levels=fidelity.n_levels)
    for numbers in rounds:
        trials = curves.add_trials(known, numbers)
        for result in results:
            if result.trial in numbers:
                known.record(result)
        assert not list(fidelity.next_step(trials, known).jobs)


def test_full_fidelity_misses_nothing():
    table = ResultsTable(3)
    trials = table.add_trials([{}, {}])
    planned = [job.cell for job in FullFidelity().next_step(trials, table).jobs]
    assert planned == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
