"""Warning about features on scales that a network cannot learn from well."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.utils.sparsefuncs import mean_variance_axis

from sk_hpt._types import Estimator, Floats, Matrix
from sk_hpt._warn import hint_user

MAX_SCALE_RATIO = 100.0
"""Ratio of the largest to the smallest scale from which on the search warns."""

MAX_SAMPLED_ROWS = 10_000
"""Number of rows, evenly spaced, from which the scales are estimated (at most twice this many)."""


def warn_if_unscaled(estimator: Estimator, X: Matrix) -> None:
    """Warn if a network outside a pipeline gets features on very different scales.

    Both the standard deviations and the largest absolute values must differ. An indicator that
    is rarely 1 has a small standard deviation, and large values once it is standardised, but it
    does no harm to a network.
    """
    if not isinstance(estimator, (MLPClassifier, MLPRegressor)):
        return
    scales = _scales(X)
    if scales is not None and all(_ratio(each) >= MAX_SCALE_RATIO for each in scales):
        network = type(estimator).__name__
        hint_user(
            f"The scales of the features in X differ by a factor of {_ratio(scales[0]):.0f}, and "
            f"{network} is sensitive to feature scaling. Standardise the features within the "
            f"search: pass make_pipeline(StandardScaler(), {network}(...)) as the estimator."
        )


def _scales(X: Matrix) -> tuple[Floats, Floats] | None:
    """Return standard deviation and largest absolute value of each feature; None if not numeric."""
    # Only arrays are sampled, because their slices are views.
    if isinstance(X, np.ndarray):
        X = X[:: max(1, len(X) // MAX_SAMPLED_ROWS)]
    if sparse.issparse(X):
        # The features stay sparse: a dense copy may not fit into memory.
        columns = sparse.csc_matrix(X)
        largest = abs(columns).max(axis=0).toarray().ravel()
        return np.sqrt(mean_variance_axis(columns, axis=0)[1]), largest
    try:
        X = np.asarray(X, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    if X.ndim != 2 or not X.size or not np.all(np.isfinite(X)):
        return None
    return X.std(axis=0), np.abs(X).max(axis=0)


def _ratio(scales: Floats) -> float:
    """Return the ratio of the largest to the smallest scale, not counting scales of zero."""
    positive = scales[scales > 0]
    return float(positive.max() / positive.min()) if len(positive) else 1.0
