"""The rows that a network trains on, and those that it is validated on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.base import is_classifier
from sklearn.model_selection import train_test_split

from sk_hpt._sklearn import decode_classes, generator_of
from sk_hpt._types import Fold, Network, Rows

Validation: TypeAlias = tuple[NDArray[Any] | None, NDArray[Any] | None, NDArray[Any] | None]
"""X, y and sample_weight of the rows that are held out."""

NO_VALIDATION: Validation = (None, None, None)
"""For a network that does not stop early."""


@dataclass(frozen=True)
class TrainingData:
    """The rows to train on, and those to validate on if the network stops early.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        The validated features.
    rows : ndarray of shape (n_rows,), intp, or None
        The rows of `X` that `y` and `sample_weight` belong to, for a network that shuffles them;
        None is all.
    y : ndarray of shape (n_rows, n_outputs)
        The validated targets, classes as indicators.
    sample_weight : ndarray of shape (n_rows,) or None
        Weights of the samples.
    validation : tuple of (X, y, sample_weight)
        The rows that are held out.
    """

    X: NDArray[Any]
    rows: Rows | None
    y: NDArray[Any]
    sample_weight: NDArray[Any] | None
    validation: Validation = NO_VALIDATION

    @property
    def targets(self) -> NDArray[Any]:
        """Targets in the type and layout that the engine reads."""
        return np.ascontiguousarray(self.y, dtype=self.X.dtype)

    @property
    def weights(self) -> NDArray[Any] | None:
        """Weights of the samples in the layout that the engine reads."""
        return None if self.sample_weight is None else np.ascontiguousarray(self.sample_weight)

    def hold_out(self, network: Network, split: Fold | None) -> TrainingData:
        """Return the data with the validation rows of :func:`split_off_validation` apart."""
        if split is None:
            return self
        X, rows, y, sample_weight = self.X, self.rows, self.y, self.sample_weight
        train, held_out = split
        y_val, weight_val = y[held_out, ...], None
        if is_classifier(network):
            y_val = decode_classes(network, y_val)
        if sample_weight is not None:
            sample_weight, weight_val = sample_weight[train, ...], sample_weight[held_out, ...]
        if rows is None and not network.shuffle:
            X_val, X = X[held_out, ...], X[train, ...]
        else:
            rows = np.arange(len(X)) if rows is None else rows
            X_val, rows = X[rows[held_out], ...], rows[train]
        return TrainingData(X, rows, y[train, ...], sample_weight, (X_val, y_val, weight_val))


def split_off_validation(network: Network, y: NDArray[Any]) -> Fold | None:
    """Split the rows to train on from those to validate on; None if it does not stop early."""
    if not network.early_stopping:
        return None
    # The same draw, of the same generator, as in scikit-learn's fit. There the indicators are a
    # column, and the splitter makes a text of each row first, which takes longer than some fits.
    stratify = y.ravel() if is_classifier(network) and network.n_outputs_ == 1 else None
    train, held_out = train_test_split(
        np.arange(len(y)),
        random_state=generator_of(network),
        test_size=network.validation_fraction,
        stratify=stratify,
    )
    if len(held_out) < 2:
        raise ValueError(
            "The validation set is too small. Increase 'validation_fraction' "
            "or the size of your dataset."
        )
    return train, held_out


@dataclass(frozen=True)
class PickledWithLayout:
    """An array whose pickle keeps its strides, which a product's last bits depend on.

    A pickled array comes back in C or Fortran order by itself, whatever its strides were.
    """

    array: NDArray[Any]

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the values and the strides; what comes back is the array."""
        return _copy_with_strides, (np.ascontiguousarray(self.array), self.array.strides)

    @classmethod
    def of(cls, values: Any) -> Any:
        """Return what to pickle in the place of some values."""
        is_array = type(values) is np.ndarray and values.size > 0
        if not is_array or values.flags.forc or values.dtype.hasobject:
            return values
        return cls(values)


def _copy_with_strides(values: NDArray[Any], strides: tuple[int, ...]) -> NDArray[Any]:
    # Steps from the first element to the last; those of reversed axes go backwards.
    spans = [stride * (n - 1) for stride, n in zip(strides, values.shape, strict=True)]
    buffer = np.zeros(sum(map(abs, spans)) + values.itemsize, dtype=np.uint8)
    first = -sum(span for span in spans if span < 0)
    copy = np.ndarray(values.shape, values.dtype, buffer, first, strides)
    copy[...] = values
    return copy
