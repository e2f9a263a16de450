"""Every trial on every fold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sk_hpt._trials import Job, ResultsTable, Trial
from sk_hpt.fidelity._base import Fidelity, Step


class FullFidelity(Fidelity):
    """Trains every trial on every fold to its last epoch: black-box search."""

    @property
    def compares_trials(self) -> bool:
        """False, because every trial is trained in full."""
        return False

    def next_step(self, trials: Sequence[Trial], table: ResultsTable) -> Step:
        """Return all jobs without a result, trial by trial, as scikit-learn orders them."""
        return Step(_missing(trials, table))


def _missing(trials: Sequence[Trial], table: ResultsTable) -> Iterator[Job]:
    # Lazily, unlike missing_jobs: a large round is never held in memory twice.
    for trial in trials:
        for fold in range(table.n_folds):
            if not table.is_done((trial.number, fold)):
                yield Job(trial, fold)
