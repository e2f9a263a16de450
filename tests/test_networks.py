"""The estimated training time of networks."""

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor

from sk_hpt._networks import training_cost

NETWORK = MLPClassifier((50,), batch_size=50, max_iter=10)


def cost(n_samples=1000, n_features=20, n_outputs=3, **params):
    return training_cost(NETWORK.set_params(**params), n_samples, n_features, n_outputs)


@pytest.mark.parametrize(
    "name, values",
    [
        ("max_iter", [1, 10, 100]),
        ("hidden_layer_sizes", [(5,), 50, (50, 50), [200], np.array([100, 100, 100])]),
        ("activation", ["relu", "tanh"]),
        ("batch_size", [5000, "auto", 100, 20, 1]),
        ("n_samples", [0, 100, 1000, 10_000]),
        ("n_features", [1, 10, 100]),
        ("n_outputs", [1, 10, 100]),
    ],
)
def test_what_makes_training_longer(name, values):
    defaults = {"max_iter": 10, "hidden_layer_sizes": (50,), "activation": "relu", "batch_size": 50}
    costs = [cost(**{**defaults, name: value}) for value in values]
    assert costs == sorted(costs) and len(set(costs)) == len(costs) and min(costs) >= 0


def test_without_batches_their_size_does_not_count():
    networks = [MLPRegressor(solver="lbfgs", batch_size=size) for size in (1, 100, "auto")]
    assert len({training_cost(network, 1000, 20, 1) for network in networks}) == 1
