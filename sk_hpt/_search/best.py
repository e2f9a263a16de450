"""Which trial is the best, and by which metric."""

from __future__ import annotations

import numbers
from collections.abc import Collection, Mapping
from typing import Any


def check_refit(refit: Any, metrics: Collection[str], reason: str = "") -> None:
    """Raise unless `refit` says which of several metrics decides, or that none does.

    Parameters
    ----------
    refit : object
        What the user gave.
    metrics : collection of str
        Their names.
    reason : str, default=""
        Why one must decide, and be named, while the search runs; empty if it need not.
    """
    if reason and not isinstance(refit, str):
        raise ValueError(
            f"{reason}. With several, refit must be the name of the one to optimise, one of "
            f"{sorted(metrics)}, got {refit!r}."
        )
    named = isinstance(refit, str) and refit in metrics
    if refit is not False and not named and not callable(refit):
        raise ValueError(
            "For multi-metric scoring, the parameter refit must be set to a "
            "scorer key or a callable to refit an estimator with the best "
            "parameter setting on the whole data and make the best_* "
            "attributes available for that metric. If this is not needed, "
            f"refit should be set to False explicitly. {refit!r} was "
            "passed."
        )


def best_index(results: Mapping[str, Any], metric: str, refit: Any) -> Any:
    """Row of the best trial: the first by rank, or what a callable `refit` says.

    Raises
    ------
    TypeError, IndexError
        If it says no index of a trial, in scikit-learn's words.
    ValueError
        If that trial was not trained in full.
    """
    if not callable(refit):
        return results[f"rank_test_{metric}"].argmin()
    index = refit(results)
    if not isinstance(index, numbers.Integral):
        raise TypeError("best_index_ returned is not an integer")
    if int(index) not in range(len(results["params"])):
        raise IndexError("best_index_ index out of range")
    if results.get("status", {index: None})[index] in ("pruned", "unfinished"):
        raise ValueError(
            f"refit={refit!r} returned {index}, a trial that was not trained in full. "
            'Choose among those whose cv_results_["status"] is "complete".'
        )
    return index
