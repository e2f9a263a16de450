"""The ensemble of the best trials: its members, and one plain estimator that averages them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import joblib
import numpy as np
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.preprocessing import LabelEncoder
from sklearn.utils import Bunch
from sklearn.utils.multiclass import type_of_target

from sk_hpt._evaluation import Problem, refit_together, votes_softly
from sk_hpt._reporting import Observer
from sk_hpt._stop_request import StopRequest
from sk_hpt._trials import LearningCurve, ResultsTable, Trial
from sk_hpt._types import CVResults, Estimator, Params, Rows, Target


def check_ensemble(estimator: Estimator, y: Target, ensemble_size: int) -> None:
    """Raise a ValueError if the estimators of several trials cannot be averaged."""
    if ensemble_size == 1:
        return
    reason = ""
    if not (is_classifier(estimator) or is_regressor(estimator)):
        reason = f"{type(estimator).__name__} is neither a classifier nor a regressor"
    elif y is not None and (kind := type_of_target(y)).endswith(("multioutput", "indicator")):
        voting = VotingClassifier if is_classifier(estimator) else VotingRegressor
        reason = f"scikit-learn's {voting.__name__} does not support {kind} targets"
    if reason:
        raise ValueError(
            f"ensemble_size={ensemble_size} must be 1 here, because {reason}. With 1, the best "
            "trial alone is refitted."
        )


def member_rows(
    results: CVResults,
    metric: str,
    best_index: int,
    curves: Sequence[Sequence[LearningCurve | None]],
) -> list[int]:
    """Return the rows of all trials that can be members: the best one, and the others by rank.

    Of the others only complete ones can, and of trials with the same network only the first.
    """
    means = results[f"mean_test_{metric}"]
    order = np.argsort(results[f"rank_test_{metric}"], kind="stable").tolist()
    rows: list[int] = []
    seen = set()
    for row in [int(best_index), *order]:
        key = _network_key(results["params"][row], curves[row])
        # The best one is fitted also without a score, as it is without an ensemble.
        if (np.isfinite(means[row]) or not rows) and key not in seen:
            seen.add(key)
            rows.append(row)
    return rows


def _network_key(params: Params, curves: Sequence[LearningCurve | None]) -> object:
    """Return what is equal for the same networks: all losses, or the parameters without them.

    Networks can be the same with other parameters, of which one has no effect.
    """
    losses = [None if curve is None else curve.loss.tobytes() for curve in curves]
    return joblib.hash(params) if None in losses else tuple(losses)


def best_pruned(table: ResultsTable, n_trials: int) -> list[Trial]:
    """Return this many pruned trials, first those that lack the fewest folds and are the best.

    On the same number of folds, they are compared by their mean distance to the incumbent, and
    without any fold by the highest rung and the score there.
    """
    pruned = table.pruned
    if not pruned or not n_trials:
        return []
    incumbent = table.incumbent_scores(before=len(table.trials))
    distances = table.fold_scores(pruned) - (0.0 if incumbent is None else incumbent)
    n_folds = np.isfinite(distances).sum(axis=1)
    mean = np.nansum(distances, axis=1) / np.maximum(n_folds, 1)
    # The best score of each trial on each rung, (n_trials, n_rungs), and its highest rung.
    on_rungs = np.nan_to_num(table.scores_on_all_rungs(pruned), nan=-np.inf).max(axis=2)
    level = np.where(np.isfinite(on_rungs), np.arange(on_rungs.shape[1]), -1).max(axis=1)
    on_highest = on_rungs[np.arange(len(pruned)), level]
    order = np.lexsort((-on_highest, -level, -mean, -n_folds))  # the last key comes first
    return [pruned[i] for i in order[:n_trials]]


def fit_ensemble(
    problem: Problem,
    params: Sequence[Params],
    rows: Sequence[int],
    observer: Observer,
    stop: StopRequest,
    n_jobs: int | None,
) -> tuple[VotingClassifier | VotingRegressor, list[int]]:
    """Refit trials on all rows of data, and return what averages them and the rows of those left.

    Members whose fit fails are left out, unless it is the first one, whose error is raised.
    """
    members = [problem.candidate(params[row]) for row in rows]
    y = problem.y
    if is_classifier(problem.estimator) and not votes_softly(members[0]):
        problem = replace(problem, y=class_numbers(y))
    fitted = refit_together(problem, members, observer, stop, n_jobs)
    by_row = {row: each for row, each in zip(rows, fitted, strict=True) if each is not None}
    return average(problem.estimator, y, by_row, params), list(by_row)


def average(
    estimator: Estimator, y: Target, fitted: dict[int, Estimator], params: Sequence[Params]
) -> VotingClassifier | VotingRegressor:
    """Return a fitted voting estimator of members that are fitted, by their rows.

    Classifiers with probabilities vote softly: their probabilities are averaged. Members of a soft
    vote and of a regression are fitted on the targets as they are, those of a hard vote on the
    numbers of the classes, as VotingClassifier itself fits them.
    """
    named = {f"trial_{row}": member for row, member in fitted.items()}
    unfitted = [
        (name, clone(estimator).set_params(**clone(params[row], safe=False)))
        for name, row in zip(named, fitted, strict=True)
    ]
    members = list(named.values())
    if is_classifier(estimator):
        voting = VotingClassifier(unfitted, voting="soft" if votes_softly(members[0]) else "hard")
        voting.le_ = LabelEncoder().fit(y)
        voting.classes_ = voting.le_.classes_
    else:
        voting = VotingRegressor(unfitted)
    voting.estimators_, voting.named_estimators_ = members, Bunch(**named)
    if hasattr(members[0], "feature_names_in_"):
        voting.feature_names_in_ = members[0].feature_names_in_
    return voting


def class_numbers(y: Target) -> Rows:
    """Return the number of each label's class, which members of a hard vote are fitted on."""
    numbers: Rows = LabelEncoder().fit_transform(y)
    return numbers
