"""Kill searches with SIGKILL, resume them, and compare them with uninterrupted ones.

``python kills.py FOLDER N_RANDOM SEED`` kills each kind of search just before and just after the
commits of its journal, and at N_RANDOM random instants in all, and prints a report as JSON. With
N_RANDOM of at least 100, as in ``docs/benchmarks/reliability/journal_soak.py``, each commit gets
its two kills; with fewer, as in the tests, only some commits.
"""

import contextlib
import json
import os
import random
import signal
import sys
import time
import warnings
from itertools import cycle
from pathlib import Path
from threading import Timer

import numpy as np
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt._evaluation import FitRunner
from sk_hpt.fidelity import Halving
from sk_hpt.journal import _file, _records, _sqlite

NETWORK = MLPClassifier((4,), max_iter=16, solver="adam", random_state=0)
SPACE = {"alpha": [1e-4, 1e-2], "learning_rate_init": [1e-3, 1e-2, -1.0]}
KINDS = {
    "grid": lambda **options: GridSearchNN(NETWORK, SPACE, **options),
    "random": lambda **options: RandomSearchNN(NETWORK, SPACE, n_iter=5, random_state=0, **options),
    "bayes": lambda **options: BayesSearchNN(
        NETWORK,
        {"alpha": (1e-4, 1.0, "log-uniform"), "learning_rate_init": [1e-3, 1e-2, 0.1, -1.0]},
        n_iter=5,
        n_points=2,
        random_state=0,
        **options,
    ),
}
FIDELITIES = {"full": None, "race": "race", "halving": Halving(n_folds=2, min_promoted=2)}


def data():
    X, y = load_iris(return_X_y=True)
    return StandardScaler().fit_transform(X), y


def make(kind, fidelity, journal):
    options = {"cv": 3, "refit": False, "multi_fidelity": FIDELITIES[fidelity]}
    return KINDS[kind](**options, journal=journal)


def run_and_die(search, X, y, at_commit=None, after=None):
    """Run a search in a child process that is killed at a commit or after some seconds.

    Returns whether it was killed before it ended. ``at_commit`` is the number of a commit and
    ``"before"`` or ``"after"``.
    """
    child = os.fork()
    if child == 0:
        commit, n_commits = _file.RowWriter._commit, 0

        def counted(writer, rows):
            nonlocal n_commits
            for row in rows:  # each in a commit of its own, for more places to die at
                n_commits += 1
                if at_commit == (n_commits, "before"):
                    os.kill(os.getpid(), signal.SIGKILL)
                commit(writer, [row])
                if at_commit == (n_commits, "after"):
                    os.kill(os.getpid(), signal.SIGKILL)

        _file.RowWriter._commit = counted
        if after is not None:
            Timer(after, os.kill, (os.getpid(), signal.SIGKILL)).start()
        with contextlib.suppress(BaseException):
            search.fit(X, y)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def finished_fits(path):
    if not path.exists():
        return set()
    state, _ = _sqlite.read_state(path)
    return {(trial, *key) for trial, known in state.results.items() for key in known}


class Fits:
    """Records the fits that searches run while this context is entered."""

    def __enter__(self):
        self.done, self._run = [], FitRunner.run
        fits = self

        def run(runner, jobs):
            for result in fits._run(runner, jobs):
                fits.done.append((result.trial, *_records.result_key(result)))
                yield result

        FitRunner.run = run
        return self

    def __exit__(self, *exception):
        FitRunner.run = self._run


def differences(one, other):
    """Return the names of the results in which two searches differ, except for times."""
    found = [] if curves(one) == curves(other) else ["learning_curves_"]
    one, other = one.cv_results_, other.cv_results_
    for name, column in one.items():
        if name.endswith("_time"):
            continue
        same = name in other and (
            column == other[name]
            if name == "params"
            else np.array_equal(column, other[name], equal_nan=column.dtype.kind == "f")
        )
        if not same:
            found.append(name)
    return found + sorted(other.keys() - one.keys())


def curves(search):
    """Return the learning curves as bytes of losses and of validation scores."""
    return [
        [
            curve and (curve.loss.tobytes(), getattr(curve.validation, "tobytes", bytes)())
            for curve in folds
        ]
        for folds in search.learning_curves_
    ]


def kill_and_resume(kind, fidelity, expected, path, at_commit=None, after=None):
    """Return whether the search was killed, and a list of problems."""
    X, y = data()
    killed = run_and_die(make(kind, fidelity, path), X, y, at_commit, after)
    before = finished_fits(path)
    with Fits() as fits:
        resumed = make(kind, fidelity, path).fit(X, y)
    problems = differences(expected, resumed)
    problems += [f"trained {fit} again" for fit in fits.done if fit in before]
    again = make(kind, fidelity, path)
    with Fits() as fits:
        again.fit(X, y)
    problems += differences(expected, again)
    problems += [f"trained {fit} a third time" for fit in fits.done]
    for left in path.parent.glob(f"{path.name}*"):
        problems += [f"left {left.name}"] if left != path else []
        left.unlink()
    return killed, problems


def main(folder, n_random, seed):
    warnings.simplefilter("ignore")
    if n_random < 100:
        _file.SYNCHRONOUS = "OFF"  # faster, and only a power cut would show a difference
    X, y = data()
    path, rng = Path(folder) / "search.db", random.Random(seed)
    expected, seconds, report = {}, {}, {"at commits": 0, "at random": 0, "problems": []}

    def add(name, kind, fidelity, **when):
        killed, problems = kill_and_resume(kind, fidelity, expected[kind, fidelity], path, **when)
        report[name] += killed
        report["problems"] += [f"{kind} {fidelity} {when}: {each}" for each in problems]
        return killed

    for kind in KINDS:
        for fidelity in FIDELITIES:
            started = time.perf_counter()
            expected[kind, fidelity] = make(kind, fidelity, None).fit(X, y)
            seconds[kind, fidelity] = time.perf_counter() - started
    for kind, fidelity in expected:
        n_commits = 1
        while add("at commits", kind, fidelity, at_commit=(n_commits, "before")):
            add("at commits", kind, fidelity, at_commit=(n_commits, "after"))
            n_commits += 1 if n_random >= 100 else 17
    for (kind, fidelity), _ in zip(cycle(expected), range(100 * n_random), strict=False):
        if report["at random"] >= n_random:
            break
        longest = seconds[kind, fidelity] + 0.1
        add("at random", kind, fidelity, after=rng.uniform(0.001, longest))
    print(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
