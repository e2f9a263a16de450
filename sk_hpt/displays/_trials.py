"""What displays read out of a fitted search, ours or scikit-learn's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import is_classifier
from sklearn.utils.validation import check_is_fitted


@dataclass(frozen=True)
class Trials:
    """The trials of a search, in the order of ``cv_results_``.

    Parameters
    ----------
    params : list of dict
        The setting of each.
    scores : ndarray of shape (n_trials,)
        Mean test score; NaN of those that failed.
    status : ndarray of shape (n_trials,), str
        ``"complete"``, ``"pruned"``, ``"failed"`` or ``"unfinished"``; scores of pruned and
        unfinished ones are of fewer epochs or folds.
    best : int or None
        The trial with the best score among the complete ones; None if all failed.
    score_label : str
        What the scores are, for an axis.
    metric : str
        Which of the metrics of ``cv_results_`` they are.
    """

    params: list[dict[str, Any]]
    scores: NDArray[np.float64]
    status: NDArray[np.object_]
    best: int | None
    score_label: str
    metric: str


def trials_of(search: Any, metric: str | None = None) -> Trials:
    """Read the trials of a fitted search.

    Parameters
    ----------
    search : estimator object
        A fitted search.
    metric : str, optional
        Which of several metrics; by default the one that decided.

    Raises
    ------
    NotFittedError
        If the search is not fitted.
    ValueError
        If there are several metrics and none decided, no such metric, or no score at all.
    """
    check_is_fitted(search, "cv_results_")
    results = search.cv_results_
    metric = _metric(search, results, metric)
    scores = np.asarray(results[f"mean_test_{metric}"], dtype=float)
    is_known = np.isfinite(scores)
    if not is_known.any():
        raise ValueError(
            f"All {len(scores)} trials failed, so there is nothing to draw. The warning of fit, or "
            "error_score='raise', says why they did."
        )
    status = results.get("status")
    if status is None:
        status = np.where(np.isnan(scores), "failed", "complete").astype(object)
    may_win = np.where(is_known & (status == "complete"), scores, -np.inf)
    best = int(may_win.argmax()) if np.isfinite(may_win).any() else None
    return Trials(results["params"], scores, status, best, _score_label(search, metric), metric)


def _metric(search: Any, results: dict[str, Any], metric: str | None) -> str:
    there = [name[len("mean_test_") :] for name in results if name.startswith("mean_test_")]
    if metric is None and there == ["score"]:
        return "score"
    if metric is None and isinstance(search.refit, str):
        return search.refit
    if metric is None:
        raise ValueError(f"The search has several metrics: give metric= one of {there}.")
    if metric not in there:
        raise ValueError(f"metric={metric!r} is none of the search's metrics: {there}.")
    return metric


def _score_label(search: Any, metric: str) -> str:
    name = metric
    if metric == "score":
        name = search.scoring
        if name is None:
            name = "accuracy" if is_classifier(search) else "R²"
        elif not isinstance(name, str):
            name = getattr(name, "__name__", "")
    return f"mean test score ({name})" if name else "mean test score"
