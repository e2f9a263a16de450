import math

import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sk_hpt.space import default_space, parse_space
from sk_hpt.space._parse import check_names


@pytest.mark.parametrize("network", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize("n_samples", [None, 2, 20, 499, 500, 10**6])
def test_the_network_accepts_all_parameters(network, solver, n_samples):
    estimator = network(solver=solver)
    space = parse_space(default_space(estimator, n_samples))
    check_names(space, estimator)
    for params in [*space.sample(20, 0), *space.grid(100)]:
        # raises on any value that is not valid
        network(solver=solver).set_params(**params)._validate_params()


def test_the_parameters_depend_on_the_solver():
    spaces = {s: set(default_space(MLPClassifier(solver=s))) for s in ("adam", "sgd", "lbfgs")}
    assert spaces["adam"] - spaces["lbfgs"] == {"batch_size", "learning_rate_init"}
    assert spaces["sgd"] - spaces["adam"] == {"momentum", "learning_rate"}
    assert spaces["lbfgs"] == {"hidden_layer_sizes", "activation", "alpha"}


def test_names_have_the_prefix_of_the_network():
    network = MLPRegressor()
    cases = {
        "": network,
        "mlpregressor__": make_pipeline(StandardScaler(), network),
        "outer__inner__": Pipeline([("outer", Pipeline([("inner", network)]))]),
        "regressor__": TransformedTargetRegressor(network),
    }
    for prefix, estimator in cases.items():
        space = default_space(estimator)
        assert prefix + "alpha" in space
        assert all(name.startswith(prefix) for name in space)
        check_names(parse_space(space), estimator)


def test_small_data_get_small_networks_and_batches():
    small, large = (default_space(MLPClassifier(), n) for n in (100, 10_000))
    assert small["hidden_layer_sizes"].units[1] < large["hidden_layer_sizes"].units[1]
    assert small["batch_size"].high == 50  # half of the rows, as with two folds


def test_its_grid_is_small_enough_to_search():
    assert len(parse_space(default_space(MLPClassifier())).grid(at_most=100)) <= 100


def test_an_estimator_without_a_network_is_an_error():
    for estimator in (
        SVC(),
        make_pipeline(StandardScaler(), SVC()),
        Pipeline([("x", "passthrough")]),
    ):
        with pytest.raises(ValueError, match="must be an MLPClassifier .*Give the space to search"):
            default_space(estimator)


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("n_train", [1, 2, 16, 33, 400])
def test_batches_fit_into_the_rows_that_a_network_is_trained_on(n_train, early_stopping):
    network = MLPClassifier(early_stopping=early_stopping, validation_fraction=0.25)
    largest = default_space(network, n_samples=500, n_train=n_train)["batch_size"].high
    n_left = n_train - math.ceil(0.25 * n_train) if early_stopping else n_train
    half = 250 - 63 if early_stopping else 250
    assert largest == max(1, min(n_left, half))


def test_lbfgs_may_have_a_large_penalty_and_few_units():
    for n_samples in (100, 10_000):
        space = default_space(MLPClassifier(solver="lbfgs"), n_samples)
        assert space["alpha"].high == 1000.0 and space["hidden_layer_sizes"].units[0] == 2
