"""The fits on all rows after a search: of the best trial, or of the members of an ensemble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import joblib
from joblib.parallel import get_active_backend
from sklearn import config_context, get_config
from sklearn.utils.parallel import Parallel, delayed

from sk_hpt._blas import blas_threads
from sk_hpt._evaluation.evaluate import train
from sk_hpt._evaluation.fold_cache import PreparedFold
from sk_hpt._evaluation.problem import Problem
from sk_hpt._evaluation.runs import NetworkRun, RefitRun, new_run
from sk_hpt._reporting import Observer, raising_errors
from sk_hpt._stop_request import StopRequest
from sk_hpt._types import Estimator


def refit(problem: Problem, estimator: Estimator, observer: Observer, stop: StopRequest) -> None:
    """Fit an estimator on all rows.

    However the search has ended, the network is trained to its end. A callback that asks to stop
    after an epoch ends the training, and so does Ctrl-C, as in scikit-learn's own `fit`; after a
    search that was interrupted it raises.
    """
    X, y, fit_params = problem.X, problem.y, problem.fit_params
    fold = PreparedFold(X, y, X, y, None)
    run = new_run(estimator, fold, fit_params, problem.native)
    if isinstance(run, NetworkRun) and not stop.is_interrupted:
        run = RefitRun(estimator, fold, fit_params)
    with raising_errors():
        try:
            observer.fit_begins(estimator, X, y, fit_params)
            train(run, None, observer, must_stop=lambda: False)
        finally:
            observer.training_ends()
            observer.evaluation_ends(None)


def refit_together(
    problem: Problem,
    estimators: Sequence[Estimator],
    observer: Observer,
    stop: StopRequest,
    n_jobs: int | None,
) -> list[Estimator | None]:
    """Fit several estimators on all rows, at the same time if there are workers.

    Parameters
    ----------
    problem : Problem
        The rows, and how they are fitted.
    estimators : sequence of estimator object
        The estimators, unfitted.
    observer : Observer
        Is told of the first fit, which is that of the best trial.
    stop : StopRequest
        Says how the search has ended.
    n_jobs : int or None
        Number of workers, as in joblib.

    Returns
    -------
    fitted : list of estimator object or None
        None for a fit that failed, unless it is the first: its error is raised.
    """
    native = problem.prefers_threads
    prefer = "threads" if native else None
    backend, default_n_jobs = get_active_backend(prefer=prefer)
    n_workers = backend.effective_n_jobs(default_n_jobs if n_jobs is None else n_jobs)
    observers = [observer, *[Observer()] * (len(estimators) - 1)]
    tasks = [(problem, *each, stop) for each in zip(estimators, observers, strict=True)]
    in_process = n_workers == 1 or getattr(backend, "supports_sharedmem", False)
    with blas_threads.limited(n_workers) if native and in_process else nullcontext():
        if in_process:
            # As for the fits on folds: threads share the warning filters.
            parallel = joblib.Parallel(n_jobs=n_jobs, prefer=prefer)
            config = get_config()
            fitted = parallel(joblib.delayed(_with_config)(config, *task) for task in tasks)
        else:
            fitted = Parallel(n_jobs=n_jobs, prefer=prefer)(delayed(_fitted)(*t) for t in tasks)
    first = fitted[0]
    if isinstance(first, Exception):
        raise first
    return [None if isinstance(each, Exception) else each for each in fitted]


def _fitted(
    problem: Problem, estimator: Estimator, observer: Observer, stop: StopRequest
) -> Estimator | Exception:
    """Return the fitted estimator, or the exception in its fit."""
    try:
        refit(problem, estimator, observer, stop)
    except Exception as error:
        return error
    return estimator


def _with_config(config: Mapping[str, Any], *task: Any) -> Estimator | Exception:
    with config_context(**config):
        return _fitted(*task)
