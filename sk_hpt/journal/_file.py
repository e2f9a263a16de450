"""The file of a journal: an SQLite database with one table, to which rows are only ever added.

Each row has a checksum of its content and of the checksum before it. Whoever changes, removes or
moves a row breaks the chain, which is checked when the file is read.

While a search runs, the database is in write-ahead mode: new rows go to a second file (``-wal``)
beside it, so that others can read the database at any time, and a kill in the middle of a commit
leaves all earlier commits intact. When the search ends, SQLite moves the rows to the one file.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from sk_hpt.journal._lock import unwritable

VERSION = 6
"""Version of the table, of the content of its rows, and of the rounds in which a search asks for
them. Journals of another one are refused."""

APPLICATION_ID = 0x736B6870
"""Number in the header of an SQLite file that marks it as a journal of sk_hpt."""

SCHEMA = (
    "CREATE TABLE journal (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, "
    "content TEXT NOT NULL, checksum TEXT NOT NULL)"
)

SYNCHRONOUS = "FULL"
"""A commit waits for the disk, so that a power cut loses nothing either."""

TIMEOUT = 10.0
"""Seconds to wait for another connection, which holds the file for milliseconds."""


class Row(NamedTuple):
    """One row of a journal.

    Parameters
    ----------
    kind : str
        The kind of the row, such as ``"result"``.
    content : str
        The content, as JSON.
    """

    kind: str
    content: str


class Record(NamedTuple):
    """A row as the table holds it: with its number, and a checksum that includes all before it."""

    number: int
    kind: str
    content: str
    checksum: str


START = Record(0, "", "", "")
"""Stands before the first record of a table, whose checksum continues from it."""


def check_not_directory(path: Path) -> None:
    """Raise an IsADirectoryError if the path is a directory."""
    if path.is_dir():
        raise IsADirectoryError(f"The journal {path} is a directory. Give the path of a file.")


def read_rows(path: Path) -> list[Row]:
    """Return all rows, or none if the file does not exist or is empty.

    Raises
    ------
    ValueError
        If the file is not a journal, has another version, or is damaged.
    OSError
        If it is a directory or cannot be read.
    """
    check_not_directory(path)
    if not path.exists() or not path.stat().st_size:
        if path.with_name(f"{path.name}-wal").exists():
            raise _damaged(path, "the file is missing or empty, but its -wal file exists")
        return []
    try:
        try:
            return _read(path, "ro")
        except sqlite3.OperationalError as error:
            if _error_code(error) != sqlite3.SQLITE_READONLY:
                raise
            # A process died in the middle of a transaction. SQLite undoes that when the file
            # is opened next, for which it has to write.
            return _read(path, "rw")
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error


class RowWriter:
    """Adds rows to a journal that nobody else writes to.

    Waiting for the disk after each row would take milliseconds. Instead a thread commits all rows
    that have arrived while the fits go on, and `flush` waits until it has committed them all.

    Parameters
    ----------
    path : Path
        The file. It is created if it does not exist.
    rows : sequence of Row
        The rows that it has.
    """

    def __init__(self, path: Path, rows: Sequence[Row]) -> None:
        self._path = path
        self._last = [START, *_chain(rows)][-1]
        # A SimpleQueue is not corrupted by Ctrl-C, whichever instruction it interrupts. It takes
        # rows, events to set when all rows before them are committed, and None to end.
        self._queue: SimpleQueue[Row | threading.Event | None] = SimpleQueue()
        self._error: BaseException | None = None
        self._connection = sqlite3.connect(
            path, timeout=TIMEOUT, isolation_level=None, check_same_thread=False
        )
        self._thread = threading.Thread(target=self._work, name="sk_hpt journal", daemon=True)
        try:
            self._open(is_new=not rows)
        except sqlite3.Error as error:
            self._connection.close()
            raise unwritable(path, str(error)) from error
        self._thread.start()

    def append(self, row: Row) -> None:
        """Add a row. It is on disk soon, and certainly after `flush`."""
        self._raise_error()
        self._queue.put(row)

    def flush(self) -> None:
        """Return when all rows are on disk."""
        committed = threading.Event()
        self._queue.put(committed)
        committed.wait()
        self._raise_error()

    def close(self) -> None:
        """Commit the remaining rows and close the file."""
        self._queue.put(None)
        self._thread.join()
        # Leave write-ahead mode, so that a single file remains. SQLite refuses while somebody
        # reads the file; then the end of the next run does it.
        with suppress(sqlite3.Error):
            self._connection.execute("PRAGMA busy_timeout = 0")
            self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.close()
        self._raise_error()

    def _open(self, is_new: bool) -> None:
        execute = self._connection.execute
        # Triggers and views that somebody added to the file are not trusted.
        execute("PRAGMA trusted_schema = OFF")
        if is_new:
            # In one transaction: a kill leaves an empty file, or a journal without rows.
            execute("BEGIN IMMEDIATE")
            execute(SCHEMA.replace("TABLE", "TABLE IF NOT EXISTS"))
            execute(f"PRAGMA application_id = {APPLICATION_ID}")
            execute(f"PRAGMA user_version = {VERSION}")
            execute("COMMIT")
        execute("PRAGMA journal_mode = WAL")
        execute(f"PRAGMA synchronous = {SYNCHRONOUS}")

    def _work(self) -> None:
        """Commit what arrives, all that is waiting in one transaction, until None arrives."""
        while True:
            arrived = [self._queue.get()]
            while not self._queue.empty():
                arrived.append(self._queue.get())
            rows = [item for item in arrived if isinstance(item, Row)]
            # After an error nothing more is written: a row would be missing in between.
            if rows and self._error is None:
                try:
                    self._commit(rows)
                except BaseException as error:
                    self._error = error
            for item in arrived:
                if isinstance(item, threading.Event):
                    item.set()
            if None in arrived:
                return

    def _commit(self, rows: Sequence[Row]) -> None:
        records = _chain(rows, self._last)
        # The connection commits at the end, and rolls back after an error.
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT INTO journal VALUES (?, ?, ?, ?)", records)
        self._last = records[-1]

    def _raise_error(self) -> None:
        if self._error is not None:
            raise OSError(
                f"The journal {self._path} could not be written ({self._error}). The results that "
                "are in it are safe. Make room or remove the cause, and run the same search again."
            ) from self._error


def _chain(rows: Sequence[Row], last: Record = START) -> list[Record]:
    """Return the records of rows that follow the last record."""
    records = []
    for row in rows:
        number = last.number + 1
        text = "\0".join((last.checksum, str(number), *row))
        checksum = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
        last = Record(number, *row, checksum)
        records.append(last)
    return records


def _read(path: Path, mode: str) -> list[Row]:
    uri = f"{path.as_uri()}?mode={mode}"
    with closing(sqlite3.connect(uri, uri=True, timeout=TIMEOUT)) as file:
        # Nothing that somebody may have put into the file is run, and bad pages are noticed.
        file.execute("PRAGMA trusted_schema = OFF")
        file.execute("PRAGMA cell_size_check = ON")
        # One transaction: all statements see the same commit of a search that is running.
        file.execute("BEGIN")
        if not file.execute("PRAGMA page_count").fetchone()[0]:
            return []  # a process died before it wrote the table
        _check_kind(path, file)
        for (problem,) in file.execute("PRAGMA quick_check(1)"):
            if problem != "ok":
                raise _damaged(path, problem)
        table = file.execute("SELECT * FROM journal ORDER BY number").fetchall()
    # SQLite's columns have no strict types, so a changed row can contain anything.
    if not all(isinstance(text, str) for _, *texts in table for text in texts):
        raise _damaged(path, "a row is not text")
    rows = [Row(kind, content) for _, kind, content, _ in table]
    for columns, record in zip(table, _chain(rows), strict=True):
        if columns != record:
            raise _damaged(path, f"row {record.number} is not what was written")
    return rows


def _check_kind(path: Path, file: sqlite3.Connection) -> None:
    """Raise a ValueError unless the file is a journal of this version."""
    tables = [sql for (sql,) in file.execute("SELECT sql FROM sqlite_master")]
    (application_id,) = file.execute("PRAGMA application_id").fetchone()
    (version,) = file.execute("PRAGMA user_version").fetchone()
    if application_id != APPLICATION_ID:
        raise ValueError(
            f"{path} is an SQLite file, but not a journal of sk_hpt. Give another path; this file "
            "was left unchanged."
        )
    if version != VERSION:
        raise ValueError(
            f"The journal {path} has version {version}, but this sk_hpt reads version {VERSION}. "
            "Use the sk_hpt that wrote it, or another file."
        )
    if tables != [SCHEMA]:
        raise _damaged(path, "its tables are not those of a journal")


def _unreadable(path: Path, error: Exception) -> ValueError | OSError:
    code = _error_code(error)
    if code == sqlite3.SQLITE_NOTADB:
        return ValueError(
            f"{path} is not a journal of sk_hpt, and not an SQLite file. Give another path; this "
            "file was left unchanged."
        )
    # SQLite's other operational errors, such as a file that is locked or not readable, say nothing
    # about the content. (Python's own, about texts that are not UTF-8, have no code.)
    if isinstance(error, sqlite3.OperationalError) and code not in (None, sqlite3.SQLITE_ERROR):
        return OSError(
            f"The journal {path} cannot be read ({error}). Check that you may read the file, and "
            "try again."
        )
    return _damaged(path, str(error))


def _error_code(error: Exception) -> int | None:
    """Return SQLite's primary code of an error; the higher bits say more about it."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _damaged(path: Path, problem: str) -> ValueError:
    return ValueError(
        f"The journal {path} is damaged ({problem}). Restore a backup, or give another path; this "
        "file was left unchanged."
    )
