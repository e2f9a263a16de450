"""Folds as the resource: trials that trail the incumbent are pruned before the next fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sk_hpt._trials import ResultsTable, Trial
from sk_hpt._types import Flags, Floats
from sk_hpt.fidelity._base import Fidelity, Step, missing_jobs, split_folds, without
from sk_hpt.fidelity._constants import check_int, check_real


@dataclass(frozen=True)
class Race(Fidelity):
    """Trials race over the folds.

    All trials are trained on the first fold, and the best of them on every fold: it is the
    incumbent, unless an earlier round had one. The others go from fold to fold. Each is compared
    with the incumbent on the same folds, because some folds are harder than others for all
    trials. A trial is pruned once it trails the incumbent by more than one standard error of
    their differences over the folds.

    Parameters
    ----------
    margin : float, default=1.0
        Number of standard errors of the mean difference by which a trial may trail.
    min_folds : int, default=1
        Number of folds on which each trial is trained before it can be pruned; more if these folds
        cannot rank trials, for instance because the test rows have one class.

    Notes
    -----
    The variance of a few differences is poorly known. So the variance of the incumbent's scores
    over the folds counts as one more squared difference. With a single fold there is no race,
    and every trial is trained in full.

    On recorded networks this rule pruned more and lost no more than the rule of Bergman, Purucker
    and Hutter, which prunes a trial whose mean is not above the incumbent's worst fold.

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
    >>> search = GridSearchNN(SVC(), {"C": [1e-3, 1.0, 10.0]}, cv=3, multi_fidelity=Race())
    >>> search.fit(*load_iris(return_X_y=True)).cv_results_["status"].tolist()
    ['pruned', 'pruned', 'complete']
    """

    margin: float = 1.0
    min_folds: int = 1

    def check(self) -> None:
        """Raise if a constant is out of range."""
        check_real(self, "margin", 0.0)
        check_int(self, "min_folds", 1)

    def next_step(self, trials: Sequence[Trial], table: ResultsTable) -> Step:
        """Return the next fold of the trials that are still in the race."""
        return self.among(trials, table, first=trials[0].number if trials else 0)

    def among(
        self,
        trials: Sequence[Trial],
        table: ResultsTable,
        first: int,
        leaders_at_once: bool = False,
    ) -> Step:
        """Return the next step of a race among trials of the round that begins with `first`.

        With `leaders_at_once`, a trial that leads the incumbent goes through all folds that are
        left at once: it will hardly be pruned, and few trials on one fold keep few workers busy.
        """
        racing = [trial for trial in trials if not table.has_failed(trial.number)]
        done, others = split_folds(table, self.min_folds)
        jobs = missing_jobs(racing, table, done)
        if jobs or not racing:
            return Step(jobs, without(trials, racing))
        incumbent = table.incumbent_scores(before=first)
        if incumbent is None:
            # The first round has no incumbent: the best on the first folds is trained in full.
            best = self._best_on(done, racing, table)
            jobs = missing_jobs([best], table)
            if jobs:
                return Step(jobs, without(trials, racing))
            incumbent = table.fold_scores([best])[0]
        for position, fold in enumerate(others):
            differences = table.fold_scores(racing)[:, done] - incumbent[done]
            trails = self._trails(differences, incumbent)
            leads = ~trails & (differences.mean(axis=1) >= 0) & leaders_at_once
            ahead = [trial for trial, is_ in zip(racing, leads, strict=True) if is_]
            racing = [trial for trial, is_ in zip(racing, trails, strict=True) if not is_]
            jobs = [
                *missing_jobs(ahead, table, others[position:]),
                *missing_jobs(without(racing, ahead), table, [fold]),
            ]
            if jobs:
                break
            done = [*done, fold]
        return Step(jobs, without(trials, racing))

    def _best_on(self, folds: Sequence[int], racing: Sequence[Trial], table: ResultsTable) -> Trial:
        """Return the trial with the best mean on these folds; of equals the first."""
        means = table.fold_scores(racing)[:, folds].mean(axis=1)
        return racing[int(np.argmax(np.nan_to_num(means, nan=-np.inf)))]

    def _trails(self, differences: Floats, incumbent: Floats) -> Flags:
        """Return which trials trail the incumbent by more than the margin.

        Parameters
        ----------
        differences : ndarray of shape (n_trials, n_folds_done)
            Scores of the trials less the incumbent's, on the folds that all have done.
        incumbent : ndarray of shape (n_folds,)
            The incumbent's scores.
        """
        n_folds = differences.shape[1]
        means = differences.mean(axis=1)
        # The sum of n squared deviations has n - 1 degrees of freedom, and the incumbent's variance
        # adds one. Over n the sum is a variance, and over n once more the squared standard error.
        squares = ((differences - means[:, None]) ** 2).sum(axis=1) + incumbent.var(ddof=1)
        trails: Flags = ~(means >= -self.margin * np.sqrt(squares) / n_folds)
        return trails
