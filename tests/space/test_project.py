"""Projection: the nearest value that a dimension can take."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.preprocessing import StandardScaler

from sk_hpt.space import Categorical, HiddenLayers, Integer, Real
from sk_hpt.space._distribution import Distribution

numbers = st.floats(allow_nan=False) | st.integers(-(10**9), 10**9)
shapes = st.lists(st.integers(1, 1000), min_size=1, max_size=5).map(tuple)
others = st.none() | st.booleans() | st.text(max_size=3) | st.just(math.nan)

reals = st.builds(
    lambda low, width: Real(low, low + width), st.floats(-1e6, 1e6), st.floats(0, 1e6)
)
integers = st.builds(
    lambda low, width: Integer(low, low + width), st.integers(-1000, 1000), st.integers(0, 1000)
)
layers = st.builds(
    lambda fewest, more, low, width: HiddenLayers((fewest, fewest + more), (low, low + width)),
    *(st.integers(1, 3), st.integers(0, 3), st.integers(1, 100), st.integers(0, 300)),
)
distributions = st.sampled_from(
    [stats.loguniform(1e-3, 1), stats.norm(), stats.expon(2), stats.randint(2, 9), stats.poisson(3)]
).map(Distribution)
choices = st.lists(numbers | shapes | others, min_size=1, max_size=5).map(Categorical)


@given(reals | integers | layers | distributions | choices, numbers | shapes | others)
def test_a_projected_value_is_contained(dimension, value):
    projected = dimension.project(value)
    assert projected is None or dimension.contains(projected)
    if projected is not None:
        assert dimension.project(projected) is projected


@given(reals | integers | layers | distributions, st.integers(0, 2**32 - 1))
def test_the_projection_keeps_contained_values(dimension, seed):
    value = dimension.sampler.rvs(random_state=seed)
    assert dimension.project(value) == value


@given(choices)
def test_the_projection_keeps_choices(dimension):
    for choice in dimension.choices:
        assert dimension.project(choice) is choice


@given(reals | integers, numbers)
def test_the_projection_of_a_number_is_the_nearest(dimension, value):
    projected = dimension.project(value)
    for other in dimension.grid():
        if math.isfinite(value):
            assert abs(projected - value) <= abs(other - value)


NEAREST = [
    (Real(1e-4, 1e-1, log=True), 1.0, 1e-1),
    (Real(0, 1), math.inf, 1.0),
    (Integer(16, 64), 31.7, 32),
    (Integer(16, 64), 200, 64),
    (Integer(16, 64), np.int64(20), 20),
    (HiddenLayers((1, 2), (16, 64)), (128, 32, 8), (64, 32)),
    (HiddenLayers((2, 3), (16, 64)), (20,), (20, 20)),
    (HiddenLayers((1, 2), (16, 64)), 100, (64,)),
    (HiddenLayers((1, 2), (16, 64)), [20, 30], [20, 30]),
    (Distribution(stats.uniform(0, 0.9)), 0.95, 0.9),
    (Distribution(stats.randint(2, 9)), 8.6, 8),
    (Categorical([1e-4, 1e-3, 1e-2]), 4e-4, 1e-3),
    (Categorical([0.0, 1e-4, 1e-1]), 1e-7, 1e-4),
    (Categorical([0.0, -1.0]), 1e-7, 0.0),
    (Categorical([16, "auto", 128]), 60, 128),
    (Categorical([16, "auto", 128]), "auto", "auto"),
    (Categorical([(50,), (100, 100), (200, 20)]), (150, 60, 30), (100, 100)),
    (Categorical([(50,), (100,), (50, 50)]), (90, 50), (50, 50)),
    (Categorical([50, 100]), (90,), 100),
    (Categorical([(50,), (100,)]), 60, (50,)),
    (Categorical(np.array([0.1, 0.5])), 0.4, 0.5),
    (Categorical([1.0, 2.0]), 1, 1.0),
    (Categorical(np.array(["relu", "tanh"])), "tanh", "tanh"),
]


@pytest.mark.parametrize("dimension, value, nearest", NEAREST, ids=str)
def test_nearest(dimension, value, nearest):
    projected = dimension.project(value)
    assert projected == nearest and dimension.contains(projected)


class Dice:
    def rvs(self, random_state=None):
        return 4


NOT_PROJECTED = [
    (Real(0, 1), "relu"),
    (Real(0, 1), True),
    (Real(0, 1), (0.5,)),
    (Integer(0, 9), None),
    (Integer(0, 9), math.nan),
    (HiddenLayers(), ()),
    (HiddenLayers(), (0, 5)),
    (HiddenLayers(), (5.0, 5.0)),
    (HiddenLayers(), "relu"),
    (Distribution(stats.norm()), math.inf),
    (Distribution(stats.norm()), "auto"),
    (Distribution(Dice()), 4),
    (Categorical(["relu", "tanh"]), "logistic"),
    (Categorical(["relu", None, (1, 2)]), 0.5),
    (Categorical([1, 2]), math.nan),
    (Categorical([False, True]), 1),
    (Categorical([0.5, 0.9]), (50,)),
]


@pytest.mark.parametrize("dimension, value", NOT_PROJECTED, ids=str)
def test_values_of_other_kinds_have_no_projection(dimension, value):
    assert dimension.project(value) is None


def test_an_estimator_is_projected_to_one_with_the_same_parameters():
    choices = ["passthrough", StandardScaler(), StandardScaler(with_mean=False)]
    dimension = Categorical(choices)
    assert dimension.project(StandardScaler()) is choices[1]
    assert dimension.project(StandardScaler(with_mean=False)) is choices[2]
    assert dimension.project(StandardScaler(with_std=False)) is None
    assert not dimension.contains(StandardScaler())
