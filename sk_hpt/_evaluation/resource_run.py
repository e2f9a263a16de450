"""The run that is fitted anew on each rung, and the beginning of any run."""

from __future__ import annotations

from dataclasses import replace

from sk_hpt._evaluation.fold_cache import NoCache
from sk_hpt._evaluation.problem import Problem
from sk_hpt._evaluation.resource import N_SAMPLES, with_resources
from sk_hpt._evaluation.runs import BeforeStep, Run, new_run
from sk_hpt._trials import Job
from sk_hpt._types import Estimator


class ResourceRun(Run):
    """Any estimator, fitted anew on each rung with a part of a resource, and at the end in full.

    Parameters
    ----------
    problem : Problem
        The task, with its resource.
    job : Job
        The trial, the fold, and the rungs.
    cache : NoCache
        Prepares the rows, unless these are the resource.
    """

    def __init__(self, problem: Problem, job: Job, cache: NoCache) -> None:
        self._problem, self._job, self._cache = problem, job, cache
        self._begin(job.rungs[0].n_resources)

    def _begin(self, n_resources: int | None) -> None:
        """Begin the fit of a rung, or the one in full."""
        problem, job, cache = self._problem, replace(self._job, rungs=()), self._cache
        if n_resources is not None:
            problem, job = with_resources(problem, job, n_resources)
            cache = NoCache() if problem.resource == N_SAMPLES else cache
        self._run = begin_run(problem, job, problem.candidate(job.trial.params), cache)
        self._n_resources = n_resources
        super().__init__(self._run.estimator, self._run.fold, self._run.fit_params)

    @property
    def reached(self) -> int:
        """Number of epochs of the last fit, if there are any."""
        return self._run.reached

    @property
    def is_finished(self) -> bool:
        """True if the fit in full is over."""
        return self._n_resources is None and self._run.is_finished

    def advance(self, until: int | None, before_step: BeforeStep) -> None:
        """Fit the estimator with the resource of a rung, or in full."""
        if until != self._n_resources:
            self._begin(until)
        self._run.advance(None, before_step)

    def finish(self) -> None:
        """End the training of a network here."""
        self._run.finish()

    def fitted(self) -> Estimator:
        """Return the estimator of the last fit."""
        return self._run.fitted()


def begin_run(problem: Problem, job: Job, candidate: Estimator, cache: NoCache) -> Run:
    """Return the run of a job that is not paused, before its first step."""
    if problem.resource is not None and job.rungs:
        return ResourceRun(problem, job, cache)
    estimator, fold = cache.prepare(problem, job, candidate)
    fit_params = problem.fit_params_of(problem.folds[job.fold][0])
    return new_run(estimator, fold, fit_params, problem.native)
