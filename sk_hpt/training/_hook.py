"""The hook into scikit-learn's networks: how one trains natively.

scikit-learn's ``_fit`` validates the data, binarises the labels and draws the initial weights,
and then calls ``_fit_stochastic``. That method alone is replaced, by giving a network that we
own a class that has ours. All else, and what the user gets back, is scikit-learn's. This is the
one file beside ``_compat.py`` that imports private names.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer

from sk_hpt.training._run import TrainingRun, batch_size, restore_best

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


class NativeNetwork:
    """Replaces the loop over epochs; a mixin before one of scikit-learn's networks.

    What is to become of the run is left in the instance's ``__dict__`` under `TASK`: a
    :class:`SharedStops` to train for several networks, or a list that takes the run untrained.
    """

    TASK = "_sk_hpt_task"

    def _fit_stochastic(
        self, X: Any, y: Any, sample_weight: Any, *buffers: Any, **named: Any
    ) -> None:
        incremental = named.get("incremental", buffers[-1] if buffers else False)
        if incremental or not _exact(self, X, y, sample_weight):
            super()._fit_stochastic(X, y, sample_weight, *buffers, **named)  # type: ignore[misc]
            return
        task = self.__dict__.pop(self.TASK, None)
        self._optimizer = _make_optimizer(self)
        run = TrainingRun(self, self._optimizer, X, y, sample_weight)
        if isinstance(task, list):
            task.append(run)
        elif task is not None:
            run.advance_for_all(task)
        else:
            self._train(run)

    def _train(self, run: TrainingRun) -> None:
        try:
            run.advance(self.max_iter)  # type: ignore[attr-defined]
        except KeyboardInterrupt:
            warnings.warn("Training interrupted by user.", stacklevel=1)
        restore_best(self)


NATIVE = {  # by scikit-learn's names, for they stand in its error messages
    stock: type(stock.__name__, (NativeNetwork, stock), {})
    for stock in (MLPClassifier, MLPRegressor)
}


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
    return bool(batch_size(network, len(X)) <= MOST_ROWS_OF_WIDE_SUMS)


def _make_optimizer(network: Any) -> Any:
    params = network.coefs_ + network.intercepts_
    if network.solver == "adam":
        constants = (network.beta_1, network.beta_2, network.epsilon)
        return AdamOptimizer(params, network.learning_rate_init, *constants)
    constants = (network.momentum, network.nesterovs_momentum, network.power_t)
    return SGDOptimizer(params, network.learning_rate_init, network.learning_rate, *constants)
