"""Epochs as the resource: the best of each rung train on."""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sk_hpt._results import ResultsTable
from sk_hpt._trial import Fit, Rung, Trial
from sk_hpt.fidelity._base import Fidelity, Step, missing_fits, others
from sk_hpt.fidelity._race import race

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Halving(Fidelity):
    """Successive halving over the epochs of networks, and then a race over the folds."""

    factor: float = 3
    min_epochs: int = 2
    trend: float = 0.5

    uses_epochs = True

    def check(self) -> None:
        """Raise if the constants make no rungs."""
        for name, kind, word in (
            ("factor", numbers.Real, "a number"),
            ("min_epochs", numbers.Integral, "an int"),
            ("trend", numbers.Real, "a number"),
        ):
            if not isinstance(getattr(self, name), kind):
                raise TypeError(f"{name}={getattr(self, name)!r} of Halving must be {word}.")
        if not self.factor >= 2:
            raise ValueError(
                f"factor={self.factor!r} of Halving must be at least 2: of so many trials on a "
                "rung one is promoted."
            )
        if self.min_epochs < 1:
            raise ValueError(f"min_epochs={self.min_epochs!r} of Halving must be at least 1.")
        if not self.trend >= 0:
            raise ValueError(f"trend={self.trend!r} of Halving must not be negative.")

    def rungs(self, trial: Trial) -> list[Rung]:
        """Where a trial's networks are scored on their way, the lowest first."""
        rungs: list[Rung] = []
        epoch = (trial.max_epochs or 0) / self.factor
        while round(epoch) >= self.min_epochs:
            rungs.insert(0, Rung(len(rungs) + 1, round(epoch)))
            epoch /= self.factor
        return rungs

    def next_step(self, trials: Sequence[Trial], table: ResultsTable) -> Step:
        """The next rung of those that were promoted, or the next fold of the last ones."""
        if not trials:
            return Step(())
        self._check_epochs(trials)
        first = trials[0].number
        rungs = {trial.number: self.rungs(trial) for trial in trials}
        climbing = list(trials)
        depth = max(map(len, rungs.values()))
        for below in range(depth, 0, -1):
            here = [trial for trial in climbing if len(rungs[trial.number]) >= below]
            fits = [
                fit for trial in here for fit in _fits_to(below, trial, rungs[trial.number], table)
            ]
            if fits:
                return Step(fits, others(trials, climbing))
            climbing = others(climbing, others(here, self._promoted(here, below, first, table)))
        final = race(climbing, 1, table, first)
        dropped = [*others(trials, climbing), *final.dropped]
        if final.fits:
            return Step(final.fits, dropped)
        rescued = self._rescue(trials, depth, table)
        return Step(missing_fits(rescued, table), others(dropped, rescued))

    def _check_epochs(self, trials: Sequence[Trial]) -> None:
        if any(name.split("__")[-1] == "max_iter" for name in trials[0].params):
            return  # it is searched: that some are shorter is no mistake
        longest = max(trial.max_epochs or 0 for trial in trials)
        if 0 < longest < self.min_epochs:
            raise ValueError(
                f"min_epochs={self.min_epochs} of Halving is above max_iter={longest}, so no "
                "trial could be stopped early: lower min_epochs or raise max_iter."
            )

    def _promoted(
        self, here: Sequence[Trial], below: int, first: int, table: ResultsTable
    ) -> list[Trial]:
        """The best on a rung, of these trials and of all earlier ones that were there."""
        earlier = table.trials[:first]
        seen = np.isfinite(self._values(earlier, below, table))
        known = [*(trial for trial, was in zip(earlier, seen, strict=True) if was), *here]
        values = self._values(known, below, table)
        ranked = [known[i] for i in np.argsort(-values, kind="stable")]
        n_promoted = math.ceil(len(ranked) / self.factor)
        return [trial for trial in ranked[:n_promoted] if trial.number >= first]

    def _rescue(self, trials: Sequence[Trial], depth: int, table: ResultsTable) -> list[Trial]:
        """The best of the dropped, where all that were promoted have failed."""
        left = [trial for trial in trials if not table.has_failed(trial.number)]
        if not left or any(
            table.is_complete(trial.number) and not table.has_failed(trial.number)
            for trial in table.trials
        ):
            return []
        for below in range(1, depth + 1):
            values = self._values(left, below, table)
            if np.isfinite(values).any():
                return [left[int(np.nanargmax(values))]]
        return left[:1]

    def _values(self, trials: Sequence[Trial], below: int, table: ResultsTable) -> Floats:
        """By what trials are ranked on a rung: their score, and some of its last improvement."""
        scores = table.scores_on_rung(trials, below)
        before = table.scores_on_rung(trials, below + 1)
        gains = np.where(np.isnan(before), 0.0, scores - before)
        return (scores + self.trend * gains).mean(axis=1)


def _fits_to(below: int, trial: Trial, rungs: Sequence[Rung], table: ResultsTable) -> list[Fit]:
    """What brings a trial to a rung, over those before it that it did not see."""
    if table.has_failed(trial.number):
        return []
    fits = []
    for fold in range(table.n_folds):
        missing = tuple(
            rung
            for rung in rungs
            if rung.below >= below and not table.has_reached(trial.number, fold, rung.epoch)
        )
        if missing:
            fits.append(Fit(trial, fold, missing))
    return fits
