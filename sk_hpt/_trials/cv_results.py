"""The columns of scikit-learn's ``cv_results_``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.ma import MaskedArray
from numpy.typing import NDArray
from scipy.stats import rankdata

from sk_hpt._types import Flags, Floats, Params
from sk_hpt._warn import warn_user


def score_columns(name: str, column: Floats, is_complete: Flags) -> dict[str, Floats]:
    """Return a column per fold, mean and deviation; warn of complete trials without a mean."""
    splits = {f"split{fold}_{name}": column[:, fold] for fold in range(column.shape[1])}
    means, stds = _mean_and_std(column)
    if not np.all(np.isfinite(means[is_complete])):
        part = name.split("_")[0]
        warn_user(f"One or more of the {part} scores are non-finite: {means}")
    return {**splits, f"mean_{name}": means, f"std_{name}": stds}


def mean_and_std_of_known(name: str, column: Floats) -> dict[str, Floats]:
    """Return mean and deviation over the folds that are done; NaN where none is."""
    means, stds = _mean_and_std(column)
    for row in np.flatnonzero(np.isnan(means)):
        known = column[row][~np.isnan(column[row])]
        if len(known):
            means[row], stds[row] = known.mean(), known.std()
    return {f"mean_{name}": means, f"std_{name}": stds}


def _mean_and_std(column: Floats) -> tuple[Floats, Floats]:
    # In scikit-learn's order of operations: the numbers must agree to the last bit.
    means = np.average(column, axis=1)
    return means, np.sqrt(np.average((column - means[:, np.newaxis]) ** 2, axis=1))


def ranks(means: Floats, is_complete: Flags) -> NDArray[np.int32]:
    """Rank the trials: 1 is the best, failed trials tie behind, incomplete ones come last."""
    known = ~np.isnan(means)
    means = np.nan_to_num(means, nan=means[known].min() - 1 if known.any() else 0.0)
    if not is_complete.all():
        means[~is_complete] = means.min() - 1
    found: NDArray[np.int32] = rankdata(-means, method="min").astype(np.int32, copy=False)
    return found


def param_columns(candidates: Sequence[Params]) -> dict[str, MaskedArray[Any, Any]]:
    """Return a column ``param_*`` for each name, masked where a candidate does not set it."""
    values_by_name: dict[str, dict[int, Any]] = {}
    for row, params in enumerate(candidates):
        for name, value in params.items():
            values_by_name.setdefault(name, {})[row] = value
    return {
        f"param_{name}": _param_column(values, len(candidates))
        for name, values in values_by_name.items()
    }


def _param_column(values: dict[int, Any], n_rows: int) -> MaskedArray[Any, Any]:
    column: MaskedArray[Any, Any] = MaskedArray(
        np.empty(n_rows, dtype=_common_dtype(list(values.values()))), mask=True
    )
    for row, value in values.items():
        column[row] = value
    return column


def _common_dtype(values: list[Any]) -> np.dtype[Any]:
    """Return numpy's type for all values; object for strings and for values with a length."""
    try:
        array = np.array(values)
    except ValueError:  # sequences of different lengths
        return np.dtype(object)
    return array.dtype if array.dtype.kind != "U" and array.ndim == 1 else np.dtype(object)
