"""The path of a network's weights through training, epoch by epoch.

A trajectory knows the weights, the optimizer's state, the random state and the order of the
rows. When a network stops is not part of it, so that networks that differ only in that can share
one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sk_hpt.training._data import PickledWithLayout


@dataclass
class Trajectory:
    """A network's weights on their way, on one data set.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        The data, float64 or float32.
    y : ndarray of shape (n_rows, n_outputs)
        The targets, C-contiguous and of the type of `X`; classes as indicators.
    sample_weight : ndarray of shape (n_rows,) or None
        Weights of the samples, of the type of `X`.
    weights : list of ndarray
        Coefficients of all layers, then intercepts; trained in place.
    first, second : list of ndarray
        State of the optimizer, see :class:`~sk_hpt.training._engine.Engine`.
    activations : tuple of (str, str, str)
        Of the hidden layers and of the output, and the loss.
    batch_size : int or numpy integer
        Rows of a mini-batch.
    optimizer : dict
        Constants of the optimizer's step.
    rate : float
        Learning rate; of Adam the initial one.
    random_state : RandomState or None
        Shuffles the rows before each epoch; None leaves them in their order.
    rows : ndarray of shape (n_rows,), intp, or None
        The rows of `X` that are trained on, if they are shuffled; None is all.
    overflowed : bool
        Whether numpy would have warned that something overflowed or has no value.

    Notes
    -----
    Advancing to epoch 20 and then to 100 gives the bits of advancing to 100 at once, in this
    process or after a pickle.
    """

    X: Any
    y: Any
    sample_weight: NDArray[Any] | None
    weights: list[NDArray[Any]]
    first: list[NDArray[Any]]
    second: list[NDArray[Any]]
    activations: tuple[str, str, str]
    batch_size: Any
    optimizer: dict[str, Any]
    rate: float
    random_state: np.random.RandomState | None
    rows: NDArray[np.intp] | None = None
    overflowed: bool = False
    epoch: int = 0
    loss_curve: list[Any] = field(default_factory=list)
    _order: NDArray[np.intp] | None = None
    _engine: Any = None

    def advance(self, to_epoch: int) -> None:
        """Train until `to_epoch` epochs are done in all."""
        if self._engine is None:
            self._engine = self._make_engine()
        while self.epoch < to_epoch:
            if self.random_state is not None:
                self._shuffle(self.random_state)
            n_steps = self.epoch * self.n_batches
            rows = self._order if self.rows is None else self.rows[self._order]
            loss = self._engine.run_epoch(self._order, rows, self.rate, n_steps)
            self.overflowed = self.overflowed or self._engine.overflowed
            self.loss_curve.append(loss / len(self.y))
            self.epoch += 1

    def detach(self) -> None:
        """Let go of the data and of the engine's buffers."""
        self.X = self.y = self.sample_weight = self.rows = self._engine = None

    def attach(
        self,
        X: NDArray[Any],
        y: NDArray[Any],
        sample_weight: NDArray[Any] | None,
        rows: NDArray[np.intp] | None,
    ) -> None:
        """Take the data again."""
        self.X, self.y, self.sample_weight, self.rows = X, y, sample_weight, rows

    @property
    def n_batches(self) -> int:
        """Steps of an epoch."""
        return -(-len(self.y) // int(self.batch_size))

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the engine, which is made again where the run continues."""
        return {**self.__dict__, "X": PickledWithLayout.of(self.X), "_engine": None}

    def _shuffle(self, random_state: np.random.RandomState) -> None:
        # Cumulative, like scikit-learn's: each epoch permutes the permutation before it.
        shuffled = np.arange(len(self.y))
        random_state.shuffle(shuffled)
        self._order = shuffled if self._order is None else self._order[shuffled]

    def _make_engine(self) -> Any:
        # Imported here, because the rest of this module is of use where no engine was built.
        from sk_hpt.training._engine import Engine

        hidden, output, loss = self.activations
        return Engine(
            self.X,
            self.y,
            self.sample_weight,
            self.weights,
            self.first,
            self.second,
            hidden,
            output,
            loss,
            self.batch_size,
            self.optimizer,
        )


def copies(arrays: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    """Return a copy of each array."""
    return [array.copy() for array in arrays]
