"""An estimator's own `fit`, with a run in the place of its network's loop over epochs.

scikit-learn's `fit` validates the data, binarises the labels and draws the initial weights, and
then calls one method that goes through the epochs. While an estimator that we own is fitted, that
method alone is replaced. All else, and what the user gets back, is scikit-learn's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sk_hpt._networks import network_to_fit, typed_batch_rows
from sk_hpt._sklearn import (
    InitialState,
    as_base_class,
    make_optimizer,
    train_by_sklearn,
    training_replaced,
)
from sk_hpt._types import Estimator, Matrix, Network, Target
from sk_hpt.training._data import TrainingData
from sk_hpt.training._run import TrainingRun
from sk_hpt.training._validated_data import ValidatedData

MAX_ROWS_OF_SUMS = 8192
"""numpy sums what it has to cast in chunks of this many elements, and older versions sum
everything so. The engine does not."""

KNOWN_VALUES = {
    "activation": ("identity", "logistic", "tanh", "relu"),
    "loss": ("log_loss", "squared_error", "poisson"),
    "learning_rate": ("constant", "invscaling", "adaptive"),
}
"""Values that the engine knows. scikit-learn refuses others, unless its validation is skipped."""

CONSTANTS = ("alpha", "learning_rate_init", "power_t", "momentum", "beta_1", "beta_2", "epsilon")
"""Parameters that enter the arithmetic, so that their types decide how it rounds."""

Train = Callable[[Network, TrainingData], None]
"""Called with a network, initialised for its first epoch, and its validated data."""


def begin(
    estimator: Estimator,
    X: Matrix,
    y: Target,
    fit_params: Mapping[str, Any],
    drive: Callable[[TrainingRun], None],
    *,
    data: ValidatedData | None = None,
    strict: bool = False,
) -> TrainingRun | None:
    """Fit an estimator, and let the caller drive the training of its network.

    Parameters
    ----------
    estimator : estimator object
        An estimator with a network that the engine may train. It is fitted in place.
    X, y, fit_params
        Passed to the estimator's own `fit`.
    drive : callable
        Called once with the run, within `fit`, where scikit-learn would train: the times that a
        Pipeline prints and the callbacks that it calls then include the training. It may leave
        the run unfinished, and go on with it after `begin` has returned.
    data : ValidatedData, optional
        What the network trains on, validated before, whatever `fit` is given.
    strict : bool, default=False
        Whether scikit-learn trains the network again from its start if its numbers overflow,
        so that the user sees numpy's warnings.

    Returns
    -------
    run : TrainingRun or None
        None if scikit-learn has trained the network to its end after all: the engine would not
        give the same bits on these data, or the numbers of a strict run overflowed.
    """
    runs: list[TrainingRun] = []

    def train(network: Network, data: TrainingData) -> None:
        run = TrainingRun(network, make_optimizer(network), data, strict)
        drive(run)  # raises a FloatingPointError if the numbers overflow, in a strict run
        runs.append(run)

    _fit_with(train, estimator, X, y, fit_params, data)
    return runs[0] if runs else None


def resume(
    run: TrainingRun,
    estimator: Estimator,
    X: Matrix,
    y: Target,
    fit_params: Mapping[str, Any],
    data: ValidatedData | None = None,
) -> None:
    """Give a detached run its data again, by way of a `fit` that does not train.

    Parameters
    ----------
    run : TrainingRun
        A run that was detached.
    estimator : estimator object
        A clone of the estimator that the run was begun with. Steps before the network are fitted.
    X, y, fit_params, data
        As in :func:`begin`, the same as then.
    """
    _fit_with(lambda _, data: run.attach(data), estimator, X, y, fit_params, data)


def _fit_with(
    train: Train,
    estimator: Estimator,
    X: Matrix,
    y: Target,
    fit_params: Mapping[str, Any],
    data: ValidatedData | None,
) -> None:
    """Fit an estimator, with `train` in the place of its network's loop where that is exact."""
    with network_to_fit(estimator) as network:

        def fit_stochastic(
            X: NDArray[Any],
            y: NDArray[Any],
            sample_weight: NDArray[Any] | None,
            *buffers: Any,
            **named: Any,
        ) -> None:
            restore_methods()
            rows = None
            if data is not None:
                X, rows = data.X, data.rows
            exact = _is_exact(network, X, y, sample_weight)
            if rows is not None and not (exact and network.shuffle):
                X, rows = X[rows, ...], None  # without shuffling, BLAS sees their layout
            if exact:
                start = InitialState(network)
                try:
                    train(network, TrainingData(X, rows, y, sample_weight))
                    return
                except FloatingPointError:
                    start.restore(network, y, X.dtype)
                    X = X if rows is None else X[rows, ...]
            train_by_sklearn(network, X, y, sample_weight, *buffers, **named)

        validate = None if data is None else lambda: data.apply_to(network)
        with training_replaced(network, fit_stochastic, validate) as restore_methods:
            # A run that may pause is not a fit that tools should log.
            fit(as_base_class(network) if estimator is network else estimator, X, y, fit_params)


def fit(estimator: Estimator, X: Matrix, y: Target, fit_params: Mapping[str, Any]) -> None:
    """Call an estimator's own `fit`, without `y` where there is none, as scikit-learn does."""
    if y is None:
        estimator.fit(X, **fit_params)
    else:
        estimator.fit(X, y, **fit_params)


def _is_exact(
    network: Network, X: NDArray[Any], y: NDArray[Any], sample_weight: NDArray[Any] | None
) -> bool:
    """Return whether the engine knows these parameters and gives scikit-learn's bits for them."""
    for name, known in KNOWN_VALUES.items():
        value = getattr(network, name)
        if type(value) is not str or value not in known:
            return False
    if type(X) is not np.ndarray or X.dtype not in (np.float64, np.float32):
        return False
    if not X.dtype.isnative or not X.flags.aligned or network.batch_size == 0:
        return False
    single = X.dtype == np.float32
    if sample_weight is not None and sample_weight.dtype != X.dtype:
        return False
    if y.dtype != bool and y.dtype != X.dtype and (single or y.dtype.kind not in "iu"):
        return False
    if y.dtype == bool and network.loss == "poisson":
        return False  # scipy computes its logarithms in a type of its own for bool
    # Scalars of numpy's other types round elsewhere; and its float64 scalars make arrays of
    # float64 where Python's floats do not.
    exact = (float, int) if single else (float, int, np.float64)
    if any(type(getattr(network, name)) not in exact for name in CONSTANTS):
        return False
    are_cast = single and sample_weight is not None
    has_chunks = are_cast or numpy_sums_in_chunks()
    return not has_chunks or bool(typed_batch_rows(network, len(y)) <= MAX_ROWS_OF_SUMS)


@cache
def numpy_sums_in_chunks() -> bool:
    """Return whether numpy sums vectors in chunks also where nothing is cast, as numpy 2.0 does."""
    vectors = np.random.default_rng(0).uniform(size=(20, MAX_ROWS_OF_SUMS + 1000))
    chunks = vectors[:, :MAX_ROWS_OF_SUMS], vectors[:, MAX_ROWS_OF_SUMS:]
    in_chunks = [
        float(np.sum(one)) + float(np.sum(other)) for one, other in zip(*chunks, strict=True)
    ]
    return in_chunks == [float(np.sum(vector)) for vector in vectors]
