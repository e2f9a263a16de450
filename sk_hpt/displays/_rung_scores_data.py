"""Data of the scores on rungs: how far each trial came, and its score there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sk_hpt._types import CVResults, Floats
from sk_hpt.displays._search_results import (
    FittedSearch,
    Statuses,
    metric_to_show,
    read_trials,
    rung_levels,
)

RESOURCES = {"n_epochs": "epochs", "n_resources": "of the resource"}
"""Unit of each column of ``cv_results_`` that has the resource on a rung."""


@dataclass(frozen=True, eq=False)
class Rungs:
    """Scores of all trials on the rungs and at the end of training.

    Parameters
    ----------
    scores : ndarray of shape (n_trials, n_rungs + 1)
        Mean test score of each trial on each rung, the lowest first, and last its mean over the
        folds on which it was trained to the end; NaN where it did not get to.
    status : ndarray of shape (n_trials,), dtype=object
        ``"complete"``, ``"pruned"``, ``"failed"`` or ``"unfinished"`` for each trial.
    rung_labels : list of str
        Label of each rung, with its epochs, and of the end.
    best : int or None
        The best complete trial; None if there is none.
    score_label : str
        Label for an axis that shows the scores.
    """

    scores: Floats
    status: Statuses
    rung_labels: list[str]
    best: int | None
    score_label: str


def read_rungs(search: FittedSearch) -> Rungs:
    """Return the scores on the rungs of a fitted search.

    Raises
    ------
    ValueError
        If the search has no scores on rungs.
    """
    trials = read_trials(search)
    results = search.cv_results_
    metric = metric_to_show(search, None)
    levels = rung_levels(results, metric)
    if not levels:
        raise ValueError(
            f"{type(search).__name__} has no scores on rungs. Use a search of sk_hpt with "
            "multi_fidelity='halving'."
        )
    on_rungs = [np.asarray(results[f"rung{level}_test_{metric}"]) for level in levels]
    return Rungs(
        np.column_stack([*on_rungs, trials.scores]).astype(np.float64),
        trials.status,
        [*(_rung_label(results, level) for level in levels), "end"],
        trials.best,
        trials.score_label,
    )


def _rung_label(results: CVResults, level: int) -> str:
    name, unit = next(pair for pair in RESOURCES.items() if f"rung{level}_{pair[0]}" in results)
    spent = np.asarray(results[f"rung{level}_{name}"], dtype=np.float64)
    low, high = np.nanmin(spent), np.nanmax(spent)
    # Rungs are shares of the epochs of each trial, and a network may stop before the rung.
    amount = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    return f"rung {level}\n{amount} {unit}"


def last_rungs(scores: Floats) -> Floats:
    """Return the column of the last score of each trial; -1 for trials without a score."""
    known = np.isfinite(scores)
    last = scores.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1)
    return np.where(known.any(axis=1), last, -1)
