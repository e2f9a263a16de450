import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sk_hpt.space import Categorical, HiddenLayers, parse_space
from sk_hpt.space._layer_choices import LayerChoices

WIDTHS = st.lists(st.integers(1, 300), min_size=1, max_size=3).map(tuple)


def parsed(choices):
    return parse_space({"h": choices}).subspaces[0].dimensions["h"]


@given(st.lists(WIDTHS, min_size=1, max_size=20), st.integers(0, 2**32 - 1))
def test_points_between_the_choices_are_moved_to_the_nearest(choices, seed):
    layers = LayerChoices(choices)
    for choice in choices:
        assert layers.decode(layers.encode(choice)) == choice
    X = np.random.default_rng(seed).uniform(size=(30, layers.n_columns))
    snapped = layers.snap(X)
    known = np.array([layers.encode(choice) for choice in choices])
    for x, nearest in zip(X, snapped, strict=True):
        np.testing.assert_array_equal(nearest, layers.encode(layers.decode(x)))
        # No choice has a nearer depth, and none of this depth has nearer widths.
        distances = np.abs(known[:, 0] - x[0])
        assert np.abs(nearest[0] - x[0]) <= distances.min() + 1e-6
        same = known[known[:, 0] == nearest[0]]
        assert np.linalg.norm(nearest - x) <= np.linalg.norm(same - x, axis=1).min() + 1e-6


def test_coordinates_are_those_of_hidden_layers():
    choices = [(8,), (64, 8), (16, 16, 64)]
    layers, between = LayerChoices(choices), HiddenLayers((1, 3), (8, 64))
    assert layers.is_ordered and layers.n_columns == between.n_columns
    for choice in choices:
        np.testing.assert_array_equal(layers.encode(choice), between.encode(choice))


@pytest.mark.parametrize(
    "choices",
    [
        [(8,), (16, 8)],
        [[8], [16]],
        [np.array([8]), np.array([8, 8])],
        [8, (8, 8)],
        ((8, 16), (32, 4)),
        Categorical([(8,), (16, 8)]),
    ],
)
def test_choices_that_are_all_shapes_have_coordinates(choices):
    assert isinstance(parsed(choices), LayerChoices)


@pytest.mark.parametrize(
    "choices", [[8, 16], [(8,), None], [(8,), "a"], [(0,), (8,)], [(1.5,)], [()], range(3)]
)
def test_other_choices_have_none(choices):
    assert type(parsed(choices)) is Categorical


def test_the_same_shape_counts_once():
    layers = LayerChoices([(8,), [8], 8, (8, 8)])
    assert layers.size == 2
    assert layers.decode(layers.encode(8)) == (8,)


def test_grids_and_random_draws_take_the_choices_as_they_are():
    choices = [[8], (8,), np.array([4, 2])]
    assert parsed(choices).grid() is choices and parsed(choices).sampler is choices


def test_thousands_of_shapes_snap_at_once(monkeypatch):
    layers = LayerChoices(list(itertools.product(range(1, 18), repeat=3)))
    encoded = []
    encode = HiddenLayers.encode
    monkeypatch.setattr(
        HiddenLayers, "encode", lambda self, value: encoded.append(1) or encode(self, value)
    )
    for seed in range(3):
        layers.snap(np.random.default_rng(seed).uniform(size=(100, 4)))
    assert len(encoded) == len(layers.choices)
    assert layers.snap(np.empty((0, 4))).shape == (0, 4)
