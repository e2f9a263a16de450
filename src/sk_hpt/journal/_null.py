"""The journal of a search that keeps none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sk_hpt._trial import Fit, FoldResult, Trial
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

    def recall(self, fits: Iterable[Fit]) -> tuple[Sequence[FoldResult], Iterable[Fit]]:
        """Nothing is known."""
        return (), fits

    def append(self, result: FoldResult) -> None:
        """Let it go."""

    def settle(self, trials: Sequence[Trial], is_over: bool) -> Sequence[FoldResult]:
        """Nothing more is known."""
        return ()
