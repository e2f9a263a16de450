"""What the picture of learning curves shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sk_hpt.displays._parameters import short_names, text_of

Floats = NDArray[np.float64]

Curves = list[NDArray[Any] | None]
"""A value per epoch for each trial; None for what has none."""


def curves_of(search: Any, part: str) -> Curves:
    """The mean curve of each trial of a fitted search.

    Parameters
    ----------
    search : estimator object
        A search.
    part : {"loss", "validation"}
        Which of its curves.

    Raises
    ------
    ValueError
        If the search keeps no curves.
    """
    if not hasattr(search, "learning_curves_"):
        raise ValueError(
            f"{type(search).__name__} keeps no learning curves (it has no learning_curves_). Use "
            "a search of sk_hpt."
        )
    found = []
    for folds in search.learning_curves_:
        values = [getattr(curve, part) for curve in folds if curve is not None]
        found.append(mean_curve([each for each in values if each is not None]))
    return found


def mean_curve(curves: Sequence[NDArray[Any]]) -> Floats | None:
    """The mean over folds; None if there is no fold.

    A fold that stopped earlier than another counts on with what it was then: without that the
    mean would jump wherever one ends.
    """
    if not curves:
        return None
    longest = max(map(len, curves))
    return np.mean(
        [np.pad(np.asarray(each, np.float64), (0, longest - len(each)), "edge") for each in curves],
        axis=0,
    )


def best_trials(scores: Floats, curves: Curves, n_best: int) -> list[int]:
    """The best that have a score and a curve, the best first."""
    order = np.argsort(-scores, kind="stable")  # NaN comes last
    known = [int(row) for row in order if np.isfinite(scores[row]) and curves[row] is not None]
    return known[:n_best]


def short_labels(params: Sequence[dict[str, Any]]) -> list[str]:
    """Each setting in short: the parameters that vary, without the names of Pipeline steps."""
    names = list(dict.fromkeys(name for each in params for name in each))
    varying = [name for name in names if len({repr(each.get(name)) for each in params}) > 1]
    shown = dict(zip(varying or names, short_names(varying or names), strict=True))
    return [
        ", ".join(
            f"{shown[name]}={text_of(value)}" for name, value in each.items() if name in shown
        )
        for each in params
    ]


def is_log_scaled(curves: Curves) -> bool:
    """Whether losses span so much that their logarithms are what can be told apart."""
    known = [curve for curve in curves if curve is not None]
    values = np.concatenate(known) if known else np.empty(0)
    values = values[np.isfinite(values)]
    return bool(len(values) and values.min() > 0 and values.max() > 10 * values.min())


def usual_maximum(curves: Curves, kept: Sequence[int]) -> float | None:
    """Where to cut a picture of losses that a few trials which diverge would take up.

    Parameters
    ----------
    curves : list of ndarray or None
        Losses.
    kept : sequence of int
        Trials to show in full.

    Returns
    -------
    top : float or None
        None if nothing needs to be cut.
    """
    known = [curve[np.isfinite(curve)] for curve in curves if curve is not None]
    tops = np.array([curve.max() for curve in known if len(curve)])
    if not len(tops):
        return None
    usual = 5.0 * float(np.median(tops))
    for row in kept:
        curve = curves[row]
        if curve is not None:
            usual = max(usual, float(np.max(curve, initial=0.0, where=np.isfinite(curve))))
    return usual if tops.max() > usual > 0 else None
