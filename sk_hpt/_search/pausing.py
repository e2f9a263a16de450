"""Warning about a halving search in which no training could be paused."""

from __future__ import annotations

from sk_hpt._evaluation import Problem
from sk_hpt._networks import STOCHASTIC_SOLVERS, find_network, native_network
from sk_hpt._trials import ResultsTable
from sk_hpt._types import Params
from sk_hpt._warn import hint_user

MAX_EXAMINED = 20
"""Number of trials that are examined for the reason."""


def warn_if_never_paused(problem: Problem, table: ResultsTable) -> None:
    """Warn that trials were compared on whole folds only, and why if that has one reason.

    This shows for certain only at the end: the solver may be searched, and whether the engine can
    train a network depends on what the steps before it make of the data.
    """
    if table.has_paused:
        return
    reasons = {_reason(problem, trial.params) for trial in table.trials[:MAX_EXAMINED]}
    because = f", because {reasons.pop()}" if len(reasons) == 1 else ""
    hint_user(
        f"Halving could not pause the training of any trial{because}. So no trial was stopped "
        "between epochs, and the trials only raced over the folds. Pass "
        'multi_fidelity=Halving(resource="n_samples") to halve over the training rows (or give '
        'the name of a parameter, such as the number of trees), or multi_fidelity="race" to race '
        "without this warning."
    )


def _reason(problem: Problem, params: Params) -> str:
    """Return why a trial was not paused."""
    candidate = problem.candidate(params)
    _, network = find_network(candidate)
    if network is None:
        return f"{type(candidate).__name__} has no MLPClassifier or MLPRegressor as its last step"
    if network.solver not in STOCHASTIC_SOLVERS:
        return f"solver={network.solver!r} does not train in epochs"
    if native_network(candidate) is None:
        return f"{type(network).__name__} within {type(candidate).__name__} cannot be paused"
    if not problem.native:
        return "only the native engine can pause a network, and it is not used"
    return (
        "scikit-learn has to train networks with these data or parameters (sparse data, for "
        "instance), or max_iter is too small for a rung"
    )
