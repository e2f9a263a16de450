"""The journal in an SQLite file."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Self

import numpy as np
import sklearn
from sklearn.utils import check_random_state

from sk_hpt._trials import FitResult, Job, Trial
from sk_hpt._types import Fold, PathLike, Seed
from sk_hpt.journal._base import Journal, SearchStart
from sk_hpt.journal._file import Row, RowWriter, check_not_directory, read_rows
from sk_hpt.journal._fingerprint import describe, describe_data, differences, digest_value
from sk_hpt.journal._lock import Lock
from sk_hpt.journal._records import JournalState, SearchRecord, encode_result
from sk_hpt.journal._values import Json, decode, encode, to_text

MAX_NAMED_DIFFERENCES = 5
"""Number of differences between two searches that an error names."""


def open_journal(path: PathLike | None) -> Journal:
    """Return the journal of a search with this ``journal`` parameter."""
    return Journal() if path is None else SqliteJournal(path)


def read_state(path: Path) -> tuple[JournalState, list[Row]]:
    """Return what a journal says, and its rows.

    Raises
    ------
    ValueError, OSError
        If the file is not a journal that can be read.
    """
    rows = read_rows(path)
    state = JournalState()
    try:
        for row in rows:
            state.apply(row)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(
            f"The journal {path} has a row that is not a journal's ({error}). Restore a backup, or "
            "give another path; this file was left unchanged."
        ) from error
    return state, rows


class SqliteJournal(Journal):
    """A journal that stores the results of one search in an SQLite file.

    A search that is resumed is replayed. It gets each result of an earlier run when it asks for
    that fit, not before, so at each decision it knows what it knew the first time, and decides
    the same.

    Parameters
    ----------
    path : str or PathLike
        The file. It is created if it does not exist.
    """

    def __init__(self, path: PathLike) -> None:
        self._path = Path(os.path.realpath(path))
        self._state = JournalState()
        self._rows: list[Row] = []
        self._random_state: Json = None
        self._start = SearchStart(None, None)
        self._writer: RowWriter | None = None

    def __enter__(self) -> Self:
        """Lock and read the file. Nothing is written to it before `check_identity`."""
        check_not_directory(self._path)
        self._lock = Lock(self._path)
        try:
            self._state, self._rows = read_state(self._path)
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, exception_type: type[BaseException] | None, *exception: object) -> None:
        """Write what is left, close the file and unlock it."""
        try:
            if self._writer is not None:
                self._writer.close()
        except OSError:
            # The error that ended the search says more than that the file could not be written.
            if exception_type is None:
                raise
        finally:
            self._lock.release()

    def begin_search(self, random_state: Seed, n_iter: int | None) -> SearchStart:
        """Return how the search began; a search without a `random_state` gets a drawn seed."""
        # A RandomState is described as it is now: the search will draw from it.
        self._random_state = describe(random_state)
        if self._state.search is not None:
            self._start = SearchStart(self._state.search.seed, self._state.search.n_iter)
        elif random_state is None and n_iter is not None:
            self._start = SearchStart(int(check_random_state(None).randint(2**31 - 1)), n_iter)
        else:
            self._start = SearchStart(None, n_iter)
        return self._start

    @property
    def seconds(self) -> float:
        """Duration of the earlier runs, as it was when the file was opened."""
        return self._state.seconds

    def check_identity(
        self, settings: Mapping[str, object], data: Mapping[str, object], folds: Sequence[Fold]
    ) -> None:
        """Compare the search with the one in the file. A new file becomes this search's."""
        check_repeatable(settings.get("cv"))
        # The folds say more than the splitter: other splitters may give the same ones.
        fields = {name: describe(value) for name, value in settings.items() if name != "cv"}
        fields["random_state"] = self._random_state
        fields |= {name: describe_data(value) for name, value in data.items()}
        fields["folds"] = describe_data(list(folds))
        stored = self._state.search
        if stored is not None:
            self._check_same(stored.fields, fields)
        self._writer = RowWriter(self._path, self._rows)
        self._rows = []
        if stored is None:
            start = self._start
            search = SearchRecord(fields, start.seed, start.n_iter, len(folds), _versions())
            self._append("search", asdict(search))

    def begin_round(self, trials: Sequence[Trial]) -> None:
        """Compare the parameters of the trials with those in the file, and store new trials."""
        for trial in trials:
            params = encode(dict(trial.params), digest_value)
            stored = self._state.trials.pop(trial.number, None)
            if stored is None:
                self._append("trial", {"trial": trial.number, "params": params})
            elif any(not _is_text(each.name) for each in differences(stored, params)):
                raise ValueError(
                    f"Trial {trial.number} of the journal {self._path} was {decode(stored)!r}, but "
                    f"would be {decode(params)!r} now, although the settings of the search are "
                    "the same. Other versions of the libraries or another processor can lead to "
                    f"other trials (the search began with {self._stored_versions()}), and so can "
                    "an estimator or a distribution that changes by itself. Resume the search "
                    "where it began, or give another path."
                )

    def known(self, jobs: Iterable[Job]) -> tuple[Sequence[FitResult], Iterable[Job]]:
        """Return the stored results of these jobs, each once, and the jobs without one."""
        if not self._state.results:
            # Nothing is left of earlier runs. The jobs may be lazy, and stay so.
            return (), jobs
        answers = [(job, self._pop_result(job)) for job in jobs]
        known = [result for _, result in answers if result is not None]
        return known, [job for job, result in answers if result is None]

    def append(self, result: FitResult) -> None:
        """Pass a result to the thread that writes."""
        self._append("result", encode_result(result))

    def earlier_end(self, trial: int) -> int | None:
        """Return the largest `n_iter` of the runs that ended themselves at this trial."""
        return self._state.ends.get(trial)

    def append_end(self, trial: int, n_iter: int) -> None:
        """Pass the end to the thread that writes, unless the file has it."""
        if self._state.ends.get(trial, 0) < n_iter:
            self._append("end", {"trial": trial, "n_iter": n_iter})

    def end_round(self, trials: Sequence[Trial], is_over: bool) -> Sequence[FitResult]:
        """Wait until everything is on disk, and return the results that were not asked for.

        There are such results where a search is resumed with a larger `n_iter`: a trial that was
        promoted among few trials may not be promoted among many. What is known of it is kept.
        """
        if self._writer is not None:
            self._writer.flush()
        n_trials = trials[-1].number + 1 if trials else 0
        if is_over and n_trials > self._state.n_ended:
            self._append("round_end", n_trials)
        left = [self._state.results.pop(trial.number, {}) for trial in trials]
        return [result for by_key in left for result in by_key.values()]

    def _append(self, kind: str, content: Json) -> None:
        if self._writer is None:
            raise RuntimeError("The identity of a search must be checked before rows are written.")
        self._writer.append(Row(kind, to_text(content)))

    def _pop_result(self, job: Job) -> FitResult | None:
        """Return the stored result of a job, and forget it."""
        by_key = self._state.results.get(job.trial.number, {})
        rung = job.rungs[-1] if job.rungs else None
        # Training may have ended, or failed, before it reached the rung.
        result = by_key.pop((job.fold, rung), None) or by_key.pop((job.fold, None), None)
        if not by_key:
            self._state.results.pop(job.trial.number, None)
        return result

    def _check_same(self, stored: dict[str, Json], new: dict[str, Json]) -> None:
        different = [each for each in differences(stored, new) if not _is_earlier_time(each.name)]
        if not different:
            return
        named = "; ".join(map(str, different[:MAX_NAMED_DIFFERENCES]))
        n_more = len(different) - MAX_NAMED_DIFFERENCES
        message = (
            f"The journal {self._path} belongs to another search. These differ: {named}"
            f"{f'; and {n_more} more' if n_more > 0 else ''}. Give another path, or use the "
            "settings and data that the search began with."
        )
        if any(each.name.split(".")[0].split("[")[0] in ("X", "y") for each in different):
            message += (
                " A journal serves one search on one set of data: the folds of an outer "
                "cross-validation cannot share one."
            )
        raise ValueError(message)

    def _stored_versions(self) -> str:
        versions = self._state.search.versions if self._state.search is not None else {}
        return ", ".join(f"{name} {version}" for name, version in versions.items())


def check_repeatable(cv: object) -> None:
    """Raise a ValueError if a splitter gives other folds each time."""
    shuffles = getattr(cv, "shuffle", True)
    if shuffles and getattr(cv, "random_state", 0) is None:
        raise ValueError(
            f"cv={cv!r} must give the same folds at each fit, so that a search with a journal can "
            "be resumed. Give it a random_state."
        )


def _is_text(name: str) -> bool:
    """Return whether this is the text of an object in a trial, which its digest stands for."""
    return name.endswith("object.text")


def _is_earlier_time(name: str) -> bool:
    """Return whether this is a time in the ``cv_results_`` of an earlier search.

    With ``initial_points=cv_results_`` the script that runs both searches again has the same
    results, but other times.
    """
    return name.startswith("initial_points.") and "_time" in name


def _versions() -> dict[str, str]:
    libraries = {"numpy": np.__version__, "scikit-learn": sklearn.__version__}
    return {"Python": platform.python_version(), **libraries}
