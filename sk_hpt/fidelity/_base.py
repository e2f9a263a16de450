"""What a fidelity must answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sk_hpt._trials import Job, ResultsTable, Trial


@dataclass(frozen=True)
class Step:
    """What a fidelity decides.

    Parameters
    ----------
    fits : iterable of Job
        Fits that can run now, in the order in which they should start; none ends the round.
    dropped : sequence of Trial, default=()
        Trials of the round that are not worth any more.
    """

    fits: Iterable[Job]
    dropped: Sequence[Trial] = ()


class Fidelity(ABC):
    """Decides, from what is known, how a round of trials goes on."""

    @property
    def depth(self) -> int:
        """On how many rungs below the end of its training a network is scored, at the most."""
        return 0

    def check(self) -> None:  # noqa: B027
        """Raise a ValueError or TypeError if the constants make no sense."""

    @abstractmethod
    def next_step(self, trials: Sequence[Trial], table: ResultsTable) -> Step:
        """Which fits come next, and which trials are dropped.

        The loop runs the fits and asks again, until there are none. It is a pure function: what
        was decided before follows again from what was known then, so that a search can be
        replayed from its results.

        Parameters
        ----------
        trials : sequence of Trial
            The round.
        table : ResultsTable
            What is known of every trial so far; to be read only. Fits that come lazily are
            consumed while results of the first of them already arrive there.
        """


def missing_fits(
    trials: Sequence[Trial], table: ResultsTable, folds: Iterable[int] | None = None
) -> list[Job]:
    """Fits to the end that have no result yet, on these folds or on all."""
    folds = range(table.n_folds) if folds is None else folds
    return [
        Job(trial, fold) for trial in trials for fold in folds if not table.has(trial.number, fold)
    ]


def others(trials: Sequence[Trial], chosen: Sequence[Trial]) -> list[Trial]:
    """Those that are not among the chosen."""
    numbers = {trial.number for trial in chosen}
    return [trial for trial in trials if trial.number not in numbers]
