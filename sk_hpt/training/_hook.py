"""The hook into scikit-learn's networks: how one trains natively.

scikit-learn's ``_fit`` validates the data, binarises the labels and draws the initial weights,
and then calls ``_fit_stochastic``. That method alone is replaced, by giving a network that we
own a class that has ours. All else, and what the user gets back, is scikit-learn's. This is the
one file beside ``_compat.py`` that knows private names.
"""

from __future__ import annotations

import copy
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer

from sk_hpt.training._run import Stopping, TrainingRun, copies

MOST_ROWS_OF_WIDE_SUMS = 8192
"""numpy sums what it has to cast in pieces of so many elements; the engine does not."""


@dataclass(frozen=True)
class TrainingData:
    """What a network trains on, and what it is validated on when it stops early."""

    X: Any
    y: Any
    sample_weight: Any
    validation: tuple[Any, Any, Any] | None


@dataclass
class SharedStops:
    """Where the members of a shared run stop, and what they were then.

    Parameters
    ----------
    rules : sequence of Stopping
        One per member.
    """

    rules: Sequence[Stopping]
    networks: dict[int, Any] = field(default_factory=dict)
    stopped_at: dict[int, float] = field(default_factory=dict)

    def take(self, member: int, network: Any) -> None:
        """A member has stopped."""
        self.networks[member] = network
        self.stopped_at[member] = time.time()


class _NativeNetwork:
    """Replaces the loop over epochs; a mixin before one of scikit-learn's networks."""

    def _fit_stochastic(
        self, X: Any, y: Any, sample_weight: Any, *buffers: Any, **named: Any
    ) -> None:
        incremental = named.get("incremental", buffers[-1] if buffers else False)
        if incremental or not _exact(self, X, y, sample_weight):
            super()._fit_stochastic(X, y, sample_weight, *buffers, **named)  # type: ignore[misc]
            return
        stops = self.__dict__.pop("_shared_stops", None)
        self._optimizer = _make_optimizer(self)
        data = _training_data(self, X, y, sample_weight)
        run = _start(self, self._optimizer, data)
        if stops is not None:
            _train_for_all(self, run, stops)
            return
        try:
            _train(self, run, data)
        except KeyboardInterrupt:
            warnings.warn("Training interrupted by user.", stacklevel=1)
        _restore_best(self)


def _restore_best(network: Any) -> None:
    """With early stopping, go back to the weights that validated best."""
    if network.early_stopping:
        network.coefs_, network.intercepts_ = network._best_coefs, network._best_intercepts


NATIVE = {  # by scikit-learn's names, for they stand in its error messages
    stock: type(stock.__name__, (_NativeNetwork, stock), {})
    for stock in (MLPClassifier, MLPRegressor)
}


def _exact(network: Any, X: Any, y: Any, sample_weight: Any) -> bool:
    """Whether the engine gives scikit-learn's bits for these types."""
    if type(X) is not np.ndarray or X.dtype not in (np.float64, np.float32):
        return False
    if not X.dtype.isnative or not X.flags.aligned or network.batch_size == 0:
        return False
    single = X.dtype == np.float32
    if sample_weight is not None and sample_weight.dtype != X.dtype:
        return False
    if y.dtype != bool and y.dtype != X.dtype and (single or y.dtype.kind not in "iu"):
        return False
    # Scalars of numpy's other types round elsewhere; and its float64 scalars make arrays of
    # float64 where Python's floats do not.
    exact = (float, int) if single else (float, int, np.float64)
    constants = (
        "alpha",
        "learning_rate_init",
        "power_t",
        "momentum",
        "beta_1",
        "beta_2",
        "epsilon",
    )
    if any(type(getattr(network, name)) not in exact for name in constants):
        return False
    if not single or sample_weight is None:
        return True
    return bool(_batch_size(network, len(X)) <= MOST_ROWS_OF_WIDE_SUMS)


def _training_data(network: Any, X: Any, y: Any, sample_weight: Any) -> TrainingData:
    """All rows, or with early stopping those that are not held out for validation."""
    if not network.early_stopping:
        return TrainingData(X, y, sample_weight, None)
    stratify = y if is_classifier(network) and network.n_outputs_ == 1 else None
    arrays = [X, y] if sample_weight is None else [X, y, sample_weight]
    parts = train_test_split(
        *arrays,
        random_state=network._random_state,
        test_size=network.validation_fraction,
        stratify=stratify,
    )
    if sample_weight is None:
        parts = [*parts, None, None]
    X_train, X_val, y_train, y_val, weight_train, weight_val = parts
    if len(X_val) < 2:
        raise ValueError(
            "The validation set is too small. Increase 'validation_fraction' "
            "or the size of your dataset."
        )
    if is_classifier(network):
        y_val = network._label_binarizer.inverse_transform(y_val)
    return TrainingData(X_train, y_train, weight_train, (X_val, y_val, weight_val))


def _batch_size(network: Any, n_samples: int) -> Any:
    if isinstance(network.batch_size, str):
        return min(200, n_samples)
    return np.clip(network.batch_size, 1, n_samples)


def _make_optimizer(network: Any) -> Any:
    params = network.coefs_ + network.intercepts_
    if network.solver == "adam":
        constants = (network.beta_1, network.beta_2, network.epsilon)
        return AdamOptimizer(params, network.learning_rate_init, *constants)
    constants = (network.momentum, network.nesterovs_momentum, network.power_t)
    return SGDOptimizer(params, network.learning_rate_init, network.learning_rate, *constants)


def _start(network: Any, optimizer: Any, data: TrainingData) -> TrainingRun:
    adam = network.solver == "adam"
    if not isinstance(network.batch_size, str) and network.batch_size > len(data.X):
        warnings.warn(
            "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped",
            stacklevel=1,
        )
    loss = network.loss
    if loss == "log_loss" and network.out_activation_ == "logistic":
        loss = "binary_log_loss"
    constants = {"adam": adam, "alpha": network.alpha}
    if adam:
        for name in ("beta_1", "beta_2", "epsilon"):
            constants[name] = getattr(network, name)
    else:
        constants |= {"momentum": network.momentum, "nesterov": network.nesterovs_momentum}
    return TrainingRun(
        data.X,
        np.ascontiguousarray(data.y, dtype=data.X.dtype),
        None if data.sample_weight is None else np.ascontiguousarray(data.sample_weight),
        network.coefs_ + network.intercepts_,
        optimizer.ms if adam else optimizer.velocities,
        optimizer.vs if adam else optimizer.velocities,
        (network.activation, network.out_activation_, loss),
        _batch_size(network, len(data.X)),
        constants,
        network.learning_rate_init if adam else optimizer.learning_rate,
        network._random_state if network.shuffle else None,
    )


def _train(network: Any, run: TrainingRun, data: TrainingData) -> None:
    """scikit-learn's loop over epochs, with its words, around the run's."""
    optimizer = network._optimizer
    network.n_iter_ = 0
    for _ in range(network.max_iter):
        run.advance(run.epoch + 1)
        network.n_iter_ += 1
        network.loss_ = run.loss_curve[-1]
        network.t_ += len(run.X)
        network.loss_curve_.append(network.loss_)
        if network.verbose:
            print(f"Iteration {network.n_iter_}, loss = {network.loss_:.8f}")
        network._update_no_improvement_count(
            network.early_stopping, *(data.validation or (None,) * 3)
        )
        _end_epoch(network, optimizer, run)
        if network._no_improvement_count > network.n_iter_no_change:
            if optimizer.trigger_stopping(_stalled(network), network.verbose):
                break
            run.rate = optimizer.learning_rate
            network._no_improvement_count = 0
        if network.n_iter_ == network.max_iter:
            _warn_not_converged(network.max_iter)


def _train_for_all(network: Any, run: TrainingRun, stops: SharedStops) -> None:
    """One run for several networks; a copy of the network is taken where each would stop."""
    running = dict(enumerate(stops.rules))
    network.n_iter_ = 0
    while running:
        run.advance(run.epoch + 1)
        network.n_iter_ = run.epoch
        network.loss_ = run.loss_curve[-1]
        network.t_ += len(run.X)
        _end_epoch(network, network._optimizer, run)
        for member, rule in list(running.items()):
            rule.hear_loss(network.loss_)
            if rule.stalled or run.epoch == rule.max_iter:
                if not rule.stalled:
                    _warn_not_converged(rule.max_iter)
                stops.take(member, _stopped(network, run, rule))
                del running[member]


def _stopped(network: Any, run: TrainingRun, rule: Stopping) -> Any:
    """The network as it would be, had it been trained alone to here; to predict with."""
    stopped = copy.copy(network)
    stopped.__class__ = type(network).__mro__[2]
    stopped.set_params(max_iter=rule.max_iter, tol=rule.tol, n_iter_no_change=rule.n_iter_no_change)
    stopped.coefs_, stopped.intercepts_ = copies(network.coefs_), copies(network.intercepts_)
    stopped.loss_curve_, stopped.best_loss_ = list(run.loss_curve), rule.best_loss
    stopped._no_improvement_count = rule.n_without_improvement
    return stopped


def _warn_not_converged(max_iter: int) -> None:
    warnings.warn(
        f"Stochastic Optimizer: Maximum iterations ({max_iter}) "
        "reached and the optimization hasn't converged yet.",
        ConvergenceWarning,
        stacklevel=1,
    )


def _end_epoch(network: Any, optimizer: Any, run: TrainingRun) -> None:
    optimizer.iteration_ends(network.t_)
    if network.solver == "sgd":
        run.rate = optimizer.learning_rate
    else:
        optimizer.t = run.epoch * run.n_batches
        optimizer.learning_rate = (
            optimizer.learning_rate_init
            * np.sqrt(1 - optimizer.beta_2**optimizer.t)
            / (1 - optimizer.beta_1**optimizer.t)
        )


def _stalled(network: Any) -> str:
    what = "Validation score" if network.early_stopping else "Training loss"
    return (
        f"{what} did not improve more than tol={network.tol:f}"
        f" for {network.n_iter_no_change} consecutive epochs."
    )
