"""Names for the types of the values that flow through the package.

scikit-learn, scipy and joblib ship no types, so for a type checker their classes are ``Any``;
readers and editors see the names. ``Any`` itself is left for what can be anything: the value of a
hyperparameter, or what a user passes on to somebody else's function.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

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

Scores: TypeAlias = float | dict[str, float]
"""What a scorer returns: a number, or one for each metric."""

Scorer: TypeAlias = Callable[..., Scores]
"""Called as ``scorer(estimator, X, y)``."""

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Rows: TypeAlias = NDArray[np.intp]
"""Indices of rows of the data."""

SpaceLike: TypeAlias = Mapping[str, object] | Iterable[Mapping[str, object]]
"""A search space as users write it: a dict from names to lists, distributions or dimensions of
:mod:`sk_hpt.space`, or several such dicts."""

Fold: TypeAlias = tuple[Rows, Rows]
"""Rows to train on and rows to test on."""

Matrix: TypeAlias = ArrayLike | spmatrix | sparray
"""Features: an array, a data frame, a list or a sparse matrix, of shape (n_samples, n_features)."""

Target: TypeAlias = ArrayLike | None
"""Targets of shape (n_samples,) or (n_samples, n_outputs); None where there are none."""

Seed: TypeAlias = int | RandomState | None
"""What scikit-learn calls ``random_state``."""

Scoring: TypeAlias = str | Scorer | Sequence[str] | Mapping[str, str | Scorer] | None
"""How the test folds are scored, as in scikit-learn's searches."""

Refit: TypeAlias = bool | str | Callable[[Mapping[str, Any]], int]
"""Whether, and by what, the best trial is chosen and refitted."""

CrossValidator: TypeAlias = int | Iterable[Fold] | Any
"""A number of folds, a splitter of scikit-learn's, or the folds themselves."""

PathLike: TypeAlias = str | os.PathLike[str]
