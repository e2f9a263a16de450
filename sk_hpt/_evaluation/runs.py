"""Training runs: one candidate on one fold, from its first step to a fitted estimator.

The evaluation drives every run in the same way, and knows no kind of them::

    for epoch in run.epochs(until):    # before each step
        ...                            # stop conditions, observers
    run.fitted()                       # scored on a rung, or at the end
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sklearn.pipeline import Pipeline

from sk_hpt._evaluation.fold_cache import NoCache, PreparedFold, prefix_key
from sk_hpt._evaluation.problem import Problem
from sk_hpt._networks import native_network, with_network
from sk_hpt._trials import Job
from sk_hpt._types import Estimator, Network
from sk_hpt.training._engine_check import trains_natively
from sk_hpt.training._native_fit import begin, fit, resume
from sk_hpt.training._run import TrainingRun, check_is_finite

Drive = Callable[["Run"], None]


class Run(ABC):
    """The training of one candidate on one fold.

    Parameters
    ----------
    estimator : estimator object
        The candidate.
    fold : PreparedFold
        The rows that it is trained and scored on.
    """

    def __init__(self, estimator: Estimator, fold: PreparedFold) -> None:
        self.estimator = estimator
        self.fold = fold

    @property
    @abstractmethod
    def reached(self) -> int:
        """Number of epochs that are done."""

    @property
    @abstractmethod
    def is_finished(self) -> bool:
        """Whether training is over."""

    @abstractmethod
    def epochs(self, until: int | None) -> Iterator[int]:
        """Train to an epoch, or to the end.

        Parameters
        ----------
        until : int or None
            Number of epochs to reach; None is the end.

        Yields
        ------
        epoch : int
            Before each step, the number of epochs that are done.
        """

    @abstractmethod
    def fitted(self) -> Estimator:
        """Return the estimator as it is now, to be scored."""

    @property
    def network(self) -> Network | None:
        """The network that trains epoch by epoch; None if training is a single step."""
        return None

    @property
    def last_epoch(self) -> int:
        """Number of epochs after which training ends, at the latest."""
        return 1


class NetworkRun(Run):
    """A network that trains natively: epoch by epoch, to be paused anywhere."""

    def __init__(self, estimator: Estimator, fold: PreparedFold, training: TrainingRun) -> None:
        super().__init__(estimator, fold)
        self.training = training

    @property
    def reached(self) -> int:
        """Number of epochs that are done."""
        return self.training.epoch

    @property
    def is_finished(self) -> bool:
        """Whether the network has stopped."""
        return self.training.finished

    @property
    def network(self) -> Network:
        """The network."""
        return self.training.network

    @property
    def last_epoch(self) -> int:
        """The network's ``max_iter``."""
        return int(self.network.max_iter)

    def epochs(self, until: int | None) -> Iterator[int]:
        """Train the network; yield before each epoch."""
        return self.training.epochs(self.last_epoch if until is None else until)

    def fitted(self) -> Estimator:
        """Return the estimator with the network as it is now.

        Raises
        ------
        ValueError
            If the network has diverged, in scikit-learn's words.
        """
        network = self.training.predictor()
        check_is_finite(network)
        return with_network(self.estimator, network)


class SingleStepRun(Run):
    """Any estimator, trained by its own `fit` in a single step.

    A run that is fitted anew at each rung of a resource would be a third kind: its `epochs` yields
    once for each rung, and fits a clone with the resource that the rung stands for.
    """

    def __init__(
        self,
        estimator: Estimator,
        fold: PreparedFold,
        fit_params: Mapping[str, Any],
        is_finished: bool = False,
    ) -> None:
        super().__init__(estimator, fold)
        self._fit_params = fit_params
        self._is_finished = is_finished

    @property
    def reached(self) -> int:
        """Number of epochs, where the estimator tells it; else 0."""
        network = native_network(self.estimator)
        return int(network.n_iter_) if self._is_finished and network is not None else 0

    @property
    def is_finished(self) -> bool:
        """Whether the estimator is fitted."""
        return self._is_finished

    def epochs(self, until: int | None) -> Iterator[int]:
        """Yield once, then fit the estimator, whatever `until` is."""
        if not self._is_finished:
            yield 0
            fit(self.estimator, self.fold.X_train, self.fold.y_train, self._fit_params)
            self._is_finished = True

    def fitted(self) -> Estimator:
        """Return the estimator."""
        return self.estimator


def begin_run(
    estimator: Estimator,
    fold: PreparedFold,
    fit_params: Mapping[str, Any],
    drive: Drive,
    *,
    native: bool,
    strict: bool,
) -> Run:
    """Begin to train a candidate, as far as `drive` takes it.

    Parameters
    ----------
    estimator : estimator object
        The candidate.
    fold : PreparedFold
        The rows.
    fit_params : mapping
        Further arguments of `fit`.
    drive : callable
        Called with the run; takes it at least through its first step. For a network this happens
        within the estimator's `fit`, see :func:`sk_hpt.training._native_fit.begin`.
    native : bool
        Whether networks that qualify train natively.
    strict : bool
        Whether a network whose numbers overflow is trained again by scikit-learn.

    Returns
    -------
    run : Run
        The run, to be taken further or scored.
    """
    if not native or not trains_natively(estimator):
        run = SingleStepRun(estimator, fold, fit_params)
        drive(run)
        return run
    begun: list[Run] = []

    def drive_network(training: TrainingRun) -> None:
        begun.append(NetworkRun(estimator, fold, training))
        drive(begun[0])

    X, y = fold.X_train, fold.y_train
    begin(estimator, X, y, fit_params, drive_network, data=fold.data, strict=strict)
    # The engine may decline data that it has seen; then the estimator's own fit was its training.
    return begun[0] if begun else SingleStepRun(estimator, fold, fit_params, is_finished=True)


@dataclass(frozen=True)
class PausedRun:
    """A network's run that waits on a rung.

    It is small: the data are dropped where they can be had again. The rows of a Pipeline whose
    steps draw at random cannot, so they stay.

    Parameters
    ----------
    training : TrainingRun
        The network's run, detached if `estimator` and `fold` are None.
    estimator : estimator object or None
        The candidate.
    fold : PreparedFold or None
        The rows.
    fit_time, score_time : float
        Seconds so far.
    """

    training: TrainingRun
    estimator: Estimator | None
    fold: PreparedFold | None
    fit_time: float
    score_time: float


def pause(run: Run, job: Job, fit_time: float, score_time: float) -> PausedRun:
    """Keep of a network's run what is needed to go on with it."""
    assert isinstance(run, NetworkRun)  # no other run stops before its end
    estimator, training = run.estimator, run.training
    is_plain = type(estimator) is not Pipeline or len(estimator.steps) == 1
    if is_plain or prefix_key(estimator, job.trial.params) is not None:
        training.detach()
        return PausedRun(training, None, None, fit_time, score_time)
    return PausedRun(training, estimator, run.fold, fit_time, score_time)


def resume_run(problem: Problem, job: Job, paused: PausedRun, cache: NoCache) -> NetworkRun:
    """Return a paused run with its data, ready to go on."""
    if paused.estimator is not None and paused.fold is not None:
        return NetworkRun(paused.estimator, paused.fold, paused.training)
    candidate = problem.candidate(job.trial.params)
    estimator, fold = cache.prepare(problem, job, candidate)
    train, _ = problem.folds[job.fold]
    fit_params = problem.fit_params_of(train)
    resume(paused.training, estimator, fold.X_train, fold.y_train, fit_params, fold.data)
    return NetworkRun(estimator, fold, paused.training)
