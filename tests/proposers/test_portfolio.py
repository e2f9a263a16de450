import json
from importlib import resources

import numpy as np
import pytest
from scipy import stats
from sklearn.compose import TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sk_hpt._proposers import portfolio_points
from sk_hpt.space import Categorical, HiddenLayers, Integer, Real, default_space, parse_space

RATE = Real(1e-5, 1e-1, log=True)
RATE_NAME = "learning_rate_init"
TABLE = [
    {
        "solver": "adam",
        "target": None,
        "updates": 1000,
        "settings": [
            {"hidden_layer_sizes": [64, 32], "alpha": 1e-2, "learning_rate_init": 1e-2},
            {"hidden_layer_sizes": [200], "alpha": 1.0, "learning_rate_init": 3e-3},
        ],
    },
    {
        "solver": "adam",
        "target": None,
        "updates": None,
        "settings": [{"learning_rate_init": 1e-4}],
    },
    {
        "solver": "sgd",
        "target": None,
        "updates": None,
        "settings": [{"learning_rate_init": 0.05}],
    },
]
SPACES = {
    "default": lambda network: default_space(network),
    "rate": lambda network: {"learning_rate_init": RATE},
    "choices": lambda network: {
        "hidden_layer_sizes": [(50,), (100,), (50, 50)],
        "activation": np.array(["tanh", "relu"]),
        "alpha": [0.0, 1e-4, 1e-2],
        "batch_size": ["auto", 32],
    },
    "distributions": lambda network: {
        "alpha": stats.loguniform(1e-6, 1),
        "batch_size": stats.randint(16, 129),
        "tol": stats.uniform(0, 1e-3),
    },
    "widths": lambda network: {"hidden_layer_sizes": Integer(50, 200), "alpha": Real(0, 1)},
    "sub-spaces": lambda network: [
        {"solver": ["lbfgs"], "alpha": Real(1e-6, 10, log=True)},
        {"solver": ["adam", "sgd"], "learning_rate_init": RATE, "alpha": [1e-4, 1e-2]},
        {"max_iter": [10, 20]},
    ],
}


def points(described, estimator=None, n_samples=500, table=TABLE):
    estimator = estimator or MLPClassifier()
    return portfolio_points(parse_space(described), estimator, n_samples, table=table)


@pytest.mark.parametrize("described", SPACES.values(), ids=SPACES)
@pytest.mark.parametrize("network", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize("n_samples", [20, 2000, 10**6])
def test_points_are_distinct_and_accepted_by_the_network(described, network, solver, n_samples):
    estimator = network(solver=solver)
    space = parse_space(described(estimator))
    first, again = (portfolio_points(space, estimator, n_samples) for _ in range(2))
    assert first == again
    for point in first:
        assert any(subspace.contains(point) for subspace in space.subspaces)
        network(solver=solver).set_params(**point)._validate_params()
    places = [space.encode(point) for point in first]
    for i, place in enumerate(places):
        assert all(np.max(np.abs(place - other)) > 0.05 for other in places[:i])


@pytest.mark.parametrize("solver, at_least", [("adam", 9), ("sgd", 6), ("lbfgs", 5)])
def test_the_default_space_gets_most_of_the_portfolio(solver, at_least):
    network = MLPClassifier(solver=solver)
    assert len(points(default_space(network), network, table=None)) >= at_least


def test_the_estimators_own_parameters_are_the_second_point():
    network = MLPClassifier((30,), alpha=0.3, batch_size=20)
    own = {"hidden_layer_sizes": (30,), "alpha": 0.3, "batch_size": 20}
    described = {
        "hidden_layer_sizes": HiddenLayers(),
        "alpha": Real(1e-6, 1, log=True),
        "batch_size": Integer(16, 256, log=True),
    }
    for table in (TABLE, None):
        assert points(described, network, table=table)[1] == own


def test_other_spellings_of_the_estimators_own_parameters():
    described = {
        "hidden_layer_sizes": HiddenLayers((1, 2), (8, 64)),
        "batch_size": Integer(16, 512),
        "alpha": [0.5, 0.05],
        "random_state": [None, 3],
    }
    own = points(described, MLPClassifier(100), n_samples=150)[1]
    assert own == {
        "hidden_layer_sizes": (64,), "batch_size": 150, "alpha": 0.05, "random_state": None,
    }  # fmt: skip


def test_only_searched_parameters_are_set():
    described = {"alpha": Real(1e-6, 0.1, log=True), "tol": Real(1e-6, 1e-3), "epsilon": [1, "x"]}
    first, *_, last = points(described, MLPClassifier(tol=2e-4, epsilon="unknown"))
    assert first.keys() == last.keys() == described.keys()
    assert first["alpha"] == 1e-2 and last["alpha"] == 0.1


@pytest.mark.parametrize("n_choices", range(2, 11))
def test_unknown_choices_are_spread_over_the_points(n_choices):
    choices = [f"choice {i}" for i in range(n_choices)]
    described = {"learning_rate_init": RATE, "epsilon": choices}
    found = points(described, MLPClassifier(epsilon="choice 1"), table=None)
    assert found[1] == {"learning_rate_init": 1e-3, "epsilon": "choice 1"}
    assert {point["epsilon"] for point in found if point is not found[1]} == set(choices)


def test_unknown_ranges_of_the_network_keep_its_values():
    described = {"net__learning_rate_init": RATE, "net__tol": Real(0, 1)}
    pipeline = Pipeline([("scale", StandardScaler()), ("net", MLPClassifier(tol=0.25))])
    assert {point["net__tol"] for point in points(described, pipeline, table=None)} == {0.25}


def test_known_parameters_do_not_move_for_unknown_ones():
    known = {"learning_rate_init": RATE, "alpha": Real(1e-6, 1, log=True)}
    apart = points(known, table=None)
    together = points(known | {"shuffle": [True, False]}, table=None)
    assert [point | {"shuffle": 0} for point in together] == [
        point | {"shuffle": 0} for point in apart
    ]


def test_the_learning_rate_grows_with_the_batch_size():
    table = [
        {
            "solver": "adam",
            "target": None,
            "updates": None,
            "settings": [{"batch_size": 20, "learning_rate_init": 1e-3}],
        }
    ]

    def rate(described=(), n_samples=1000, **params):
        space = {"learning_rate_init": RATE, **dict(described)}
        network = MLPClassifier(**params)
        return points(space, network, n_samples, table)[0]["learning_rate_init"]

    assert rate() == pytest.approx(1e-2)  # batches of 200 rows in place of 20
    assert rate(n_samples=100) == pytest.approx(5e-3)  # of all 100
    assert rate(batch_size=10) == pytest.approx(5e-4)
    assert rate({"batch_size": Integer(10, 40)}) == 1e-3
    assert rate({"batch_size": [40, 80]}) == pytest.approx(2e-3)


def test_layers_become_widths_if_widths_are_searched():
    described = {"hidden_layer_sizes": Integer(50, 150)}
    assert [p["hidden_layer_sizes"] for p in points(described)] == [64, 100, 150]


def test_points_that_coincide_after_the_projection_are_dropped():
    described = {"alpha": [1e-4, 1e-2], "activation": ["relu"]}
    assert points(described) == [
        {"activation": "relu", "alpha": 1e-2},
        {"activation": "relu", "alpha": 1e-4},
    ]


def test_names_have_the_prefix_of_the_network():
    network = MLPRegressor()
    cases = {
        "mlpregressor__": make_pipeline(StandardScaler(), network),
        "outer__inner__": Pipeline([("outer", Pipeline([("inner", network)]))]),
        "regressor__": TransformedTargetRegressor(network),
    }
    bare = points({"learning_rate_init": RATE}, network)
    for prefix, estimator in cases.items():
        prefixed = points({prefix + "learning_rate_init": RATE}, estimator)
        assert [list(p.values()) for p in prefixed] == [list(p.values()) for p in bare]
        assert points({prefix + "max_iter": [10, 20]}, estimator) == []


def test_parameters_of_other_steps_are_spread_too():
    pipeline = Pipeline([("pca", PCA(n_components=4)), ("net", MLPClassifier())])
    described = {"pca__n_components": Integer(2, 9), "net__learning_rate_init": RATE}
    found = [point["pca__n_components"] for point in points(described, pipeline, table=None)]
    assert found[1] == 4
    assert set(found) >= {2, 4, 7, 9} and len(set(found)) >= 7


def test_the_portfolio_depends_on_solver_and_updates():
    described = {"learning_rate_init": Real(1e-6, 1, log=True)}

    def best_rate(n_samples, **params):
        return points(described, MLPClassifier(**params), n_samples)[0]["learning_rate_init"]

    assert best_rate(1000, max_iter=200) == 1e-2  # 5 batches of at most 200 rows
    assert best_rate(1001, max_iter=200) == 1e-4
    assert best_rate(1001, max_iter=100) == 1e-2
    assert best_rate(1000, solver="sgd") == 0.05
    assert points(described, MLPClassifier(solver="lbfgs")) == []


@pytest.mark.parametrize("network, n_classes, rate", [
    (MLPClassifier, 1, 1e-2), (MLPClassifier, 2, 1e-2), (MLPClassifier, 3, 1e-3),
    (MLPClassifier, 100, 1e-3), (MLPRegressor, 2, 1e-4), (MLPRegressor, 3, 1e-4),
])  # fmt: skip
def test_the_portfolio_depends_on_the_target(network, n_classes, rate):
    rates = {"binary": 1e-2, "multiclass": 1e-3, "continuous": 1e-4}
    table = [
        {"solver": "adam", "target": target, "updates": None, "settings": [{RATE_NAME: value}]}
        for target, value in rates.items()
    ]
    space = parse_space({RATE_NAME: RATE})
    first, *_ = portfolio_points(space, network(), 100, n_classes, table)
    assert first == {RATE_NAME: rate}
    for_any = [{**table[0], "target": None}]
    first, *_ = portfolio_points(space, network(), 100, n_classes, for_any)
    assert first == {RATE_NAME: 1e-2}


def test_solvers_and_subspaces_take_turns():
    both = points({"solver": ["sgd", "adam"], "learning_rate_init": RATE})
    assert [p["solver"] for p in both] == ["adam", "sgd", "adam", "adam"]
    assert [p["learning_rate_init"] for p in both] == [1e-2, 0.05, 1e-3, 3e-3]
    parts = points([{"learning_rate_init": RATE}, {"alpha": Real(1e-6, 10, log=True)}])
    assert [list(p) for p in parts[:4]] == [["learning_rate_init"], ["alpha"]] * 2


NOTHING = {
    "no network": (make_pipeline(StandardScaler(), SVC()), {"svc__C": Real(0.1, 1)}),
    "nothing that it knows": (MLPClassifier(), {"tol": Real(1e-5, 1e-3), "max_iter": [10, 20]}),
    "nothing but the solver": (MLPClassifier(), {"solver": ["adam", "sgd"]}),
    "an empty space": (MLPClassifier(), {}),
    "another network's": (MLPClassifier(), {"net__alpha": [1, 2]}),
}


@pytest.mark.parametrize("estimator, described", NOTHING.values(), ids=NOTHING)
def test_no_points(estimator, described):
    assert points(described, estimator) == []


def test_the_portfolios_are_complete_and_valid():
    text = resources.files("sk_hpt._proposers").joinpath("portfolio.json").read_text("utf-8")
    table = json.loads(text)
    bounds = {}
    for entry in table:
        bounds.setdefault((entry["solver"], entry["target"]), []).append(entry["updates"])
        assert 5 <= len(entry["settings"]) <= 12
        for params in entry["settings"]:
            MLPClassifier(solver=entry["solver"]).set_params(**params)._validate_params()
    targets = ("binary", "multiclass", "continuous")
    by_target = {("adam", target) for target in targets}
    assert set(bounds) == by_target | {("sgd", None), ("lbfgs", None)}
    for *limits, last in bounds.values():
        assert last is None and limits == sorted(limits)


def test_points_have_the_choices_that_the_user_gave():
    shapes = [[50], (100,)]
    for point in points({"hidden_layer_sizes": Categorical(shapes)}):
        assert any(point["hidden_layer_sizes"] is shape for shape in shapes)
