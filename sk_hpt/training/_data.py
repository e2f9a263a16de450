"""The rows that a network trains on, and those that it is validated on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.model_selection import train_test_split

NO_VALIDATION = (None, None, None)
"""X, y and weights of a network that does not stop early."""


@dataclass(frozen=True)
class TrainingData:
    """What a network trains on, and what it is validated on when it stops early."""

    X: Any
    rows: Any
    y: Any
    sample_weight: Any
    validation: tuple[Any, Any, Any] = NO_VALIDATION

    @property
    def targets(self) -> Any:
        """The targets as the engine reads them."""
        return np.ascontiguousarray(self.y, dtype=self.X.dtype)

    @property
    def weights(self) -> Any:
        """The samples' weights as the engine reads them, if there are any."""
        return None if self.sample_weight is None else np.ascontiguousarray(self.sample_weight)


def hold_out(network: Any, y: Any) -> tuple[Any, Any] | None:
    """Which rows are trained on, and which are held out to validate on if it stops early."""
    if not network.early_stopping:
        return None
    stratify = y if is_classifier(network) and network.n_outputs_ == 1 else None
    train, held_out = train_test_split(
        np.arange(len(y)),
        random_state=network._random_state,
        test_size=network.validation_fraction,
        stratify=stratify,
    )
    if len(held_out) < 2:
        raise ValueError(
            "The validation set is too small. Increase 'validation_fraction' "
            "or the size of your dataset."
        )
    return train, held_out


def training_data(
    network: Any, X: Any, y: Any, sample_weight: Any, rows: Any, split: tuple[Any, Any] | None
) -> TrainingData:
    """All rows, or with early stopping those that are not held out for validation."""
    if split is None:
        return TrainingData(X, rows, y, sample_weight)
    train, held_out = split
    y_val, weight_val = y[held_out, ...], None
    if is_classifier(network):
        y_val = network._label_binarizer.inverse_transform(y_val)
    if sample_weight is not None:
        sample_weight, weight_val = sample_weight[train, ...], sample_weight[held_out, ...]
    if rows is None and not network.shuffle:
        X_val, X = X[held_out, ...], X[train, ...]
    else:
        rows = np.arange(len(X)) if rows is None else rows
        X_val, rows = X[rows[held_out], ...], rows[train]
    return TrainingData(X, rows, y[train, ...], sample_weight, (X_val, y_val, weight_val))
