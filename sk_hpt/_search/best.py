"""The best trial: which metric decides, how each trial ended, and which trial is chosen."""

from __future__ import annotations

import numbers
from collections.abc import Collection, Sequence

import numpy as np

from sk_hpt._trials import scored_metrics, trial_status
from sk_hpt._types import CVResults, Refit

PARTIAL_TRIALS = (
    "NaNs among the scores in cv_results_ are trials that were pruned (multi_fidelity) or not "
    'finished. Choose among the rows whose "status" is "complete": np.nanargmax passes over NaNs, '
    "np.argmax does not, and rank_test_* ranks these trials last."
)
"""Advice for a `refit` callable that stumbles over trials without a score."""


def deciding_metric(refit: Refit, metrics: Sequence[str] = ()) -> str:
    """Return the name of the metric that decides which trial is best.

    Parameters
    ----------
    refit : bool, str or callable
        Parameter of the search. A string is the name of a metric.
    metrics : sequence of str, default=()
        Names of the metrics of the search; empty while the names are unknown.

    Returns
    -------
    metric : str
        The metric that `refit` names. If `refit` names none of them, the first of the metrics,
        which is "score" in a search with a single one.
    """
    if isinstance(refit, str) and (refit in metrics or not metrics):
        return refit
    return metrics[0] if metrics else "score"


def check_refit(refit: Refit, metrics: Collection[str], reason: str = "") -> None:
    """Raise a ValueError unless `refit` suits a search with several metrics.

    Parameters
    ----------
    refit : bool, str or callable
        Parameter of the search.
    metrics : collection of str
        Names of the metrics.
    reason : str, default=""
        Reason why one metric must decide while the search runs, so that `refit` must name one.
        Empty if False and callables are allowed.

    Raises
    ------
    ValueError
        If `refit` names none of the metrics although one must decide or, in scikit-learn's
        words, if `refit` is neither False nor a callable nor the name of a metric.
    """
    # A callable chooses after the search, which is too late for a rule that compares trials.
    if reason and not isinstance(refit, str):
        raise ValueError(
            f"refit={refit!r} must be the name of one of the metrics {sorted(metrics)}, because "
            f"{reason}."
        )
    named = isinstance(refit, str) and refit in metrics
    if refit is not False and not named and not callable(refit):
        raise ValueError(
            "For multi-metric scoring, the parameter refit must be set to a scorer key or a "
            "callable to refit an estimator with the best parameter setting on the whole data and "
            "make the best_* attributes available for that metric. If this is not needed, refit "
            f"should be set to False explicitly. {refit!r} was passed."
        )


def best_index(results: CVResults, metric: str, refit: Refit) -> int:
    """Return the row of the best trial: the first of rank 1, or the choice of a callable `refit`.

    Raises
    ------
    TypeError, IndexError
        If the callable does not return the index of a trial, in scikit-learn's words.
    ValueError
        If the chosen trial was not trained in full, or if the callable fails in a search that
        has such trials.
    """
    if not callable(refit):
        # The first one, if several trials share rank 1, as in scikit-learn.
        return results[f"rank_test_{metric}"].argmin()
    metric = deciding_metric(refit, scored_metrics(results))
    is_partial = np.isin(trial_status(results, metric), ("pruned", "unfinished"))
    try:
        index = refit(results)
    except Exception as error:
        if not is_partial.any():
            raise
        # NaN is not above any threshold, so the callable is left without a row, for instance.
        raise ValueError(f"refit={refit!r} raised {error!r}. {PARTIAL_TRIALS}") from error
    if not isinstance(index, numbers.Integral):
        raise TypeError("best_index_ returned is not an integer")
    # Negative indices are errors too.
    if int(index) not in range(len(results["params"])):
        raise IndexError("best_index_ index out of range")
    if is_partial[index]:
        raise ValueError(
            f"refit={refit!r} must return the index of a trial that was trained in full, but "
            f"returned {index}. {PARTIAL_TRIALS}"
        )
    return index
