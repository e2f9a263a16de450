"""The interface between a search and its journal, and the journal of a search without one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sk_hpt._trials import FitResult, Job, Trial
from sk_hpt._types import Fold, Seed


@dataclass(frozen=True)
class SearchStart:
    """Beginning of a search, from which a resumed search draws the same trials.

    Parameters
    ----------
    seed : int or None
        The seed of a search without a ``random_state``; None if the search has one, draws
        nothing, or need not be repeatable.
    n_iter : int or None
        The number of trials that the search began with. It may have a larger one now.
    """

    seed: int | None
    n_iter: int | None


class Journal:
    """Stores the results of finished fits; a context manager that is entered by ``fit``.

    The search calls `begin_search` and `check_identity` once. After that it calls, for each
    round, `begin_round`, `known` and `append` as often as needed, and `end_round`. A search that
    ends itself asks for `earlier_end` and calls `append_end`.

    This class is the journal of a search that has none: it stores nothing and knows nothing.
    """

    def __enter__(self) -> Self:
        """Open the journal."""
        return self

    def __exit__(self, exception_type: type[BaseException] | None, *exception: object) -> None:
        """Close the journal; everything that was appended is stored."""

    def begin_search(self, random_state: Seed, n_iter: int | None) -> SearchStart:
        """Return how the search began: now with these values, or when the journal was created."""
        # A search that cannot be resumed need not be repeatable, so it gets no seed.
        return SearchStart(None, n_iter)

    @property
    def seconds(self) -> float:
        """Duration of the earlier runs of this search, up to their last result."""
        return 0.0

    def check_identity(
        self, settings: Mapping[str, object], data: Mapping[str, object], folds: Sequence[Fold]
    ) -> None:
        """Raise a ValueError if the journal belongs to a search with other settings or data."""

    def begin_round(self, trials: Sequence[Trial]) -> None:
        """Add trials; raise a ValueError if the journal has others with the same numbers."""

    def known(self, jobs: Iterable[Job]) -> tuple[Sequence[FitResult], Iterable[Job]]:
        """Return the results that earlier runs have of these jobs, and the jobs without one."""
        return (), jobs

    def append(self, result: FitResult) -> None:
        """Store a result, at the latest when `end_round` returns."""

    def earlier_end(self, trial: int) -> int | None:
        """Return the `n_iter` of an earlier run that ended itself at this trial, if there was."""
        return None

    def append_end(self, trial: int, n_iter: int) -> None:
        """Store that a search with this `n_iter` ends itself at this trial."""

    def end_round(self, trials: Sequence[Trial], is_over: bool) -> Sequence[FitResult]:
        """Store everything of a round, and return what is known of it and was not asked for.

        The round is not over if the search was stopped in it.
        """
        return ()
