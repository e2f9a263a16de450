"""Accuracy and R² of a network's predictions, where scikit-learn's checks can be left out.

scikit-learn finds out the type of the targets several times, which takes longer than to predict
with a small network. The operations here are its own, in the same order, so the bits are the same.
"""

from __future__ import annotations

from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray
from sklearn import get_config
from sklearn.neural_network import MLPClassifier

from sk_hpt._types import Network, Target


def is_plain_target(y: Target, network: Network) -> TypeGuard[NDArray[Any]]:
    """Return whether :func:`score_predictions` knows targets such as these of a fitted network."""
    if type(y) is not np.ndarray or get_config()["array_api_dispatch"]:
        return False
    if isinstance(network, MLPClassifier):
        return (
            y.ndim == 1
            and y.dtype.kind in "biU"
            and y.dtype == network.classes_.dtype
            and len(y) >= 2 * len(network.classes_)  # else scikit-learn may warn of many classes
        )
    # Of a single output, also as a column. With one row, scikit-learn warns.
    return y.dtype == np.float64 and len(y) == y.size >= 2


def score_predictions(network: Network, y: NDArray[Any], predicted: NDArray[Any]) -> float | None:
    """Return what the network's `score` returns for these predictions; None if it may refuse them.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        The network that has predicted.
    y : ndarray of shape (n_samples,) or (n_samples, 1)
        Plain targets.
    predicted : ndarray of shape (n_samples,)
        The predictions.
    """
    if isinstance(network, MLPClassifier):
        return float(np.mean(predicted == y))
    if predicted.dtype != np.float64:
        return None
    y, predicted = y.reshape(-1, 1), predicted.reshape(-1, 1)
    with np.errstate(all="ignore"):
        residual = np.sum((y - predicted) ** 2, axis=0)[0]
        total = np.sum((y - np.average(y, axis=0)) ** 2, axis=0)[0]
        if residual == 0:
            return 1.0
        score = 0.0 if total == 0 else float(1 - residual / total)
    # Predictions and targets that are not finite are an error in scikit-learn, or NaN.
    return score if np.isfinite(score) and np.isfinite(residual) else None
