"""Jobs whose networks differ only in when they stop, or in what their solver never reads."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from sk_hpt._evaluation.evaluate import completed, evaluate, train
from sk_hpt._evaluation.fold_cache import NoCache, PreparedFold, hashable_params
from sk_hpt._evaluation.problem import Problem
from sk_hpt._evaluation.runs import SharedNetworkRun
from sk_hpt._networks import (
    UNREAD_PARAMS,
    check_is_finite,
    find_network,
    native_network,
    without_prefix,
)
from sk_hpt._reporting import Observer, convergence_counted, raising_errors
from sk_hpt._sklearn import has_valid_params
from sk_hpt._stop_request import StopRequest, StopRequested
from sk_hpt._trials import FitResult, Job
from sk_hpt._types import Estimator, Network, Params
from sk_hpt.training._shared_run import SharedRun, StoppingRule

STOPPING_PARAMS = ("max_iter", "tol", "n_iter_no_change")
"""Parameters that decide when a network stops, and nothing else."""

MAX_GROUP_SIZE = 100
"""Number of jobs that share a training, at most: hundreds of networks take long to score."""


def group_jobs(
    jobs: Iterable[Job], problem: Problem, cache: NoCache, is_alone: Callable[[Job], bool]
) -> Iterator[tuple[Job, ...]]:
    """Group the jobs of a fold that can share a training.

    Other jobs are yielded by themselves as they come, which keeps scikit-learn's order of fits:
    they may draw from one random generator. A group follows when it is full, or at the end.
    """
    can_share: dict[Hashable, bool] = {}
    groups: dict[Hashable, list[Job]] = {}
    for job in jobs:
        params = job.trial.params
        ignored = _params_without_influence(problem.estimator, params)
        others = {name: value for name, value in params.items() if name not in ignored}
        key = None if len(others) == len(params) or is_alone(job) else hashable_params(others)
        if key is not None and key not in can_share:
            can_share[key] = _can_share_training(problem, cache, params)
        if key is not None and can_share[key]:
            group = groups.setdefault((job.fold, key), [])
            group.append(job)
            if len(group) == MAX_GROUP_SIZE:
                yield tuple(groups.pop((job.fold, key)))
        else:
            yield (job,)
    yield from map(tuple, groups.values())


def _params_without_influence(estimator: Estimator, params: Params) -> set[str]:
    """Return the parameters that do not change how a network trains until it stops."""
    prefix, _ = find_network(estimator)
    network = native_network(estimator)
    names: tuple[str, ...] = STOPPING_PARAMS
    is_replaced = any(prefix.startswith(f"{name}__") for name in params)
    if network is not None and not is_replaced and f"{prefix}solver" not in params:
        names += UNREAD_PARAMS[network.solver]
    return {prefix + name for name in names}


def _can_share_training(problem: Problem, cache: NoCache, params: Params) -> bool:
    """Return whether candidates like this one can share: by their network, and its rows."""
    candidate = problem.candidate(params)
    network = native_network(candidate)
    has_own_rows = network is candidate or (
        network is without_prefix(candidate) and cache.key(problem, candidate, params) is not None
    )
    return has_own_rows and _can_share(network)


def evaluate_together(
    problem: Problem,
    jobs: Sequence[Job],
    cache: NoCache,
    observer: Observer,
    stop: StopRequest,
) -> list[FitResult]:
    """Evaluate jobs of one fold from one training if that is exact, else one by one.

    If the search ends meanwhile, the results of those that were done are returned.
    """
    with raising_errors():
        results = _from_one_training(problem, jobs, cache, observer, stop)
    if results is not None:
        return results
    results = []
    try:
        for job in jobs:
            results.append(evaluate(problem, job, None, cache, observer, stop)[0])
    except StopRequested:
        pass
    return results


def _from_one_training(
    problem: Problem,
    jobs: Sequence[Job],
    cache: NoCache,
    observer: Observer,
    stop: StopRequest,
) -> list[FitResult] | None:
    """Return None if the jobs have to be evaluated one by one after all."""
    candidates = [problem.candidate(job.trial.params) for job in jobs]
    networks: list[Network] = [native_network(candidate) for candidate in candidates]
    if not all(_can_share(network) and has_valid_params(network) for network in networks):
        return None  # one that scikit-learn refuses has to raise its error
    started = time.time()
    network, fold = cache.prepare(problem, jobs[0], candidates[0])
    if network is not networks[0]:
        return None  # the steps before the network would not be fitted twice in the same way
    fit_params = problem.fit_params_of(problem.folds[jobs[0].fold][0])
    run = SharedNetworkRun(network, fold, fit_params)
    run.rules = list(map(_rule_of, networks))
    served = [(job, int(net.max_iter)) for job, net in zip(jobs, networks, strict=True)]
    try:
        with convergence_counted():  # each network's result says whether it has converged
            train(run, None, observer, stop.is_requested, served)
        for trained in run.shared.networks.values() if run.shared else ():
            check_is_finite(trained)
    except StopRequested:
        pass  # the results of the networks that had stopped are kept
    except Exception:
        return None
    if run.shared is None:
        return None  # scikit-learn has trained the network, for this one job
    return list(_results(problem, jobs, run.shared, fold, started, observer))


def _results(
    problem: Problem,
    jobs: Sequence[Job],
    shared: SharedRun,
    fold: PreparedFold,
    started: float,
    observer: Observer,
) -> Iterator[FitResult]:
    """Score the networks that have stopped, in the order of their jobs."""
    for member in sorted(shared.networks):
        observer.evaluation_begins(jobs[member])
        seconds = shared.stopped_at[member] - started
        result = completed(problem, jobs[member], shared.networks[member], fold, seconds)
        observer.evaluation_ends(result)
        yield result


def _can_share(network: Network | None) -> bool:
    """Return whether a network trains in the same way until it stops, whenever that is."""
    if network is None:
        return False
    is_steady = network.solver == "adam" or network.learning_rate != "adaptive"
    is_quiet = not network.early_stopping and not network.verbose
    return is_steady and is_quiet and network.random_state is not None


def _rule_of(network: Network) -> StoppingRule:
    unread = {name: getattr(network, name) for name in UNREAD_PARAMS[network.solver]}
    return StoppingRule(network.max_iter, network.tol, network.n_iter_no_change, unread)
