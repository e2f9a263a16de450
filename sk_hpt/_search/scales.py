"""A warning for data that a network cannot learn from well."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.utils.sparsefuncs import mean_variance_axis

APART = 100.0
"""Scales that differ by this factor are warned of."""

MOST_ROWS = 10_000
"""So many rows, evenly taken, are enough to see it."""


def warn_of_scales(estimator: Any, X: Any) -> None:
    """Warn if a bare network gets features whose scales are far apart.

    They must be apart by their standard deviations and by their largest values: a rare
    indicator has a small deviation, and standardised it has large values, but it does no harm.
    """
    if not isinstance(estimator, (MLPClassifier, MLPRegressor)):
        return
    scales = _scales(X)
    if scales is not None and all(_spread(each) >= APART for each in scales):
        warnings.warn(
            f"The features of X have scales that are a factor of {_spread(scales[0]):.0f} apart, "
            f"and {type(estimator).__name__} is sensitive to that. Standardise them within the "
            f"search: make_pipeline(StandardScaler(), {type(estimator).__name__}(...)) in place "
            "of the bare network.",
            UserWarning,
            stacklevel=4,
        )


def _scales(X: Any) -> tuple[Any, Any] | None:
    """Standard deviation and largest absolute value of each feature; None if not numeric."""
    if isinstance(X, np.ndarray):
        X = X[:: max(1, len(X) // MOST_ROWS)]
    if sparse.issparse(X):
        X = X.tocsc()
        return np.sqrt(mean_variance_axis(X, axis=0)[1]), abs(X).max(axis=0).toarray().ravel()
    try:
        X = np.asarray(X, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    if X.ndim != 2 or not X.size or not np.all(np.isfinite(X)):
        return None
    return X.std(axis=0), np.abs(X).max(axis=0)


def _spread(scales: Any) -> float:
    """Largest over smallest, constants and empty features aside."""
    positive = scales[scales > 0]
    return float(positive.max() / positive.min()) if len(positive) else 1.0
