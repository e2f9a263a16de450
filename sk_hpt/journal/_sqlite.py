"""The journal in a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import sklearn
from sklearn.utils import check_random_state

from sk_hpt._trials import FitResult, Job, Trial
from sk_hpt.journal._base import Journal, Origin
from sk_hpt.journal._fingerprint import (
    check_repeatable,
    describe,
    described_data,
    differences,
    shown,
)
from sk_hpt.journal._lock import Lock
from sk_hpt.journal._log import Entry, LogWriter, read_entries
from sk_hpt.journal._null import NullJournal
from sk_hpt.journal._records import (
    Memory,
    are_same_params,
    encoded_params,
    result_entry,
    search_entry,
    settled_entry,
    trial_entry,
)
from sk_hpt.journal._values import Json, decode

MOST_NAMED = 5
"""Differences that an error names."""


def open_journal(path: str | os.PathLike[str] | None) -> Journal:
    """The journal of a search with this ``journal`` parameter."""
    return NullJournal() if path is None else SqliteJournal(path)


def read_memory(path: Path) -> tuple[Memory, list[Entry]]:
    """What a file says, and its rows.

    Raises
    ------
    ValueError, OSError
        If it is no journal that can be read.
    """
    entries = read_entries(path)
    memory = Memory()
    try:
        for entry in entries:
            memory.take_in(entry)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(
            f"The journal {path} says what no journal says ({error}). Take a copy of it from "
            "before, or begin another file; this one was left as it is."
        ) from error
    return memory, entries


class SqliteJournal(Journal):
    """Keeps the results of one search in an SQLite file.

    What earlier runs of the same search have found is recalled instead of trained again, each
    fit when it is asked for: whoever decides knows then what was known the first time, and
    decides the same.

    Parameters
    ----------
    path : str or PathLike
        The file; created if it does not exist.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(os.path.realpath(path))
        self._given_state: Json = None
        self._seed: int | None = None
        self._n_iter: int | None = None

    def __enter__(self) -> Self:
        """Lock the file and read it; it is not written to before `identify`."""
        if self._path.is_dir():
            read_entries(self._path)  # which says so
        self._lock = Lock(self._path)
        try:
            self._memory, self._entries = read_memory(self._path)
        except BaseException:
            self._lock.release()
            raise
        self._writer: LogWriter | None = None
        return self

    def __exit__(self, exception_type: Any, *exception: Any) -> None:
        """Keep what is left, close the file and unlock it."""
        writer, self._writer = self._writer, None
        try:
            if writer is not None:
                writer.close()
        except OSError:
            if exception_type is None:
                raise
        finally:
            self._lock.release()

    def origin(self, random_state: Any, n_iter: int | None) -> Origin:
        """How it began; no `random_state` becomes a drawn seed, which is kept."""
        self._given_state = describe(random_state)
        self._n_iter = n_iter
        began = self._memory.search
        if began is not None:
            self._seed = began.get("seed")
            self._n_iter = began.get("n_iter")
        elif random_state is None and n_iter is not None:
            self._seed = int(check_random_state(None).randint(2**31 - 1))
        return Origin(self._seed if random_state is None else random_state, self._n_iter)

    @property
    def seconds(self) -> float:
        """As the file had it when it was opened."""
        return self._memory.seconds

    def identify(
        self, settings: Mapping[str, Any], data: Mapping[str, Any], folds: Sequence[Any]
    ) -> None:
        """Compare with what the journal belongs to; a new one belongs to this search."""
        check_repeatable(settings.get("cv"))
        fields = {name: describe(value) for name, value in settings.items() if name != "cv"}
        fields["random_state"] = self._given_state
        fields |= {name: described_data(value) for name, value in data.items()}
        fields["folds"] = described_data(list(folds))
        began = self._memory.search
        if began is not None:
            self._check_same(began.get("fields"), fields)
        self._writer = LogWriter(self._path, self._entries)
        self._entries = []
        if began is None:
            search = {
                "fields": fields,
                "seed": self._seed,
                "n_iter": self._n_iter,
                "n_folds": len(folds),
                "versions": _versions(),
            }
            self._writer.append(search_entry(search))

    def enroll(self, trials: Sequence[Trial]) -> None:
        """Compare the settings with those of the same trials then."""
        for trial in trials:
            params = encoded_params(trial.params)
            known = self._memory.trials.pop(trial.number, None)
            if known is None:
                self._append(trial_entry(trial, params))
            elif not are_same_params(known, params):
                raise ValueError(
                    f"Trial {trial.number} of the journal {self._path} was {decode(known)!r}, and "
                    f"would be {decode(params)!r} now, although the settings of the search are "
                    "the same. Other versions of the libraries or another processor can propose "
                    f"other trials (it began with {self._began_with()}), as can an estimator or a "
                    "distribution that changes by itself. Continue where it began, or use another "
                    "file."
                )

    def recall(self, fits: Iterable[Job]) -> tuple[Sequence[FitResult], Iterable[Job]]:
        """Each is recalled once, and forgotten then."""
        if not self._memory.results:
            return (), fits
        known, others = [], []
        for fit in fits:
            result = self._recalled(fit)
            if result is None:
                others.append(fit)
            else:
                known.append(result)
        return known, others

    def append(self, result: FitResult) -> None:
        """Hand it to the thread that writes."""
        self._append(result_entry(result))

    def settle(self, trials: Sequence[Trial], is_over: bool) -> Sequence[FitResult]:
        """Wait until everything is on disk.

        There is more than was asked for where a search goes on with more trials, and a trial
        that was promoted among few is not among many.
        """
        if self._writer is not None:
            self._writer.flush()
        n_trials = trials[-1].number + 1 if trials else 0
        if is_over and n_trials > self._memory.n_settled:
            self._append(settled_entry(n_trials))
        more = [self._memory.results.pop(trial.number, {}) for trial in trials]
        return [result for each in more for result in each.values()]

    def _append(self, entry: Entry) -> None:
        if self._writer is None:
            raise RuntimeError("A journal must be identified before it is written to.")
        self._writer.append(entry)

    def _recalled(self, fit: Job) -> FitResult | None:
        known = self._memory.results.get(fit.trial.number)
        if known is None:
            return None
        below = fit.rungs[-1].below if fit.rungs else 0
        result = known.pop((fit.fold, below), None)
        if result is None and fit.rungs:
            # Its training came to its end, or failed, on the way to the rung.
            result = known.pop((fit.fold, 0), None)
        if not known:
            del self._memory.results[fit.trial.number]
        return result

    def _check_same(self, there: Json, here: Json) -> None:
        different = [
            difference
            for difference in differences(there, here)
            # of the cv_results_ of an earlier search, which is deterministic but for its times
            if not (difference[0].startswith("initial_points.") and "_time" in difference[0])
        ]
        if not different:
            return
        named = "; ".join(map(_named, different[:MOST_NAMED]))
        more = f"; and {len(different) - MOST_NAMED} more" if len(different) > MOST_NAMED else ""
        message = (
            f"The journal {self._path} belongs to another search. What differs is {named}{more}. "
            "Use another file, or the settings and data that it began with."
        )
        if any(name.split(".")[0].split("[")[0] in ("X", "y") for name, *_ in different):
            message += (
                " A journal serves one search on one set of data: the folds of an outer "
                "cross-validation cannot share one."
            )
        raise ValueError(message)

    def _began_with(self) -> str:
        versions = (self._memory.search or {}).get("versions", {})
        return ", ".join(f"{name} {version}" for name, version in versions.items())


def _named(difference: tuple[str, Json, Json]) -> str:
    name, there, here = difference
    if shown(there) == shown(here):
        return f"{name} ({shown(here)} with other content)"
    return f"{name} ({shown(there)} there, {shown(here)} here)"


def _versions() -> dict[str, str]:
    python = ".".join(map(str, sys.version_info[:3]))
    return {"Python": python, "numpy": np.__version__, "scikit-learn": sklearn.__version__}
