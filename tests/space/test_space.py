import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.model_selection import ParameterGrid

from sk_hpt.space import Categorical, HiddenLayers, Integer, Real, parse_space

SPACES = [
    {"alpha": Real(1e-6, 1.0, log=True), "batch_size": Integer(8, 256, log=True)},
    {"shape": HiddenLayers(), "activation": ["relu", "tanh"], "momentum": stats.uniform(0, 0.9)},
    [
        {"solver": ["lbfgs"], "alpha": Real(1e-6, 1.0)},
        {"solver": ["adam"], "rate": Real(1e-4, 1e-2, log=True), "shape": HiddenLayers((1, 2))},
        {},
    ],
    {},
]


@pytest.mark.parametrize("described", SPACES)
@given(data=st.data())
def test_round_trip(described, data):
    space = parse_space(described)
    coordinate = st.floats(0, 1, exclude_max=True)
    x = data.draw(st.lists(coordinate, min_size=space.n_columns, max_size=space.n_columns))
    params = space.decode(x)
    assert sum(subspace.contains(params) for subspace in space.subspaces) == 1
    encoded = space.encode(params)
    assert encoded.shape == (space.n_columns,) and np.all((encoded >= 0) & (encoded <= 1))
    assert space.decode(encoded).keys() == params.keys()
    for name, value in space.decode(encoded).items():
        assert value == (pytest.approx(params[name]) if isinstance(value, float) else params[name])


@pytest.mark.parametrize("described", SPACES[:3])
def test_every_draw_and_grid_point_is_in_the_space(described):
    space = parse_space(described)
    points = [*space.sample(30, 0), *space.grid()]
    assert all(any(sub.contains(point) for sub in space.subspaces) for point in points)
    assert all(np.all(np.isfinite(space.encode(point))) for point in points)


def test_coordinates_in_other_subspaces_are_one_half():
    space = parse_space([{"a": Real(0, 1)}, {"b": Real(0, 1), "c": Real(0, 1)}])
    assert space.encode({"a": 1.0}).tolist() == [0.25, 1.0, 0.5, 0.5]
    assert space.encode({"b": 0.0, "c": 1.0}).tolist() == [0.75, 0.5, 0.0, 1.0]


def test_parameters_outside_have_no_coordinates():
    space = parse_space({"a": Real(0, 1)})
    for params in [{"a": 2.0}, {"b": 0.5}, {}, {"a": 0.5, "b": 0.5}, {"a": "0.5"}]:
        with pytest.raises(ValueError, match="must lie in the space"):
            space.encode(params)


def test_contains_parameters_of_one_subspace():
    space = parse_space([{"a": Real(0, 1)}, {"b": [1, 2], "c": Real(0, 1)}])
    assert space.contains({"a": 0.5}) and space.contains({"b": 2, "c": 1.0})
    for params in [{}, {"a": 2.0}, {"a": 0.5, "b": 1}, {"b": 1}, {"b": 3, "c": 0.0}]:
        assert not space.contains(params)


def test_lists_are_drawn_without_replacement():
    space = parse_space({"a": [1, 2, 3], "b": Categorical(["x", "y"])})
    drawn = space.sample(6, 0)
    assert len({tuple(sorted(params.items())) for params in drawn}) == 6
    with pytest.warns(
        UserWarning, match="The total space of parameters 6 is smaller than n_iter=7"
    ):
        assert len(space.sample(7, 0)) == 6


def test_grid_keeps_what_the_user_wrote():
    described = {"b": np.array([1.0, 2.0]), "a": (None, "x")}
    assert list(parse_space(described).grid()) == list(ParameterGrid(described))


def test_grid_coarsens_until_it_is_small_enough():
    space = parse_space({"a": Real(0, 1), "b": Real(0, 1), "c": ["x", "y"]})
    assert len(space.grid()) == 50
    assert len(space.grid(at_most=20)) == 18
    assert len(space.grid(at_most=1)) == 8  # both ends of every range remain


@pytest.mark.parametrize(
    "described", [*SPACES, {"n": stats.randint(1, 9), "big": Integer(1, 10**6), "a": [1, 2, 1]}]
)
@given(data=st.data())
def test_snapping_equals_decoding_and_encoding(described, data):
    space = parse_space(described)
    coordinate = st.floats(0, 1, exclude_max=True)
    x = data.draw(st.lists(coordinate, min_size=space.n_columns, max_size=space.n_columns))
    X = np.array([x, x]).reshape(2, space.n_columns)
    snapped = space.snap(X)
    np.testing.assert_allclose(snapped, [space.encode(space.decode(x))] * 2, atol=1e-7)
    np.testing.assert_allclose(space.snap(snapped), snapped, atol=1e-7)
    assert len(space.levels) == len(space.ordered) == space.n_columns
    for column, levels in enumerate(space.levels):
        if levels is not None:
            assert np.all(np.diff(levels) > 0)
            # or one half, if there is no such parameter
            assert np.abs([*levels, 0.5] - snapped[0, column]).min() < 1e-7


def test_sizes():
    def size(described):
        return parse_space(described).size

    assert size({"a": Real(0, 1)}) == np.inf and size({"a": Real(1, 1)}) == 1
    assert size({"a": Integer(3, 5), "b": ["x", "y", "x"]}) == 6
    assert size({"a": HiddenLayers((1, 2), (3, 5))}) == 3 + 9
    assert size({"a": stats.randint(1, 5)}) == 4 and size({"a": stats.poisson(3)}) == np.inf
    assert size([{"a": [1, 2]}, {"b": [1]}, {}]) == 4


def test_order():
    described = {"a": [1, 2, 4], "b": [2, 1], "c": [1, 4, 2], "d": ["x", "y"], "e": [True, False]}
    assert parse_space(described).ordered == [True, True, False, False, False]
    assert parse_space([{"a": Real(0, 1)}, {"b": HiddenLayers((1, 2))}]).ordered == [
        False,
        True,
        True,
        True,
        True,
    ]


def test_logarithmic_scales():
    described = {
        "log real": Real(1e-3, 1, log=True),
        "log integer": Integer(1, 9, log=np.True_),
        "log-uniform": stats.loguniform(1e-3, 1),
        "reciprocal": stats.reciprocal(1e-3, 1),
        "real": Real(0, 1),
        "integer": Integer(1, 9),
        "uniform": stats.uniform(0, 1),
        "choices": [0.01, 0.1, 1.0],
        "layers": HiddenLayers(),
    }
    dimensions = parse_space(described).subspaces[0].dimensions
    logarithmic = {name for name, dimension in dimensions.items() if dimension.is_log}
    assert logarithmic == {"log real", "log integer", "log-uniform", "reciprocal"}
    assert all(type(dimension.is_log) is bool for dimension in dimensions.values())


def test_prints_in_one_line():
    assert repr(parse_space({"alpha": Real(1e-6, 1.0, log=True), "solver": ["adam", "sgd"]})) == (
        "Space({'alpha': Real(low=1e-06, high=1.0, log=True), "
        "'solver': Categorical(choices=['adam', 'sgd'])})"
    )
    assert repr(parse_space([])) == "Space()" and repr(parse_space({})) == "Space({})"
    assert "uniform(0, scale=0.9)" in repr(parse_space({"a": stats.uniform(0, scale=0.9)}))


@pytest.mark.parametrize(
    "described",
    [
        {"C": np.arange(3000)},
        {"C": [f"{number:060}" for number in range(3000)]},
        {"C": ["long " * 300], "names": [("a", "\n") * 99]},
        {f"a_parameter_with_a_long_name_{i}": Real(1e-6, 1.0, log=True) for i in range(60)},
        {"name" * 200: Real(0.0, 1.0)},
        [{f"parameter_{i}": Real(0.0, 1.0)} for i in range(40)],
        [{f"parameter_{i}": HiddenLayers() for i in range(40)} for _ in range(40)],
        {"a": stats.norm(np.arange(99)), "b": stats.randint(1, 9)},
    ],
)
def test_large_spaces_print_short(described):
    text = repr(parse_space(described))
    assert len(text) < 300 and "\n" not in text and text.isascii()
    names = [name for each in np.atleast_1d(described)[:1] for name in each]
    assert names[0][:40] in text
