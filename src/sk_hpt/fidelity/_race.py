"""Folds as the resource: trials that cannot win any more are spared the rest."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sk_hpt._results import ResultsTable
from sk_hpt._trial import Trial
from sk_hpt.fidelity._base import Fidelity, Step, missing_fits, others


@dataclass(frozen=True)
class Race(Fidelity):
    """Trials race over the folds.

    All of them are trained on the first fold, and the best of these on every fold: it is the
    incumbent, unless an earlier round had one. Then the others go from fold to fold, and one
    whose mean score so far is no better than the incumbent's worst fold is dropped. That is the
    forgiving of the rules: against the incumbent's mean, a trial with bad luck in its first
    folds would go with the bad ones.

    Parameters
    ----------
    min_folds : int, default=1
        Folds on which a trial is trained before it can be dropped.

    Notes
    -----
    With one fold there is nothing to race over, and every trial is trained in full.

    References
    ----------
    Bergman, Purucker and Hutter (2024), "Don't Waste Your Time: Early Stopping Cross-Validation",
    AutoML Conference.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from sk_hpt import GridSearchNN
    >>> from sk_hpt.fidelity import Race
    >>> search = GridSearchNN(SVC(), {"C": [1e-3, 1.0, 10.0]}, multi_fidelity=Race())
    >>> search.fit(*load_iris(return_X_y=True)).cv_results_["status"].tolist()
    ['pruned', 'complete', 'complete']
    """

    min_folds: int = 1

    def check(self) -> None:
        """Raise if the constants make no race."""
        if not isinstance(self.min_folds, numbers.Integral):
            raise TypeError(f"min_folds={self.min_folds!r} of Race must be an int.")
        if self.min_folds < 1:
            raise ValueError(f"min_folds={self.min_folds!r} of Race must be at least 1.")

    def next_step(self, trials: Sequence[Trial], table: ResultsTable) -> Step:
        """The next fold of those that are still in the race."""
        return race(trials, self.min_folds, table, first=trials[0].number if trials else 0)


def race(trials: Sequence[Trial], min_folds: int, table: ResultsTable, first: int) -> Step:
    """The next step of a race among some trials of a round, that begins with trial `first`."""
    racing = [trial for trial in trials if not table.has_failed(trial.number)]
    fits = missing_fits(racing, table, range(min(min_folds, table.n_folds)))
    if fits or not racing:
        return Step(fits, others(trials, racing))
    incumbent = table.incumbent(before=first)
    leader: list[Trial] = []
    if incumbent is None:
        leader = [_leader(racing, min_folds, table)]
        fits = missing_fits(leader, table)
        if fits:
            return Step(fits, others(trials, racing))
        incumbent = table.fold_scores(leader)[0]
    for fold in range(min_folds, table.n_folds):
        means = table.fold_scores(racing)[:, :fold].mean(axis=1)
        racing = [
            trial
            for trial, mean in zip(racing, means, strict=True)
            if mean > incumbent.min() or trial in leader
        ]
        fits = missing_fits(racing, table, [fold])
        if fits:
            break
    return Step(fits, others(trials, racing))


def _leader(racing: Sequence[Trial], min_folds: int, table: ResultsTable) -> Trial:
    """The best on the first folds; of equals the first."""
    means = table.fold_scores(racing)[:, :min_folds].mean(axis=1)
    return racing[int(np.argmax(np.nan_to_num(means, nan=-np.inf)))]
