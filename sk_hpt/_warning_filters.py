"""Warnings that one thread does not show, and the filters of the process as they were.

Warning filters belong to the whole process. :class:`warnings.catch_warnings` puts a copy of their
list in its place and the old list back at its end. Where threads do so at the same time, one may
put back the copy of another, whose filters then stay for good. scikit-learn does so whenever it
validates data, in each thread that fits or scores.

So nothing here replaces the list. One filter is added while somebody needs it; it ignores a
warning only in a thread that has silenced it. And when the last search ends, what other
threads have left behind is removed. With ``python -X context_aware_warnings`` (Python 3.14 or
newer) each thread has filters of its own, and none of this is needed.
"""

from __future__ import annotations

import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from numpy.exceptions import ComplexWarning, VisibleDeprecationWarning

Filter: TypeAlias = tuple[str, Any, type[Warning], Any, int]
"""An entry of ``warnings.filters``: action, message, category, module and line."""

EACH_THREAD_HAS_FILTERS = bool(getattr(sys.flags, "context_aware_warnings", False))
"""True if ``catch_warnings`` changes the filters of its own thread alone."""

OF_VALIDATION = [
    ("error", None, kind, None, 0) for kind in (VisibleDeprecationWarning, ComplexWarning)
]
"""Filters that scikit-learn sets while it validates data; they are never meant to stay."""


class Silence:
    """Warnings that a thread does not show, and how many there were.

    Parameters
    ----------
    pattern : str
        Regular expression for the beginning of their messages.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = re.compile(pattern)
        self.n_warnings = 0


class SilencedHere:
    """Stands in a filter in place of the message: matches what the thread that asks has silenced.

    The :mod:`warnings` module only calls ``match``.
    """

    def __init__(self) -> None:
        self._thread = threading.local()

    @property
    def silences(self) -> list[Silence]:
        """The silences of this thread."""
        silences: list[Silence] = vars(self._thread).setdefault("silences", [])
        return silences

    def match(self, message: str) -> bool:
        """Return whether this thread has silenced a warning, and count it."""
        for silence in reversed(self.silences):
            if silence.pattern.match(message):
                silence.n_warnings += 1
                return True
        return False

    @property
    def pattern(self) -> str:
        """A pattern that matches nothing.

        ``sklearn.utils.parallel.delayed`` empties the list of filters before each task, and fills
        it again with copies that it makes from patterns. That would lose our filter, so it puts
        itself into the list when it is asked for its pattern.
        """
        filters = current_filters()
        if OURS not in filters:
            filters.append(OURS)
        return MATCHES_NOTHING

    def __reduce__(self) -> tuple[Callable[[str], re.Pattern[str]], tuple[str]]:
        """Pickle what matches nothing, because other processes have silenced nothing."""
        return re.compile, (MATCHES_NOTHING,)


MATCHES_NOTHING = "(?!)"
_HERE = SilencedHere()
OURS: Filter = ("ignore", _HERE, Warning, None, 0)
"""The filter that is added."""


def current_filters() -> list[Filter]:
    """Return the list of filters that are in force in this thread, as it is."""
    # Filters of a single thread have no public name.
    get_filters = vars(warnings).get("_get_filters", lambda: warnings.filters)
    return cast("list[Filter]", get_filters())


@dataclass(frozen=True)
class FiltersBefore:
    """The filters that were in force when a thread began to use ours.

    Parameters
    ----------
    filters : list of Filter
        The list itself.
    content : list of Filter
        What it contained, without ours.
    """

    filters: list[Filter]
    content: list[Filter]


class FilterOwner:
    """Adds the filter while somebody needs it; may be entered by several threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_users = 0
        self._lists: list[list[Filter]] = []
        self._first = FiltersBefore([], [])

    def enter(self) -> FiltersBefore:
        """Add the filter, unless it is there; return what was there before."""
        with self._lock:
            filters = current_filters()
            before = FiltersBefore(filters, [each for each in filters if each is not OURS])
            if not self._n_users:
                self._first = before
            elif _without_validation(before) == _without_validation(self._first):
                before = self._first  # the list is a copy that another thread has for a moment
            self._n_users += 1
            if OURS not in filters:
                filters.insert(0, OURS)
                self._lists.append(filters)
            return before

    def leave(self, before: FiltersBefore, *, cleans_up: bool = False) -> None:
        """Remove the filter if nobody else needs it, and what other threads have left behind."""
        with self._lock:
            self._n_users -= 1
            if self._n_users:
                return
            for filters in (*self._lists, current_filters()):
                _remove(filters, lambda each: each is OURS)
            self._lists.clear()
            if cleans_up:
                _clean_up(before)


_owner = FilterOwner()
"""The owner of this process."""


@contextmanager
def silenced(pattern: str) -> Iterator[Silence]:
    """Within this context, this thread does not show certain warnings; others do.

    Parameters
    ----------
    pattern : str
        Regular expression for the beginning of their messages.

    Yields
    ------
    silence : Silence
        Counts them.
    """
    silence = Silence(pattern)
    with _filter_added():
        _HERE.silences.append(silence)
        try:
            yield silence
        finally:
            _HERE.silences.remove(silence)


@contextmanager
def _filter_added() -> Iterator[None]:
    if EACH_THREAD_HAS_FILTERS:
        with warnings.catch_warnings():
            current_filters().insert(0, OURS)
            yield
        return
    before = _owner.enter()
    try:
        yield
    finally:
        _owner.leave(before)


@contextmanager
def filters_kept() -> Iterator[None]:
    """Leave the process's filters as they are, whatever happens in threads within this context.

    If such contexts overlap in several threads, the last one that ends cleans up.
    """
    if EACH_THREAD_HAS_FILTERS:
        yield
        return
    before = _owner.enter()
    try:
        yield
    finally:
        _owner.leave(before, cleans_up=True)


def _clean_up(before: FiltersBefore) -> None:
    """Remove the filters that threads have left behind."""
    # What was added to the same list may be the user's, who expects it to stay.
    filters, content = before.filters, before.content
    _remove(filters, lambda each: each in OF_VALIDATION and each not in content)
    now = current_filters()
    if now is not filters:
        # This is a copy that a thread has made. It may lack filters, where a context of the user's
        # has ended meanwhile.
        _remove(now, lambda each: each not in filters and each not in content)
        if now == filters:
            warnings.filters = filters


def _without_validation(before: FiltersBefore) -> list[Filter]:
    return [each for each in before.content if each not in OF_VALIDATION]


def _remove(filters: list[Filter], is_meant: Callable[[Filter], bool]) -> None:
    if any(map(is_meant, filters)):
        filters[:] = [each for each in filters if not is_meant(each)]
