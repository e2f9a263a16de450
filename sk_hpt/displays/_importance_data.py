"""Data of the parameter importance: a random forest on the trials, taken apart by fANOVA."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from sklearn.ensemble import RandomForestRegressor

from sk_hpt._types import Floats, Rows, Seed
from sk_hpt._warning_filters import silenced
from sk_hpt.displays._fanova import forest_columns, value_weights, variance_shares
from sk_hpt.displays._parameter_values import Parameter, varying_parameters
from sk_hpt.displays._search_results import FittedSearch, Trials, read_trials

MIN_TRIALS = 10
"""With fewer complete trials the forest also learns from trials that were stopped early; with fewer
trials together its shares would be those of noise."""

SUBSPACE = "sub-space"
"""Label of the choice between sub-spaces with different parameters."""

MIN_PAIR_SHARE = 0.01
"""Pairs of parameters that explain a smaller share of the variance are not listed."""

MAX_QUARTILE_DISTANCES = 3.0
"""A score this many quartile distances below the lower quartile is an outlier (Tukey, 1977)."""


@dataclass(frozen=True, eq=False)
class Importances:
    """Shares of the variance of a forest's prediction.

    Parameters
    ----------
    labels : list of str
        Labels of the parameters, then of the pairs of parameters that are listed.
    shares : ndarray of shape (n_trees, n_labels)
        Share of the variance that each label explains in each tree.
    n_trials : int
        Number of trials that the forest has learned from.
    explained : float
        R² of the forest on trials that a tree has not seen (out of bag); can be negative.
    score_label : str
        Label for an axis that shows the scores.
    """

    labels: list[str]
    shares: Floats
    n_trials: int
    explained: float
    score_label: str


def fit_importances(
    search: FittedSearch, metric: str | None, with_pairs: bool, n_trees: int, random_state: Seed
) -> Importances:
    """Fit a forest to the trials of a fitted search, and return the shares of the variance.

    Raises
    ------
    ValueError
        If there are too few trials, or if all have the same parameters or the same score.
    """
    trials = read_trials(search, metric)
    rows = trials_to_learn_from(trials)
    parameters = varying_parameters([trials.params[row] for row in rows], search)
    parameters = separate_subspaces(parameters)
    if not any(len(parameter.values) > 1 for parameter in parameters):
        raise ValueError("All trials have the same parameters: there is no variance to explain.")
    # Each value of a parameter becomes a row of columns, and a trial the rows of its values.
    columns = [forest_columns(parameter) for parameter in parameters]
    X = np.hstack([seen[each.codes] for seen, each in zip(columns, parameters, strict=True)])
    forest = _fit_forest(X, raise_outliers(trials.scores[rows]), n_trees, random_state)
    # The analysis is exact for a tree, so that the spread over trees shows the uncertainty.
    weights = [value_weights(parameter) for parameter in parameters]
    of_trees = [variance_shares(tree, columns, weights, with_pairs) for tree in forest]
    shares = np.array([each for each in of_trees if each is not None])
    if not len(shares):
        raise ValueError(
            f"n_trees={n_trees} must be larger: no tree of the forest found a difference between "
            "trials."
        )
    labels = [parameter.label for parameter in parameters]
    # All parameters are listed, but only the pairs that matter; the display adds up the others.
    is_listed = shares.mean(axis=0) >= MIN_PAIR_SHARE
    is_listed[: len(parameters)] = True
    if with_pairs:
        labels += [f"{one} & {other}" for one, other in combinations(labels, 2)]
    listed = [labels[i] for i in np.flatnonzero(is_listed)]
    explained = float(forest.oob_score_)
    return Importances(listed, shares[:, is_listed], len(rows), explained, trials.score_label)


def separate_subspaces(parameters: Sequence[Parameter]) -> list[Parameter]:
    """Return the parameters, with the choice between sub-spaces as one of its own.

    Trials of a sub-space do not have the parameters of others. A difference between sub-spaces is
    not the effect of each parameter that only one of them has. So it is attributed to the parameter
    that decides which others there are, such as a solver, or else to an additional one. Parameters
    with a single value where they are set are left out.
    """
    is_set = np.array([each.is_set for each in parameters])
    kinds, codes = np.unique(is_set, axis=1, return_inverse=True)
    if kinds.shape[1] == 1:
        return list(parameters)
    codes = codes.ravel()
    kept = [each for each in parameters if len(each.values) - (not each.is_set.all()) > 1]
    # Each of its few values leads to a single sub-space.
    choices = [each for each in kept if each.is_set.all() and len(each.values) <= len(codes) // 2]
    n_pairs = [len(np.unique([each.codes, codes], axis=1).T) for each in choices]
    if any(n == len(each.values) for n, each in zip(n_pairs, choices, strict=True)):
        return kept
    labels = [each.label for each in parameters]
    names = [
        ", ".join(label for label, found in zip(labels, kind, strict=True) if found) or "none"
        for kind in kinds.T
    ]
    return [*kept, Parameter(SUBSPACE, SUBSPACE, list(names), codes, False)]


def _fit_forest(
    X: Floats, scores: Floats, n_trees: int, random_state: Seed
) -> RandomForestRegressor:
    forest = RandomForestRegressor(n_trees, oob_score=True, random_state=random_state)
    # In a small forest some trials are in the sample of every tree, which makes R² uncertain.
    with silenced("Some inputs do not have OOB scores"):
        return forest.fit(X, scores)


def trials_to_learn_from(trials: Trials) -> Rows:
    """Return the rows of the trials that a forest learns from.

    Failed trials are left out. So are trials that were stopped early, whose scores are of fewer
    epochs or folds, unless there are too few complete ones.

    Raises
    ------
    ValueError
        If there are too few trials, or if all have the same score.
    """
    has_score = np.isfinite(trials.scores)
    is_complete = has_score & (trials.status == "complete")
    rows = np.flatnonzero(is_complete if is_complete.sum() >= MIN_TRIALS else has_score)
    if len(rows) < MIN_TRIALS:
        raise ValueError(
            f"The search must have at least {MIN_TRIALS} trials with a score, and has {len(rows)}: "
            "these are too few to tell which parameters matter. Run about ten trials for each "
            "parameter, or look at the trials themselves with TrialSlicesDisplay."
        )
    if np.ptp(trials.scores[rows]) == 0:
        raise ValueError("All trials have the same score: there is no variance to explain.")
    return rows


def raise_outliers(scores: Floats) -> Floats:
    """Return the scores with those far below the others raised.

    Otherwise a single network that diverged would be most of the variance.
    """
    quartile, upper = np.quantile(scores, [0.25, 0.75])
    if upper <= quartile:  # half of the scores are equal, and all others would be outliers
        return scores
    return np.maximum(scores, quartile - MAX_QUARTILE_DISTANCES * (upper - quartile))
