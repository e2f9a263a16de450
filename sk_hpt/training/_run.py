"""One network's training, that can be paused, continued and pickled."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from sk_hpt.training._data import NO_VALIDATION, TrainingData, hold_out, training_data
from sk_hpt.training._stopping import SharedStops, Stopping, TrainingStopped
from sk_hpt.training._trajectory import Trajectory, copies


class TrainingRun:
    """The training of one network, an epoch at a time.

    Made by :func:`~sk_hpt.training.start_run`. What scikit-learn's ``fit`` would have done by
    some epoch, with its attributes, words and warnings; advancing to 20 and then to 100 gives
    the bits of advancing to 100 at once, in this process or after a pickle.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        The network, initialised by scikit-learn's ``fit`` and owned by this run.
    optimizer : object
        scikit-learn's optimizer, for its state and its schedule.
    X, y, sample_weight : ndarray
        The validated data.
    rows : ndarray of shape (n_rows,), intp, or None
        The rows of `X` that `y` and `sample_weight` belong to, for a network that shuffles them;
        None is all.

    Examples
    --------
    A run can travel while it is paused, and goes on where it was.

    >>> import pickle
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sk_hpt.training import start_run
    >>> X, y = load_iris(return_X_y=True)
    >>> run = start_run(MLPClassifier(max_iter=20, tol=0.0, random_state=0), X, y)
    >>> run.advance(5)
    >>> run = pickle.loads(pickle.dumps(run))
    >>> run.epoch
    5
    >>> run.estimator().n_iter_
    5
    """

    def __init__(
        self, network: Any, optimizer: Any, X: Any, y: Any, sample_weight: Any, rows: Any = None
    ) -> None:
        self.network = network
        self.finished = False
        self._optimizer = optimizer
        self._split = hold_out(network, y)
        data = training_data(network, X, y, sample_weight, rows, self._split)
        self._validation = data.validation
        self._trajectory = _trajectory(network, optimizer, data)
        network.n_iter_ = 0

    @property
    def epoch(self) -> int:
        """Epochs that are done."""
        return self._trajectory.epoch

    def advance(
        self,
        to_epoch: int,
        strict: bool = False,
        should_stop: Callable[[], bool] | None = None,
    ) -> None:
        """Train until `to_epoch` epochs are done in all, or the network stops by itself.

        Parameters
        ----------
        to_epoch : int
            Epochs to reach.
        strict : bool, default=False
            Whether to raise a FloatingPointError where numpy would have warned of an overflow or
            of a result that is no number.
        should_stop : callable, optional
            Asked before each epoch; where it says so, a TrainingStopped is raised.
        """
        while not self.finished and self.epoch < min(to_epoch, self.network.max_iter):
            _stop_if(should_stop)
            self._train_one_epoch(strict)
            self.finished = self._stops()

    def advance_for_all(
        self, stops: SharedStops, should_stop: Callable[[], bool] | None = None
    ) -> None:
        """Train for several networks; a copy of the network is taken where each would stop."""
        running = dict(enumerate(stops.rules))
        while running:
            _stop_if(should_stop)
            self._train_one_epoch(strict=True)
            for member, rule in list(running.items()):
                rule.hear_loss(self.network.loss_)
                if rule.stalled or self.epoch == rule.max_iter:
                    if not rule.stalled:
                        _warn_not_converged(rule.max_iter)
                    stops.take(member, self._copy_for(rule))
                    del running[member]

    def estimator(self) -> Any:
        """A network of its own as training left it: to predict with, or to keep."""
        return copy.deepcopy(self.predictor())

    def predictor(self) -> Any:
        """The network as training left it: to predict with until training goes on."""
        network = copy.copy(self.network)
        restore_best(network)
        return network

    def detach(self) -> None:
        """Let go of the data and of all buffers: what waits should be small, and small to send."""
        self._validation = NO_VALIDATION
        self._trajectory.detach()

    def attach(self, X: Any, y: Any, sample_weight: Any, rows: Any = None) -> None:
        """Take the data again, the same as in the beginning."""
        data = training_data(self.network, X, y, sample_weight, rows, self._split)
        self._validation = data.validation
        self._trajectory.attach(data.X, data.targets, data.weights, data.rows)

    @property
    def is_attached(self) -> bool:
        """Whether it has the data that it needs to go on."""
        return self._trajectory.X is not None

    def _train_one_epoch(self, strict: bool) -> None:
        network = self.network
        self._trajectory.advance(self.epoch + 1)
        if strict and self._trajectory.overflowed:
            raise FloatingPointError(f"The network's training overflowed in epoch {self.epoch}.")
        network.n_iter_ += 1
        network.loss_ = self._trajectory.loss_curve[-1]
        network.t_ += len(self._trajectory.y)
        network.loss_curve_.append(network.loss_)
        if network.verbose:
            print(f"Iteration {network.n_iter_}, loss = {network.loss_:.8f}")

    def _stops(self) -> bool:
        """What scikit-learn does at the end of an epoch; whether it was the last."""
        network, optimizer = self.network, self._optimizer
        network._update_no_improvement_count(network.early_stopping, *self._validation)
        self._end_epoch()
        if network._no_improvement_count > network.n_iter_no_change:
            if optimizer.trigger_stopping(_stalled(network), network.verbose):
                return True
            self._trajectory.rate = optimizer.learning_rate
            network._no_improvement_count = 0
        if network.n_iter_ == network.max_iter:
            _warn_not_converged(network.max_iter)
            return True
        return False

    def _end_epoch(self) -> None:
        optimizer, trajectory = self._optimizer, self._trajectory
        optimizer.iteration_ends(self.network.t_)
        if self.network.solver == "sgd":
            trajectory.rate = optimizer.learning_rate
        else:
            optimizer.t = trajectory.epoch * trajectory.n_batches
            optimizer.learning_rate = (
                optimizer.learning_rate_init
                * np.sqrt(1 - optimizer.beta_2**optimizer.t)
                / (1 - optimizer.beta_1**optimizer.t)
            )

    def _copy_for(self, rule: Stopping) -> Any:
        """The network as it would be, had it been trained alone to here; to predict with."""
        stopped = copy.copy(self.network)
        stopped.set_params(
            max_iter=rule.max_iter, tol=rule.tol, n_iter_no_change=rule.n_iter_no_change
        )
        stopped.coefs_ = copies(self.network.coefs_)
        stopped.intercepts_ = copies(self.network.intercepts_)
        stopped.loss_curve_, stopped.best_loss_ = list(self.network.loss_curve_), rule.best_loss
        stopped._no_improvement_count = rule.n_without_improvement
        return stopped


def restore_best(network: Any) -> None:
    """With early stopping, go back to the weights that validated best."""
    if network.early_stopping:
        network.coefs_, network.intercepts_ = network._best_coefs, network._best_intercepts


def check_is_finite(network: Any) -> None:
    """Raise scikit-learn's error of a network that diverged."""
    if not all(np.isfinite(weights).all() for weights in (*network.coefs_, *network.intercepts_)):
        raise ValueError(
            "Solver produced non-finite parameter weights. The input data may contain large values "
            "and need to be preprocessed."
        )


def batch_size(network: Any, n_samples: int) -> Any:
    if isinstance(network.batch_size, str):
        return min(200, n_samples)
    return np.clip(network.batch_size, 1, n_samples)


def _trajectory(network: Any, optimizer: Any, data: TrainingData) -> Trajectory:
    adam = network.solver == "adam"
    if not isinstance(network.batch_size, str) and network.batch_size > len(data.y):
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
    return Trajectory(
        data.X,
        data.targets,
        data.weights,
        network.coefs_ + network.intercepts_,
        optimizer.ms if adam else optimizer.velocities,
        optimizer.vs if adam else optimizer.velocities,
        (network.activation, network.out_activation_, loss),
        batch_size(network, len(data.y)),
        constants,
        network.learning_rate_init if adam else optimizer.learning_rate,
        network._random_state if network.shuffle else None,
        data.rows,
    )


def _stop_if(should_stop: Callable[[], bool] | None) -> None:
    if should_stop is not None and should_stop():
        raise TrainingStopped


def _stalled(network: Any) -> str:
    what = "Validation score" if network.early_stopping else "Training loss"
    return (
        f"{what} did not improve more than tol={network.tol:f}"
        f" for {network.n_iter_no_change} consecutive epochs."
    )


def _warn_not_converged(max_iter: int) -> None:
    warnings.warn(
        f"Stochastic Optimizer: Maximum iterations ({max_iter}) "
        "reached and the optimization hasn't converged yet.",
        ConvergenceWarning,
        stacklevel=1,
    )
