"""Accuracy and R² of a network, without scikit-learn's checks and without the GIL.

scikit-learn finds out the type of the targets several times, which takes longer than to predict
with a small network. Here the operations are the same, in the same order, so the bits are too.
"""

from __future__ import annotations

import math
from typing import Any, Self, TypeGuard

import numpy as np
from numpy.typing import NDArray
from sklearn import get_config
from sklearn.neural_network import MLPClassifier

from sk_hpt._types import Matrix, Network, Target


class PlainScore:
    """Accuracy or R² of a network on some rows, where both are plain; see :meth:`of`.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
        The rows, validated.
    y : ndarray of shape (n_rows,) or (n_rows, 1)
        Their targets.
    classes : ndarray of shape (n_classes,) or None
        The labels; None for a regression.
    """

    def __init__(self, X: NDArray[Any], y: NDArray[Any], classes: NDArray[Any] | None) -> None:
        self._X, self._is_regression = X, classes is None
        self._forward: Any = None
        if classes is None:
            self._y = np.ascontiguousarray(y.ravel())
            # The operations of r2_score, on a column.
            column = y.reshape(-1, 1)
            with np.errstate(all="ignore"):
                squares = (column - np.average(column, axis=0)) ** 2
                self._total = float(np.sum(squares, axis=0)[0])
        else:
            codes = np.minimum(np.searchsorted(classes, y), len(classes) - 1)
            self._y = np.where(classes[codes] == y, codes, -1)

    @classmethod
    def of(cls, network: Network, X: Matrix | None, y: Target) -> Self | None:
        """Return the score of a fitted network; None if only scikit-learn can compute it.

        Classes are integers, booleans, names or whole floats; the target of a regression is one
        output of type float64, like the features. More would have to be checked, or warned of.
        """
        if not (_is_array(X) and _is_array(y)) or get_config()["array_api_dispatch"]:
            return None
        weights = network.coefs_[0]
        if X.dtype != weights.dtype or X.shape != (len(y), len(weights)) or not X.flags.aligned:
            return None
        if not isinstance(network, MLPClassifier):
            is_known = weights.dtype == y.dtype == np.float64 and len(y) == y.size >= 2
            return cls(X, y, None) if is_known else None
        classes = network.classes_
        # With few rows scikit-learn may warn that there are many classes.
        is_known = y.ndim == 1 and y.dtype == classes.dtype and len(y) >= 2 * len(classes)
        return cls(X, y, classes) if is_known and _are_labels(y) else None

    def __call__(self, network: Network) -> float | None:
        """Return the score of the network as it is now; None if it may not be finite."""
        if self._forward is None:
            self._forward = self._make_forward(network)
        if not self._is_regression:
            n_correct = self._forward.count_correct(self._X, self._y)
            return None if n_correct < 0 else n_correct / len(self._y)
        # numpy's versions differ in how they sum many numbers, so numpy does that.
        squares = self._forward.squared_errors(self._X, self._y).reshape(-1, 1)
        error, total = float(np.add.reduce(squares, axis=0)[0]), self._total
        if not (math.isfinite(error) and math.isfinite(total)):
            return None
        if error == 0:
            return 1.0
        return 0.0 if total == 0 else 1 - error / total

    def _make_forward(self, network: Network) -> Any:
        # Imported here, because the rest of this module is of use where no engine was built.
        from sk_hpt.training._forward import Forward

        weights = network.coefs_ + network.intercepts_
        return Forward(weights, network.activation, network.out_activation_, len(self._y))

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the engine's part, which is made again."""
        return {**self.__dict__, "_forward": None}


def _is_array(values: object) -> TypeGuard[NDArray[Any]]:
    return type(values) is np.ndarray


def _are_labels(y: NDArray[Any]) -> bool:
    """Return whether scikit-learn takes targets for classes: floats only if they are whole."""
    if y.dtype.kind != "f":
        return y.dtype.kind in "biuU"
    return bool(np.isfinite(y).all() and (y == np.floor(y)).all())
