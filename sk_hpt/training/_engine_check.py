"""Check that the engine was built and gives scikit-learn's bits on this machine."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.neural_network import MLPClassifier, MLPRegressor

from sk_hpt._networks import native_network
from sk_hpt._sklearn import as_base_class
from sk_hpt._types import Estimator, Network
from sk_hpt._warn import warn_user
from sk_hpt.training._native_fit import begin

_LOCK = Lock()


def trains_natively(estimator: Estimator) -> bool:
    """Return whether the network in an estimator qualifies, and the engine works here."""
    return native_network(estimator) is not None and engine_works()


def engine_works() -> bool:
    """Return whether the engine was built and gives scikit-learn's bits; warn once if not."""
    with _LOCK:  # the check is made once, also if several threads ask at the same time
        return _checked()


@lru_cache(maxsize=1)
def _checked() -> bool:
    try:
        problem = _find_problem()
    except ImportError as error:
        problem = f"it was not built ({error})"
    if problem:
        warn_user(
            f"The native training engine is not used: {problem}. Networks are trained by "
            "scikit-learn, with the same results but slower. To build the engine, install a C "
            "compiler and reinstall sk_hpt.",
        )
    return not problem


def _find_problem() -> str:
    """Train small networks both ways; return what differs, or an empty string.

    The engine calls loops that belong to numpy and scipy. A version that changes how they are
    put together must be noticed before it changes a result.
    """
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 5)), np.arange(40) % 3
    for dtype in (np.float64, np.float32):
        for network, target in (
            (MLPClassifier((9,), activation="relu", batch_size=16, early_stopping=True), y),
            (MLPClassifier((4, 3), activation="tanh", batch_size=17), y > 1),
            (MLPRegressor(hidden_layer_sizes=(9,), activation="logistic", solver="sgd"), X[:, 0]),
        ):
            # With this tol the networks stop after three epochs. So they give no warning, and no
            # filter has to be set, which would be the whole process's.
            network.set_params(tol=1e9, n_iter_no_change=1, random_state=0)
            data = X.astype(dtype), target.astype(dtype)
            expected = _fit(clone(network), *data)
            begin(network, *data, {}, drive=lambda run: run.advance(10))
            trained, wanted = (
                [*each.coefs_, *each.intercepts_, each.loss_curve_, each.validation_scores_]
                for each in (network, expected)
            )
            if not all(map(np.array_equal, trained, wanted)):
                return f"its weights differ from scikit-learn's in {np.dtype(dtype)}"
    return ""


def _fit(network: Network, X: NDArray[Any], y: NDArray[Any]) -> Network:
    """Fit a network by scikit-learn, which takes Ctrl-C for the end of training."""
    try:
        as_base_class(network).fit(X, y)
    except UserWarning:  # that training was interrupted, where warnings are errors
        raise KeyboardInterrupt from None
    if network.n_iter_ < 3:
        raise KeyboardInterrupt
    return network
