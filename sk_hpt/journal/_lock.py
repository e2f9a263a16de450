"""One process at a time, by a lock that the system lets go when its holder dies."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

ATTEMPTS = 10


class Lock:
    """Holds a file for this process, and in it for one thread, until released.

    It is an exclusive transaction on an empty database beside the file: SQLite knows how every
    system locks, and readers of the file itself are not shut out.

    Parameters
    ----------
    path : Path
        The file to hold.

    Raises
    ------
    OSError
        If somebody else holds it, or nothing can be written there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f"{path.name}-lock")
        for _ in range(ATTEMPTS):
            connection = self._acquired(path)
            if connection is not None:
                self._connection = connection
                return
        raise _in_use(path)

    def release(self) -> None:
        """Let go of the file, and take the lock away."""
        # While it is held, so that nobody else's is taken away. Windows removes no open file.
        with suppress(OSError):
            self._path.unlink()
        self._connection.close()
        if os.name == "nt":
            with suppress(OSError):
                self._path.unlink()

    def _acquired(self, path: Path) -> sqlite3.Connection | None:
        """A connection that holds the lock; None if the file went away at that moment."""
        with _ONE_THREAD:
            self._create(path)
            try:
                before = os.stat(self._path)
                connection = sqlite3.connect(self._path, timeout=0, isolation_level=None)
            except FileNotFoundError:
                return None
            with suppress(FileNotFoundError):
                self._begin(connection, path)
                if os.path.samestat(before, os.stat(self._path)):
                    return connection
            connection.close()
            return None

    def _begin(self, connection: sqlite3.Connection, path: Path) -> None:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            connection.close()
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise _in_use(path) from None
            raise unwritable(path, str(error)) from None

    def _create(self, path: Path) -> None:
        # Never opened where it exists: on POSIX to close any descriptor of a file lets go of
        # all locks that this process has on it.
        try:
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666))
        except FileExistsError:
            pass
        except OSError as error:
            raise unwritable(path, error.strerror) from None


_ONE_THREAD = threading.Lock()


def _in_use(path: Path) -> OSError:
    return OSError(
        f"The journal {path} is in use by another search, here or in another process. Wait for it "
        "to end, or use another file: a journal serves one search at a time, so the folds of an "
        "outer cross-validation cannot share one either."
    )


def unwritable(path: Path, reason: str | None) -> OSError:
    """The error for a file that cannot be written."""
    return OSError(
        f"The journal {path} cannot be written ({reason}). Choose a folder that exists and is "
        "yours."
    )
