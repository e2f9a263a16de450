"""Measure the cost of a journal, and check that killed searches are resumed exactly.

    python docs/benchmarks/reliability/journal_soak.py [rows] [share] [trials] [kills]

- ``rows``: the time that a row costs the search, and the time until it is on disk.
- ``share``: the journal's share of the time of searches whose fits take 50 ms.
- ``trials``: 20,000 trials of an estimator that does nothing: time, memory and size of the file.
- ``kills``: searches of every kind are killed at every commit of their journal and at 100 random
  instants, resumed, and compared with uninterrupted ones.

Without arguments, all of them.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator

from sk_hpt import BayesSearchNN, RandomSearchNN
from sk_hpt._trials import FitResult
from sk_hpt.journal._sqlite import SqliteJournal
from sk_hpt.space import Real

X = np.zeros((20, 2))
METHODS = (
    *("__enter__", "begin_search", "check_identity", "begin_round"),
    *("known", "append", "end_round", "__exit__"),
)


class Idle(BaseEstimator):
    """An estimator that does nothing for some seconds."""

    def __init__(self, a=0.0, b=0.0, seconds=0.0):
        self.a, self.b, self.seconds = a, b, seconds

    def fit(self, X, y=None):
        if self.seconds:
            time.sleep(self.seconds)
        return self

    def score(self, X, y=None):
        return self.a


SPACE = {"a": Real(0, 1), "b": Real(1e-6, 1, log=True)}


@contextmanager
def timed(spent, on_append=lambda: None):
    """Add up the seconds that a search waits for each method of its journal."""
    original = {name: getattr(SqliteJournal, name) for name in METHODS}

    def clocked(name):
        def method(*args, **options):
            started = time.perf_counter()
            answer = original[name](*args, **options)
            spent[name] = spent.get(name, 0.0) + time.perf_counter() - started
            if name == "append":
                on_append()
            return answer

        return method

    for name in METHODS:
        setattr(SqliteJournal, name, clocked(name))
    try:
        yield
    finally:
        for name in METHODS:
            setattr(SqliteJournal, name, original[name])


def memory():
    """Return the memory of this process, in MiB."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def kills(folder):
    script = Path(__file__).parents[3] / "tests" / "kills.py"
    subprocess.run([sys.executable, script, folder, "100", "0"], check=True)


def trials(folder, n_trials=20_000, n_folds=2):
    path, spent, marks = Path(folder) / "trials.db", {}, []
    n_rows = 0

    def on_append():
        nonlocal n_rows
        n_rows += 1
        if n_rows % (n_trials * n_folds // 5) == 0:
            marks.append((time.perf_counter(), memory()))

    search = RandomSearchNN(
        Idle(), SPACE, n_iter=n_trials, cv=n_folds, random_state=0, refit=False, journal=path
    )
    started, at_first = time.perf_counter(), memory()
    with timed(spent, on_append):
        search.fit(X)
    print(f"{n_trials} trials, {n_folds} folds: {time.perf_counter() - started:.1f} s")
    print(f"  at the start {at_first:.0f} MiB")
    for i, (at, mib) in enumerate(marks):
        seconds = at - (marks[i - 1][0] if i else started)
        print(
            f"  part {i + 1} of 5: {seconds / (n_trials / 5) * 1e3:.2f} ms a trial, {mib:.0f} MiB"
        )
    print(f"  file: {path.stat().st_size / 2**20:.1f} MiB")
    print("  seconds in the journal:", {name: round(value, 2) for name, value in spent.items()})
    started = time.perf_counter()
    again = search.fit(X)
    print(f"  resumed when complete: {time.perf_counter() - started:.1f} s")
    assert len(again.cv_results_["params"]) == n_trials


def rows(folder, n_rows=2000):
    with SqliteJournal(Path(folder) / "rows.db") as journal:
        journal.begin_search(0, n_rows)
        journal.check_identity({}, {"X": X}, [(0, 1)])
        started = time.perf_counter()
        for number in range(n_rows):
            journal.append(FitResult(number, 0, 0.0501, 0.001, 0.93333, n_epochs=200))
        handed_over = time.perf_counter()
        journal.end_round([], True)
        on_disk = time.perf_counter()
        n_waits = 200
        for number in range(n_waits):
            journal.append(FitResult(n_rows + number, 0, 0.0501, 0.001, 0.93333, n_epochs=200))
            journal.end_round([], True)
        one_by_one = time.perf_counter()
    with open(Path(folder) / "plain", "wb", buffering=0) as file:
        started_sync = time.perf_counter()
        for _ in range(n_waits):
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
        sync = time.perf_counter() - started_sync
    print(f"a row costs the search {(handed_over - started) / n_rows * 1e3:.3f} ms")
    print(
        f"{n_rows} rows at once are on disk after {(on_disk - started) / n_rows * 1e3:.3f} ms each"
    )
    print(
        f"one row and a wait for the disk {(one_by_one - on_disk) / n_waits * 1e3:.2f} ms, of which"
    )
    print(f"  the disk itself takes {sync / n_waits * 1e3:.2f} ms (fsync of 4 KiB)")


def share(folder, n_trials=30, n_folds=5):
    for search_class in (RandomSearchNN, BayesSearchNN):
        spent = {}
        search = search_class(
            Idle(seconds=0.05),
            {"a": Real(0, 1), "b": Real(1e-6, 1, log=True)},
            n_iter=n_trials,
            cv=n_folds,
            random_state=0,
            refit=False,
            journal=Path(folder) / f"{search_class.__name__}.db",
        )
        started = time.perf_counter()
        with timed(spent):
            search.fit(X)
        seconds = time.perf_counter() - started
        print(
            f"{search_class.__name__}, {n_trials} trials of {n_folds} fits of 50 ms: "
            f"{sum(spent.values()) / seconds:.2%} of {seconds:.1f} s in the journal:",
            {name: round(value, 3) for name, value in spent.items()},
        )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=os.environ.get("SOAK_FOLDER")) as folder:
        for name in sys.argv[1:] or ("rows", "share", "trials", "kills"):
            {"kills": kills, "trials": trials, "rows": rows, "share": share}[name](folder)
