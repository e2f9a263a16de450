"""How a network learned."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline

from sk_hpt._trials import LearningCurve


def learning_curve(estimator: Any) -> LearningCurve | None:
    """The curve of the network in an estimator, as far as it came; None if there is none."""
    if isinstance(estimator, Pipeline) and estimator.steps:
        estimator = estimator.steps[-1][1]
    if not isinstance(estimator, (MLPClassifier, MLPRegressor)):
        return None
    losses = getattr(estimator, "loss_curve_", None)
    if not losses:
        return None
    scores = getattr(estimator, "validation_scores_", None)
    return LearningCurve(_compact(losses), _compact(scores) if scores else None)


def _compact(values: list[float]) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):  # a network that diverges
        return np.array(values, dtype=np.float32)
