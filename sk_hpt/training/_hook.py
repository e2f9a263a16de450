"""The hook into scikit-learn's networks: how one trains natively.

scikit-learn's ``_fit`` validates the data, binarises the labels and draws the initial weights,
and then calls ``_fit_stochastic``. That method alone is replaced, by giving a network that we
own a class that has ours. All else, and what the user gets back, is scikit-learn's. This is the
one file beside ``_compat.py`` that imports private names.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer

from sk_hpt.training._run import TrainingRun, batch_size, restore_best
from sk_hpt.training._shared_data import SharedData
from sk_hpt.training._stopping import SharedStops
from sk_hpt.training._trajectory import copies

MOST_ROWS_OF_WIDE_SUMS = 8192
"""numpy sums what it has to cast in pieces of so many elements; the engine does not."""

CONSTANTS = (
    "alpha",
    "learning_rate_init",
    "power_t",
    "momentum",
    "beta_1",
    "beta_2",
    "epsilon",
)


@dataclass
class Plan:
    """How one native fit goes.

    Parameters
    ----------
    stops : SharedStops, optional
        Train for several networks at once.
    paused : list, optional
        Put the run here before its first epoch, and train no further.
    resumed : TrainingRun, optional
        Give this run its data again, and train no further.
    data : SharedData, optional
        Train on these, validated before, whatever ``fit`` is given.
    should_stop : callable, optional
        Asked before each epoch; where it says so, a :class:`TrainingStopped` is raised.
    watched : callable, default=nullcontext
        Takes `should_stop` and makes a context, around the training to the end of one network,
        that gives what is asked in its place.
    """

    stops: SharedStops | None = None
    paused: list[TrainingRun] | None = None
    resumed: TrainingRun | None = None
    data: SharedData | None = None
    should_stop: Callable[[], bool] | None = None
    watched: Callable[[Any], AbstractContextManager[Any]] = nullcontext


class NativeNetwork:
    """Replaces the loop over epochs; a mixin before one of scikit-learn's networks.

    Its :class:`Plan` stands in the instance's ``__dict__`` under `PLAN` while it is fitted.
    """

    PLAN = "_sk_hpt_plan"

    def _validate_input(self, X: Any, y: Any, *args: Any, **named: Any) -> Any:
        data = vars(self)[self.PLAN].data
        if data is None:
            return super()._validate_input(X, y, *args, **named)  # type: ignore[misc]
        vars(self).update(data.attributes)
        return data.stand_in, data.y

    def _fit_stochastic(
        self, X: Any, y: Any, sample_weight: Any, *buffers: Any, **named: Any
    ) -> None:
        incremental = named.get("incremental", buffers[-1] if buffers else False)
        plan = vars(self).pop(self.PLAN)
        rows = None
        if plan.data is not None:
            X, rows = plan.data.X, plan.data.rows
        exact = not incremental and _exact(self, X, y, sample_weight)
        if rows is not None and not (exact and self.shuffle):  # type: ignore[attr-defined]
            X, rows = X[rows, ...], None  # without shuffling, BLAS sees their layout
        if not exact:
            super()._fit_stochastic(X, y, sample_weight, *buffers, **named)  # type: ignore[misc]
            return
        if plan.resumed is not None:
            plan.resumed.attach(X, y, sample_weight, rows)
            return
        start = _Start(self)
        self._optimizer = _make_optimizer(self)
        run = TrainingRun(self, self._optimizer, X, y, sample_weight, rows)
        if plan.paused is not None:
            plan.paused.append(run)
        elif plan.stops is not None:
            run.advance_for_all(plan.stops, plan.should_stop)
        elif not self._train(run, plan):
            start.restore(self, y, X.dtype)
            X = X if rows is None else X[rows, ...]
            super()._fit_stochastic(X, y, sample_weight, *buffers, **named)  # type: ignore[misc]

    def _train(self, run: TrainingRun, plan: Plan) -> bool:
        """Train to the end; False if scikit-learn would have warned of the numbers on the way."""
        strict = not self.verbose  # type: ignore[attr-defined]
        try:
            with plan.watched(plan.should_stop) as should_stop:
                run.advance(self.max_iter, strict, should_stop)  # type: ignore[attr-defined]
        except KeyboardInterrupt:
            if plan.should_stop is not None:
                raise
            warnings.warn("Training interrupted by user.", stacklevel=1)
        except FloatingPointError:
            return False
        restore_best(self)
        return True


NATIVE = {  # by scikit-learn's names, for they stand in its error messages
    stock: type(stock.__name__, (NativeNetwork, stock), {})
    for stock in (MLPClassifier, MLPRegressor)
}


class _Start:
    """How a network stood before its first epoch, to train it again."""

    def __init__(self, network: Any) -> None:
        self._coefs, self._intercepts = copies(network.coefs_), copies(network.intercepts_)
        self._random_numbers = network._random_state.get_state()

    def restore(self, network: Any, y: Any, dtype: Any) -> None:
        """Put the network back there."""
        widths = [len(self._coefs[0]), *map(len, self._intercepts)]
        network._initialize(y, widths, dtype)
        network.coefs_, network.intercepts_ = self._coefs, self._intercepts
        network._best_coefs, network._best_intercepts = map(copies, (self._coefs, self._intercepts))
        network._random_state.set_state(self._random_numbers)
        del network._optimizer


def has_converged(network: Any) -> bool:
    """Whether a fitted network stopped by itself, at its last epoch at the latest."""
    stopped = network._no_improvement_count > network.n_iter_no_change
    return bool(stopped or network.n_iter_ < network.max_iter)


def share_data(network: Any, X: Any, rows: Any, y: Any) -> SharedData | None:
    """Validate data for many networks like `network`, as its ``fit`` would.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        One of them.
    X : ndarray of shape (n_samples, n_features)
        The features of all samples.
    rows : ndarray of shape (n_rows,), intp, or None
        The rows of `X` to train on; None is all.
    y : ndarray of shape (n_rows,) or (n_rows, n_outputs)
        The targets of these rows.

    Returns
    -------
    data : SharedData or None
        None if each fit has to validate for itself: to convert what it is given, to warn, or
        to raise.
    """
    if type(X) is not np.ndarray or type(y) is not np.ndarray or y.shape[1:] == (1,):
        return None
    if rows is not None and len(rows) > len(X):
        return None
    probe = clone(network)
    before = set(vars(probe))
    X_train = X if rows is None else X[rows, ...]
    try:
        if is_classifier(network) and 2 * len(np.unique(y)) > len(y):
            return None  # scikit-learn warns of so many classes, at each fit
        X_valid, y_valid = probe._validate_input(X_train, y, False, True)
    except Exception:
        return None
    attributes = {name: value for name, value in vars(probe).items() if name not in before}
    return SharedData(X, rows, y_valid, attributes) if X_valid is X_train else None


def _exact(network: Any, X: Any, y: Any, sample_weight: Any) -> bool:
    """Whether the engine gives scikit-learn's bits for these types."""
    if type(X) is not np.ndarray or X.dtype not in (np.float64, np.float32):
        return False
    if not X.dtype.isnative or not X.flags.aligned or network.batch_size == 0:
        return False
    single = X.dtype == np.float32
    if sample_weight is not None and sample_weight.dtype != X.dtype:
        return False
    if y.dtype != bool and y.dtype != X.dtype and (single or y.dtype.kind not in "iu"):
        return False
    # Scalars of numpy's other types round elsewhere; and its float64 scalars make arrays of
    # float64 where Python's floats do not.
    exact = (float, int) if single else (float, int, np.float64)
    if any(type(getattr(network, name)) not in exact for name in CONSTANTS):
        return False
    if not single or sample_weight is None:
        return True
    return bool(batch_size(network, len(y)) <= MOST_ROWS_OF_WIDE_SUMS)


def _make_optimizer(network: Any) -> Any:
    params = network.coefs_ + network.intercepts_
    if network.solver == "adam":
        constants = (network.beta_1, network.beta_2, network.epsilon)
        return AdamOptimizer(params, network.learning_rate_init, *constants)
    constants = (network.momentum, network.nesterovs_momentum, network.power_t)
    return SGDOptimizer(params, network.learning_rate_init, network.learning_rate, *constants)
