"""The default space of a search, which depends on its data and its folds."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from sklearn.model_selection import BaseCrossValidator

from sk_hpt._sklearn import num_samples
from sk_hpt._types import Estimator, Matrix, SpaceLike, Target
from sk_hpt.space import default_space


def default_space_for(
    estimator: Estimator,
    X: Matrix,
    y: Target,
    cv: BaseCrossValidator,
    split_params: Mapping[str, object],
) -> SpaceLike:
    """Return the default space for networks that are trained on these folds."""
    # A copy, because the candidates are drawn before the folds, perhaps by the same generator.
    folds = deepcopy(cv).split(X, y, **split_params)
    n_train = min((len(train) for train, _ in folds), default=None)
    return default_space(estimator, num_samples(X), n_train)
