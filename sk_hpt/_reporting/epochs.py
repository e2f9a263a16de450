"""How far the networks are that train in this process.

Whoever trains asks before each epoch whether to stop; where somebody wants to know, the asking is
counted, which takes no lock. In another process nothing is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Cell = tuple[int, int]
"""A trial and a fold."""


class NullEpochs:
    """Counts nothing."""

    def counted(
        self, limits: Mapping[Cell, int], should_stop: Callable[[], bool], done: int = 0
    ) -> Callable[[], bool]:
        """The same `should_stop`."""
        return should_stop

    def underway(self, is_settled: Callable[[Cell], bool]) -> float | None:
        """Nothing is known."""
        return None


class Epochs(NullEpochs):
    """Counts the epochs of networks in this process, whichever threads they train in."""

    def __init__(self) -> None:
        self._fits: dict[Cell, tuple[CountedPoll, int]] = {}

    def counted(
        self, limits: Mapping[Cell, int], should_stop: Callable[[], bool], done: int = 0
    ) -> Callable[[], bool]:
        """A `should_stop` for the fits that train as one from now on.

        Parameters
        ----------
        limits : mapping of (trial, fold) to int
            The most epochs of each.
        should_stop : callable
            To be asked before each epoch.
        done : int, default=0
            Epochs that were done before.
        """
        poll = CountedPoll(should_stop, done)
        for cell, limit in limits.items():
            self._fits[cell] = poll, limit
        return poll

    def underway(self, is_settled: Callable[[Cell], bool]) -> float | None:
        """The fits that were begun and are not settled, as a sum of their fractions.

        None if there is no such fit that trains in epochs.
        """
        total = None
        for cell, (poll, limit) in list(self._fits.items()):
            if is_settled(cell):
                self._fits.pop(cell, None)
            elif poll.n_asked:
                # The epoch it was asked before is not done yet, so this is always below 1.
                total = (total or 0.0) + (min(poll.n_asked, limit) - 1) / limit
        return total

    def __reduce__(self) -> tuple[type[NullEpochs], tuple[()]]:
        """Nobody could read what is counted in another process."""
        return NullEpochs, ()


class CountedPoll:
    """A question that knows how often it was asked; only one thread asks it."""

    __slots__ = ("_should_stop", "n_asked")

    def __init__(self, should_stop: Callable[[], bool], n_asked: int) -> None:
        self._should_stop = should_stop
        self.n_asked = n_asked

    def __call__(self) -> bool:
        self.n_asked += 1
        return self._should_stop()
