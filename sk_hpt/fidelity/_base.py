"""The base class of all fidelities."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sk_hpt._trials import Job, ResultsTable, Trial


@dataclass(frozen=True)
class Step:
    """A decision of a fidelity.

    Parameters
    ----------
    jobs : iterable of Job
        Jobs that can run now, in the order in which they should start; none ends the round.
    pruned : sequence of Trial, default=()
        Trials of the round that are not trained any further.
    """

    jobs: Iterable[Job]
    pruned: Sequence[Trial] = ()


class Fidelity(ABC):
    """Decides how a round of trials goes on."""

    @property
    def compares_trials(self) -> bool:
        """True if the trials of a round are compared, so that its size has an influence."""
        return True

    @property
    def n_levels(self) -> int:
        """Number of rungs below the end of training, at most."""
        return 0

    @property
    def resource(self) -> str | None:
        """Name of the resource of which trials get a part on each rung; None for epochs."""
        return None

    @property
    def first_rounds(self) -> tuple[int, ...]:
        """Numbers of trials in the first rounds of a search that learns, before it has learned."""
        return ()

    @property
    def round_size(self) -> int:
        """Number of trials in each later round of such a search, at least."""
        return 1

    def check(self) -> None:  # noqa: B027
        """Raise a ValueError or TypeError if a constant has a value that it must not have."""

    @abstractmethod
    def next_step(self, trials: Sequence[Trial], table: ResultsTable) -> Step:
        """Decide which jobs come next, and which trials are pruned.

        The loop runs the jobs and asks again, until there are none. This must be a pure function
        of its arguments, so that a search can be replayed from its results.

        Parameters
        ----------
        trials : sequence of Trial
            The round.
        table : ResultsTable
            The results so far; it is only read. Jobs that are made lazily are consumed while
            results of the first of them already arrive there.

        Returns
        -------
        step : Step
            The decision.
        """


def missing_jobs(
    trials: Sequence[Trial], table: ResultsTable, folds: Iterable[int] | None = None
) -> list[Job]:
    """Return the jobs to the end that have no result yet, on these folds or on all."""
    folds = range(table.n_folds) if folds is None else folds
    return [
        Job(trial, fold)
        for trial in trials
        for fold in folds
        if not table.is_done((trial.number, fold))
    ]


def split_folds(table: ResultsTable, at_least: int) -> tuple[list[int], list[int]]:
    """Return the folds on which trials are compared first, and the others, in their order."""
    others = [fold for fold in range(table.n_folds) if fold not in table.ranking_folds]
    order = [*table.ranking_folds, *others]
    n_first = max(at_least, len(table.ranking_folds))
    return order[:n_first], order[n_first:]


def without(trials: Sequence[Trial], excluded: Sequence[Trial]) -> list[Trial]:
    """Return the trials that are not among the excluded ones."""
    numbers = {trial.number for trial in excluded}
    return [trial for trial in trials if trial.number not in numbers]
