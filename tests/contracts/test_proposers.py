"""The contract of all proposers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sk_hpt._proposers import (
    BayesProposer,
    GridProposer,
    Proposer,
    RandomProposer,
    SequentialProposer,
)
from sk_hpt._trials import Trial
from sk_hpt.space import Categorical, HiddenLayers, Integer, Real, parse_space

SPACES = {
    "finite": {"a": [1, 2, 3], "b": Categorical(["x", "y"])},
    "mixed": {"a": Real(1e-3, 1.0, log=True), "b": Integer(1, 9), "c": HiddenLayers((1, 2))},
    "sub-spaces": [{"a": [1, 2]}, {"b": Real(0, 1)}, {}],
}
PROPOSERS = {
    "grid": lambda space: GridProposer(space.grid()),
    "random": lambda space: RandomProposer(space, 12, random_state=0),
    "bayes": lambda space: BayesProposer(space, 12, random_state=0),
    "bayes in rounds": lambda space: BayesProposer(space, 12, 3, random_state=0),
    "bayes with first rounds": lambda space: BayesProposer(
        space, 12, 2, random_state=0, first_rounds=(5, 3)
    ),
    "sequential": lambda space: SequentialProposer(
        [BayesProposer(space, n, random_state=0) for n in (2, 9)]
    ),
    "sequential with first rounds": lambda space: SequentialProposer(
        [BayesProposer(space, n, 2, random_state=0, first_rounds=(2, 3)) for n in (2, 9)]
    ),
}


@pytest.fixture(params=PROPOSERS)
def make(request):
    return PROPOSERS[request.param]


@pytest.fixture(params=SPACES)
def space(request):
    return parse_space(SPACES[request.param])


pytestmark = pytest.mark.filterwarnings("ignore:The total space of parameters")


def propose_all(proposer, n=None):
    """Ask until no proposals are left, and tell an invented score for each."""
    asked = []
    while batch := proposer.ask(size := proposer.round_size if n is None else n):
        trials = [Trial(len(asked) + i, params) for i, params in enumerate(batch)]
        asked.extend(batch)
        scores = np.sin(np.arange(len(trials) * 2, dtype=float)).reshape(-1, 1, 2)
        scores[::3] = np.nan  # some trials fail
        proposer.tell(trials, scores)
        assert len(batch) <= size
    return asked


def test_every_proposer_is_tested_here(make, space):
    assert isinstance(make(space), Proposer)
    assert {type(make_one(space)) for make_one in PROPOSERS.values()} == set(
        Proposer.__subclasses__()
    )


def test_proposes_n_trials_and_then_none(make, space):
    proposer = make(space)
    assert len(propose_all(proposer)) == proposer.n_trials > 0
    assert proposer.ask(1) == []


def test_all_proposals_lie_in_the_space(make, space):
    for params in propose_all(make(space)):
        assert any(subspace.contains(params) for subspace in space.subspaces)


def test_the_same_seed_gives_the_same_proposals(make, space):
    assert propose_all(make(space)) == propose_all(make(space))


@settings(max_examples=10)
@given(n=st.integers(1, 20))
def test_rounds_of_any_size_propose_the_same(n):
    # Only proposers that do not learn: the others depend on when they are told.
    for make in (PROPOSERS["grid"], PROPOSERS["random"]):
        space = parse_space(SPACES["mixed"])
        assert propose_all(make(space), n) == propose_all(make(space))


def test_proposals_are_separate_dicts(make, space):
    proposer = make(space)
    first, second = (proposer.ask(2) + proposer.ask(2))[:2]
    first["changed"] = True
    assert "changed" not in second
