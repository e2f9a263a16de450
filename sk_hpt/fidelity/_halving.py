"""Epochs as the resource: on each rung the best are chosen to train on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sk_hpt._trials import Job, ResultsTable, Rung, Trial
from sk_hpt.fidelity._base import Fidelity, Step, missing_fits, others
from sk_hpt.fidelity._constants import check_int, check_real
from sk_hpt.fidelity._race import Race

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Halving(Fidelity):
    """Successive halving over the epochs of networks, then a race over the folds.

    Networks are scored on rungs of an eighth, a quarter and a half of their epochs, on one fold
    only: what a short training says is uncertain because it is short, more than because the fold
    is one. The best half of each rung is trained on, from where it paused; the best half of those
    that were trained to the end goes through the other folds, in a :class:`Race`. Half of a few
    would be too few: three are taken at the least.

    Networks are ranked on a rung by their score and a part of what they gained over the second
    half of the way, for those that learn slowly are still on their way up.

    Parameters
    ----------
    factor : float, default=2
        One in so many is promoted, and trains for so many times the epochs.
    n_rungs : int, default=3
        Rungs below the whole training.
    min_epochs : int, default=1
        Rungs of fewer epochs are left out.
    min_promoted : int, default=3
        How many are promoted at the least.
    trend : float, default=0.5
        How much of the gain is added to the score.
    n_folds : int, default=1
        Folds that are trained on the rungs, and to the end before the race begins.

    Notes
    -----
    In a grid or random search, a rung is decided when all trials are there. In a Bayesian search
    each new trial is ranked among all earlier ones on its rung, as in the stopping form of
    asynchronous halving.

    Estimators without epochs that can be paused (other solvers, other classes, sparse data)
    are trained to the end on the first fold, and are then chosen and race with the others. Where
    ``max_iter`` itself is searched, the rungs of a trial are shares of its own.

    References
    ----------
    Jamieson and Talwalkar (2016), "Non-stochastic best arm identification and hyperparameter
    optimization", AISTATS. Li et al. (2020), "A system for massively parallel hyperparameter
    tuning", MLSys.

    Examples
    --------
    >>> import warnings
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sk_hpt import GridSearchNN
    >>> from sk_hpt.fidelity import Halving
    >>> grid = {"alpha": [1e-4, 1e-2], "learning_rate_init": [1e-5, 1e-4, 1e-3, 1e-2, 1e-1]}
    >>> network = MLPClassifier((8,), max_iter=45, tol=0.0, random_state=0)
    >>> halving = Halving(factor=3, n_rungs=2)
    >>> search = GridSearchNN(network, grid, multi_fidelity=halving, refit=False)
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")  # networks that have not converged
    ...     _ = search.fit(*load_iris(return_X_y=True))
    >>> sorted(search.cv_results_["n_epochs"].tolist())[:6]
    [5, 5, 5, 5, 5, 5]
    """

    factor: float = 2
    n_rungs: int = 3
    min_epochs: int = 1
    min_promoted: int = 3
    trend: float = 0.5
    n_folds: int = 1

    @property
    def depth(self) -> int:
        """Two for each rung: halfway, and there."""
        return 2 * self.n_rungs

    def check(self) -> None:
        """Raise if the constants make no rungs."""
        check_real(self, "factor", 2.0)
        check_int(self, "n_rungs", 0)
        check_real(self, "trend", 0.0)
        for name in ("min_epochs", "min_promoted", "n_folds"):
            check_int(self, name, 1)

    def rungs(self, trial: Trial) -> list[Rung]:
        """Where a trial's networks are scored on their way, the lowest first.

        Counted from the top, those of odd numbers decide; each has one halfway before it.
        """
        rungs = []
        reached = 0
        for number in range(self.n_rungs, 0, -1):
            epoch = round((trial.max_epochs or 0) / self.factor**number)
            if epoch > reached and epoch >= self.min_epochs:
                halfway = max(epoch // 2, reached)
                if halfway:
                    rungs.append(Rung(2 * number, halfway))
                rungs.append(Rung(2 * number - 1, epoch))
                reached = epoch
        return rungs

    def next_step(self, trials: Sequence[Trial], table: ResultsTable) -> Step:
        """The next rung of those that were promoted, or the next fold of the last ones."""
        if not trials:
            return Step(())
        self._check_epochs(trials)
        first = trials[0].number
        climbing = list(trials)
        for below in (*range(2 * self.n_rungs - 1, 0, -2), 0):
            here = [trial for trial in climbing if below == 0 or self._to(below, trial)]
            fits = [fit for trial in here for fit in self._missing(below, trial, table)]
            if fits:
                return Step(fits, others(trials, climbing))
            climbing = others(climbing, others(here, self._promoted(here, below, first, table)))
        final = Race().among(climbing, table, first)
        dropped = [*others(trials, climbing), *final.dropped]
        if final.fits:
            return Step(final.fits, dropped)
        rescued = self._rescue(trials, table)
        return Step(missing_fits(rescued, table), others(dropped, rescued))

    def _to(self, below: int, trial: Trial) -> list[Rung]:
        """The rungs up to this one; none if the trial has no such rung."""
        upto = [rung for rung in self.rungs(trial) if rung.below >= below]
        if not upto or upto[-1].below != below:
            return []
        # Where factor is 2, halfway to the next is no higher.
        return [rung for rung in self.rungs(trial) if rung.epoch <= upto[-1].epoch]

    def _missing(self, below: int, trial: Trial, table: ResultsTable) -> list[Job]:
        """What brings a trial to a rung, over those before it that it did not see."""
        if table.has_failed(trial.number):
            return []
        folds = range(min(self.n_folds, table.n_folds))
        if below == 0:
            return missing_fits([trial], table, folds)
        fits = []
        for fold in folds:
            missing = tuple(
                rung
                for rung in self._to(below, trial)
                if not table.has_reached(trial.number, fold, rung.epoch)
            )
            if missing:
                fits.append(Job(trial, fold, missing))
        return fits

    def _promoted(
        self, here: Sequence[Trial], below: int, first: int, table: ResultsTable
    ) -> list[Trial]:
        """The best on a rung, of these trials and of all earlier ones that were there."""
        known = [*table.trials[:first], *here]
        values = self._values(known, below, table)
        ranked = [
            known[i]
            for i in np.argsort(-values, kind="stable")
            if known[i].number >= first or np.isfinite(values[i])
        ]
        n_promoted = max(math.ceil(len(ranked) / self.factor), self.min_promoted)
        return [trial for trial in ranked[:n_promoted] if trial.number >= first]

    def _values(self, trials: Sequence[Trial], below: int, table: ResultsTable) -> Floats:
        """By what trials are ranked on a rung: their score, and a part of their gain."""
        if below == 0:
            return np.asarray(table.fold_scores(trials)[:, : self.n_folds].mean(axis=1))
        scores = table.scores_on_rung(trials, below)[:, : self.n_folds]
        before = table.scores_on_rung(trials, below + 1)[:, : self.n_folds]
        gains = np.where(np.isnan(before), 0.0, scores - before)
        return np.asarray((scores + self.trend * gains).mean(axis=1))

    def _rescue(self, trials: Sequence[Trial], table: ResultsTable) -> list[Trial]:
        """The best of the dropped, where all that were promoted have failed."""
        left = [trial for trial in trials if not table.has_failed(trial.number)]
        if not left or any(
            table.is_complete(trial.number) and not table.has_failed(trial.number)
            for trial in table.trials
        ):
            return []
        for below in (0, *range(1, 2 * self.n_rungs, 2)):
            values = self._values(left, below, table)
            if np.isfinite(values).any():
                return [left[int(np.nanargmax(values))]]
        return left[:1]

    def _check_epochs(self, trials: Sequence[Trial]) -> None:
        if any(name.split("__")[-1] == "max_iter" for name in trials[0].params):
            return  # it is searched: that some are shorter is no mistake
        longest = max(trial.max_epochs or 0 for trial in trials)
        if 0 < longest < self.min_epochs:
            raise ValueError(
                f"min_epochs={self.min_epochs} of Halving is above max_iter={longest}, so no "
                "trial could be stopped early: lower min_epochs or raise max_iter."
            )
