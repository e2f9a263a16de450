"""Many fits at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sklearn.utils.parallel import Parallel, delayed

from sk_hpt._callbacks import NullCallbacks
from sk_hpt._trial import Fit, FoldResult
from sk_hpt.evaluation._fold import FoldEvaluation


class Evaluator:
    """Runs fits through joblib and yields their results as they finish.

    To be used as a context manager, within which the workers are kept from round to round.

    Parameters
    ----------
    evaluation : FoldEvaluation
        What to do for each fit.
    folds : sequence of (train, test)
        Row indices of each fold, split once for the whole search.
    callbacks : NullCallbacks
        Who watches.
    n_jobs, pre_dispatch
        As in joblib: how many fits run at a time, and how many are prepared ahead.
    """

    def __init__(
        self,
        evaluation: FoldEvaluation,
        folds: Sequence[tuple[Any, Any]],
        callbacks: NullCallbacks,
        n_jobs: int | None = None,
        pre_dispatch: int | str = "2*n_jobs",
    ) -> None:
        self._evaluation = evaluation
        self._folds = folds
        self._callbacks = callbacks
        self._parallel = _parallel(n_jobs, pre_dispatch)

    def __enter__(self) -> Evaluator:
        """Start the workers."""
        self._parallel.__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        """Let the workers go, whatever they are doing."""
        self._parallel.__exit__(*exception)

    def run(self, fits: Iterable[Fit]) -> Iterator[FoldResult]:
        """Results in the order in which they finish; `fits` is consumed as workers get free."""
        return iter(self._parallel(self._task(fit) for fit in fits))

    def _task(self, fit: Fit) -> Any:
        train, test = self._folds[fit.fold]
        task = self._callbacks.evaluation(fit.trial.number * len(self._folds) + fit.fold)
        return delayed(FoldEvaluation.fit_and_score)(self._evaluation, fit, train, test, task)


def _parallel(n_jobs: int | None, pre_dispatch: int | str) -> Parallel:
    try:
        return Parallel(n_jobs=n_jobs, pre_dispatch=pre_dispatch, return_as="generator_unordered")
    except ValueError as error:
        if "does not support return_as" not in str(error):
            raise
        # Some backends (multiprocessing, ray) only know how to return everything at the end.
        return Parallel(n_jobs=n_jobs, pre_dispatch=pre_dispatch)
