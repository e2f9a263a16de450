import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sk_hpt.space import HiddenLayers


@given(st.integers(1, 3), st.integers(0, 3), st.integers(1, 100), st.integers(0, 300), st.data())
def test_round_trip(shallow, more, narrow, wider, data):
    layers = HiddenLayers((shallow, shallow + more), (narrow, narrow + wider))
    width = st.integers(narrow, narrow + wider)
    value = tuple(data.draw(st.lists(width, min_size=shallow, max_size=shallow + more)))
    x = layers.encode(value)
    assert x.shape == (layers.n_columns,) and np.all((x >= 0) & (x <= 1))
    assert layers.decode(x) == value
    assert layers.contains(value)


def test_coordinates_of_missing_layers_are_one_half():
    layers = HiddenLayers((1, 3), (8, 64))
    assert layers.encode((8,))[2:].tolist() == [0.5, 0.5]


def test_random_values_have_all_depths_and_stay_within_bounds():
    layers = HiddenLayers((1, 3), (8, 64))
    draws = layers.rvs(300, random_state=0)
    assert {len(draw) for draw in draws} == {1, 2, 3}
    assert all(layers.contains(draw) for draw in draws)


def test_contains():
    layers = HiddenLayers((1, 2), (8, 64))
    assert layers.contains((8, 64)) and layers.contains([8])
    for value in [(), (7,), (8, 8, 8), (8.0,), 8, "8", (True,)]:
        assert not layers.contains(value)


def test_grid_is_small_enough():
    assert len(HiddenLayers().grid()) == 9
    assert HiddenLayers((2, 2), (10, 10)).grid() == [(10, 10)]
    assert HiddenLayers((1, 3), (16, 256)).grid(2) == [(16,), (256,), (16,) * 3, (256,) * 3]


WRONG = [
    (HiddenLayers(n_layers=(0, 2)), ValueError, r"n_layers=\(0, 2\) of .* must be at least 1"),
    (
        HiddenLayers(units=(0, 5)),
        ValueError,
        r"units=\(0, 5\) of .* must be at least 1. Raise the lower bound",
    ),
    (HiddenLayers(units=(50, 5)), ValueError, r"units=\(50, 5\) .* low at most high. Swap them"),
    (HiddenLayers(n_layers=(3, 1)), ValueError, r"n_layers=\(3, 1\) .* low at most high"),
    (
        HiddenLayers(n_layers=2),
        TypeError,
        r"n_layers=2 of .* must be a pair of integers \(low, high\)",
    ),
    (HiddenLayers(units=(5.0, 9)), TypeError, "must be a pair of integers"),
    (HiddenLayers(units=(5, 9, 12)), TypeError, "must be a pair of integers"),
]


@pytest.mark.parametrize("dimension, error, message", WRONG, ids=lambda value: str(value)[:40])
def test_errors_name_parameter_value_and_remedy(dimension, error, message):
    with pytest.raises(error, match=message) as raised:
        dimension.check("hidden_layer_sizes")
    assert "'hidden_layer_sizes'" in str(raised.value)
