"""The journal of a search that keeps none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sk_hpt._trials import FitResult, Job, Trial
from sk_hpt.journal._base import Journal, Origin


class NullJournal(Journal):
    """Knows nothing and keeps nothing."""

    def origin(self, random_state: Any, n_iter: int | None) -> Origin:
        """It begins now."""
        return Origin(random_state, n_iter)

    @property
    def seconds(self) -> float:
        """There were none."""
        return 0.0

    def identify(
        self, settings: Mapping[str, Any], data: Mapping[str, Any], folds: Sequence[Any]
    ) -> None:
        """Whatever it is."""

    def enroll(self, trials: Sequence[Trial]) -> None:
        """Nothing to compare with."""

    def recall(self, fits: Iterable[Job]) -> tuple[Sequence[FitResult], Iterable[Job]]:
        """Nothing is known."""
        return (), fits

    def append(self, result: FitResult) -> None:
        """Let it go."""

    def settle(self, trials: Sequence[Trial], is_over: bool) -> Sequence[FitResult]:
        """Nothing more is known."""
        return ()
