"""What a journal must answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from sk_hpt._trial import FoldResult, Trial


class Journal(ABC):
    """Keeps the results of finished fits."""

    @abstractmethod
    def recall(self, trials: Sequence[Trial]) -> Iterable[FoldResult]:
        """Results that are already known for these trials."""

    @abstractmethod
    def append(self, result: FoldResult) -> None:
        """Keep one more result; when this returns, it is kept."""
