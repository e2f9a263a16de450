"""What a fidelity must answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from sk_hpt._results import ResultsTable
from sk_hpt._trial import Fit, Trial


class Fidelity(ABC):
    """Decides, from what is known, which fits of a round of trials come next."""

    @abstractmethod
    def next_fits(self, trials: Sequence[Trial], table: ResultsTable) -> Iterator[Fit]:
        """Fits that can run now, in the order in which they should start.

        The loop runs them all and asks again; an empty answer ends the round. The iterator is
        consumed lazily, while results of its first fits already arrive in `table`, so it must
        yield a fit once at the most.

        Parameters
        ----------
        trials : sequence of Trial
            The round.
        table : ResultsTable
            What is known of every trial so far; to be read only.
        """
