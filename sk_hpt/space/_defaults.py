"""The space that is searched when none is given."""

from __future__ import annotations

from typing import Any

from sk_hpt._networks import find_network
from sk_hpt.space._categorical import Categorical
from sk_hpt.space._dimension import Dimension
from sk_hpt.space._hidden_layers import HiddenLayers
from sk_hpt.space._numeric import Integer, Real

SMALL_DATA_ROWS = 500
"""Below so many rows deep and wide networks only overfit."""


def default_space(estimator: Any, n_samples: int | None = None) -> dict[str, Dimension]:
    """A space for a multi-layer perceptron that is worth searching on most data.

    It holds what decides most often and belongs to the solver: the shape, the activation and
    the penalty; for ``"adam"`` also the learning rate and the batch size; for ``"sgd"`` also
    the momentum and the schedule.

    Parameters
    ----------
    estimator : estimator object
        An `MLPClassifier` or `MLPRegressor`, bare, the last step of a `Pipeline`, or the
        regressor of a `TransformedTargetRegressor`; the names get the prefix that they need.
    n_samples : int, optional
        Rows of the data: little data gets smaller networks and batches. A search gives it.

    Returns
    -------
    space : dict of str to Dimension
        Ready for any search class, and to be changed before.

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
    hidden_layer_sizes HiddenLayers(n_layers=(1, 3), units=(16, 256))
    activation Categorical(choices=('relu', 'tanh'))
    alpha Real(low=1e-06, high=1.0, log=True)
    """
    prefix, network = find_network(estimator)
    if network is None:
        raise ValueError(
            "There is a default space only for an MLPClassifier or MLPRegressor, bare or as "
            f"the last step of a Pipeline, got {estimator!r}. Give the space to search."
        )
    small = n_samples is not None and n_samples < SMALL_DATA_ROWS
    space: dict[str, Dimension] = {
        "hidden_layer_sizes": HiddenLayers((1, 2), (8, 128)) if small else HiddenLayers(),
        "activation": Categorical(("relu", "tanh")),
        "alpha": Real(1e-6, 1.0, log=True),
    }
    if network.solver in ("adam", "sgd"):
        space["batch_size"] = _batch_sizes(n_samples)
    if network.solver == "adam":
        space["learning_rate_init"] = Real(1e-4, 3e-2, log=True)
    if network.solver == "sgd":
        space["learning_rate_init"] = Real(1e-3, 0.5, log=True)
        space["momentum"] = Real(0.5, 0.99)
        space["learning_rate"] = Categorical(("constant", "adaptive"))
    return {prefix + name: dimension for name, dimension in space.items()}


def _batch_sizes(n_samples: int | None) -> Integer:
    # A batch may not be larger than a training fold, which with cv=2 is half of the rows.
    largest = 256 if n_samples is None else max(1, min(256, n_samples // 2))
    return Integer(min(16, largest), largest, log=True)
