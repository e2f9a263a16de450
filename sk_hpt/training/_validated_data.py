"""Data that many networks train on, validated once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone, is_classifier

from sk_hpt._sklearn import validate_input
from sk_hpt._types import Matrix, Network, Rows, Target


@dataclass(frozen=True)
class ValidatedData:
    """A fold as scikit-learn's validation leaves it, for every network that trains on it.

    Made by :func:`validate_once`.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        The features of all samples, never copied.
    rows : ndarray of shape (n_rows,), intp, or None
        The rows of `X` to train on; None is all.
    y : ndarray of shape (n_rows,) or (n_rows, n_outputs)
        The targets of these rows as a network is trained on them, classes as indicators.
    attributes : dict
        Attributes that validation sets on a network: ``classes_`` and the like.
    """

    X: NDArray[Any]
    rows: Rows | None
    y: NDArray[Any]
    attributes: dict[str, Any]

    def apply_to(self, network: Network) -> tuple[NDArray[Any], NDArray[Any]]:
        """Set the attributes on a network, and return the X and y that its `fit` goes on with.

        `fit` only asks this X for its shape and type. So it is a view of the right length, not a
        copy of the rows.
        """
        vars(network).update(self.attributes)
        return (self.X if self.rows is None else self.X[: len(self.rows)]), self.y


def validate_once(
    network: Network, X: Matrix, rows: Rows | None, y: Target
) -> ValidatedData | None:
    """Validate data for many networks like `network`, as its `fit` would.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        One of the networks.
    X : array-like of shape (n_samples, n_features)
        The features of all samples.
    rows : ndarray of shape (n_rows,), intp, or None
        The rows of `X` to train on; None is all.
    y : array-like of shape (n_rows,) or (n_rows, n_outputs)
        The targets of these rows.

    Returns
    -------
    data : ValidatedData or None
        None if each fit has to validate for itself: to convert what it is given, to warn, or
        to raise.
    """
    if type(X) is not np.ndarray or type(y) is not np.ndarray or y.shape[1:] == (1,):
        return None
    if rows is not None and len(rows) > len(X):
        return None
    probe = clone(network)
    before = set(vars(probe))
    X_train = X if rows is None else X[rows, ...]
    try:
        if is_classifier(network) and 2 * len(np.unique(y)) > len(y):
            return None  # scikit-learn warns at each fit that there are many classes
        X_valid, y_valid = validate_input(probe, X_train, y)
    except Exception:
        return None
    attributes = {name: value for name, value in vars(probe).items() if name not in before}
    return ValidatedData(X, rows, y_valid, attributes) if X_valid is X_train else None
