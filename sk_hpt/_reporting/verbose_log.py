"""The lines that fits print from ``verbose=2`` on: scikit-learn's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from joblib import logger

from sk_hpt._reporting.observer import Observer
from sk_hpt._reporting.printing import say
from sk_hpt._trials import FitResult, Job, ResultsTable
from sk_hpt._types import ErrorScore, PathLike, Scores


class Announcement(Observer):
    """The first lines of a search (``verbose=1`` and above): how many fits there will be.

    In a search that is resumed, a second line tells how many of them are known, once these have
    been read: a Bayesian search asks for them round by round.

    Parameters
    ----------
    n_folds, n_trials : int
        The numbers that are announced.
    journal : str, PathLike or None
        The file that fits are read from.
    """

    def __init__(self, n_folds: int, n_trials: int, journal: PathLike | None = None) -> None:
        self._n_folds, self._n_trials = n_folds, n_trials
        self._journal = journal
        self._n_known = 0

    @contextmanager
    def searching(self, table: ResultsTable, n_fits: int, is_exact: bool) -> Iterator[None]:
        """Print the lines; the second one at the latest when the search ends."""
        say(
            f"Fitting {self._n_folds} folds for each of {self._n_trials} candidates, "
            f"totalling {'' if is_exact else 'at most '}{n_fits} fits"
        )
        yield
        self._say_known()

    def results_known(self, n_fits: int) -> None:
        """Count the fits that were read."""
        self._n_known += n_fits

    def for_job(self, number: int) -> Observer:
        """Print the second line before the first job; no observer goes along."""
        self._say_known()
        return Observer()

    def _say_known(self) -> None:
        n_known, self._n_known = self._n_known, 0
        if n_known:
            n_fits = self._n_folds * self._n_trials
            say(f"{n_known} of {n_fits} fits read from {self._journal}")


class VerboseLog(Observer):
    """Prints a line at the end of each fit, and from ``verbose=10`` on at its beginning.

    Parameters
    ----------
    verbose : int
        From 3 on the lines have the fold and the scores, from 10 on the trial's number.
    n_folds, n_trials : int
        Numbers of folds and trials in all.
    error_score : float or "raise"
        The score that is shown for a fit that failed.
    """

    def __init__(self, verbose: int, n_folds: int, n_trials: int, error_score: ErrorScore) -> None:
        self._verbose = verbose
        self._n_folds, self._n_trials = n_folds, n_trials
        self._error_score = error_score
        self._job: Job | None = None

    def for_job(self, number: int) -> Observer:
        """Return a log of its own for the job, which may run beside others."""
        return VerboseLog(self._verbose, self._n_folds, self._n_trials, self._error_score)

    def evaluation_begins(self, job: Job) -> None:
        """Print the line at the beginning of a fit."""
        self._job = job
        if self._verbose > 9:
            message = f"[CV{self._position(job)}] START {_params(job)}"
            say(f"{message}{(80 - len(message)) * '.'}")

    def evaluation_ends(self, result: FitResult | None) -> None:
        """Print the line at the end of a fit."""
        job = self._job
        if job is None or result is None:
            return
        head = f"[CV{self._position(job)}] {'END' if result.is_complete else 'PAUSE'} "
        tail = _params(job)
        if tail:
            tail += ";"
        if not result.is_complete:
            rung = f" with n_resources={result.n_resources}"
            tail += rung if result.n_resources else f" after {result.n_epochs} epochs"
        if self._verbose > 2:
            tail += self._scores(result)
        seconds = result.fit_time + result.score_time
        tail += f" total time={logger.short_format_time(seconds)}"
        say(f"{head}{'.' * (80 - len(head) - len(tail))}{tail}")

    def _position(self, job: Job) -> str:
        position = f" {job.fold + 1}/{self._n_folds}" if self._verbose > 2 else ""
        if self._verbose > 9:
            position += f"; {job.trial.number + 1}/{self._n_trials}"
        return position

    def _scores(self, result: FitResult) -> str:
        train = result.train_scores
        test: Scores | str | None = result.test_scores
        if result.rung_scores and not result.is_complete:
            test = result.rung_scores[max(result.rung_scores, key=lambda rung: rung.n_resources)]
        if test is None:
            test = self._error_score
        if isinstance(test, dict):
            return "".join(
                f" {name}: ({_train_part(train, name)}test={test[name]:.3f})"
                for name in sorted(test)
            )
        if train is None:
            return f", score={test:.3f}"
        return f", score=(train={train:.3f}, test={test:.3f})"


def _train_part(train: Scores | None, name: str) -> str:
    return f"train={train[name]:.3f}, " if isinstance(train, dict) else ""


def _params(job: Job) -> str:
    return ", ".join(f"{name}={job.trial.params[name]}" for name in sorted(job.trial.params))
