"""The learning curve of a fitted estimator."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sk_hpt._networks import find_network, native_network
from sk_hpt._trials import LearningCurve
from sk_hpt._types import Estimator


def learning_curve(estimator: Estimator | None) -> LearningCurve | None:
    """Return the curve of the network in an estimator; None if there is none."""
    network = native_network(estimator) or find_network(estimator)[1]
    losses = getattr(network, "loss_curve_", None)
    if not losses:
        return None
    scores = getattr(network, "validation_scores_", None)
    return LearningCurve(_as_float32(losses), _as_float32(scores) if scores else None)


def _as_float32(values: Sequence[float]) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):  # a network that diverges
        return np.array(values, dtype=np.float32)
