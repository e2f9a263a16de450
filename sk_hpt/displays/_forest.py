"""How much each parameter of a search matters, by a forest on its trials."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestRegressor

from sk_hpt.displays._best_so_far import known_scores
from sk_hpt.displays._parameters import logarithmic_parameters, parameters_of
from sk_hpt.displays._trials import Trials, trials_of
from sk_hpt.displays._variance_shares import columns_of, variance_shares, weights_of

Floats = NDArray[np.float64]

FEWEST_COMPLETE = 10
"""With fewer trials that ran to the end, those that did not count too."""

FEWEST = 4
"""With fewer trials nothing can be said."""

LEAST_OF_PAIR = 0.01
"""Pairs of parameters that account for less are not listed."""

FAR = 3.0
"""Quartile distances below the lower quartile from which on a score is an outlier (Tukey 1977)."""


@dataclass(frozen=True, eq=False)
class Importances:
    """What a forest says of the parameters.

    Parameters
    ----------
    labels : list of str
        The parameters, and then the pairs of them that matter.
    shares : ndarray of shape (n_trees, n_labels)
        Which share of the variance each accounts for.
    n_trials : int
        How many trials the forest has learned from.
    explained : float
        Share of the variance of their scores that it predicts for trials that it has not seen
        (out of bag); may be negative.
    score_label : str
        What the scores are.
    """

    labels: list[str]
    shares: Floats
    n_trials: int
    explained: float
    score_label: str


def importances_of(
    search: Any, metric: str | None, with_pairs: bool, n_trees: int, random_state: Any
) -> Importances:
    """Fit a forest to the trials of a fitted search, and take its variance apart.

    Raises
    ------
    ValueError
        If the trials are too few, or their settings or scores all the same.
    """
    trials = trials_of(search, metric)
    rows, scores = trials_to_explain(search, trials)
    settings = [trials.params[row] for row in rows]
    parameters = parameters_of(settings, logarithmic_parameters(search))
    if np.ptp(scores) == 0 or not any(len(each.values) > 1 for each in parameters):
        what = "score the same" if np.ptp(scores) == 0 else "have the same setting"
        raise ValueError(f"All trials {what}: there is no variance to explain.")
    columns = [columns_of(each) for each in parameters]
    X = np.hstack([seen[each.codes] for seen, each in zip(columns, parameters, strict=True)])
    forest = RandomForestRegressor(n_trees, oob_score=True, random_state=random_state)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Some inputs do not have OOB scores", UserWarning)
        forest.fit(X, without_outliers(scores))
    weights = [weights_of(each) for each in parameters]
    shares = [variance_shares(tree.tree_, columns, weights, with_pairs) for tree in forest]
    labels = [each.label for each in parameters]
    if with_pairs:
        labels += [f"{one} & {other}" for one, other in combinations(labels, 2)]
    known = np.array([each for each in shares if each is not None])
    if not len(known):
        raise ValueError("No tree of the forest found any difference: take a larger n_trees.")
    is_listed = known.mean(axis=0) >= LEAST_OF_PAIR
    is_listed[: len(parameters)] = True
    labels = [labels[i] for i in np.flatnonzero(is_listed)]
    explained = float(forest.oob_score_)
    return Importances(labels, known[:, is_listed], len(rows), explained, trials.score_label)


def trials_to_explain(search: Any, trials: Trials) -> tuple[NDArray[np.intp], Floats]:
    """Rows of trials to learn from, and their scores.

    Those that failed are left out. So are those that were stopped early, whose scores are of
    fewer epochs or folds, unless too few are left.
    """
    scores = known_scores(search, trials)
    is_known = np.isfinite(scores)
    is_complete = is_known & (trials.status == "complete")
    rows = np.flatnonzero(is_complete if is_complete.sum() >= FEWEST_COMPLETE else is_known)
    if len(rows) < FEWEST:
        trial = "trial has" if len(rows) == 1 else "trials have"
        raise ValueError(
            f"{len(rows)} {trial} a score, too few to say what matters: it takes at least "
            f"{FEWEST}, and some ten times the number of parameters to say it well."
        )
    return rows, scores[rows]


def without_outliers(scores: Floats) -> Floats:
    """Scores with those far below the others raised: else they are all that is explained."""
    quartile, upper = np.quantile(scores, [0.25, 0.75])
    return np.maximum(scores, quartile - FAR * (upper - quartile)) if upper > quartile else scores
