"""Fits that differ only in when the network stops, trained as one.

Up to where the first of them stops their networks are the same, and from there the others go on:
a grid over five numbers of epochs costs its longest.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sklearn.pipeline import Pipeline

from sk_hpt._evaluation.fold import FoldEvaluation
from sk_hpt._evaluation.prefixes import hashable
from sk_hpt._reporting import NullTask
from sk_hpt._trials import FitResult, Job
from sk_hpt.training import (
    Plan,
    SharedStops,
    Stopping,
    TrainingStopped,
    check_is_finite,
    network_of,
)

STOPPING = ("max_iter", "tol", "n_iter_no_change")
"""Parameters that decide when a network stops, and nothing else."""


def in_groups(
    fits: Iterable[Job], estimator: Any, alone: Callable[[Job], bool]
) -> Iterator[tuple[Job, ...]]:
    """Fits of one fold that differ only in when they stop; others alone, as they come."""
    prefix = f"{estimator.steps[-1][0]}__" if type(estimator) is Pipeline else ""
    stopping = {prefix + name for name in STOPPING}
    groups: dict[Any, list[Job]] = {}
    for fit in fits:
        params = fit.trial.params
        if stopping.isdisjoint(params) or alone(fit):
            yield (fit,)
            continue
        rest = {name: value for name, value in params.items() if name not in stopping}
        key = hashable(rest)
        if key is None:
            yield (fit,)
        else:
            groups.setdefault((fit.fold, key), []).append(fit)
    yield from map(tuple, groups.values())


def fit_and_score_together(
    evaluation: FoldEvaluation, fits: Sequence[Job], train: Any, test: Any
) -> list[FitResult]:
    """Results of fits of one fold, from one training if that is exact, else one by one."""
    results = _from_one_training(evaluation, fits, train, test)
    if results is not None:
        return results
    return [evaluation.fit_and_score(fit, train, test, NullTask()) for fit in fits]


def _from_one_training(
    evaluation: FoldEvaluation, fits: Sequence[Job], train: Any, test: Any
) -> list[FitResult] | None:
    """None if the fits have to be done one by one after all."""
    candidates = [evaluation.candidate(fit.trial.params) for fit in fits]
    networks = [network_of(candidate) for candidate in candidates]
    if not all(network is not None and _can_share(network) for network in networks):
        return None
    started = time.time()
    stage = evaluation.stage(fits[0], candidates[0], train, test)
    if stage.estimator is not networks[0]:
        return None  # steps before it that are not fitted twice in the same way
    stops = SharedStops([Stopping(net.max_iter, net.tol, net.n_iter_no_change) for net in networks])
    try:
        plan = Plan(
            stops=stops, data=stage.data, should_stop=evaluation.should_stop(fits, networks)
        )
        evaluation.fit_network(stage, train, plan)
        for network in stops.networks.values():
            check_is_finite(network)
    except TrainingStopped:
        pass  # the search ends: those that were done with are kept
    except Exception:
        return None
    else:
        if len(stops.networks) < len(fits):
            return None
    results = []
    for member, network in sorted(stops.networks.items()):
        fit = fits[member]
        evaluation.messages.start(fit)
        stopped = replace(stage, estimator=network)
        seconds = stops.stopped_at[member] - started
        results.append(evaluation.scored(fit, stopped, seconds, train, test))
        evaluation.messages.end(fit, results[-1])
    return results


def _can_share(network: Any) -> bool:
    """Whether where this network stops has no influence on how it trains until then."""
    steady = network.solver == "adam" or network.learning_rate != "adaptive"
    quiet = not network.early_stopping and not network.verbose
    return steady and quiet and network.random_state is not None and _can_stop(network)


def _can_stop(network: Any) -> bool:
    """Whether the parameters are ones that scikit-learn accepts; else its error must come."""
    max_iter, tol, patience = (getattr(network, name) for name in STOPPING)
    whole = isinstance(max_iter, int) and (isinstance(patience, int) or patience == math.inf)
    return whole and isinstance(tol, (int, float)) and max_iter >= 1 and tol >= 0 and patience >= 1
