"""The journal of a search that keeps none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sk_hpt._trial import FoldResult, Trial
from sk_hpt.journal._base import Journal


class NullJournal(Journal):
    """Knows nothing and keeps nothing."""

    def recall(self, trials: Sequence[Trial]) -> Iterable[FoldResult]:
        """Nothing is known."""
        return ()

    def append(self, result: FoldResult) -> None:
        """Let it go."""
