"""The training of one network, which can be paused, continued and pickled."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from sk_hpt._networks import typed_batch_rows
from sk_hpt._sklearn import (
    AdamOptimizer,
    SGDOptimizer,
    count_improvement,
    generator_of,
    has_stalled,
    restore_best_weights,
    set_epochs_without_improvement,
)
from sk_hpt._types import Network, Params
from sk_hpt._warn import warn_user
from sk_hpt.training._data import NO_VALIDATION, TrainingData, split_off_validation
from sk_hpt.training._score import PlainScore
from sk_hpt.training._trajectory import Trajectory, copies


class TrainingRun:
    """The training of one network, epoch by epoch.

    Made by :func:`~sk_hpt.training.start_run`. After each epoch the network has the attributes,
    and has printed and warned, as after the same number of epochs of scikit-learn's ``fit``.
    Advancing to epoch 20 and then to epoch 100 gives the same bits as advancing to 100 at once, in
    this process or after a pickle.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        The network, initialised by scikit-learn's ``fit`` and owned by this run.
    optimizer : object
        scikit-learn's optimizer, for its state and its learning rate.
    data : TrainingData
        The validated data.
    strict : bool, default=False
        If True, raise a FloatingPointError where numpy would have warned that a number
        overflowed or is not a number. A network that prints its progress is never strict, so that
        nothing is printed twice.

    Attributes
    ----------
    network : MLPClassifier or MLPRegressor
        The network that is trained.
    finished : bool
        True if the training is over.

    Examples
    --------
    A paused run can be pickled, and continues where it was.

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
        self,
        network: Network,
        optimizer: AdamOptimizer | SGDOptimizer,
        data: TrainingData,
        strict: bool = False,
    ) -> None:
        self.network = network
        self.finished = False
        self._strict = strict and not network.verbose
        self._optimizer = optimizer
        self._split = split_off_validation(network, data.y)
        data = data.hold_out(network, self._split)
        self._validation = data.validation
        self._score = self._validation_score()
        self._trajectory = _make_trajectory(network, optimizer, data)
        network.n_iter_ = 0

    @property
    def epoch(self) -> int:
        """Number of epochs that are done."""
        return self._trajectory.epoch

    def epochs(self, to_epoch: int) -> Iterator[int]:
        """Train until `to_epoch` epochs are done in all, or the network stops by itself.

        Parameters
        ----------
        to_epoch : int
            Number of epochs to reach.

        Yields
        ------
        epoch : int
            Before each epoch, the number of epochs that are done. Leave the loop to pause.
        """
        while not self.finished and self.epoch < min(to_epoch, self.network.max_iter):
            yield self.epoch
            self.train_epoch()
            if self._end_epoch():
                self.finish()

    def advance(self, to_epoch: int) -> None:
        """Train until `to_epoch` epochs are done in all, or the network stops by itself.

        Parameters
        ----------
        to_epoch : int
            Number of epochs to reach.
        """
        for _ in self.epochs(to_epoch):
            pass

    def estimator(self) -> Network:
        """Return a copy of the network as it is now: to predict with, or to keep.

        Returns
        -------
        network : MLPClassifier or MLPRegressor
            The copy; with early stopping it has the weights that validated best so far.
        """
        return copy.deepcopy(self.predictor())

    def predictor(self) -> Network:
        """Return the network as it is now, to predict with until training goes on.

        Returns
        -------
        network : MLPClassifier or MLPRegressor
            A shallow copy, which shares its weights with the run.
        """
        network = copy.copy(self.network)
        restore_best_weights(network)
        return network

    def finish(self) -> None:
        """End the training here, as scikit-learn does after the last epoch."""
        self.finished = True
        restore_best_weights(self.network)

    def detach(self) -> None:
        """Let go of the data and of all buffers, so that a paused run is small."""
        self._validation, self._score = NO_VALIDATION, None
        self._trajectory.detach()

    def attach(self, data: TrainingData) -> None:
        """Take the data again, the same as in the beginning."""
        data = data.hold_out(self.network, self._split)
        self._validation = data.validation
        self._score = self._validation_score()
        self._trajectory.attach(data.X, data.targets, data.weights, data.rows)

    @property
    def is_attached(self) -> bool:
        """True if the run has the data that it needs to go on."""
        return self._trajectory.X is not None

    def train_epoch(self) -> None:
        """Train one epoch, whether or not the network would stop before."""
        network = self.network
        self._trajectory.advance(self.epoch + 1)
        if self._strict and self._trajectory.overflowed:
            raise FloatingPointError(f"The network's training overflowed in epoch {self.epoch}.")
        network.n_iter_ += 1
        network.loss_ = self._trajectory.loss_curve[-1]
        network.t_ += len(self._trajectory.y)
        network.loss_curve_.append(network.loss_)
        self._update_learning_rate()
        if network.verbose:
            print(f"Iteration {network.n_iter_}, loss = {network.loss_:.8f}")

    def copy_stopped_by(
        self, params: Params, best_loss: float, n_without_improvement: int
    ) -> Network:
        """Copy the network as it would be, had it been trained alone to here, to predict with."""
        stopped = copy.copy(self.network)
        stopped.set_params(**params)
        stopped.coefs_ = copies(self.network.coefs_)
        stopped.intercepts_ = copies(self.network.intercepts_)
        stopped.loss_curve_, stopped.best_loss_ = list(self.network.loss_curve_), best_loss
        set_epochs_without_improvement(stopped, n_without_improvement)
        return stopped

    def _end_epoch(self) -> bool:
        """Do what scikit-learn does at the end of an epoch; return whether it was the last."""
        network, optimizer = self.network, self._optimizer
        score = None if self._score is None else self._score(network)
        count_improvement(network, self._validation, score)
        if has_stalled(network):
            # An adaptive learning rate is lowered a few times before training stops.
            if optimizer.trigger_stopping(_stalled_message(network), network.verbose):
                return True
            self._trajectory.rate = optimizer.learning_rate
            set_epochs_without_improvement(network, 0)
        if network.n_iter_ == network.max_iter:
            warn_not_converged(network.max_iter)
            return True
        return False

    def _validation_score(self) -> PlainScore | None:
        """Return the score on the validation rows, if the engine can compute it."""
        X, y, weights = self._validation
        # scikit-learn 1.7 fails to validate on names, and so must the engine.
        if X is None or y is None or weights is not None or y.dtype.kind == "U":
            return None
        return PlainScore.of(self.network, X, y)

    def _update_learning_rate(self) -> None:
        """Follow the schedule of the learning rate, whether or not the network stops here."""
        optimizer, trajectory = self._optimizer, self._trajectory
        optimizer.iteration_ends(self.network.t_)
        if self.network.solver == "sgd":
            trajectory.rate = optimizer.learning_rate
        else:
            # The engine makes Adam's steps from the initial rate. These are the attributes that
            # scikit-learn's optimizer has after as many steps (Kingma and Ba 2015, section 2).
            optimizer.t = trajectory.epoch * trajectory.n_batches
            optimizer.learning_rate = (
                optimizer.learning_rate_init
                * np.sqrt(1 - optimizer.beta_2**optimizer.t)
                / (1 - optimizer.beta_1**optimizer.t)
            )


def _make_trajectory(
    network: Network, optimizer: AdamOptimizer | SGDOptimizer, data: TrainingData
) -> Trajectory:
    adam = network.solver == "adam"
    if not isinstance(network.batch_size, str) and network.batch_size > len(data.y):
        warn_user(
            "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped",
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
        typed_batch_rows(network, len(data.y)),
        constants,
        network.learning_rate_init if adam else optimizer.learning_rate,
        generator_of(network) if network.shuffle else None,
        data.rows,
    )


def _stalled_message(network: Network) -> str:
    what = "Validation score" if network.early_stopping else "Training loss"
    return (
        f"{what} did not improve more than tol={network.tol:f}"
        f" for {network.n_iter_no_change} consecutive epochs."
    )


def warn_not_converged(max_iter: int) -> None:
    """Warn as scikit-learn does of a network that has come to its last epoch."""
    warn_user(
        f"Stochastic Optimizer: Maximum iterations ({max_iter}) "
        "reached and the optimization hasn't converged yet.",
        ConvergenceWarning,
    )
