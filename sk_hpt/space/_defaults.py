"""The space that is searched when none is given."""

from __future__ import annotations

import math

from sk_hpt._networks import STOCHASTIC_SOLVERS, find_network
from sk_hpt._types import Estimator, Network
from sk_hpt.space._categorical import Categorical
from sk_hpt.space._dimension import Dimension
from sk_hpt.space._hidden_layers import HiddenLayers
from sk_hpt.space._numeric import Integer, Real

SMALL_DATA_ROWS = 500
"""With fewer rows than this, deep and wide networks only overfit."""

MAX_BATCH_ROWS = 256
"""Largest mini-batch of the default space."""


def default_space(
    estimator: Estimator, n_samples: int | None = None, n_train: int | None = None
) -> dict[str, Dimension]:
    """Return a space for a multi-layer perceptron that is worth searching on most data.

    The space has the parameters that matter most and apply to the solver: the hidden layers, the
    activation and the penalty; for ``"adam"`` also the learning rate and the batch size; for
    ``"sgd"`` also the momentum and the schedule.

    Parameters
    ----------
    estimator : estimator object
        An `MLPClassifier` or `MLPRegressor`, bare, the last step of a `Pipeline`, or the
        regressor of a `TransformedTargetRegressor`. The names get the prefix that they need.
    n_samples : int, optional
        Number of rows, which a search fills in. Small data get smaller networks and batches.
    n_train : int, optional
        Number of rows of the smallest training fold, which a search fills in: a batch must fit
        into it. By default half of `n_samples`.

    Returns
    -------
    space : dict of str to Dimension
        A space for any search class. It may be changed before it is searched.

    Raises
    ------
    ValueError
        If there is no multi-layer perceptron in `estimator`.

    Examples
    --------
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sk_hpt.space import default_space
    >>> for name, dimension in default_space(MLPClassifier(solver="lbfgs")).items():
    ...     print(name, dimension)
    hidden_layer_sizes HiddenLayers(n_layers=(1, 3), units=(2, 256))
    activation Categorical(choices=('relu', 'tanh'))
    alpha Real(low=1e-06, high=1000.0, log=True)
    """
    prefix, network = find_network(estimator)
    if network is None:
        raise ValueError(
            f"estimator={estimator!r} must be an MLPClassifier or MLPRegressor, bare or as the "
            "last step of a Pipeline, to have a default space. Give the space to search."
        )
    is_small = n_samples is not None and n_samples < SMALL_DATA_ROWS
    n_layers, units = ((1, 2), (8, 128)) if is_small else ((1, 3), (16, 256))
    space: dict[str, Dimension] = {
        "hidden_layer_sizes": HiddenLayers(n_layers, units),
        "activation": Categorical(("relu", "tanh")),
        "alpha": Real(1e-6, 1.0, log=True),
    }
    if network.solver == "lbfgs":
        # It reaches the minimum of the loss, so it overfits more: it needs a larger penalty, or
        # fewer units.
        space["hidden_layer_sizes"] = HiddenLayers(n_layers, (2, units[1]))
        space["alpha"] = Real(1e-6, 1e3, log=True)
    if network.solver in STOCHASTIC_SOLVERS:
        space["batch_size"] = _batch_sizes(network, n_samples, n_train)
    if network.solver == "adam":
        space["learning_rate_init"] = Real(1e-4, 3e-2, log=True)
    if network.solver == "sgd":
        space["learning_rate_init"] = Real(1e-3, 0.5, log=True)
        space["momentum"] = Real(0.5, 0.99)
        space["learning_rate"] = Categorical(("constant", "adaptive"))
    return {prefix + name: dimension for name, dimension in space.items()}


def _batch_sizes(network: Network, n_samples: int | None, n_train: int | None) -> Integer:
    """Return a range of batches that fit into the rows of each training fold."""
    rows = [n_train] if n_train is not None else []
    if n_samples is not None:
        rows.append(n_samples // 2)  # batches of more than half of the rows are rarely best
    if rows and network.early_stopping:
        rows.append(min(rows) - math.ceil(network.validation_fraction * min(rows)))
    largest = max(1, min([MAX_BATCH_ROWS, *rows]))
    return Integer(min(16, largest), largest, log=True)
