"""Every trial on every fold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sk_hpt._trials import Job, ResultsTable, Trial
from sk_hpt.fidelity._base import Fidelity, Step


class FullFidelity(Fidelity):
    """Takes every trial through every fold: black-box search."""

    def next_step(self, trials: Sequence[Trial], table: ResultsTable) -> Step:
        """Whatever has no result yet, trial by trial, as scikit-learn orders them."""
        return Step(_missing(trials, table))


def _missing(trials: Sequence[Trial], table: ResultsTable) -> Iterator[Job]:
    for trial in trials:
        for fold in range(table.n_folds):
            if not table.has(trial.number, fold):
                yield Job(trial, fold)
