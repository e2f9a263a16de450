"""Resources of which a trial gets a part on each rung: epochs, a parameter, or training rows.

A network pauses after the epochs of a rung and goes on later. With another resource, each rung is
a fit of its own: the trial has a smaller value of an integer parameter, such as the number of
trees, or the fold has fewer training rows. What is complete was fitted in one go.
"""

from __future__ import annotations

import numbers
from contextlib import suppress
from dataclasses import replace

import numpy as np
from sklearn.base import is_classifier

from sk_hpt._evaluation.problem import Problem
from sk_hpt._evaluation.rows import row_indices
from sk_hpt._networks import epoch_limit, native_network
from sk_hpt._sklearn import num_samples
from sk_hpt._trials import Job
from sk_hpt._types import Estimator, Matrix, Params, Rows, Target
from sk_hpt.training._engine_check import trains_natively

N_SAMPLES = "n_samples"
"""Name of the resource that is not a parameter: the training rows, as in scikit-learn."""

SEED = 0
"""Seed of the order in which rows are taken. It is fixed, so that all trials see the same rows."""


def check_resource(estimator: Estimator, resource: str | None) -> None:
    """Raise a ValueError if a resource is not a parameter of the estimator."""
    if resource not in (None, N_SAMPLES, *estimator.get_params()):
        raise ValueError(
            f"Cannot use resource={resource} which is not supported by estimator "
            f"{type(estimator).__name__}. Give the full name of an integer parameter, such as "
            "'n_estimators' or 'mlpclassifier__max_iter', or 'n_samples'."
        )


def max_resources(problem: Problem, params: Params) -> int | None:
    """Return how much of the resource a trial gets in full; None if it cannot have less.

    Raises
    ------
    ValueError
        If the resource is a parameter and its value is not a positive int.
    """
    if problem.resource == N_SAMPLES:
        n_rows = num_samples(problem.X)
        return min(len(row_indices(train, n_rows)) for train, _ in problem.folds)
    candidate = problem.candidate(params)
    if problem.resource is None:
        is_paused = problem.native and trains_natively(candidate)
        return epoch_limit(native_network(candidate)) if is_paused else None
    own = candidate.get_params()
    # Where a whole step of a Pipeline is searched, others in its place may not have the parameter.
    if problem.resource not in own:
        return None
    _check_amount(problem.resource, own[problem.resource])
    return int(own[problem.resource])


def _check_amount(resource: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or int(value) < 1:
        raise ValueError(
            f"resource={resource!r} of Halving must be a parameter with a positive int as its "
            f"value, but {resource}={value!r}. Set it to an int, or choose another resource."
        )


def with_resources(problem: Problem, job: Job, n_resources: int) -> tuple[Problem, Job]:
    """Return the problem and the job of a fit with this much of the resource."""
    if problem.resource == N_SAMPLES:
        train, test = problem.folds[job.fold]
        folds = list(problem.folds)
        folds[job.fold] = nested_rows(problem, train, n_resources), test
        return replace(problem, folds=folds), job
    assert problem.resource is not None
    params = {**job.trial.params, problem.resource: n_resources}
    return problem, replace(job, trial=replace(job.trial, params=params))


def nested_rows(problem: Problem, train: Rows, n_rows: int) -> Rows:
    """Return about this many training rows, in their order; a larger number includes a smaller.

    Classes are as frequent as in all training rows, and each is there if `n_rows` is at least their
    number. If the splitter has groups, whole groups are taken instead.
    """
    train = row_indices(train, num_samples(problem.X))
    rng = np.random.default_rng(SEED)
    if problem.groups is not None:
        order, n_rows = _by_group(np.asarray(problem.groups)[train], n_rows, rng)
    else:
        strata = _strata(problem.y, train) if is_classifier(problem.estimator) else None
        order = _by_stratum(np.zeros(len(train), int) if strata is None else strata, rng)
    return train[np.sort(order[:n_rows])]


def _by_group(groups: Matrix, n_rows: int, rng: np.random.Generator) -> tuple[Rows, int]:
    """Return the rows, one group after the other, and how many are whole groups: at least one."""
    _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    position = rng.permutation(len(sizes))  # of each group
    ends = np.cumsum(sizes[np.argsort(position)])
    n_whole = max(int(np.searchsorted(ends, n_rows, side="right")), 1)
    return np.argsort(position[group], kind="stable"), int(ends[n_whole - 1])


def _by_stratum(strata: Rows, rng: np.random.Generator) -> Rows:
    """Return the rows in an order of which each beginning has the strata in their proportions."""
    shuffled = rng.permutation(len(strata))
    by_stratum = shuffled[np.argsort(strata[shuffled], kind="stable")]
    sizes = np.bincount(strata)
    # The j-th of n rows of a stratum comes at j / n; the first row of each at the very beginning.
    share = np.concatenate([np.arange(size) / max(size, 1) for size in sizes.tolist()])
    return by_stratum[np.argsort(share, kind="stable")]


def _strata(y: Target, train: Rows) -> Rows | None:
    """Return the number of each training row's class, or of its classes; None if there are none."""
    with suppress(TypeError, ValueError):  # targets that numpy cannot compare
        values = np.asarray(y)
        axis = None if values.ndim == 1 else 0
        strata: Rows = np.unique(values[train], axis=axis, return_inverse=True)[1]
        return strata.ravel()
    return None
