"""Prepared folds: the rows that a network sees, made once for all networks that see the same.

Transformers before a network are fitted once for each fold and each combination of their own
parameters, and what networks are fitted and scored on is validated once.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, clone

from sk_hpt._evaluation.problem import Problem
from sk_hpt._evaluation.rows import is_plain, row_indices, take_rows
from sk_hpt._networks import (
    find_network,
    has_prefix,
    held,
    is_repeatable,
    may_resample,
    native_network,
    without_prefix,
)
from sk_hpt._sklearn import num_samples
from sk_hpt._trials import Job
from sk_hpt._types import Estimator, Matrix, Network, Params, Target
from sk_hpt.training._data import PickledWithLayout
from sk_hpt.training._validated_data import ValidatedData, validate_once

MAX_BYTES = 2**28
"""Prepared folds are kept until they take more memory than this."""


@dataclass(frozen=True)
class PreparedFold:
    """The rows of a fold as an estimator sees them.

    Parameters
    ----------
    X_train, y_train, X_test, y_test
        The rows. `X_train` is None where a network trains on `data`.
    X_train_scored
        The training rows as the estimator is scored on them: of some transformers
        ``fit_transform`` and ``transform`` differ in the last bits. None if they are not scored.
    data : ValidatedData or None
        The data that a network trains on, if they were validated once for many networks.
    """

    X_train: Matrix | None
    y_train: Target
    X_test: Matrix
    y_test: Target
    X_train_scored: Matrix | None
    data: ValidatedData | None = None

    @property
    def nbytes(self) -> float:
        """Bytes of the rows; infinity if they do not tell."""
        parts = (self.X_train, self.y_train, self.X_test, self.y_test, self.X_train_scored)
        return sum(map(_bytes_of, parts))

    def __getstate__(self) -> dict[str, object]:
        """Return the rows to pickle, in their memory layout."""
        return {name: PickledWithLayout.of(rows) for name, rows in vars(self).items()}


def _bytes_of(rows: Matrix | None) -> float:
    if rows is None:
        return 0
    if sparse.issparse(rows):
        arrays = [getattr(rows, name, None) for name in ("data", "indices", "indptr", "row", "col")]
        return sum(array.nbytes for array in arrays if isinstance(array, np.ndarray))
    if hasattr(rows, "memory_usage"):  # pandas
        return float(np.sum(rows.memory_usage(deep=True)))
    if hasattr(rows, "estimated_size"):  # polars
        return float(rows.estimated_size())
    return float(getattr(rows, "nbytes", math.inf))


@dataclass
class _Entry:
    lock: Lock = field(default_factory=Lock)
    is_made: bool = False
    fold: PreparedFold | None = None
    n_bytes: float = 0


class NoCache:
    """Prepares each fold anew."""

    def key(self, problem: Problem, estimator: Estimator, params: Params) -> Hashable | None:
        """Return what decides how rows are prepared; None if each fit has to do it anew."""
        return None

    def prepare(
        self, problem: Problem, job: Job, estimator: Estimator
    ) -> tuple[Estimator, PreparedFold]:
        """Return what is fitted in a job, and on which rows."""
        train, test = problem.folds[job.fold]
        (X_train, y_train), (X_test, y_test) = take_rows(
            estimator, problem.X, problem.y, train, test
        )
        return estimator, PreparedFold(X_train, y_train, X_test, y_test, X_train)


class FoldCache(NoCache):
    """Keeps prepared folds in this process; the least recently used are removed first.

    Parameters
    ----------
    max_bytes : int
        Folds are kept until they take more memory than this.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._n_bytes = 0.0
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._lock = Lock()

    def prepare(
        self, problem: Problem, job: Job, estimator: Estimator
    ) -> tuple[Estimator, PreparedFold]:
        """Return what Pipelines end with and the rows as it sees them, if these can be shared."""
        fold = None
        if native_network(estimator) is not None:
            fold = self._shared_fold(problem, job, estimator)
        return (
            super().prepare(problem, job, estimator)
            if fold is None
            else (without_prefix(estimator), fold)
        )

    def get(self, key: Hashable, make: Callable[[], PreparedFold | None]) -> PreparedFold | None:
        """Return what `make` returned for this key; it is called once, also by many threads."""
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
        with entry.lock:
            if not entry.is_made:
                entry.fold = make()
                entry.is_made = True
                self._count(key, entry)
        return entry.fold

    def _count(self, key: Hashable, entry: _Entry) -> None:
        """Count the bytes of a new entry, and drop the least recently used ones beyond the bound.

        Rows larger than the bound, or of unknown size, are not kept.
        """
        n_bytes = 0 if entry.fold is None else entry.fold.nbytes
        with self._lock:
            if self._entries.get(key) is not entry:
                return
            if n_bytes > self._max_bytes:
                del self._entries[key]
                return
            entry.n_bytes = n_bytes
            self._n_bytes += n_bytes
            while self._n_bytes > self._max_bytes:
                _, oldest = self._entries.popitem(last=False)
                self._n_bytes -= oldest.n_bytes

    def key(self, problem: Problem, estimator: Estimator, params: Params) -> Hashable | None:
        """Return what decides how rows are prepared: nothing, or the steps before a network."""
        if native_network(estimator) is estimator:
            return ()
        if problem.fit_params or not has_prefix(estimator):
            return None
        return prefix_key(estimator, params)

    def _shared_fold(self, problem: Problem, job: Job, estimator: Estimator) -> PreparedFold | None:
        key = self.key(problem, estimator, job.trial.params)
        if key is None:
            return None
        make_fold = _transformed_fold if has_prefix(estimator) else _validated_fold
        make = partial(make_fold, problem, job.fold, estimator)
        network = native_network(estimator)
        try:
            return self.get((job.fold, type(network), key), make)
        except Exception:
            # The fit of the whole Pipeline will fail in the same way, and say so in its words.
            return None


def _validated_fold(problem: Problem, fold: int, network: Network) -> PreparedFold | None:
    """Return the rows of a bare network; None if each fit has to take its own."""
    X, y = problem.X, problem.y
    if problem.return_train_score or not is_plain(X) or not is_plain(y):
        return None
    train, test = problem.folds[fold]
    train = row_indices(train, len(X))
    data = validate_once(network, X, train, y[train, ...])
    if data is None:
        return None
    return PreparedFold(None, y[train, ...], X[test, ...], y[test, ...], None, data)


class _Recorder(BaseEstimator):
    """Stands in for a network, and records which rows it is given.

    So the steps before it do what they do for the network, whatever wrappers they are in.
    """

    def fit(self, X: Matrix, y: Target) -> _Recorder:
        """Record the training rows."""
        self.X_, self.y_ = X, y
        return self

    def predict(self, X: Matrix) -> NDArray[Any]:
        """Record the rows, and return something that a transformed target can be made of."""
        self.X_ = X
        outputs: NDArray[Any] = np.zeros((num_samples(X), *np.asarray(self.y_).shape[1:]))
        return outputs


def _transformed_fold(problem: Problem, fold: int, estimator: Estimator) -> PreparedFold | None:
    """Return the rows after the steps before a network, which are fitted here.

    None if a step works in place: it would write into rows that others share, and scikit-learn's
    scores then depend on how often each scorer calls it. None too if what is left would need other
    targets than it is given.
    """
    train, test = problem.folds[fold]
    (X_train, y_train), (X_test, y_test) = take_rows(estimator, problem.X, problem.y, train, test)
    are_unchanged = [_change_detector(X_train), _change_detector(X_test)]
    prefix, _ = find_network(estimator)
    steps = clone(estimator).set_params(**{prefix.removesuffix("__"): _Recorder()})
    steps.fit(X_train, y_train)
    recorder = _innermost(steps)
    X_fitted = recorder.X_
    last = without_prefix(estimator)
    is_network = native_network(last) is last
    # A transformer of the target is not in the prefix: it is fitted with the network.
    y_left = recorder.y_ if is_network else y_train
    if may_resample(estimator) and (not is_network or problem.return_train_score):
        return None
    X_test_seen = _seen(steps, recorder, X_test)
    X_train_scored = _seen(steps, recorder, X_train) if problem.return_train_score else None
    if not all(is_unchanged() for is_unchanged in are_unchanged):
        return None
    data = validate_once(last, X_fitted, None, y_left) if is_network else None
    return PreparedFold(X_fitted, y_left, X_test_seen, y_test, X_train_scored, data)


def _innermost(estimator: Estimator) -> _Recorder:
    while (inner := held(estimator)) is not None:
        estimator = inner
    assert isinstance(estimator, _Recorder)
    return estimator


def _seen(steps: Estimator, recorder: _Recorder, X: Matrix) -> Matrix:
    """Return what the network sees of `X` when the estimator predicts."""
    steps.predict(X)
    return recorder.X_


def _change_detector(X: Matrix) -> Callable[[], bool]:
    """Return a function that tells whether `X` is still as it is now."""
    if is_plain(X) and not X.dtype.hasobject:
        before = X.copy()
        return lambda: before.tobytes() == X.tobytes()
    digest = joblib.hash(X)
    return lambda: bool(joblib.hash(X) == digest)


def prefix_key(estimator: Estimator, params: Params) -> Hashable | None:
    """Return what decides how the steps before a network are fitted; None if it is random."""
    if not is_repeatable(estimator):
        return None
    prefix, _ = find_network(estimator)
    return hashable_params(
        {name: value for name, value in params.items() if not f"{name}__".startswith(prefix)}
    )


def hashable_params(params: Params) -> Hashable | None:
    """Return a key that is the same for equal parameters only; None if they cannot be hashed."""
    key = tuple((name, type(value), value) for name, value in sorted(params.items()))
    try:
        hash(key)
    except TypeError:
        return None
    return key
