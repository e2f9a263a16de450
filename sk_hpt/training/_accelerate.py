"""Which networks train natively."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline

from sk_hpt.training._hook import NATIVE, NativeNetwork, Plan
from sk_hpt.training._run import TrainingRun

SOLVERS = ("adam", "sgd")


def network_of(estimator: Any) -> Any:
    """The network in an estimator that may train natively, or None.

    It must be exactly scikit-learn's class, bare or the last step of a Pipeline, with a
    stochastic solver.
    """
    if type(estimator) is Pipeline and estimator.steps:
        estimator = estimator.steps[-1][1]
    return estimator if type(estimator) in NATIVE and estimator.solver in SOLVERS else None


def trains_natively(estimator: Any) -> bool:
    """Whether the network in `estimator` qualifies and the engine works here."""
    return network_of(estimator) is not None and engine_works()


@contextmanager
def native_training(estimator: Any, plan: Plan | None = None) -> Iterator[None]:
    """Within this context the network in `estimator`, if it qualifies, trains natively.

    Parameters
    ----------
    estimator : estimator object
        One that nobody else uses meanwhile; afterwards it is as it was, but fitted.
    plan : Plan, optional
        How; by default to the end.
    """
    if not trains_natively(estimator):
        yield
        return
    with _native_class(network_of(estimator), plan or Plan()):
        yield


def start_run(network: Any, X: Any, y: Any, sample_weight: Any = None) -> TrainingRun:
    """Begin to train a network, and pause before the first epoch.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        The network; a clone of it is trained.
    X, y, sample_weight
        As its ``fit`` takes them.

    Returns
    -------
    run : TrainingRun
        To be advanced.

    Raises
    ------
    ValueError
        If this network or these data do not train natively, or ``fit`` rejects them.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sk_hpt.training import start_run
    >>> X, y = load_iris(return_X_y=True)
    >>> run = start_run(MLPClassifier(max_iter=50, random_state=0), X, y)
    >>> run.advance(20)
    >>> run.epoch, round(run.estimator().score(X, y), 2)
    (20, 0.69)
    """
    network = clone(network)
    runs: list[TrainingRun] = []
    if network_of(network) is network and engine_works():
        with _native_class(network, Plan(paused=runs)):
            network.fit(X, y, sample_weight=sample_weight)
    if not runs:
        raise ValueError(
            f"{network!r} does not train natively on these data. Use its fit, or an MLPClassifier "
            "or MLPRegressor with solver='adam' or 'sgd' and dense data of one floating type."
        )
    return runs[0]


@contextmanager
def _native_class(network: Any, plan: Plan) -> Iterator[None]:
    stock = type(network)
    network.__class__ = NATIVE[stock]
    vars(network)[NativeNetwork.PLAN] = plan
    try:
        yield
    finally:
        network.__class__ = stock
        vars(network).pop(NativeNetwork.PLAN, None)
        if plan.stops is not None:
            for each in plan.stops.networks.values():
                each.__class__ = stock


@lru_cache(maxsize=1)
def engine_works() -> bool:
    """Whether the engine was built and gives scikit-learn's bits here; says so once if not."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # scikit-learn's networks take Ctrl-C for their end, and would differ.
            warnings.filterwarnings("error", "Training interrupted")
            wrong = _self_check()
    except UserWarning:
        raise KeyboardInterrupt from None
    except ImportError as error:
        wrong = f"it was not built ({error})"
    if wrong:
        warnings.warn(
            f"The native training engine is not used: {wrong}. Networks train through "
            "scikit-learn, with the same results but slower. To build it, install a C compiler "
            "and reinstall sk_hpt.",
            UserWarning,
            stacklevel=2,
        )
    return not wrong


def _self_check() -> str:
    """Train small networks both ways; what differs, or an empty string.

    The engine calls loops that belong to numpy and scipy: a version that changes how they are
    put together must be noticed before it changes a result.
    """
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 5)), np.arange(40) % 3
    for dtype in (np.float64, np.float32):
        for network, target in (
            (MLPClassifier((9,), activation="relu", batch_size=16), y),
            (MLPClassifier((4, 3), activation="tanh", batch_size=17), y > 1),
            (MLPRegressor(hidden_layer_sizes=(9,), activation="logistic", solver="sgd"), X[:, 0]),
        ):
            network.set_params(max_iter=2, random_state=0)
            fitted = []
            for native in (False, True):
                network.__dict__.pop("coefs_", None)
                with _native_class(network, Plan()) if native else nullcontext():
                    network.fit(X.astype(dtype), target.astype(dtype))
                fitted.append([*network.coefs_, *network.intercepts_, network.loss_curve_])
            if not all(map(np.array_equal, *fitted)):
                return f"its weights differ from scikit-learn's in {np.dtype(dtype)}"
    return ""
