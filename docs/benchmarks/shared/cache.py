"""Scores and whole runs of the benchmarks, kept on disk so that nothing is run twice."""

import gzip
import json
import sqlite3

import numpy as np


class Cache:
    """Evaluations and whole runs, in an SQLite file that several processes may share."""

    def __init__(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, timeout=120, isolation_level=None)
        self._connection.executescript(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = NORMAL;
            CREATE TABLE IF NOT EXISTS evaluations (
                data TEXT, setting TEXT, scores TEXT, seconds REAL, PRIMARY KEY (data, setting)
            );
            CREATE TABLE IF NOT EXISTS runs (
                method TEXT, space TEXT, task TEXT, seed INTEGER, run TEXT,
                PRIMARY KEY (method, space, task, seed)
            );
            """
        )

    def recall(self, key):
        """Scores of an evaluation, or None."""
        query = "SELECT scores FROM evaluations WHERE data = ? AND setting = ?"
        found = self._connection.execute(query, key).fetchone()
        return json.loads(found[0]) if found else None

    def keep(self, key, scores, seconds):
        """Store an evaluation."""
        query = "INSERT OR REPLACE INTO evaluations VALUES (?, ?, ?, ?)"
        self._connection.execute(query, (*key, json.dumps(scores), seconds))

    def runs(self):
        """All runs: (method, space, task, seed) -> run."""
        rows = self._connection.execute("SELECT * FROM runs")
        return {tuple(key): json.loads(run) for *key, run in rows}

    def export_runs(self, path, methods):
        """Write what the tables need of the runs of some methods, for another machine."""
        with gzip.open(path, "wt", encoding="utf-8") as file:
            for key, run in sorted(self.runs().items()):
                if key[0] in methods:
                    means = [[round(float(np.mean(scores)), 6)] for scores in run["scores"]]
                    seconds = [round(float(np.mean(run["seconds"])), 4)]
                    kept = {"scores": means, "seconds": seconds, "versions": run["versions"]}
                    file.write(json.dumps([key, kept]) + "\n")

    def import_runs(self, path):
        """Take in exported runs where there are none of the same key."""
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for key, run in map(json.loads, file):
                if not self.has_run(key):
                    self.keep_run(key, run)

    def has_run(self, key):
        """Return whether there is a run of (method, space, task, seed)."""
        query = "SELECT 1 FROM runs WHERE method = ? AND space = ? AND task = ? AND seed = ?"
        return self._connection.execute(query, key).fetchone() is not None

    def keep_run(self, key, run):
        """Store a run in place of an earlier one."""
        query = "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?)"
        self._connection.execute(query, (*key, json.dumps(run)))
