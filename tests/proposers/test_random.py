"""Draws: those of scikit-learn, made when they are needed."""

import numpy as np
import pytest
from scipy import stats
from sklearn.model_selection import ParameterSampler
from sklearn.svm import SVC

from sk_hpt import RandomSearchNN
from sk_hpt._proposers import RandomProposer
from sk_hpt._proposers.random import N_DRAWN_AHEAD
from sk_hpt.space import parse_space

SPACES = {
    "lists": {"a": list(range(50)), "b": ["x", "y", "z"]},
    "distributions": {"a": stats.loguniform(1e-3, 1.0), "b": ["x", "y", "z"]},
    "sub-spaces": [{"a": stats.randint(1, 9)}, {"b": [1, 2]}],
}


class Counting:
    """A distribution that counts its draws."""

    def __init__(self):
        self.n_draws = 0

    def rvs(self, random_state):
        self.n_draws += 1
        return random_state.uniform()


@pytest.fixture(params=SPACES.values(), ids=SPACES)
def space(request):
    return request.param


def test_draws_are_those_of_scikit_learn(space):
    theirs = list(ParameterSampler(space, 40, random_state=3))
    proposer = RandomProposer(parse_space(space), 40, 3)
    assert [*proposer.ask(7), *proposer.ask(100)] == theirs


def test_a_shared_generator_is_left_as_scikit_learn_leaves_it(space):
    shared, theirs = np.random.RandomState(3), np.random.RandomState(3)
    drawn = list(ParameterSampler(space, 40, random_state=theirs))
    proposer = RandomProposer(parse_space(space), 40, shared)
    assert shared.uniform() == theirs.uniform()
    assert proposer.ask(40) == drawn


def test_a_seed_draws_when_it_is_asked():
    counting = Counting()
    proposer = RandomProposer(parse_space({"a": counting}), 10**6, 0)
    assert proposer.n_trials == 10**6 and counting.n_draws == N_DRAWN_AHEAD
    assert len(proposer.ask(N_DRAWN_AHEAD + 5)) == N_DRAWN_AHEAD + 5
    assert counting.n_draws == N_DRAWN_AHEAD + 5


def test_a_shared_generator_stops_drawing_when_it_is_late():
    counting, shared = Counting(), np.random.RandomState(0)
    space = {"a": counting}
    expected = list(ParameterSampler(space, 30, random_state=0))
    counting.n_draws = 0
    proposer = RandomProposer(
        parse_space(space), 10**6, shared, is_late=lambda: counting.n_draws == 10
    )
    assert counting.n_draws == 10
    first = proposer.ask(15)
    shared.uniform(size=100)  # by the splitter, say
    assert [*first, *proposer.ask(15)] == expected


def test_initial_points_take_the_place_of_equal_draws_and_of_the_last_ones():
    space = parse_space({"a": [1, 2, 3, 4, 5, 6]})
    drawn = space.sample(4, 0)
    (other,) = [{"a": a} for a in range(1, 7) if {"a": a} not in drawn][:1]
    points = [drawn[2], other]
    proposer = RandomProposer(space, 4, 0, points)
    assert proposer.ask(9) == [*points, drawn[0], drawn[1]]


def test_an_initial_point_that_is_drawn_twice_costs_no_trial():
    space = parse_space([{"a": stats.randint(0, 2)}])
    proposer = RandomProposer(space, 12, 0, [{"a": 1}])
    assert len(proposer.ask(99)) == proposer.n_trials == 12


def test_a_larger_n_iter_keeps_the_first_draws(space):
    parsed = parse_space(space)
    first = RandomProposer(parsed, 20, 3).ask(20)
    continued = RandomProposer(parsed, 60, 3, n_iter_at_start=20)
    assert continued.ask(20) == first and len(continued.ask(99)) == 40
    shorter = RandomProposer(parsed, 5, 3, n_iter_at_start=20)
    assert shorter.ask(99) == first[:5]


def test_a_small_space_warns_of_the_search_to_use(iris):
    search = RandomSearchNN(SVC(), {"C": [0.1, 1.0]}, n_iter=3, cv=2)
    message = "space of parameters 2 is smaller than n_iter=3. Running 2 .* use GridSearchNN"
    with pytest.warns(UserWarning, match=message) as caught:
        search.fit(*iris)
    assert [warning.filename for warning in caught] == [__file__]
    assert len(search.cv_results_["params"]) == 2
