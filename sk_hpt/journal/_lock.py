"""A lock for one search at a time, which the system releases when its holder dies."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

MAX_ATTEMPTS = 10
"""Attempts to lock a file that others keep removing."""

_ONE_THREAD = threading.Lock()
"""Keeps threads of this process from locking at the same time."""


class Lock:
    """Locks a file for this process, and for one search in it, until `release` is called.

    The lock is an exclusive transaction on an empty database beside the file. SQLite knows how to
    lock files on every system, and readers of the file itself are not kept out.

    Parameters
    ----------
    path : Path
        The file to lock.

    Raises
    ------
    OSError
        If another search holds the lock, or the folder cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f"{path.name}-lock")
        try:
            for _ in range(MAX_ATTEMPTS):
                connection = self._try_acquire()
                if connection is not None:
                    self._connection = connection
                    return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise unwritable(path, str(error)) from None
        except OSError as error:
            raise unwritable(path, error.strerror) from None
        raise OSError(
            f"The journal {path} is in use by another search, in this process or another one. Wait "
            "until that search ends, or give another path. A journal serves one search at a time: "
            "the folds of an outer cross-validation cannot share one."
        )

    def release(self) -> None:
        """Remove the lock."""
        # The file is removed while the lock is held, so that it cannot be somebody else's. Windows
        # removes open files only after they are closed.
        with suppress(OSError):
            self._path.unlink()
        self._connection.close()
        if os.name == "nt":
            with suppress(OSError):
                self._path.unlink()

    def _try_acquire(self) -> sqlite3.Connection | None:
        """Return a connection that holds the lock, or None if its file was removed meanwhile."""
        with _ONE_THREAD, ExitStack() as on_failure:
            # An existing file is not opened: on POSIX, closing any descriptor of a file releases
            # all locks of this process on it, and another search in this process may hold one.
            with suppress(FileExistsError):
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666))
            with suppress(FileNotFoundError):
                before = os.stat(self._path)
                connection = sqlite3.connect(self._path, timeout=0, isolation_level=None)
                on_failure.callback(connection.close)
                connection.execute("BEGIN EXCLUSIVE")
                # The previous holder may have removed the file that we opened, and somebody else
                # may have created and locked a new one: ours must be the one at the path.
                if os.path.samestat(before, os.stat(self._path)):
                    on_failure.pop_all()
                    return connection
        return None


def unwritable(path: Path, reason: str | None) -> OSError:
    """Return the error for a file that cannot be written."""
    return OSError(
        f"The journal {path} cannot be written ({reason}). Choose a folder that exists and that "
        "you may write to."
    )
