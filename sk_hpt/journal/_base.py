"""What a journal must answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sk_hpt._trials import FitResult, Job, Trial


@dataclass(frozen=True)
class Origin:
    """What the draws of a search depend on: how it began, even where it goes on with more.

    Parameters
    ----------
    random_state : int, RandomState or None
        What to draw with.
    n_iter : int or None
        Trials that it was to have when it began.
    """

    random_state: Any
    n_iter: int | None


class Journal(ABC):
    """Keeps the results of finished fits. To be entered while a search runs."""

    def __enter__(self) -> Self:
        """Take hold of what is kept."""
        return self

    def __exit__(self, *exception: Any) -> None:  # noqa: B027
        """Let go of it; everything appended is kept."""

    @abstractmethod
    def origin(self, random_state: Any, n_iter: int | None) -> Origin:
        """How the search began: now, with these, or when the journal did."""

    @property
    @abstractmethod
    def seconds(self) -> float:
        """How long earlier runs of the search took, to the last result of theirs."""

    @abstractmethod
    def identify(
        self, settings: Mapping[str, Any], data: Mapping[str, Any], folds: Sequence[Any]
    ) -> None:
        """Raise a ValueError if the journal belongs to a search with other settings or data."""

    @abstractmethod
    def enroll(self, trials: Sequence[Trial]) -> None:
        """A round begins; raise a ValueError if the journal has other trials of these numbers."""

    @abstractmethod
    def recall(self, fits: Iterable[Job]) -> tuple[Sequence[FitResult], Iterable[Job]]:
        """What earlier runs found of these fits, and the fits that they did not come to."""

    @abstractmethod
    def append(self, result: FitResult) -> None:
        """Keep one more result, at the latest before `settle` returns."""

    @abstractmethod
    def settle(self, trials: Sequence[Trial], is_over: bool) -> Sequence[FitResult]:
        """A round is over, or was ended; what earlier runs know of it that was not asked for."""
