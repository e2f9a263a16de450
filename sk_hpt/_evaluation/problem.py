"""The task that all fits of a search share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.neural_network import MLPClassifier, MLPRegressor

from sk_hpt._networks import native_network
from sk_hpt._sklearn import check_method_params
from sk_hpt._types import (
    ErrorScore,
    Estimator,
    Fold,
    Matrix,
    Params,
    Rows,
    Scorer,
    Target,
)
from sk_hpt.training._engine_check import trains_natively

ASSUMED_BYTES = 2**20
"""Size of data that do not tell their size."""

PLAIN = (str, int, float, bool, type(None))
"""Types of values that need not be copied, as numpy's scalars and tuples of these."""


@dataclass(frozen=True)
class Problem:
    """The validated task of a search: what is fitted, on which rows, and how it is scored.

    It is built once in the search's `fit`, and travels to the workers with each job.

    Parameters
    ----------
    estimator : estimator object
        The estimator to clone for each fit.
    X, y : array-like
        The whole data; each fit takes its rows.
    folds : sequence of (train, test)
        Indices of the rows of each fold.
    scorer : callable
        As ``scoring.py`` describes it.
    fit_params, score_params : mapping
        Further arguments of the estimator's ``fit`` and of the scorer. Those with one value
        per row are split like `X`.
    return_train_score : bool, default=False
        Whether to score on the training rows too.
    error_score : float or "raise", default=nan
        The score of a fit that fails.
    native : bool, default=False
        Whether networks that qualify train natively.
    resource : str, optional
        The parameter of the estimator, or ``"n_samples"``, of which a trial gets a part on each
        rung. By default it is the epochs of networks.
    groups : array-like of shape (n_samples,), optional
        The groups by which the splitter has split.
    keeps_predictions : bool, default=False
        Whether results have the predictions of the test rows.
    """

    estimator: Estimator
    X: Matrix
    y: Target
    folds: Sequence[Fold]
    scorer: Scorer
    fit_params: Mapping[str, Any]
    score_params: Mapping[str, Any]
    return_train_score: bool = False
    error_score: ErrorScore = float("nan")
    native: bool = False
    resource: str | None = None
    groups: Matrix | None = None
    keeps_predictions: bool = False

    def __sizeof__(self) -> int:
        """Count the data too: dask asks for this, and sends once what is large."""
        data = sum(getattr(each, "nbytes", ASSUMED_BYTES) for each in (self.X, self.y))
        return object.__sizeof__(self) + data

    @property
    def prefers_threads(self) -> bool:
        """True if the estimator's network trains natively, and so without the GIL."""
        return self.native and trains_natively(self.estimator)

    def without_missing_engine(self) -> Problem:
        """Return the problem with `native` off if it has a network and the engine is missing.

        Asked once here, the engine is not looked for, and missed with a warning, in each worker.
        """
        has_network = native_network(self.estimator) is not None
        return replace(self, native=False) if has_network and not self.prefers_threads else self

    def candidate(self, params: Params) -> Estimator:
        """Return the estimator of a trial, unfitted."""
        own = vars(self.estimator)
        is_stock = type(self.estimator) in (MLPClassifier, MLPRegressor)
        if (
            is_stock
            and params.keys() <= own.keys()
            and _are_plain([*own.values(), *params.values()])
        ):
            # What a clone is in the end. Asking scikit-learn what the parameters are takes a
            # third of the time of a small fit.
            candidate = object.__new__(type(self.estimator))
            vars(candidate).update(own, **params)
            return candidate
        # Parameters can be estimators themselves, so they are cloned too.
        return clone(self.estimator).set_params(**clone(params, safe=False))

    def fit_params_of(self, rows: Rows) -> dict[str, Any]:
        """Return the arguments of `fit` for these rows."""
        params: dict[str, Any] = check_method_params(self.X, params=self.fit_params, indices=rows)
        return params

    def score_params_of(self, rows: Rows) -> dict[str, Any]:
        """Return the arguments of the scorer for these rows."""
        params: dict[str, Any] = check_method_params(self.X, params=self.score_params, indices=rows)
        return params


def _are_plain(values: Sequence[object]) -> bool:
    """Return whether a copy of each value would be the value itself."""
    return all(
        type(value) in PLAIN
        or isinstance(value, np.generic)
        or (type(value) is tuple and _are_plain(value))
        for value in values
    )
