"""A stand-in for training: fits whose scores are known beforehand."""

import numpy as np

from sk_hpt._trials import FitResult, ResultsTable


class Curves:
    """Answers fits from recorded curves, and notes what was trained.

    `scores` has shape (n_trials, n_folds, n_epochs). A trial stops by itself after `stops_at`
    epochs, fails when it gets to `fails_at`, and with `has_epochs` False cannot be paused.
    """

    def __init__(self, scores, stops_at=None, fails_at=None, has_epochs=None):
        self.scores = np.asarray(scores, dtype=float)
        n_trials, self.n_folds, self.n_epochs = self.scores.shape
        self.stops_at = stops_at or [self.n_epochs] * n_trials
        self.fails_at = fails_at or {}
        self.has_epochs = has_epochs or [True] * n_trials
        self.trained = np.zeros((n_trials, self.n_folds), dtype=int)
        self.complete = np.zeros((n_trials, self.n_folds), dtype=bool)

    def add_trials(self, table, numbers):
        """Rows for these trials."""
        start = len(table.trials)
        assert list(numbers) == list(range(start, start + len(numbers)))
        return table.add_trials(
            [{"number": number} for number in numbers],
            lambda params: self.n_epochs if self.has_epochs[params["number"]] else None,
        )

    def run(self, job):
        """Return the result of a job; assert that nothing is trained twice."""
        trial, fold = job.cell
        assert not self.complete[trial, fold], "fitted twice"
        rungs = job.rungs if self.has_epochs[trial] else ()
        target = rungs[-1].n_resources if rungs else self.n_epochs
        assert self.trained[trial, fold] < target, "nothing to train"
        assert [rung.n_resources for rung in rungs] == sorted(rung.n_resources for rung in rungs)
        assert all(rung.n_resources > self.trained[trial, fold] for rung in rungs), "trained twice"
        end = min(target, self.stops_at[trial])
        if trial in self.fails_at and self.fails_at[trial] <= end:
            end = self.fails_at[trial]
            self.complete[trial, fold] = True
            return self._result(trial, fold, end, None, {}, "failed")
        self.trained[trial, fold] = end
        scores = {rung: self.scores[trial, fold, min(rung.n_resources, end) - 1] for rung in rungs}
        complete = end == self.stops_at[trial]
        self.complete[trial, fold] = complete
        final = self.scores[trial, fold, end - 1] if complete else None
        return self._result(trial, fold, end, final, scores)

    def _result(self, trial, fold, n_epochs, final, rungs, error=None):
        return FitResult(trial, fold, 1.0, 1.0, final, None, error, rungs, int(n_epochs))


def replay(fidelity, curves, rounds=None, ranking_folds=(0,)):
    """The table after a search over the curves: all trials at once, or in rounds."""
    table = ResultsTable(curves.n_folds, n_levels=fidelity.n_levels)
    table.ranking_folds = ranking_folds
    for numbers in rounds or [range(len(curves.scores))]:
        trials = curves.add_trials(table, numbers)
        while True:
            step = fidelity.next_step(trials, table)
            table.prune(step.pruned)
            jobs = list(step.jobs)
            if not jobs:
                break
            for job in jobs:
                table.record(curves.run(job))
    return table
