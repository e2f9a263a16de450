"""The trials of a fitted search, as all displays read them, and the best score over time.

Displays read public attributes only, so that the searches of scikit-learn work as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.base import is_classifier
from sklearn.utils.validation import check_is_fitted

from sk_hpt._trials import scored_metrics, trial_status
from sk_hpt._types import Floats, Params

Statuses = NDArray[np.object_]
"""``"complete"``, ``"pruned"``, ``"failed"`` or ``"unfinished"`` for each trial."""

MAX_SPREADS = 2.5
"""An axis of scores ends this many times the distance of the median from the best below the best,
if some scores are much worse."""

MIN_CUT = 1.5
"""An axis of scores is only cut if this makes it shorter by at least this factor."""

MAX_CUT_SHARE = 0.25
"""An axis of scores is only cut if at most this share of the scores is below its end."""

Over = Literal["trials", "time"]
"""The horizontal axis of a history."""


class FittedSearch(Protocol):
    """A search of sk_hpt or scikit-learn after ``fit``.

    Displays that need more attributes check for them and name the one that is missing.
    """

    @property
    def cv_results_(self) -> Mapping[str, Any]:
        """One column for each measurement, with one row for each trial."""


@dataclass(frozen=True, eq=False)
class Trials:
    """The trials of a search, in the order of ``cv_results_``.

    Parameters
    ----------
    params : list of dict
        The parameters of each trial.
    scores : ndarray of shape (n_trials,)
        Mean test score of each trial. Pruned and unfinished trials have the mean over the folds
        that were scored. NaN if there is no such fold, or if the trial failed.
    rung_scores : ndarray of shape (n_trials,)
        Score on the highest rung that a trial reached, for trials without a score on a fold that
        have not failed; NaN for all others.
    status : ndarray of shape (n_trials,), dtype=object
        ``"complete"``, ``"pruned"``, ``"failed"`` or ``"unfinished"`` for each trial.
    score_label : str
        Label for an axis that shows the scores.
    """

    params: list[Params]
    scores: Floats
    rung_scores: Floats
    status: Statuses
    score_label: str

    @property
    def known_scores(self) -> Floats:
        """Scores of the trials, those without a score on a fold from their highest rung."""
        return np.where(np.isfinite(self.scores), self.scores, self.rung_scores)

    @property
    def eligible_scores(self) -> Floats:
        """Scores of the trials that can be the best; minus infinity for all others.

        Scores of incomplete trials are of fewer folds or epochs, so that they cannot be the best.
        """
        is_eligible = (self.status == "complete") & np.isfinite(self.scores)
        return np.where(is_eligible, self.scores, -np.inf)

    @property
    def best(self) -> int | None:
        """The complete trial with the highest score; None if no complete trial has a score."""
        scores = self.eligible_scores
        return int(scores.argmax()) if np.isfinite(scores).any() else None


def read_trials(search: FittedSearch, metric: str | None = None) -> Trials:
    """Return the trials of a fitted search.

    Parameters
    ----------
    search : estimator object
        A fitted search.
    metric : str, optional
        The metric to read; by default the one that decides.

    Raises
    ------
    NotFittedError
        If the search is not fitted.
    ValueError
        If `metric` is unknown, if there are several metrics and none decides, or if no trial
        has a score.
    """
    check_is_fitted(search, "cv_results_")
    results = search.cv_results_
    metric = metric_to_show(search, metric)
    means = np.asarray(results[f"mean_test_{metric}"], dtype=np.float64)
    status = trial_status(results, metric)
    scores = _scores_on_scored_folds(results, metric, means, status)
    if not np.isfinite(scores).any():
        raise ValueError(
            f"No trial of this search has a score (0 of {len(scores)}), so there is nothing to "
            "plot. Set error_score='raise' to see why fits fail."
        )
    stopped = ~np.isfinite(scores) & (status != "failed")
    rung_scores = np.where(stopped, _highest_rung_scores(results, metric), np.nan)
    return Trials(results["params"], scores, rung_scores, status, _score_label(search, metric))


def check_searches(searches: Mapping[str, FittedSearch]) -> None:
    """Raise a TypeError or ValueError unless searches are a dict of at least one."""
    if not isinstance(searches, Mapping):
        raise TypeError(
            f"searches={searches!r} must be a dict of fitted searches by their names. Pass "
            '{"grid": search}, for example.'
        )
    if not searches:
        raise ValueError("searches={} must have at least one fitted search. Pass them by names.")


def check_same_scores(labels: Mapping[str, str]) -> None:
    """Raise a ValueError if searches have scores of different metrics, given by their names."""
    if len(set(labels.values())) > 1:
        raise ValueError(
            f"searches={list(labels)} must have scores of the same metric, and have {dict(labels)}"
            ". Pass metric=, or compare only searches with the same scoring."
        )


def metric_to_show(search: FittedSearch, metric: str | None) -> str:
    """Return `metric` if the search has it; by default the only one, or the one that decides."""
    known = scored_metrics(search.cv_results_)
    if metric is None:
        deciding = "score" if known == ["score"] else getattr(search, "refit", None)
        if not isinstance(deciding, str):
            raise ValueError(
                f"metric=None must be one of {known}, because the search has several metrics and "
                f"refit={deciding!r} does not name one. Pass metric=."
            )
        return deciding
    if metric not in known:
        raise ValueError(f"metric={metric!r} must be one of the search's metrics: {known}.")
    return metric


def _scores_on_scored_folds(
    results: Mapping[str, Any], metric: str, means: Floats, status: Statuses
) -> Floats:
    """Return the mean scores, those of incomplete trials over the folds that have a score."""
    # With a number as error_score, failed trials have scores that mean nothing.
    scores = np.where(status == "failed", np.nan, means)
    incomplete = np.flatnonzero(np.isin(status, ["pruned", "unfinished"]))
    if len(incomplete):
        column = re.compile(rf"split\d+_test_{re.escape(metric)}")
        folds = [results[name] for name in results if column.fullmatch(name)]
        known = np.ma.masked_invalid(np.column_stack(folds)[incomplete].astype(np.float64))
        scores[incomplete] = known.mean(axis=1).filled(np.nan)
    return scores


def rung_levels(results: Mapping[str, Any], metric: str) -> list[int]:
    """Return the numbers of the rungs with scores of a metric, the lowest first."""
    column = re.compile(rf"rung(\d+)_test_{re.escape(metric)}")
    found = [column.fullmatch(name) for name in results]
    return sorted(int(each[1]) for each in found if each)


def _highest_rung_scores(results: Mapping[str, Any], metric: str) -> Floats:
    """Return the score of each trial on the highest rung that it reached; NaN without one."""
    highest = np.full(len(results["params"]), np.nan)
    for level in rung_levels(results, metric):
        scores = np.asarray(results[f"rung{level}_test_{metric}"], dtype=np.float64)
        highest = np.where(np.isfinite(scores), scores, highest)
    return highest


def _score_label(search: FittedSearch, metric: str) -> str:
    name: object = metric
    if metric == "score":
        name = getattr(search, "scoring", None)
        if name is None:
            name = "accuracy" if is_classifier(search) else "R²"
        elif not isinstance(name, str):
            name = getattr(name, "__name__", "")
    return f"mean test score ({name})" if name else "mean test score"


def lowest_shown(scores: Floats, best: float) -> float:
    """Return the lowest score that an axis shows: a few very bad trials do not take up its length.

    Parameters
    ----------
    scores : ndarray of shape (n_scores,)
        Finite scores.
    best : float
        The best score of a complete trial; minus infinity if there is none.
    """
    lowest = float(scores.min())
    if not np.isfinite(best):
        return lowest
    bottom = float(best - MAX_SPREADS * (best - np.median(scores)))
    is_short = best - lowest > MIN_CUT * (best - bottom) > 0
    return bottom if is_short and np.mean(scores < bottom) <= MAX_CUT_SHARE else lowest


def trial_positions(search: FittedSearch, over: Over, n_trials: int) -> Floats:
    """Return the numbers of the trials, from 1 on, or their finish times in seconds.

    Raises
    ------
    ValueError
        If `over` is neither ``"trials"`` nor ``"time"``, or if the search has no finish times.
    """
    if over == "trials":
        return np.arange(1.0, n_trials + 1)
    if over != "time":
        raise ValueError(f"over={over!r} must be 'trials' or 'time'.")
    if not hasattr(search, "finish_times_"):
        raise ValueError(
            f"over='time' must be 'trials' for {type(search).__name__}, which has no "
            "finish_times_. Use over='trials', or a search of sk_hpt."
        )
    return np.asarray(search.finish_times_, dtype=np.float64)


def best_so_far(positions: Floats, trials: Trials) -> Floats:
    """Return the best score of a complete trial up to the position of each trial.

    Trials at the same position all count there. NaN before the first complete trial.
    """
    order = np.argsort(positions, kind="stable")
    # Running maximum in the order of the positions: finish times are in any order.
    running = np.maximum.accumulate(trials.eligible_scores[order])
    # Trials at one position share the maximum up to the last of them.
    last_there = np.searchsorted(positions[order], positions, side="right") - 1
    best = running[last_there]
    return np.where(np.isfinite(best), best, np.nan)
