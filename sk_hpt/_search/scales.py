"""Warnings about features and targets on scales that a network cannot learn from well."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline
from sklearn.utils.sparsefuncs import mean_variance_axis

from sk_hpt._sklearn import num_samples
from sk_hpt._types import Estimator, Floats, Matrix, Target
from sk_hpt._warn import hint_user

MAX_SCALE_RATIO = 100.0
"""Ratio of the largest to the smallest scale from which on the search warns."""

MIN_TARGET_STD, MAX_TARGET_SIZE, MAX_TARGET_OFFSET = 0.1, 100.0, 10.0
"""A target outside of these is learned badly: standard deviation, root mean square, and mean as a
multiple of the standard deviation. On diabetes and friedman1, ``solver="adam"`` loses from 0.1 to
more than 1 in R² there, and less within."""

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


def warn_if_target_unscaled(estimator: Estimator, y: Target) -> None:
    """Warn if a network for regression, perhaps in a Pipeline, gets a target far from unit scale.

    Poisson regression is left alone, because its targets must not become negative.
    """
    network = estimator
    while isinstance(network, Pipeline) and network.steps:
        network = network.steps[-1][1]
    if not isinstance(network, MLPRegressor) or getattr(network, "loss", "") == "poisson":
        return
    far = _far_from_unit_scale(y)
    if far is not None:
        hint_user(
            f"The target y is far from unit scale (mean {far[0]:.3g}, standard deviation "
            f"{far[1]:.3g}), and {type(network).__name__} is sensitive to the scale of its target. "
            "Standardise the target within the search: pass TransformedTargetRegressor(estimator, "
            "transformer=StandardScaler()) as the estimator, and put regressor__ in front of the "
            "names of its parameters."
        )


def _far_from_unit_scale(y: Target) -> tuple[float, float] | None:
    """Return mean and standard deviation of the first output that is far from unit scale."""
    try:
        columns = np.atleast_2d(np.asarray(y, dtype=np.float64).T)
    except (TypeError, ValueError):
        return None
    if columns.ndim != 2 or not columns.size or not np.all(np.isfinite(columns)):
        return None
    means, stds = columns.mean(axis=1), columns.std(axis=1)
    is_far = (
        (stds < MIN_TARGET_STD)
        | (np.hypot(means, stds) > MAX_TARGET_SIZE)
        | (np.abs(means) > MAX_TARGET_OFFSET * stds)
    ) & (stds > 0)
    first = int(np.argmax(is_far))
    return (float(means[first]), float(stds[first])) if is_far[first] else None


def _scales(X: Matrix) -> tuple[Floats, Floats] | None:
    """Return standard deviation and largest absolute value of each feature; None if not numeric."""
    if sparse.issparse(X):
        # The features stay sparse: a dense copy may not fit into memory.
        columns = sparse.csc_matrix(_sample(X))
        largest = abs(columns).max(axis=0).toarray().ravel()
        return np.sqrt(mean_variance_axis(columns, axis=0)[1]), largest
    try:
        X = np.asarray(_sample(X), dtype=np.float64)
    except (TypeError, ValueError):
        return None
    if X.ndim != 2 or not X.size or not np.all(np.isfinite(X)):
        return None
    return X.std(axis=0), np.abs(X).max(axis=0)


def _sample(X: Matrix) -> Matrix:
    """Return evenly spaced rows, all of them if there are few."""
    step = max(1, num_samples(X) // MAX_SAMPLED_ROWS)
    rows: Any = getattr(X, "iloc", X)
    if sparse.issparse(X) and rows.format not in ("csr", "csc"):
        rows = rows.tocsr()  # not all other formats have slices
    return X if step == 1 else rows[::step]


def _ratio(scales: Floats) -> float:
    """Return the ratio of the largest to the smallest scale, not counting scales of zero."""
    positive = scales[scales > 0]
    return float(positive.max() / positive.min()) if len(positive) else 1.0
