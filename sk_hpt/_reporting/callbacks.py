"""What scikit-learn's callbacks hear of a search.

scikit-learn 1.9 lets callbacks watch a fit as a tree of tasks. A search has GridSearchCV's: the
root ``fit``, under it ``search`` with a leaf ``candidate-split-evaluation`` per fit, and
``refit-with-best-params``. Networks that train natively add their own ``fit`` to it, with a leaf
per epoch, as scikit-learn's iterative estimators do. Where there are no callbacks, or
scikit-learn is older, the null objects stand in and no tree is built.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from sk_hpt._sklearn import (
    callback_context_within,
    has_callbacks,
    start_callback_context,
    subtask_for_worker,
)

ShouldStop = Callable[[], bool]
"""What a network asks before each epoch."""


class NullTask:
    """The task of a fit that nobody watches."""

    asks_to_stop = False

    def around(
        self, estimator: Any, X: Any, y: Any, fit_params: Mapping[str, Any]
    ) -> AbstractContextManager[None]:
        """Nothing happens."""
        return nullcontext()

    def training(
        self, network: Any, should_stop: ShouldStop | None, n_epochs: int | None = None
    ) -> AbstractContextManager[ShouldStop | None]:
        """The same `should_stop`."""
        return nullcontext(should_stop)


@dataclass
class FitTask:
    """One fit of an estimator, as a leaf of the tree; travels to the worker that fits.

    Afterwards ``asks_to_stop`` says whether a callback wants the search to end.
    """

    search: Any
    context: Any
    asks_to_stop: bool = False

    @contextmanager
    def around(
        self, estimator: Any, X: Any, y: Any, fit_params: Mapping[str, Any]
    ) -> Iterator[None]:
        """Tell the callbacks that a fit begins and ends, and hand them on to `estimator`."""
        told = {"estimator": self.search, "X": X, "y": y, "metadata": _metadata(fit_params)}
        try:
            with self.context.propagate_callback_context(estimator):
                self.context.call_on_fit_task_begin(**told)
                yield
        finally:
            self.asks_to_stop |= bool(self.context.call_on_fit_task_end(**told))

    @contextmanager
    def training(
        self, network: Any, should_stop: ShouldStop | None, n_epochs: int | None = None
    ) -> Iterator[ShouldStop | None]:
        """Tell the callbacks of each epoch of a network within the estimator.

        Parameters
        ----------
        network : MLPClassifier or MLPRegressor
            The network, as the estimator has it.
        should_stop : callable or None
            What it would ask otherwise.
        n_epochs : int, optional
            How many it trains at the most; by default its ``max_iter``.

        Yields
        ------
        should_stop : callable or None
            To be asked in place of `should_stop`: also says so where a callback asks for the end.
        """
        n_epochs = network.max_iter if n_epochs is None else n_epochs
        context = callback_context_within(network, n_subtasks=n_epochs)
        if context is None:
            yield should_stop
            return
        context.call_on_fit_task_begin(estimator=network)
        epochs = _Epochs(network, context, should_stop)
        try:
            yield epochs
        finally:
            epochs.end()
            asks_to_stop = context.call_on_fit_task_end(estimator=network)
            self.asks_to_stop |= epochs.asks_to_stop or asks_to_stop


class _Epochs:
    """What a watched network asks before each epoch: tells the callbacks of the one before."""

    def __init__(self, network: Any, context: Any, should_stop: ShouldStop | None) -> None:
        self._network, self._context, self._should_stop = network, context, should_stop
        self._epoch: Any = None
        self.asks_to_stop = False

    def __call__(self) -> bool:
        self.end()
        if self._should_stop is not None and (self.asks_to_stop or self._should_stop()):
            return True
        self._epoch = self._context.subcontext(task_name="epoch")
        self._epoch.call_on_fit_task_begin(estimator=self._network)
        return False

    def end(self) -> None:
        """The epoch that was begun, if one was, is done."""
        if self._epoch is not None:
            self.asks_to_stop |= self._epoch.call_on_fit_task_end(estimator=self._network)
            self._epoch = None


class NullCallbacks:
    """A search that nobody watches."""

    def fitting(
        self, X: Any, y: Any, params: Mapping[str, Any], refit: bool
    ) -> AbstractContextManager[None]:
        """Nothing happens."""
        return nullcontext()

    def searching(self, n_fits: int | None) -> AbstractContextManager[None]:
        """Nothing happens."""
        return nullcontext()

    def evaluation(self, number: int) -> NullTask | FitTask:
        """The task of one fit on one fold."""
        return NullTask()

    def refit(self) -> NullTask | FitTask:
        """The task of the refit."""
        return NullTask()


class SearchCallbacks(NullCallbacks):
    """Builds the tree of tasks of one fit of a search, and tells the callbacks."""

    def __init__(self, search: Any) -> None:
        self._search = search

    @contextmanager
    def fitting(self, X: Any, y: Any, params: Mapping[str, Any], refit: bool) -> Iterator[None]:
        """The root task, around all that `fit` does."""
        told = {"estimator": self._search, "X": X, "y": y, "metadata": _metadata(params)}
        with warnings.catch_warnings():
            # Not a word per fit about networks that have no callbacks: nobody asked for theirs.
            warnings.filterwarnings("ignore", "The estimator .* does not support callbacks")
            self._root = start_callback_context(self._search, n_subtasks=1 + refit)
            self._root.call_on_fit_task_begin(**told)
            yield
            self._root.call_on_fit_task_end(**told)

    @contextmanager
    def searching(self, n_fits: int | None) -> Iterator[None]:
        """The task ``search``, around all fits on folds, if it is known how many."""
        self._searching = self._root.subcontext(
            task_name="search", max_subtasks=n_fits, sequential_subtasks=False
        ).call_on_fit_task_begin(estimator=self._search)
        yield
        self._searching.call_on_fit_task_end(estimator=self._search)

    def evaluation(self, number: int) -> FitTask:
        """The leaf of one fit, or of a part of it, numbered as they start."""
        context = subtask_for_worker(
            self._root, self._searching, "candidate-split-evaluation", number
        )
        return FitTask(self._search, context)

    def refit(self) -> FitTask:
        """The leaf of the refit."""
        return FitTask(self._search, self._root.subcontext(task_name="refit-with-best-params"))


def callbacks_of(search: Any) -> NullCallbacks:
    """What tells the callbacks that were set on `search` or within it, if there are any."""
    return SearchCallbacks(search) if has_callbacks(search) else NullCallbacks()


def _metadata(params: Mapping[str, Any]) -> dict[str, Any] | None:
    sample_weight = params.get("sample_weight")
    return None if sample_weight is None else {"sample_weight": sample_weight}
