"""The rows of a fold."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import get_config
from sklearn.utils import get_tags

from sk_hpt._sklearn import safe_split


def take_rows(
    estimator: Any, X: Any, y: Any, train: Any, test: Any
) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """(X, y) of the training rows and (X, y) of the test rows, for `estimator`.

    A pairwise estimator gets the training rows' columns of a square `X`.
    """
    if is_plain(X) and (y is None or is_plain(y)) and not get_tags(estimator).input_tags.pairwise:
        # Just what scikit-learn does in the end, without asking what else X could be: a sixth
        # of the time of a small fit. take() would return another memory layout, which BLAS
        # answers with other last bits.
        if y is None:
            return (X[train, ...], None), (X[test, ...], None)
        return (X[train, ...], y[train, ...]), (X[test, ...], y[test, ...])
    return safe_split(estimator, X, y, train), safe_split(estimator, X, y, test, train)


def row_numbers(rows: Any, n_samples: int) -> NDArray[np.intp]:
    """Rows as splitters or users give them, masks too, as an array of indices."""
    return np.arange(n_samples)[rows]


def is_plain(array: Any) -> bool:
    """Whether this is a numpy array and nothing else, to be indexed without more ado."""
    return type(array) is np.ndarray and not get_config()["array_api_dispatch"]
