"""scikit-learn's callbacks, told of a search as they are told of GridSearchCV.

scikit-learn 1.9 lets callbacks watch a fit as a tree of tasks. A search has GridSearchCV's: the
root ``fit``, under it ``search`` with a leaf ``candidate-split-evaluation`` for each job, and
``refit-with-best-params``. A network that trains natively adds its own ``fit`` to it, with a leaf
for each epoch, as scikit-learn's iterative estimators do. Without callbacks, or with an older
scikit-learn, no tree is built.

A callback that returns True at the end of a task asks to stop the iterations that the task belongs
to: after an epoch the fit ends with the epochs so far, after a ``candidate-split-evaluation`` the
search ends. The other tasks are not iterations, so nothing ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from sk_hpt._reporting.observer import Observer, ObserverError
from sk_hpt._sklearn import (
    CallbackContext,
    callback_context_within,
    has_callbacks,
    start_callback_context,
    subtask_for_worker,
)
from sk_hpt._trials import FitResult, Job, ResultsTable
from sk_hpt._types import Estimator, Matrix, Network, Target
from sk_hpt._warning_filters import silenced


def callbacks_of(search: Estimator) -> Observer:
    """Return the observer that tells the callbacks on a search or within it, if it has any."""
    return SearchCallbacks(search) if has_callbacks(search) else Observer()


class SearchCallbacks(Observer):
    """Builds the tree of tasks of one fit of a search, and tells the callbacks.

    Parameters
    ----------
    search : estimator object
        The search.
    """

    watches_each_fit = True

    def __init__(self, search: Estimator) -> None:
        self._search = search

    @contextmanager
    def fitting(
        self, X: Matrix, y: Target, params: Mapping[str, Any], refit: bool
    ) -> Iterator[None]:
        """Tell of the root task."""
        told = {"estimator": self._search, "X": X, "y": y, "metadata": _metadata(params)}
        self._root = start_callback_context(self._search, n_subtasks=1 + refit)
        self._root.call_on_fit_task_begin(**told)
        yield
        self._root.call_on_fit_task_end(**told)

    @contextmanager
    def searching(self, table: ResultsTable, n_fits: int, is_exact: bool) -> Iterator[None]:
        """Tell of the task ``search``, with the number of its leaves if it is known."""
        self._searching = self._root.subcontext(
            task_name="search",
            max_subtasks=n_fits if is_exact else None,
            sequential_subtasks=False,
        ).call_on_fit_task_begin(estimator=self._search)
        yield
        self._searching.call_on_fit_task_end(estimator=self._search)

    def for_job(self, number: int) -> Observer:
        """Return what tells of one job; jobs are numbered as they start."""
        context = subtask_for_worker(
            self._root, self._searching, "candidate-split-evaluation", number
        )
        return JobCallbacks(self._search, context)

    def for_refit(self) -> Observer:
        """Return what tells of the refit."""
        return JobCallbacks(self._search, self._root.subcontext(task_name="refit-with-best-params"))


class JobCallbacks(Observer):
    """Tells the callbacks of one job, or of the refit; travels to the worker that runs it.

    Parameters
    ----------
    search : estimator object
        The search.
    context : CallbackContext
        The task of the job.
    """

    def __init__(self, search: Estimator, context: CallbackContext) -> None:
        self._search, self._context = search, context
        self._told: dict[str, Any] | None = None
        self._network: Network | None = None
        self._network_context: CallbackContext | None = None
        self._epoch_context: CallbackContext | None = None
        self._propagation = ExitStack()
        self._has_failed = False
        self.asks_to_stop = self.asks_to_end_fit = False

    def fit_begins(
        self, estimator: Estimator, X: Matrix, y: Target, fit_params: Mapping[str, Any]
    ) -> None:
        """Begin the task, and hand the callbacks on to the estimator."""
        told = {"estimator": self._search, "X": X, "y": y, "metadata": _metadata(fit_params)}
        # Nobody asked for the networks' own callbacks, so no warning that they have none.
        self._propagation.enter_context(silenced("The estimator .* does not support callbacks"))
        self._propagation.enter_context(self._context.propagate_callback_context(estimator))
        self._tell(self._context.call_on_fit_task_begin, **told)
        self._told = told

    def epoch_begins(
        self, network: Network, epoch: int, last_epoch: int, jobs: Sequence[tuple[Job, int]]
    ) -> None:
        """Begin the task of an epoch, and before the first one that of the network's `fit`."""
        if self._network is None:
            self._network = network
            self._network_context = callback_context_within(network, last_epoch - epoch)
            if self._network_context is not None:
                self._tell(self._network_context.call_on_fit_task_begin, estimator=network)
        if self._network_context is not None:
            self._epoch_context = self._network_context.subcontext(task_name="epoch")
            self._tell(self._epoch_context.call_on_fit_task_begin, estimator=network)

    def epoch_ends(self) -> None:
        """End the task of the epoch."""
        context, self._epoch_context = self._epoch_context, None
        if context is not None and self._tell(
            context.call_on_fit_task_end, estimator=self._network
        ):
            self.asks_to_end_fit = True

    def training_ends(self) -> None:
        """End the task of the network's `fit`."""
        self.epoch_ends()
        context, self._network_context = self._network_context, None
        if context is not None:
            self._tell(context.call_on_fit_task_end, estimator=self._network)

    def evaluation_ends(self, result: FitResult | None) -> None:
        """End the task, and take the callbacks from the estimator again."""
        self._propagation.close()
        told, self._told = self._told, None
        if told is not None:
            self.asks_to_stop = self._tell(self._context.call_on_fit_task_end, **told)

    def _tell(self, hook: Callable[..., Any], **told: Any) -> bool:
        """Call a hook of the callbacks and return whether one asks to stop.

        After one has raised an error nothing is told any more: the search ends with that error.
        """
        if self._has_failed:
            return False
        try:
            return hook(**told) is True
        except Exception as error:
            self._has_failed = True
            raise ObserverError(error) from error


def _metadata(params: Mapping[str, Any]) -> dict[str, Any] | None:
    sample_weight = params.get("sample_weight")
    return None if sample_weight is None else {"sample_weight": sample_weight}
