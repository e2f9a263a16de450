"""The file of a journal: an SQLite database of one table, to which rows are only ever added.

Each row has a checksum over its content and the checksum before it, so that a row that was
changed, lost or moved is found. While a search runs the database is in write-ahead mode, where
others can read it; when it has ended, it is a single file again.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple, NoReturn

from sk_hpt.journal._lock import unwritable

VERSION = 2
"""Of the schema and of what the rows say; a journal of another version is refused."""

APPLICATION_ID = 0x736B6870
"""Says in the header of an SQLite file that it is one of ours."""

SCHEMA = (
    "CREATE TABLE journal (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, "
    "content TEXT NOT NULL, checksum TEXT NOT NULL)"
)

SYNCHRONOUS = "FULL"
"""A commit waits for the disk, so that a power cut takes nothing away either."""

INSERT = "INSERT INTO journal VALUES (?, ?, ?, ?)"


class Entry(NamedTuple):
    """One row: what it is about, and what it says, as JSON."""

    kind: str
    content: str


def read_entries(path: Path) -> list[Entry]:
    """All rows, checked; none if the file does not exist or is empty.

    Raises
    ------
    ValueError
        If the file is no journal, is one of another version, or is damaged.
    OSError
        If it is a directory or cannot be read.
    """
    if path.is_dir():
        raise IsADirectoryError(f"The journal {path} is a directory. Give the path of a file.")
    if not path.exists() or not path.stat().st_size:
        if path.with_name(f"{path.name}-wal").exists():
            raise _damaged(path, "the file is gone or empty, but what belongs to it is there")
        return []
    try:
        return _read(path, "ro")
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_READONLY:
            _raise_readable(path, error)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        _raise_readable(path, error)
    try:
        # A process died amid a transaction: SQLite takes that back, for which it has to write.
        return _read(path, "rw")
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        _raise_readable(path, error)


class LogWriter:
    """Adds rows to a journal that nobody else writes to.

    To wait for the disk at each row would take milliseconds. A thread commits what has come
    together while the fits go on; `flush` waits for all.

    Parameters
    ----------
    path : Path
        The file; it is created if need be.
    entries : sequence of Entry
        The rows that it has.
    """

    def __init__(self, path: Path, entries: Sequence[Entry]) -> None:
        self._path = path
        self._number = len(entries)
        self._checksum = checksums(entries)[-1] if entries else ""
        # A SimpleQueue: Ctrl-C at any instruction leaves it whole.
        self._queue: SimpleQueue[Entry | threading.Event | None] = SimpleQueue()
        self._error: BaseException | None = None
        self._connection = sqlite3.connect(
            path, timeout=10, isolation_level=None, check_same_thread=False
        )
        self._thread = threading.Thread(target=self._work, name="sk_hpt journal", daemon=True)
        try:
            self._open(is_new=not entries)
        except sqlite3.Error as error:
            self._connection.close()
            raise unwritable(path, str(error)) from error
        self._thread.start()

    def append(self, entry: Entry) -> None:
        """Add a row; it is on disk soon, and for sure after `flush`."""
        self._raise_failure()
        self._queue.put(entry)

    def flush(self) -> None:
        """Return when all rows are on disk."""
        reached = threading.Event()
        self._queue.put(reached)
        reached.wait()
        self._raise_failure()

    def close(self) -> None:
        """Keep what is left and close the file."""
        self._queue.put(None)
        self._thread.join()
        # Back to a single file; unless somebody reads it just now, then the next one will.
        with suppress(sqlite3.Error):
            self._connection.execute("PRAGMA busy_timeout = 0")
            self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.close()
        self._raise_failure()

    def _open(self, is_new: bool) -> None:
        execute = self._connection.execute
        execute("PRAGMA trusted_schema = OFF")
        if is_new:
            # In one transaction: whoever dies in it leaves an empty file, or one without rows.
            execute("BEGIN IMMEDIATE")
            execute(SCHEMA.replace("TABLE", "TABLE IF NOT EXISTS"))
            execute(f"PRAGMA application_id = {APPLICATION_ID}")
            execute(f"PRAGMA user_version = {VERSION}")
            execute("COMMIT")
        execute("PRAGMA journal_mode = WAL")
        execute(f"PRAGMA synchronous = {SYNCHRONOUS}")

    def _work(self) -> None:
        """Commit what comes, together if it came together, until None comes."""
        closing = False
        while not closing:
            come = [self._queue.get()]
            while not self._queue.empty():
                come.append(self._queue.get())
            entries = [each for each in come if isinstance(each, Entry)]
            if entries and self._error is None:
                try:
                    self._commit(entries)
                except BaseException as error:
                    self._error = error
            for each in come:
                if isinstance(each, threading.Event):
                    each.set()
                closing = closing or each is None

    def _commit(self, entries: Sequence[Entry]) -> None:
        number, checksum, rows = self._number, self._checksum, []
        for entry in entries:
            number += 1
            checksum = _checksum(checksum, number, entry)
            rows.append((number, *entry, checksum))
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(INSERT, rows)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        self._number, self._checksum = number, checksum

    def _raise_failure(self) -> None:
        if self._error is not None:
            raise OSError(
                f"The journal {self._path} could not be written ({self._error}). What it has so "
                "far is kept: make room, or whatever is needed, and run the same search again."
            ) from self._error


def checksums(entries: Sequence[Entry]) -> list[str]:
    """The checksum of each row."""
    found: list[str] = []
    for number, entry in enumerate(entries, start=1):
        found.append(_checksum(found[-1] if found else "", number, entry))
    return found


def _checksum(before: str, number: int, entry: Entry) -> str:
    text = "\0".join((before, str(number), *entry))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _read(path: Path, mode: str) -> list[Entry]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, timeout=10)) as file:
        # Whatever somebody has put into it, nothing of it is run.
        file.execute("PRAGMA trusted_schema = OFF")
        file.execute("PRAGMA cell_size_check = ON")
        file.execute("BEGIN")
        _check_kind(path, file)
        if not file.execute("PRAGMA page_count").fetchone()[0]:
            return []
        for (problem,) in file.execute("PRAGMA quick_check(1)"):
            if problem != "ok":
                raise _damaged(path, problem)
        rows = file.execute("SELECT * FROM journal ORDER BY number").fetchall()
    entries = [Entry(kind, content) for _, kind, content, _ in rows]
    if not all(isinstance(text, str) for _, *texts in rows for text in texts):
        raise _damaged(path, "a row is no text")
    for number, (row, checksum) in enumerate(zip(rows, checksums(entries), strict=True), start=1):
        if (row[0], row[3]) != (number, checksum):
            raise _damaged(path, f"row {number} is not what was written")
    return entries


def _check_kind(path: Path, file: sqlite3.Connection) -> None:
    """Raise unless the file is a journal that we understand, or an empty database."""
    tables = [sql for (sql,) in file.execute("SELECT sql FROM sqlite_master")]
    (application_id,) = file.execute("PRAGMA application_id").fetchone()
    (version,) = file.execute("PRAGMA user_version").fetchone()
    if not tables and not application_id and not version:
        (n_pages,) = file.execute("PRAGMA page_count").fetchone()
        if not n_pages:
            return
    if application_id != APPLICATION_ID:
        raise ValueError(
            f"{path} is an SQLite file, but no journal of sk_hpt. Give another path: it was left "
            "as it is."
        )
    if version != VERSION:
        raise ValueError(
            f"The journal {path} has version {version}, and this sk_hpt reads version {VERSION}. "
            "Use the sk_hpt that wrote it, or another file."
        )
    if tables != [SCHEMA]:
        raise _damaged(path, "it has other tables than a journal")


def _raise_readable(path: Path, error: Exception) -> NoReturn:
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_NOTADB:
        raise ValueError(
            f"{path} is no journal, and no SQLite file at all. Give another path: it was left as "
            "it is."
        ) from error
    if code is not None and code & 0xFF in (
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_IOERR,
    ):
        raise OSError(f"The journal {path} cannot be read ({error}).") from error
    raise _damaged(path, str(error)) from error


def _damaged(path: Path, problem: str) -> ValueError:
    return ValueError(
        f"The journal {path} is damaged ({problem}). Take a copy of it from before, or begin "
        "another file; this one was left as it is."
    )
