"""What a fit prints at ``verbose=2`` and above: scikit-learn's lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from joblib import logger

from sk_hpt._trials import FitResult, Job
from sk_hpt._types import Scores


@dataclass(frozen=True)
class Messages:
    """The lines of one search.

    Parameters
    ----------
    verbose : int
        From 2 on each fit prints a line at its end, from 3 on with fold and scores, from 10 on
        with the trial's number and a line at the start.
    n_folds, n_trials : int
        What the fold and the trial are counted against.
    error_score : object
        The score that is shown for a fit that failed.
    """

    verbose: int
    n_folds: int
    n_trials: int
    error_score: Any

    def start(self, fit: Job) -> None:
        """A fit starts."""
        if self.verbose > 9:
            message = f"[CV{self._position(fit)}] START {_settings(fit)}"
            print(f"{message}{(80 - len(message)) * '.'}")

    def end(self, fit: Job, result: FitResult) -> None:
        """A fit has ended."""
        if self.verbose <= 1:
            return
        head = f"[CV{self._position(fit)}] {'END' if result.is_complete else 'PAUSE'} "
        tail = _settings(fit)
        if tail:
            tail += ";"
        if not result.is_complete:
            tail += f" after {result.n_epochs} epochs"
        if self.verbose > 2:
            tail += self._scores(result)
        seconds = result.fit_time + result.score_time
        tail += f" total time={logger.short_format_time(seconds)}"
        print(f"{head}{'.' * (80 - len(head) - len(tail))}{tail}")

    def _position(self, fit: Job) -> str:
        position = f" {fit.fold + 1}/{self.n_folds}" if self.verbose > 2 else ""
        if self.verbose > 9:
            position += f"; {fit.trial.number + 1}/{self.n_trials}"
        return position

    def _scores(self, result: FitResult) -> str:
        test, train = result.test_scores, result.train_scores
        if result.rung_scores and not result.is_complete:
            test = result.rung_scores[min(result.rung_scores)]
        test = self.error_score if test is None else test
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


def _settings(fit: Job) -> str:
    return ", ".join(f"{name}={fit.trial.params[name]}" for name in sorted(fit.trial.params))
