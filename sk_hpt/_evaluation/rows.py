"""The rows of a fold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray
from sklearn import get_config
from sklearn.utils import get_tags

from sk_hpt._sklearn import safe_split
from sk_hpt._types import Estimator, Flags, Matrix, Rows, Target


def take_rows(
    estimator: Estimator, X: Matrix, y: Target, train: Rows, test: Rows
) -> tuple[tuple[Matrix, Target], tuple[Matrix, Target]]:
    """Return (X, y) of the training rows and (X, y) of the test rows, for `estimator`.

    A pairwise estimator gets only the columns of the training rows of a square `X`.
    """
    if is_plain(X) and (y is None or is_plain(y)) and not get_tags(estimator).input_tags.pairwise:
        # This is what scikit-learn does in the end. Not asking first what else X could be saves
        # a sixth of the time of a small fit. take() would return another memory layout, for
        # which BLAS returns other last bits.
        if y is None:
            return (X[train, ...], None), (X[test, ...], None)
        return (X[train, ...], y[train, ...]), (X[test, ...], y[test, ...])
    return safe_split(estimator, X, y, train), safe_split(estimator, X, y, test, train)


def row_indices(rows: Rows | Flags | Sequence[int], n_samples: int) -> Rows:
    """Return rows as an array of indices; splitters and users also give masks and lists."""
    indices: Rows = np.arange(n_samples)[rows]
    return indices


def is_plain(array: object) -> TypeGuard[NDArray[Any]]:
    """Return whether this is exactly a numpy array, which can be indexed as it is."""
    return type(array) is np.ndarray and not get_config()["array_api_dispatch"]
