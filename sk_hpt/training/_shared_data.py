"""Data that many networks train on, validated once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class SharedData:
    """What scikit-learn's validation made of a fold, for every network that trains on it.

    Made by :func:`~sk_hpt.training.share_data`.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        The features of all samples, never copied.
    rows : ndarray of shape (n_rows,), intp, or None
        The rows of `X` to train on; None is all.
    y : ndarray of shape (n_rows,) or (n_rows, n_outputs)
        The targets of these rows as a network is trained on them, classes as indicators.
    attributes : dict
        What validation leaves in a network: ``classes_`` and the like.
    """

    X: NDArray[Any]
    rows: NDArray[np.intp] | None
    y: NDArray[Any]
    attributes: dict[str, Any]

    @property
    def stand_in(self) -> NDArray[Any]:
        """A view as long, as wide and of the type of the rows, where only that is asked for."""
        return self.X if self.rows is None else self.X[: len(self.rows)]
