"""The journal of a search without one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sk_hpt._trials import FitResult, Job, Trial
from sk_hpt._types import Fold, Seed
from sk_hpt.journal._base import Journal, SearchStart


class NullJournal(Journal):
    """A journal that stores nothing and knows nothing."""

    def begin_search(self, random_state: Seed, n_iter: int | None) -> SearchStart:
        """Begin now, without a seed: nothing has to be repeatable."""
        return SearchStart(None, n_iter)

    @property
    def seconds(self) -> float:
        """Zero: there were no earlier runs."""
        return 0.0

    def check_identity(
        self, settings: Mapping[str, object], data: Mapping[str, object], folds: Sequence[Fold]
    ) -> None:
        """Accept every search."""

    def begin_round(self, trials: Sequence[Trial]) -> None:
        """Accept all trials."""

    def known(self, jobs: Iterable[Job]) -> tuple[Sequence[FitResult], Iterable[Job]]:
        """Return no results, and all jobs."""
        return (), jobs

    def append(self, result: FitResult) -> None:
        """Discard the result."""

    def end_round(self, trials: Sequence[Trial], is_over: bool) -> Sequence[FitResult]:
        """Return no results."""
        return ()
