"""Epochs or another resource: the best trials on each rung are promoted to the next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sk_hpt._surrogate import TREND_WEIGHT
from sk_hpt._trials import Job, ResultsTable, Rung, Trial
from sk_hpt._types import Floats
from sk_hpt.fidelity._base import Fidelity, Step, missing_jobs, split_folds, without
from sk_hpt.fidelity._constants import check_int, check_real
from sk_hpt.fidelity._race import Race

FIRST_ROUNDS = (1, 4, 1, 10)
"""Trials in the first rounds of a Bayesian search. One by one, the first trials would have few
others to be compared with, and nearly all would be trained to the end. All together, they would
give their first result late. So the first one is alone, and the sixth, which may be slow, waits."""

ROUND_SIZE = 4
"""Trials in its later rounds. Halving trains a trial on one fold at a time for most of its epochs,
so that a round of one trial keeps one worker busy."""


@dataclass(frozen=True)
class Halving(Fidelity):
    """Successive halving over epochs or another resource, then a race over the folds.

    Networks are scored on rungs at an eighth, a quarter and a half of their epochs, on one fold.
    One fold is enough there: such scores are uncertain mostly because the training was short. The
    best half of the trials on each rung is promoted and continues training from where it paused.
    The best half of the trials that reach the end goes through the other folds in a
    :class:`Race`. At least three trials are promoted from each rung.

    Trials are ranked on a rung by their score plus a part of what they gained over the second
    half of the way to it, because slow learners still improve.

    Any estimator can be halved over another `resource`: an integer parameter, such as its number of
    trees, or the number of training rows. There each rung is a fit of its own, so there are fewer
    rungs: one with a quarter of the resource, from which a quarter of the trials is promoted.

    Parameters
    ----------
    factor : float, optional
        Reduction factor. The best 1/factor of the trials on a rung are promoted, and the next rung
        has `factor` times as many epochs. By default 2, and 4 with a `resource`.
    n_rungs : int, optional
        Number of rungs below the end of training. By default 3, and 1 with a `resource`.
    min_epochs : int, default=1
        Rungs of fewer epochs, or of less of the `resource`, are left out.
    min_promoted : int, default=3
        Minimum number of trials that are promoted from a rung.
    trend : float, optional
        Share of the gain that is added to the score. By default 0.5, and 0 with a `resource`, whose
        trials are not scored halfway to a rung then.
    n_folds : int, default=1
        Number of folds that are trained over the rungs and to the end before the race begins; more
        if these folds cannot rank trials.
    resource : str, optional
        Full name of an integer parameter of the estimator, such as
        ``"histgradientboostingclassifier__max_iter"``, or ``"n_samples"`` for the number of
        training rows. By default the resource is the epochs of networks.

    Notes
    -----
    The first fold is the one where trials are compared, unless its test rows are few or unlike
    those of the other folds (for instance of one class), or its training set is much shorter than
    the longest one. Then another fold is taken, or several together.

    In a grid or random search, a rung is decided when all trials have reached it. A Bayesian search
    begins with rounds of 1, 4, 1 and 10 trials, or with half of its trials if it has fewer than 32.
    It goes on in rounds of 4, or of `n_points` if that is more. The trials of a round are
    ranked together, and among all earlier ones on their rung, as in the stopping form of
    asynchronous halving.

    Estimators that cannot be paused (other solvers, other classes, sparse data) are trained to
    the end on the first fold, and are then chosen and race with the others. Where ``max_iter``
    or the `resource` itself is searched, the rungs of a trial are shares of its own value.

    With a `resource`, a complete trial was fitted in one go with its own parameters, so its scores
    are those of a full search. Fits on rungs have a smaller value of the parameter. With
    ``"n_samples"`` they have fewer training rows, and the same test rows: classes in the same
    proportions or, if the splitter has groups, whole groups. The rows of a rung are among those of
    the next. The column ``n_resources`` of ``cv_results_`` has the amount that all fits of a
    trial took. A network that could be paused is better halved over its epochs.

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
    >>> search = GridSearchNN(network, grid, cv=3, multi_fidelity=halving, refit=False)
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")  # networks that have not converged
    ...     _ = search.fit(*load_iris(return_X_y=True))
    >>> sorted(search.cv_results_["n_epochs"].tolist())[:6]
    [5, 5, 5, 5, 5, 5]

    Another estimator, with the number of trees as the resource:

    >>> from sklearn.ensemble import RandomForestClassifier
    >>> forest = RandomForestClassifier(n_estimators=40, random_state=0)
    >>> grid = {"max_depth": [1, 2, 3, 4, 5, 6], "max_features": [1, 2, 3]}
    >>> halving = Halving(resource="n_estimators")
    >>> search = GridSearchNN(forest, grid, cv=3, multi_fidelity=halving)
    >>> search.fit(*load_iris(return_X_y=True)).cv_results_["n_resources"].tolist()[:4]
    [10, 130, 50, 10]
    """

    factor: float | None = None
    n_rungs: int | None = None
    min_epochs: int = 1
    min_promoted: int = 3
    trend: float | None = None
    n_folds: int = 1
    resource: str | None = None

    @property
    def n_levels(self) -> int:
        """Number of rungs below the end of training."""
        if self.n_rungs is None:
            return 3 if self.resource is None else 1
        return self.n_rungs

    @property
    def _factor(self) -> float:
        """`factor`, or its default."""
        if self.factor is None:
            return 2.0 if self.resource is None else 4.0
        return self.factor

    @property
    def _trend(self) -> float:
        """`trend`, or its default."""
        if self.trend is None:
            return TREND_WEIGHT if self.resource is None else 0.0
        return self.trend

    @property
    def first_rounds(self) -> tuple[int, ...]:
        """Numbers of trials that are halved together before a search learns from them."""
        return FIRST_ROUNDS

    @property
    def round_size(self) -> int:
        """Number of trials in each later round of a search that learns."""
        return ROUND_SIZE

    def check(self) -> None:
        """Raise if a constant is out of range."""
        for name, minimum in (("factor", 2.0), ("trend", 0.0)):
            if getattr(self, name) is not None:
                check_real(self, name, minimum)
        if self.n_rungs is not None:
            check_int(self, "n_rungs", 0)
        for name in ("min_epochs", "min_promoted", "n_folds"):
            check_int(self, name, 1)
        if not isinstance(self.resource, str | None):
            raise TypeError(
                f"resource={self.resource!r} of Halving must be the name of a parameter, "
                "'n_samples' or None."
            )

    def rungs(self, trial: Trial) -> list[Rung]:
        """Return the rungs of a trial, the lowest first, each after the one halfway to it."""
        rungs = []
        reached = 0
        # A network passes halfway anyway. With another resource that would be one more fit.
        has_halfway = self.resource is None or self._trend > 0
        for level in range(self.n_levels):
            reduction = self._factor ** (self.n_levels - level)
            n_resources = round((trial.max_resources or 0) / reduction)
            if n_resources > reached and n_resources >= self.min_epochs:
                halfway = max(n_resources // 2, reached)
                if halfway and has_halfway:
                    rungs.append(Rung(level, halfway, halfway=True))
                rungs.append(Rung(level, n_resources))
                reached = n_resources
        return rungs

    def next_step(self, trials: Sequence[Trial], table: ResultsTable) -> Step:
        """Return the jobs to the next rung that is not decided, or the next fold of the race."""
        if not trials:
            return Step(())
        self._check_epochs(trials)
        first = trials[0].number
        promoted = list(trials)
        # Rung by rung, and last the end of training, whose level is n_levels. All of this follows
        # anew from the results each time, down to the first rung that lacks some.
        for level in range(self.n_levels + 1):
            # Trials whose training is too short for this rung pass it by.
            here = [trial for trial in promoted if self._reaches(level, trial)]
            jobs = [job for trial in here for job in self._jobs_to(level, trial, table)]
            if jobs:
                return Step(jobs, without(trials, promoted))
            best = self._best_on(level, here, first, table)
            promoted = without(promoted, without(here, best))
        # The best at the end of the first folds race over the other folds.
        race = Race().among(promoted, table, first, leaders_at_once=True)
        pruned = [*without(trials, promoted), *race.pruned]
        if race.jobs:
            return Step(race.jobs, pruned)
        # If all of them have failed, the best of the pruned trials is trained instead.
        rescued = self._rescue(trials, table)
        return Step(missing_jobs(rescued, table), without(pruned, rescued))

    def _reaches(self, level: int, trial: Trial) -> bool:
        """Return whether a trial has a rung of this level; all trials have the end."""
        return level == self.n_levels or any(
            rung.level == level and not rung.halfway for rung in self.rungs(trial)
        )

    def _rungs_up_to(self, level: int, trial: Trial) -> list[Rung]:
        """Return the rungs of a trial on the way to this level, and on it."""
        rungs = self.rungs(trial)
        end = next(rung.n_resources for rung in rungs if rung.level == level and not rung.halfway)
        # By resources: with a factor of 2, halfway to the next rung is on this one.
        return [rung for rung in rungs if rung.n_resources <= end]

    def _jobs_to(self, level: int, trial: Trial, table: ResultsTable) -> list[Job]:
        """Return the jobs that bring a trial to a level, over the rungs that it has not reached."""
        if table.has_failed(trial.number):
            return []
        folds, _ = split_folds(table, self.n_folds)
        if level == self.n_levels:
            return missing_jobs([trial], table, folds)
        jobs = []
        for fold in folds:
            missing = tuple(
                rung
                for rung in self._rungs_up_to(level, trial)
                if not table.has_reached((trial.number, fold), rung.n_resources)
            )
            if missing:
                jobs.append(Job(trial, fold, missing))
        return jobs

    def _best_on(
        self, level: int, here: Sequence[Trial], first: int, table: ResultsTable
    ) -> list[Trial]:
        """Return which of these trials rank high enough on a level to be promoted.

        They are ranked together with all earlier trials that were on it.
        """
        known = [*table.trials[:first], *here]
        values = self._values(level, known, table)
        ranked = [
            known[i]
            for i in np.argsort(-values, kind="stable")
            if known[i].number >= first or np.isfinite(values[i])
        ]
        n_promoted = max(math.ceil(len(ranked) / self._factor), self.min_promoted)
        return [trial for trial in ranked[:n_promoted] if trial.number >= first]

    def _values(self, level: int, trials: Sequence[Trial], table: ResultsTable) -> Floats:
        """Return the values that trials are ranked by on a level, (n_trials,)."""
        folds, _ = split_folds(table, self.n_folds)
        if level == self.n_levels:
            return np.asarray(table.fold_scores(trials)[:, folds].mean(axis=1))
        scores = table.scores_on_rung(trials, level)[:, folds]
        halfway = table.scores_on_rung(trials, level, halfway=True)[:, folds]
        gains = np.where(np.isnan(halfway), 0.0, scores - halfway)
        return np.asarray((scores + self._trend * gains).mean(axis=1))

    def _rescue(self, trials: Sequence[Trial], table: ResultsTable) -> list[Trial]:
        """Return the best of the pruned trials if all that were promoted have failed."""
        left = [trial for trial in trials if not table.has_failed(trial.number)]
        if not left or any(
            table.is_complete(trial.number) and not table.has_failed(trial.number)
            for trial in table.trials
        ):
            return []
        for level in reversed(range(self.n_levels + 1)):
            values = self._values(level, left, table)
            if np.isfinite(values).any():
                return [left[int(np.nanargmax(values))]]
        return left[:1]

    def _check_epochs(self, trials: Sequence[Trial]) -> None:
        searched = trials[0].params
        if self.resource in searched or any(n.split("__")[-1] == "max_iter" for n in searched):
            return  # where the resource is searched, some trials are short on purpose
        longest = max(trial.max_resources or 0 for trial in trials)
        if 0 < longest < self.min_epochs:
            name = self.resource or "max_iter"
            raise ValueError(
                f"min_epochs={self.min_epochs} of Halving is above {name}={longest}, so no trial "
                f"could be stopped early: lower min_epochs or raise {name}."
            )
