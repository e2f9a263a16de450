"""The run of a network that waits on a rung: pausing it and resuming it."""

from __future__ import annotations

from dataclasses import dataclass

from sk_hpt._evaluation.fold_cache import NoCache, PreparedFold
from sk_hpt._evaluation.problem import Problem
from sk_hpt._evaluation.resource_run import ResourceRun
from sk_hpt._evaluation.runs import NetworkRun, Run
from sk_hpt._networks import is_repeatable
from sk_hpt._trials import Job
from sk_hpt._types import Estimator
from sk_hpt.training._native_fit import resume
from sk_hpt.training._run import TrainingRun


@dataclass(frozen=True)
class PausedRun:
    """A network's run that waits on a rung.

    It is small, because the data are removed if they can be prepared again. They are kept if the
    steps before the network draw at random.

    Parameters
    ----------
    training : TrainingRun
        The network's training, detached if `estimator` and `fold` are None.
    estimator : estimator object or None
        The candidate.
    fold : PreparedFold or None
        The rows.
    fit_time, score_time : float
        Seconds so far.
    """

    training: TrainingRun
    estimator: Estimator | None
    fold: PreparedFold | None
    fit_time: float
    score_time: float


def pause(run: Run, fit_time: float, score_time: float) -> PausedRun | None:
    """Return what has to be kept of a run to go on with it; None if it is fitted anew."""
    if isinstance(run, ResourceRun):
        return None
    assert isinstance(run, NetworkRun) and run.training is not None  # no others stop on rungs
    estimator, training = run.estimator, run.training
    if not is_repeatable(estimator):
        return PausedRun(training, estimator, run.fold, fit_time, score_time)
    training.detach()
    return PausedRun(training, None, None, fit_time, score_time)


def resume_run(problem: Problem, job: Job, paused: PausedRun, cache: NoCache) -> Run:
    """Return a paused run with its data, ready to go on."""
    fit_params = problem.fit_params_of(problem.folds[job.fold][0])
    estimator, fold = paused.estimator, paused.fold
    if fold is None:
        candidate = problem.candidate(job.trial.params)
        estimator, fold = cache.prepare(problem, job, candidate)
        data = fold.X_train, fold.y_train, fit_params
        resume(paused.training, estimator, *data, fold.data)
    run = NetworkRun(estimator, fold, fit_params)
    run.training = paused.training
    return run
