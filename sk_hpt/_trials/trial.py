"""Trials, the jobs that evaluate them, and the results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sk_hpt._types import Params, Scores

Cell: TypeAlias = tuple[int, int]
"""The number of a trial and the number of a fold: a place in the results table."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One candidate: a dict of hyperparameters, numbered in the order of proposal.

    Parameters
    ----------
    number : int
        Row in the results table, from 0.
    params : dict
        The hyperparameters.
    max_resources : int or None
        Amount of the resource with which the trial is trained in full: the epochs of its network
        at most, or the value of another resource. None if the trial cannot be scored on rungs, or
        the search has none.
    """

    number: int
    params: Params
    max_resources: int | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """A checkpoint at which trials are compared, after a part of their training.

    Parameters
    ----------
    level : int
        Number of the rung, counted upwards from 0. Rungs of the same level are shares of what
        their trials get in full, so their amounts differ where some trials get more than others.
    n_resources : int
        Amount of the resource with which the trial is scored: epochs, unless the search has
        another resource.
    halfway : bool, default=False
        Whether this is the checkpoint half of the way to the rung. Nothing is decided there: its
        score tells how much the trial gains.
    """

    level: int
    n_resources: int
    halfway: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """The evaluation of one trial on one fold, as far as it is wanted now.

    Parameters
    ----------
    trial : Trial
        The trial.
    fold : int
        Number of the fold, from 0.
    rungs : tuple of Rung, default=()
        Rungs to train over, in rising order; training pauses on the last of them. Without rungs
        the trial is trained to its end.
    """

    trial: Trial
    fold: int
    rungs: tuple[Rung, ...] = ()

    @property
    def cell(self) -> Cell:
        """Place of the result in the results table."""
        return self.trial.number, self.fold


class FailedScore(float):
    """The number that stands in for a score that could not be computed.

    Parameters
    ----------
    value : float
        The `error_score` of the search.
    traceback : str
        The exception in the scorer.
    """

    traceback: str

    def __new__(cls, value: float, traceback: str) -> Self:
        """Keep the traceback beside the number."""
        score = super().__new__(cls, value)
        score.traceback = traceback
        return score

    def __reduce__(self) -> tuple[type[Self], tuple[float, str]]:
        """Return what pickle makes a copy from."""
        return type(self), (float(self), self.traceback)


@dataclass(frozen=True, slots=True, eq=False)
class LearningCurve:
    """Losses and scores of a network after each epoch of one fit.

    Parameters
    ----------
    loss : ndarray of shape (n_epochs,), float32
        The training loss.
    validation : ndarray of shape (n_epochs,), float32, or None
        The score on the rows that ``early_stopping`` holds out: accuracy or R².
    """

    loss: NDArray[np.float32]
    validation: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class FitResult:
    """The result of a :class:`Job`.

    Parameters
    ----------
    trial, fold : int
        Numbers of the trial and of the fold.
    fit_time, score_time : float
        Seconds since the beginning of the fit, over all jobs of this trial and fold; where each
        rung is a fit of its own, of this job.
    test_scores : float, dict of str to float, or None
        None if the fit failed or was paused.
    train_scores : float, dict of str to float, or None
        None if they are not wanted.
    error : str or None
        The traceback of a fit that failed.
    rung_scores : mapping of Rung to scores
        Test scores on the rungs of the job.
    n_epochs : int
        Epochs that the network has trained since the beginning of the fit.
    has_converged : bool
        False for a network that still improved in its last epoch.
    n_resources : int
        Amount of the resource that the job took, where each rung is a fit of its own; else 0.
    curve : LearningCurve or None
        None if there is no network that trains in epochs.
    predictions : ndarray or None
        Predictions of the test rows, if the search keeps them for an ensemble.
    finish_time : float
        Seconds from the beginning of the search to the arrival of the result.
    worker : str
        Name of the thread and process that ran the job; empty if its process was killed.
    seconds : float
        Seconds that the worker spent on this job, with everything that belongs to it.
    """

    trial: int
    fold: int
    fit_time: float
    score_time: float
    test_scores: Scores | None
    train_scores: Scores | None = None
    error: str | None = None
    rung_scores: Mapping[Rung, Scores] = field(default_factory=dict)
    n_epochs: int = 0
    has_converged: bool = True
    n_resources: int = 0
    curve: LearningCurve | None = field(default=None, compare=False)
    predictions: NDArray[Any] | None = field(default=None, compare=False)
    finish_time: float = 0.0
    worker: str = field(default="", compare=False)
    seconds: float = field(default=0.0, compare=False)

    @property
    def cell(self) -> Cell:
        """Place in the results table."""
        return self.trial, self.fold

    @property
    def is_complete(self) -> bool:
        """True if the fit is over: it succeeded or failed, and was not paused."""
        return self.test_scores is not None or self.error is not None
