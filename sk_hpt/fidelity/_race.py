"""Folds as the resource: trials that will hardly win are spared the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sk_hpt._trials import ResultsTable, Trial
from sk_hpt.fidelity._base import Fidelity, Step, missing_fits, others
from sk_hpt.fidelity._constants import check_int, check_real

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Race(Fidelity):
    """Trials race over the folds.

    All of them are trained on the first fold, and the best of these on every fold: it is the
    incumbent, unless an earlier round had one. Then the others go from fold to fold, each
    compared with the incumbent on the same folds, for how hard a fold is says nothing about
    either of them. Who falls behind by more than the differences vary is dropped.

    Parameters
    ----------
    margin : float, default=1.0
        By how many standard errors of the mean difference a trial may be behind.
    min_folds : int, default=1
        Folds on which a trial is trained before it can be dropped.

    Notes
    -----
    Of a few differences the variance is poorly known, so the variance of the incumbent's scores
    over its folds counts as one more of them. With one fold there is nothing to race over, and
    every trial is trained in full.

    On recorded networks this rule dropped more and lost no more than Bergman, Purucker and
    Hutter's, which drops a trial whose mean is no better than the incumbent's worst fold.

    References
    ----------
    Maron and Moore (1997), "The racing algorithm: model selection for lazy learners", Artificial
    Intelligence Review 11. Bergman, Purucker and Hutter (2024), "Don't waste your time: early
    stopping cross-validation", AutoML Conference.

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

    margin: float = 1.0
    min_folds: int = 1

    def check(self) -> None:
        """Raise if the constants make no race."""
        check_real(self, "margin", 0.0)
        check_int(self, "min_folds", 1)

    def next_step(self, trials: Sequence[Trial], table: ResultsTable) -> Step:
        """The next fold of those that are still in the race."""
        return self.among(trials, table, first=trials[0].number if trials else 0)

    def among(self, trials: Sequence[Trial], table: ResultsTable, first: int) -> Step:
        """The next step of a race among some trials of a round that begins with trial `first`."""
        racing = [trial for trial in trials if not table.has_failed(trial.number)]
        fits = missing_fits(racing, table, range(min(self.min_folds, table.n_folds)))
        if fits or not racing:
            return Step(fits, others(trials, racing))
        incumbent = table.incumbent(before=first)
        if incumbent is None:
            leader = self._leader(racing, table)
            fits = missing_fits([leader], table)
            if fits:
                return Step(fits, others(trials, racing))
            incumbent = table.fold_scores([leader])[0]
        for fold in range(self.min_folds, table.n_folds):
            scores = table.fold_scores(racing)[:, :fold]
            behind = self._is_behind(scores - incumbent[:fold], incumbent)
            racing = [trial for trial, is_ in zip(racing, behind, strict=True) if not is_]
            fits = missing_fits(racing, table, [fold])
            if fits:
                break
        return Step(fits, others(trials, racing))

    def _leader(self, racing: Sequence[Trial], table: ResultsTable) -> Trial:
        """The best on the first folds; of equals the first."""
        means = table.fold_scores(racing)[:, : self.min_folds].mean(axis=1)
        return racing[int(np.argmax(np.nan_to_num(means, nan=-np.inf)))]

    def _is_behind(self, differences: Floats, incumbent: Floats) -> NDArray[np.bool_]:
        """Whether trials are behind, by their differences to the incumbent, (n, n_folds done)."""
        n_folds = differences.shape[1]
        means = differences.mean(axis=1)
        squares = ((differences - means[:, None]) ** 2).sum(axis=1) + incumbent.var(ddof=1)
        behind: NDArray[np.bool_] = ~(means >= -self.margin * np.sqrt(squares) / n_folds)
        return behind
