from collections import deque

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt.space import Categorical, HiddenLayers, Integer, Real, parse_space
from sk_hpt.space._distribution import Distribution
from sk_hpt.space._layer_choices import LayerChoices
from sk_hpt.space._parse import check_coordinates, check_names

PIPELINE = Pipeline([("scale", StandardScaler()), ("net", MLPClassifier())])


def test_every_spelling():
    described = {
        "a list": [1],
        "a tuple": (1, 2),
        "a range": range(3),
        "an array": np.arange(3),
        "a distribution": stats.uniform(),
        "a dimension": Real(0, 1),
        "shapes": HiddenLayers(),
        "tuples in a list": [(1, 2), ("a", "b")],
        "shapes in a list": [(10,), (10, 10)],
    }
    dimensions = parse_space(described).subspaces[0].dimensions
    kinds = {name: type(dimension) for name, dimension in dimensions.items()}
    assert kinds.pop("a distribution") is Distribution
    assert kinds.pop("a dimension") is Real
    assert kinds.pop("shapes") is HiddenLayers
    assert kinds.pop("shapes in a list") is LayerChoices
    assert set(kinds.values()) == {Categorical}


NO_SEQUENCES = [
    *(3, None, np.float64(3), "relu", {"a": 1}, {1, 2}, iter([1]), {}.keys(), {1: 2}.values()),
    *(pd.Series([1, 2], index=[5, 7]), pd.Series([1, 2]), pd.Series([], dtype=float)),
    *(pd.Index([1, 2]), pd.Categorical(["a", "b"]), pd.array([1, 2]), pd.DataFrame({"a": [1, 2]})),
    *((each for each in [1, 2]), sparse.csr_array([[1, 2]])),
]


@pytest.mark.parametrize("sampled", [True, False])
@pytest.mark.parametrize("value", NO_SEQUENCES, ids=lambda value: type(value).__name__)
def test_values_of_a_wrong_type(value, sampled):
    with pytest.raises(TypeError, match="Parameter grid for parameter 'activation'"):
        parse_space({"activation": value}, sampled=sampled)


@pytest.mark.parametrize("search_class", [GridSearchNN, RandomSearchNN, BayesSearchNN])
@pytest.mark.parametrize("value", NO_SEQUENCES, ids=lambda value: type(value).__name__)
def test_all_searches_refuse_what_scikit_learn_refuses(value, search_class, iris):
    space = {"C": value}
    theirs = {GridSearchNN: GridSearchCV}.get(search_class, RandomizedSearchCV)
    with pytest.raises(TypeError) as expected:
        theirs(SVC(), space).fit(*iris)
    with pytest.raises(TypeError, match="C") as raised:
        search_class(SVC(), space).fit(*iris)
    assert str(raised.value) == str(expected.value)


@pytest.mark.parametrize("sampled", [True, False])
def test_arrays_of_other_shapes(sampled):
    with pytest.raises(ValueError, match="Parameter array for 'C' should be one-dimensional"):
        parse_space({"C": np.ones((2, 2))}, sampled=sampled)
    with pytest.raises(TypeError, match="'C'.* must be a list .* not a ndarray"):
        parse_space({"C": np.array(1.0)}, sampled=sampled)


@pytest.mark.parametrize("search_class", [GridSearchNN, RandomSearchNN, BayesSearchNN])
@pytest.mark.parametrize(
    "value",
    [
        range(1, 3),
        deque([1, 2]),
        np.array([1, 2]),
        b"\1\2",
        memoryview(b"\1\2"),
        np.ma.array([1, 2]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_all_searches_take_every_kind_of_sequence(value, search_class, iris):
    options = {} if search_class is GridSearchNN else {"n_iter": 2, "random_state": 0}
    search = search_class(SVC(), {"C": value}, cv=2, refit=False, **options).fit(*iris)
    assert sorted(params["C"] for params in search.cv_results_["params"]) == [1, 2]


@pytest.mark.parametrize("sampled, words", [(True, "distribution"), (False, "grid")])
def test_spaces_of_a_wrong_type(sampled, words):
    for space in (3, "relu", [3], [["relu"]]):
        with pytest.raises(TypeError, match=f"Parameter {words} .*"):
            parse_space(space, sampled=sampled)


def test_dimensions_are_checked():
    with pytest.raises(ValueError, match="Parameter 'alpha': low=1 of .* must be at most high=0"):
        parse_space([{"beta": [1]}, {"alpha": Real(1, 0)}])


def test_names_that_exist():
    check_names(parse_space({"net__alpha": [1], "scale": ["passthrough"]}), PIPELINE)
    check_names(parse_space({"net": [SVC()], "net__C": [1]}), PIPELINE)
    check_names(parse_space({"net__base": [SVC()], "net": [SVC()], "net__base__C": [1]}), PIPELINE)


@pytest.mark.parametrize("name", ["alpha", "net__alfa", "mlp__alpha", "net__alpha__x", "net__C"])
def test_names_that_do_not_exist(name):
    with pytest.raises((ValueError, AttributeError)) as theirs:
        PIPELINE.set_params(**{name: None})
    space = parse_space([{"net__alpha": [1]}, {name: [1]}])
    with pytest.raises(theirs.type) as ours:
        check_names(space, PIPELINE)
    said, expected = (str(raised.value).split(" Valid parameters")[0] for raised in (ours, theirs))
    assert said.startswith(expected)


@pytest.mark.parametrize("name, meant", [
    ("alpha", "'net__alpha'"), ("nett__alpha", "'net__alpha'"), ("net__alhpa", "'net__alpha'"),
    ("with_mean", "'first__with_mean' or 'second__with_mean'"), ("netw", "'net'"),
])  # fmt: skip
def test_a_wrong_name_says_what_was_perhaps_meant(name, meant):
    steps = [("first", StandardScaler()), ("second", StandardScaler()), ("net", MLPClassifier())]
    with pytest.raises(
        ValueError, match=f"(?s)Invalid parameter .* Did you mean {meant}\\?$"
    ) as raised:
        check_names(parse_space({name: [1]}), Pipeline(steps))
    assert "Valid parameters" not in str(raised.value)


def test_a_name_that_is_like_no_other_has_scikit_learns_message():
    with pytest.raises(ValueError) as theirs:
        MLPClassifier().set_params(kernel=1)
    with pytest.raises(ValueError) as ours:
        check_names(parse_space({"kernel": [1]}), MLPClassifier())
    assert str(ours.value) == str(theirs.value)


def test_names_are_strings():
    with pytest.raises(TypeError, match="parameter 3 of the space"):
        check_names(parse_space({3: [1]}), MLPClassifier())


@pytest.mark.parametrize("name", ["hidden_layer_sizes", "net__hidden_layer_sizes"])
def test_a_tuple_is_not_the_widths_of_layers(name):
    with pytest.raises(ValueError, match=r"Write \[\(32, 16\)\] .*HiddenLayers"):
        parse_space({name: (32, 16)}, ranges=True)
    with pytest.warns(UserWarning, match=r"3 networks of one layer .*write \[\(32, 16, 8\)\]"):
        parse_space({name: (32, 16, 8)})
    (subspace,) = parse_space({name: (16, 32)}, ranges=True).subspaces
    assert subspace.dimensions == {name: Integer(16, 32)}


def test_a_tuple_of_two_numbers_is_perhaps_meant_as_a_range():
    with pytest.warns(
        UserWarning, match=r"two choices.*Real\(1e-05, 0.1, log=True\).*\[1e-05, 0.1\]"
    ):
        (subspace,) = parse_space({"alpha": (1e-5, 1e-1)}).subspaces
    assert subspace.dimensions == {"alpha": Categorical((1e-5, 1e-1))}
    parse_space(
        {
            "batch_size": (16, 32),
            "shuffle": (True, False),
            "alpha": (0.1, 0.2, 10.0),
            "beta": (0.1, 9.9),
        }
    )
    parse_space({"alpha": (1e-5, 1e-1)}, ranges=True)


def test_ranges_in_the_spelling_of_scikit_optimize():
    described = {
        "integers": (1, 10),
        "reals": (1, 10.0),
        "log": (1e-3, 1.0, "log-uniform"),
        "uniform": (0.0, 1.0, "uniform"),
        "choices": ("a", "b"),
        "three numbers": (1, 2, 3),
        "a list": [1, 2],
        "shape": HiddenLayers(),
    }
    dimensions = parse_space(described, ranges=True).subspaces[0].dimensions
    assert dimensions["integers"] == Integer(1, 10) and dimensions["reals"] == Real(1.0, 10.0)
    assert dimensions["log"] == Real(1e-3, 1.0, log=True) and dimensions["uniform"] == Real(
        0.0, 1.0
    )
    for name in ("choices", "three numbers", "a list"):
        assert type(dimensions[name]) is Categorical
    plain = parse_space({"integers": (1, 10)}).subspaces[0].dimensions["integers"]
    assert plain == Categorical((1, 10))


def test_bayesian_search_needs_coordinates():
    class Draws:
        def rvs(self, random_state=None):
            return 1

    check_coordinates(parse_space({"a": stats.uniform(), "b": [1]}))
    with pytest.raises(TypeError, match="'a'.*can only be sampled"):
        check_coordinates(parse_space([{"b": [1]}, {"a": Draws()}]))


@pytest.mark.parametrize("ranges", [True, False])
@pytest.mark.parametrize(
    "theirs, ours",
    [
        (("Real", 0, 1), Real(0.0, 1.0)),
        (("Real", 1, 100, "log-uniform"), Real(1.0, 100.0, log=True)),
        (("Integer", 1, 9), Integer(1, 9)),
        (("Integer", 1, 64, "log-uniform"), Integer(1, 64, log=True)),
        (("Categorical", ["a", "b"]), Categorical(["a", "b"])),
    ],
    ids=str,
)
def test_the_class_of_scikit_optimizes_dimensions_decides(theirs, ours, ranges):
    skopt = pytest.importorskip("skopt.space")
    name, *arguments = theirs
    space = parse_space({"p": getattr(skopt, name)(*arguments)}, sampled=True, ranges=ranges)
    assert space.subspaces[0].dimensions["p"] == ours


def test_a_base_of_logarithms_is_accepted():
    space = parse_space({"p": (1e-6, 1e-1, "log-uniform", 10)}, sampled=True, ranges=True)
    assert space.subspaces[0].dimensions["p"] == Real(1e-6, 1e-1, log=True)


@pytest.mark.parametrize("prior", ["loguniform", "log", "LOG-UNIFORM", "uniformly"])
def test_a_misspelled_prior_is_not_a_choice(prior):
    with pytest.raises(ValueError, match=r"'p': \(.*'log-uniform'\) to be a range. Write"):
        parse_space({"p": (1e-6, 1e-1, prior)}, sampled=True, ranges=True)
    # Without ranges, as in a grid, a tuple is a list of choices.
    assert parse_space({"p": (1e-6, 1e-1, prior)}).subspaces[0].dimensions["p"].contains(prior)
