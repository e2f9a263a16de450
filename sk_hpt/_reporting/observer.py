"""The base class of all who are told how a search goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any

from sk_hpt._trials import FitResult, Job, ResultsTable
from sk_hpt._types import Estimator, Matrix, Network, Target


class ObserverError(BaseException):
    """Carries an error of an observer out of a fit, where it would count as an error of the fit.

    Parameters
    ----------
    error : Exception
        The error.
    """

    def __init__(self, error: Exception) -> None:
        self.error = error


@contextmanager
def raising_errors() -> Iterator[None]:
    """Raise the error that an ObserverError carries, as if nothing had been between."""
    error = None
    try:
        yield
    except ObserverError as carrier:
        error = carrier.error
    if error is not None:
        raise error


class Observer:
    """Is told how a search goes on. By default every method does nothing.

    Where the search runs, in this order::

        fitting                          around all of the search's `fit`
            searching                    around the evaluation of all trials
                for_job                  before each job, for the observer that goes along with it
                results_known            results were read from a journal
                result_arrived           a job has its result
            for_refit                    for the observer of the refit

    Where a job runs, perhaps in another process::

        evaluation_begins
            fit_begins                   before the estimator's `fit`
                epoch_begins, epoch_ends     of networks that train natively
            training_ends                no more epochs follow
        evaluation_ends                  after scoring

    An exception in any of these methods ends the search; between `fit_begins` and `training_ends`
    an :class:`ObserverError` has to carry it, or the fit counts as failed.
    """

    watches_each_fit = False
    """True if each fit must run by itself, so that similar fits cannot share a training."""

    asks_to_stop = False
    """True if the observer wants the search to end."""

    asks_to_end_fit = False
    """True if the observer wants the fit that it watches to end with the epochs so far."""

    def fitting(
        self, X: Matrix, y: Target, params: Mapping[str, Any], refit: bool
    ) -> AbstractContextManager[None]:
        """Return a context for all of `fit`."""
        return nullcontext()

    def searching(
        self, table: ResultsTable, n_fits: int, is_exact: bool
    ) -> AbstractContextManager[None]:
        """Return a context for the evaluation of all trials.

        Parameters
        ----------
        table : ResultsTable
            The results so far, at any time within the context.
        n_fits : int
            Number of fits.
        is_exact : bool
            Whether there will be as many jobs as fits: False if fits run in parts, or are pruned.
        """
        return nullcontext()

    def for_job(self, number: int) -> Observer:
        """Return the observer that goes along with the job of this number."""
        return self

    def for_refit(self) -> Observer:
        """Return the observer of the refit."""
        return Observer()

    def results_known(self, n_fits: int) -> None:
        """Hear that the results of this many fits were read from a journal."""

    def result_arrived(self, table: ResultsTable) -> None:
        """Hear that the table has one more result."""

    def evaluation_begins(self, job: Job) -> None:
        """Hear that a job begins."""

    def fit_begins(
        self, estimator: Estimator, X: Matrix, y: Target, fit_params: Mapping[str, Any]
    ) -> None:
        """Hear that an estimator is fitted next, and on what."""

    def epoch_begins(
        self, network: Network, epoch: int, last_epoch: int, jobs: Sequence[tuple[Job, int]]
    ) -> None:
        """Hear that a network begins an epoch.

        Parameters
        ----------
        network : MLPClassifier or MLPRegressor
            The network.
        epoch : int
            Number of epochs that are done.
        last_epoch : int
            Number of epochs after which training pauses or ends, at the latest.
        jobs : sequence of (Job, int)
            The jobs that this training serves, each with the maximum number of its epochs.
        """

    def epoch_ends(self) -> None:
        """Hear that the epoch that was begun is over, if one was."""

    def training_ends(self) -> None:
        """Hear that no more epochs follow in this fit; may be told several times."""

    def evaluation_ends(self, result: FitResult | None) -> None:
        """Hear that a job is over; None if it was stopped before it had a result."""


class Observers(Observer):
    """Several observers as one: enters the contexts of all, and passes every event on."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = [each for each in observers if type(each) is not Observer]

    @property
    def watches_each_fit(self) -> bool:  # type: ignore[override]
        """True if any of them watches each fit."""
        return any(each.watches_each_fit for each in self._observers)

    @property
    def asks_to_stop(self) -> bool:  # type: ignore[override]
        """True if any of them wants the search to end."""
        return any(each.asks_to_stop for each in self._observers)

    @property
    def asks_to_end_fit(self) -> bool:  # type: ignore[override]
        """True if any of them wants the fit to end."""
        return any(each.asks_to_end_fit for each in self._observers)

    @contextmanager
    def fitting(
        self, X: Matrix, y: Target, params: Mapping[str, Any], refit: bool
    ) -> Iterator[None]:
        """Enter the contexts of all."""
        with ExitStack() as stack:
            for each in self._observers:
                stack.enter_context(each.fitting(X, y, params, refit))
            yield

    @contextmanager
    def searching(self, table: ResultsTable, n_fits: int, is_exact: bool) -> Iterator[None]:
        """Enter the contexts of all."""
        with ExitStack() as stack:
            for each in self._observers:
                stack.enter_context(each.searching(table, n_fits, is_exact))
            yield

    def for_job(self, number: int) -> Observer:
        """Return the observers that go along, as one."""
        return Observers([each.for_job(number) for each in self._observers])

    def for_refit(self) -> Observer:
        """Return the observers of the refit, as one."""
        return Observers([each.for_refit() for each in self._observers])


def _pass_on(event: str) -> Callable[..., None]:
    def tell_all(self: Observers, *args: object) -> None:
        for each in self._observers:
            getattr(each, event)(*args)

    return tell_all


for _event in (
    *("results_known", "result_arrived", "evaluation_begins", "fit_begins"),
    *("epoch_begins", "epoch_ends", "training_ends", "evaluation_ends"),
):
    setattr(Observers, _event, _pass_on(_event))
