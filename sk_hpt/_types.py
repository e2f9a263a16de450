"""Names for the types of the values that flow through the package.

scikit-learn, scipy and joblib ship no types, so for a type checker their classes are ``Any``;
readers and editors see the names. ``Any`` itself is left for what can be anything: the value of a
hyperparameter, or what a user passes on to somebody else's function.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import sparray, spmatrix
from sklearn.base import BaseEstimator
from sklearn.neural_network import MLPClassifier, MLPRegressor

Estimator: TypeAlias = BaseEstimator
"""An estimator of scikit-learn's, or one that behaves like them."""

Network: TypeAlias = MLPClassifier | MLPRegressor
"""A neural network of scikit-learn's."""

Params: TypeAlias = dict[str, Any]
"""Hyperparameters by name, as :meth:`set_params` takes them."""

CVResults: TypeAlias = Mapping[str, Any]
"""Columns by name, one row per trial, as in ``cv_results_``; a column is an array or a list."""

Scores: TypeAlias = float | dict[str, float]
"""The answer of a scorer: a number, or one for each metric."""

Scorer: TypeAlias = Callable[..., Scores]
"""Called as ``scorer(estimator, X, y)``."""

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Rows: TypeAlias = NDArray[np.intp]
"""Indices of rows of the data."""

Fold: TypeAlias = tuple[Rows, Rows]
"""Rows to train on and rows to test on."""

Matrix: TypeAlias = ArrayLike | spmatrix | sparray
"""Features: an array, a data frame, a list or a sparse matrix, of shape (n_samples, n_features)."""

Target: TypeAlias = ArrayLike | None
"""Targets of shape (n_samples,) or (n_samples, n_outputs); None where there are none."""

Seed: TypeAlias = int | RandomState | None
"""The values of a ``random_state``."""

Scoring: TypeAlias = str | Scorer | Sequence[str] | Mapping[str, str | Scorer] | None
"""Metric or metrics for the test folds, as in scikit-learn's searches."""

Refit: TypeAlias = bool | str | Callable[[CVResults], int]
"""Choice of the trial that is refitted, if any is, as in scikit-learn's searches."""


class Splitter(Protocol):
    """A splitter, as :class:`~sklearn.model_selection.KFold` is one."""

    def split(self, X: Matrix, y: Target = None, groups: ArrayLike | None = None) -> Iterable[Fold]:
        """Return the folds."""

    def get_n_splits(
        self, X: Matrix | None = None, y: Target = None, groups: ArrayLike | None = None
    ) -> int:
        """Return the number of folds."""


CrossValidator: TypeAlias = int | Splitter | Iterable[Fold] | None
"""A number of folds, a splitter, the folds themselves, or None for scikit-learn's default."""

SpaceLike: TypeAlias = Mapping[str, object] | Iterable[Mapping[str, object]]
"""A search space as users write it: a dict from names to lists, distributions or dimensions of
:mod:`sk_hpt.space`, or several such dicts."""

InitialPoints: TypeAlias = Sequence[Params] | CVResults
"""Trials to evaluate first, or the ``cv_results_`` of an earlier search."""

PathLike: TypeAlias = str | os.PathLike[str]

ErrorScore: TypeAlias = float | Literal["raise"]
"""The score of a fit that fails; "raise" raises its error."""
