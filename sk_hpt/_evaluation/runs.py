"""Training runs: one candidate on one fold, from its first step to a fitted estimator.

    Run
    ├── NetworkRun            a network that trains natively: epoch by epoch, pausable
    │   ├── SharedNetworkRun  for several networks that differ only in when they stop
    │   └── RefitRun          of the best trial, on all rows
    ├── ResourceRun           any estimator, fitted anew on each rung with a part of a resource
    └── SingleStepRun         any estimator, by its own `fit`

The evaluation takes every run through the same steps and knows no kind of them: it advances a run
to a rung or to its end, and scores what is fitted by then.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from sk_hpt._blas import blas_threads
from sk_hpt._evaluation.fold_cache import PreparedFold
from sk_hpt._networks import (
    check_is_finite,
    is_wide,
    native_network,
    with_network,
)
from sk_hpt._sklearn import num_samples
from sk_hpt._types import Estimator, Network
from sk_hpt.training._engine_check import trains_natively
from sk_hpt.training._native_fit import begin, fit
from sk_hpt.training._run import TrainingRun
from sk_hpt.training._shared_run import SharedRun, StoppingRule

BeforeStep = Callable[[int], bool]
"""Called before each step with the number of epochs that are done.

Training goes no further if it returns True or raises.
"""


class Run(ABC):
    """The training of one candidate on one fold.

    Parameters
    ----------
    estimator : estimator object
        The candidate.
    fold : PreparedFold
        The rows that it is trained and scored on.
    fit_params : mapping
        Further arguments of the estimator's `fit`.
    """

    def __init__(
        self, estimator: Estimator, fold: PreparedFold, fit_params: Mapping[str, Any]
    ) -> None:
        self.estimator = estimator
        self.fold = fold
        self.fit_params = fit_params

    @property
    @abstractmethod
    def reached(self) -> int:
        """Number of epochs that are done."""

    @property
    @abstractmethod
    def is_finished(self) -> bool:
        """True if training is over."""

    @abstractmethod
    def advance(self, until: int | None, before_step: BeforeStep) -> None:
        """Train to an epoch, or to the end if `until` is None."""

    @abstractmethod
    def finish(self) -> None:
        """End training here, with the epochs that are done."""

    @abstractmethod
    def fitted(self) -> Estimator:
        """Return the estimator as it is now, to be scored."""

    @property
    def network(self) -> Network | None:
        """The network that trains epoch by epoch; None if training is a single step."""
        return None


class SingleStepRun(Run):
    """Any estimator, trained by its own `fit` in a single step."""

    _is_fitted = False

    @property
    def reached(self) -> int:
        """Number of epochs of a fitted network; 0 for other estimators."""
        network = native_network(self.estimator)
        return int(network.n_iter_) if self._is_fitted and network is not None else 0

    @property
    def is_finished(self) -> bool:
        """True if the estimator is fitted."""
        return self._is_fitted

    def advance(self, until: int | None, before_step: BeforeStep) -> None:
        """Fit the estimator, whatever `until` is."""
        before_step(0)
        fit(self.estimator, self.fold.X_train, self.fold.y_train, self.fit_params)
        self._is_fitted = True

    def finish(self) -> None:
        """Do nothing, because the only step cannot be left."""

    def fitted(self) -> Estimator:
        """Return the estimator."""
        return self.estimator


class NetworkRun(Run):
    """A network that trains natively: epoch by epoch, to be paused anywhere.

    Attributes
    ----------
    training : TrainingRun or None
        The network's training; None before the first step, and if scikit-learn has trained the
        network after all, see :func:`~sk_hpt.training._native_fit.begin`.
    """

    training: TrainingRun | None = None
    _is_trained_by_sklearn = False

    @property
    def reached(self) -> int:
        """Number of epochs that are done."""
        if self.training is not None:
            return self.training.epoch
        return int(self.network.n_iter_) if self._is_trained_by_sklearn else 0

    @property
    def is_finished(self) -> bool:
        """True if the network has stopped."""
        return self._is_trained_by_sklearn if self.training is None else self.training.finished

    @property
    def network(self) -> Network:
        """The network."""
        return native_network(self.estimator) if self.training is None else self.training.network

    def advance(self, until: int | None, before_step: BeforeStep) -> None:
        """Train the network; the first time, this happens within the estimator's `fit`."""
        if self.training is not None:
            self._drive(self.training, until, before_step)
            return

        def drive(training: TrainingRun) -> None:
            self.training = training
            self._drive(training, until, before_step)

        data = self.fold.X_train, self.fold.y_train, self.fit_params
        # Scored on rungs, a network that overflows goes on: trained again it would not pause.
        strict = until is None
        self.training = begin(self.estimator, *data, drive, data=self.fold.data, strict=strict)
        self._is_trained_by_sklearn = self.training is None

    def _drive(self, training: TrainingRun, until: int | None, before_step: BeforeStep) -> None:
        wide = is_wide(training.network, num_samples(self.fold.y_train))
        with blas_threads.unlimited() if wide else nullcontext():
            self._train(training, until, before_step)

    def _train(self, training: TrainingRun, until: int | None, before_step: BeforeStep) -> None:
        for epoch in training.epochs(training.network.max_iter if until is None else until):
            if before_step(epoch):
                break

    def finish(self) -> None:
        """End the network's training here."""
        if self.training is not None:
            self.training.finish()

    def fitted(self) -> Estimator:
        """Return the estimator with the network as it is now.

        Raises
        ------
        ValueError
            If the network has diverged, in scikit-learn's words.
        """
        if self.training is None:
            return self.estimator
        network = self.training.predictor()
        check_is_finite(network)
        return with_network(self.estimator, network)


class SharedNetworkRun(NetworkRun):
    """One training that serves several networks, which differ only in when they stop.

    Attributes
    ----------
    rules : sequence of StoppingRule
        When each of the networks stops.
    shared : SharedRun or None
        The training with the networks that have stopped; None before the first step.
    """

    rules: Sequence[StoppingRule] = ()
    shared: SharedRun | None = None

    def _train(self, training: TrainingRun, until: int | None, before_step: BeforeStep) -> None:
        self.shared = SharedRun(training, self.rules)
        for epoch in self.shared.epochs():
            if before_step(epoch):
                break


class RefitRun(NetworkRun):
    """The network of the best trial, trained on all rows.

    Ctrl-C ends the training with the weights so far, as in scikit-learn's own `fit`.
    """

    def _train(self, training: TrainingRun, until: int | None, before_step: BeforeStep) -> None:
        try:
            super()._train(training, until, before_step)
        except KeyboardInterrupt:
            warnings.warn("Training interrupted by user.", stacklevel=1)
            training.finish()


def new_run(
    estimator: Estimator, fold: PreparedFold, fit_params: Mapping[str, Any], native: bool
) -> Run:
    """Return the run of a candidate, before its first step.

    Parameters
    ----------
    estimator : estimator object
        The candidate, which the run owns.
    fold : PreparedFold
        The rows.
    fit_params : mapping
        Further arguments of the estimator's `fit`.
    native : bool
        Whether networks that qualify train natively.
    """
    kind = NetworkRun if native and trains_natively(estimator) else SingleStepRun
    return kind(estimator, fold, fit_params)
