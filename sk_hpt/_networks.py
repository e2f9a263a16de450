"""The network inside an estimator: where it is, its epochs, its batches, and how it ended.

Two questions sound alike and differ. :func:`find_network` looks for any network, however deep, to
say something about it. :func:`native_network` gives only a network that the training engine may
train: exactly scikit-learn's class, with a stochastic solver.
"""

from __future__ import annotations

import copy
import math
import numbers
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline

from sk_hpt._sklearn import has_stalled
from sk_hpt._types import Estimator, Network

STOCHASTIC_SOLVERS = ("adam", "sgd")
"""Solvers that train in epochs."""

MAX_AUTO_BATCH = 200
"""Rows of a mini-batch with scikit-learn's ``batch_size="auto"``, at most."""

WIDE_PRODUCT = 8_000_000
"""Multiplications in a matrix product from which BLAS threads pay: 200 rows, 200 x 200 weights.

With two threads instead of one, an epoch takes as long for layers of (100,) with 64 features, and
0.57 to 0.64 of the time for (256, 256) and wider ones, on two idle processors.
"""


def is_network(estimator: Estimator) -> bool:
    """Return whether an estimator is a network, or of a class derived from one."""
    return isinstance(estimator, (MLPClassifier, MLPRegressor))


def find_network(estimator: Estimator) -> tuple[str, Network | None]:
    """Find the network in an estimator, and the prefix of its parameters' names.

    Parameters
    ----------
    estimator : estimator object
        A network, bare, the last step of a Pipeline, or the regressor of a
        TransformedTargetRegressor, also nested.

    Returns
    -------
    prefix : str
        For instance ``"mlpclassifier__"``; empty for a bare network.
    network : MLPClassifier, MLPRegressor or None
        None if there is no network.
    """
    prefix, inner = "", estimator
    while not is_network(inner):
        if isinstance(inner, Pipeline) and inner.steps:
            name, inner = inner.steps[-1]
        elif isinstance(inner, TransformedTargetRegressor):
            name, inner = "regressor", inner.regressor
        else:
            return "", None
        prefix += f"{name}__"
    return prefix, inner


UNREAD_PARAMS = {
    "adam": ("learning_rate", "power_t", "momentum", "nesterovs_momentum"),
    "sgd": ("beta_1", "beta_2", "epsilon"),
}
"""Parameters that a solver never reads: networks that differ only in these are the same."""


def has_stock_params(network: Network) -> bool:
    """Return whether a network has all parameters of scikit-learn's classes.

    A class derived from them may have others in their place.
    """
    stock = MLPClassifier if isinstance(network, MLPClassifier) else MLPRegressor
    return stock().get_params().keys() <= network.get_params().keys()


def native_network(estimator: Estimator) -> Network | None:
    """Return the network in an estimator if the engine may train it, else None.

    The network must be exactly scikit-learn's class, with a stochastic solver, bare or within
    wrappers that are understood, see :func:`held`. It is the fitted one if the estimator is fitted.
    """
    while (inner := held(estimator)) is not None:
        estimator = inner
    is_stock = type(estimator) in (MLPClassifier, MLPRegressor)
    return estimator if is_stock and estimator.solver in STOCHASTIC_SOLVERS else None


def held(estimator: Estimator) -> Estimator | None:
    """Return what a wrapper fits last; None for any other estimator.

    Wrappers that are understood are exactly scikit-learn's Pipeline and TransformedTargetRegressor,
    and imbalanced-learn's Pipeline. They pass rows on to what they hold, fit it once, and predict
    with it.
    """
    if _is_pipeline(estimator) and estimator.steps:
        return estimator.steps[-1][1]
    if type(estimator) is TransformedTargetRegressor:
        return getattr(estimator, "regressor_", estimator.regressor)
    return None


def _is_pipeline(estimator: Estimator) -> bool:
    # An instance of its Pipeline exists only if the module has been imported.
    imblearn = sys.modules.get("imblearn.pipeline")
    return type(estimator) in (Pipeline, getattr(imblearn, "Pipeline", Pipeline))


@contextmanager
def network_to_fit(estimator: Estimator) -> Iterator[Network]:
    """Give the network that is fitted while an estimator with a native network is fitted.

    TransformedTargetRegressor fits a clone of its regressor. Within this context the clone is one
    that was made before.
    """
    cloned: list[Estimator] = []
    try:
        while held(estimator) is not None:
            if _is_pipeline(estimator):
                estimator = estimator.steps[-1][1]
                continue
            regressor, fitted = estimator.regressor, clone(estimator.regressor)
            vars(regressor)["__sklearn_clone__"] = partial(_itself, fitted)
            cloned.append(regressor)
            estimator = fitted
        yield estimator
    finally:
        for regressor in cloned:
            del vars(regressor)["__sklearn_clone__"]


def _itself(estimator: Estimator) -> Estimator:
    return estimator


def with_network(estimator: Estimator, network: Network) -> Estimator:
    """Return a fitted estimator with another network in place of its own."""
    inner = held(estimator)
    if inner is None:
        return network
    wrapper = copy.copy(estimator)
    if _is_pipeline(wrapper):
        wrapper.steps = [*wrapper.steps[:-1], (wrapper.steps[-1][0], with_network(inner, network))]
    else:
        wrapper.regressor_ = with_network(inner, network)
    return wrapper


def has_prefix(estimator: Estimator) -> bool:
    """Return whether there are steps before the network in an estimator."""
    return any(len(each.steps) > 1 for each in _pipelines(estimator))


def may_resample(estimator: Estimator) -> bool:
    """Return whether a network may be trained on other rows than the estimator around it."""
    return any(type(each) is not Pipeline for each in _pipelines(estimator))


def _pipelines(estimator: Estimator | None) -> Iterator[Pipeline]:
    while estimator is not None:
        if _is_pipeline(estimator):
            yield estimator
        estimator = held(estimator)


def without_prefix(estimator: Estimator) -> Estimator:
    """Return what is left of an unfitted estimator once its Pipelines have transformed the rows.

    That is its network, or the network within the transformers of its target.
    """
    inner = held(estimator)
    if inner is None:
        return estimator
    inner = without_prefix(inner)
    if _is_pipeline(estimator):
        return inner
    wrapper = copy.copy(estimator)
    wrapper.regressor = inner
    return wrapper


def is_repeatable(estimator: Estimator) -> bool:
    """Return whether a second fit of all but the network in an estimator would be the same.

    It must also be as quiet as the first, and no cache must see it.
    """
    prefix, network = find_network(estimator)
    if network is estimator:
        return True
    for name, value in estimator.get_params(deep=True).items():
        kind = name.split("__")[-1]
        if name.startswith(prefix):
            continue
        if kind == "random_state" and not isinstance(value, numbers.Integral):
            return False
        if (kind == "memory" and value is not None) or (kind == "verbose" and value):
            return False
    return True


def epoch_limit(network: Network | None) -> int | None:
    """Return a network's ``max_iter``; None without a network, or if its `fit` will refuse it."""
    max_iter = getattr(network, "max_iter", None)
    if not isinstance(max_iter, numbers.Integral) or int(max_iter) < 1:
        return None
    return int(max_iter)


def batch_rows(batch_size: int | str, n_samples: int) -> int:
    """Return the number of rows in a mini-batch, which is at most the number of samples."""
    return min(MAX_AUTO_BATCH if isinstance(batch_size, str) else int(batch_size), n_samples)


def training_cost(network: Network, n_samples: int, n_features: int, n_outputs: int) -> float:
    """Return about how long a network trains, if it does not stop before its last epoch.

    The unit is near a microsecond, but only ratios count. The coefficients are those of the time
    of an epoch of the engine, fitted to 288 networks (``docs/benchmarks/engine/epoch_cost.py``).
    """
    hidden = np.ravel(network.hidden_layer_sizes).astype(float)
    widths = np.array([n_features, *hidden, n_outputs])
    n_weights = float(widths[1:] @ widths[:-1])
    smooth = 0.0 if network.activation in ("relu", "identity") else 2.9
    per_row = 0.06 + 0.005 * n_outputs + (0.7 + smooth) * 1e-3 * hidden.sum() + 1.2e-4 * n_weights
    per_update = 0.65 * len(hidden) + 1.2e-3 * n_weights
    is_stochastic = network.solver in STOCHASTIC_SOLVERS
    rows = batch_rows(network.batch_size, n_samples) if is_stochastic else n_samples
    epoch = n_samples * per_row + math.ceil(n_samples / max(rows, 1)) * per_update
    return float(network.max_iter * epoch)


def is_wide(network: Network, n_samples: int) -> bool:
    """Return whether a network that is being trained gains from several BLAS threads."""
    largest_layer = max(coefs.size for coefs in network.coefs_)
    return batch_rows(network.batch_size, n_samples) * largest_layer >= WIDE_PRODUCT


def typed_batch_rows(network: Network, n_samples: int) -> int | np.integer[Any]:
    """Return the same for a network, of the type that scikit-learn has for it.

    The type matters: with a numpy integer, the sum of float32 losses is a float64.
    """
    if isinstance(network.batch_size, str):
        return batch_rows(network.batch_size, n_samples)
    rows: np.integer[Any] = np.clip(network.batch_size, 1, n_samples)
    return rows


def has_converged(network: Network) -> bool:
    """Return whether a fitted network stopped by itself, at its last epoch at the latest."""
    return has_stalled(network) or bool(network.n_iter_ < network.max_iter)


def check_is_finite(network: Network) -> None:
    """Raise scikit-learn's error for a network that diverged."""
    if not all(np.isfinite(weights).all() for weights in (*network.coefs_, *network.intercepts_)):
        raise ValueError(
            "Solver produced non-finite parameter weights. The input data may contain large values "
            "and need to be preprocessed."
        )
