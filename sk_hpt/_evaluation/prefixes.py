"""What networks on one fold have in common.

Transformers before them are fitted once per fold and per setting of their own parameters, and
what they are fitted and scored on is validated once.
"""

from __future__ import annotations

import numbers
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from sklearn.pipeline import Pipeline

from sk_hpt._types import Params
from sk_hpt.training import SharedData

MOST_BYTES = 2**28
"""Transformed folds are kept until they take more memory than this."""


@dataclass(frozen=True)
class Stage:
    """What is fitted and scored: an estimator and the rows that it sees.

    ``X_scored`` is what it predicts for to be scored on the training rows: of some transformers
    ``fit_transform`` and ``transform`` differ in the last bits. A network trains on ``data`` where
    there is such, and ``X_train`` can be None.
    """

    estimator: Any
    X_train: Any
    y_train: Any
    X_test: Any
    y_test: Any
    X_scored: Any
    data: SharedData | None = None


@dataclass
class _Entry:
    lock: Lock = field(default_factory=Lock)
    value: Any = None


class Prefixes:
    """Transformed folds by what made them; those that were not used for longest go first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], tuple[Any, ...]]) -> tuple[Any, ...]:
        """What `make` returned for this key, which is called once, however many threads ask."""
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
        with entry.lock:
            if entry.value is None:
                entry.value = make()
        with self._lock:
            self._forget_oldest()
        return entry.value

    def _forget_oldest(self) -> None:
        sizes = {
            key: sum(getattr(array, "nbytes", 0) for array in entry.value)
            for key, entry in self._entries.items()
            if entry.value is not None
        }
        excess = sum(sizes.values()) - self._most_bytes
        for key in list(sizes)[:-1]:
            if excess > 0:
                excess -= sizes[key]
                del self._entries[key]


def prefix_key(pipeline: Pipeline, params: Params) -> Hashable | None:
    """What decides how the steps before the last are fitted; None if that is not repeatable."""
    if pipeline.memory is not None or pipeline.verbose:
        return None
    for name, value in pipeline[:-1].get_params(deep=True).items():
        random = name == "random_state" or name.endswith("__random_state")
        if random and not isinstance(value, numbers.Integral):
            return None
    last = pipeline.steps[-1][0]
    return hashable(
        {
            name: value
            for name, value in params.items()
            if name != last and not name.startswith(f"{last}__")
        }
    )


def transform_through(pipeline: Pipeline, X: Any) -> Any:
    """What the last step of a fitted Pipeline sees of `X`, as its ``predict`` computes it."""
    for _, step in pipeline.steps[:-1]:
        if step is not None and step != "passthrough":
            X = step.transform(X)
    return X


def hashable(params: Params) -> Hashable | None:
    """The same for equal settings, different for different ones; None if that cannot be told."""
    key = tuple((name, type(value), value) for name, value in sorted(params.items()))
    try:
        hash(key)
    except TypeError:
        return None
    return key
