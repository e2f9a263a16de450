"""Predictions of the test rows of a fold, of which an ensemble is scored later."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import is_classifier

from sk_hpt._types import Estimator, Matrix


def votes_softly(estimator: Estimator) -> bool:
    """Return whether a classifier has probabilities to average."""
    return hasattr(estimator, "predict_proba")


def predictions(estimator: Estimator, X: Matrix) -> NDArray[Any] | None:
    """Return what an ensemble averages: probabilities, (n_rows, n_classes), or predictions.

    None if the estimator cannot predict these rows, which the score has told already.
    """
    is_soft = is_classifier(estimator) and votes_softly(estimator)
    try:
        return np.asarray(estimator.predict_proba(X) if is_soft else estimator.predict(X))
    except Exception:
        return None
