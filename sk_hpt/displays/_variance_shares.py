"""Shares of variance of a forest's prediction that parameters account for.

The analysis of variance of Hutter, Hoos and Leyton-Brown (2014, "An efficient approach for
assessing hyperparameter importance"): a leaf of a tree is a box, so the mean of a tree over all
parameters but some is a sum over leaves. Here a parameter may have several columns in the forest
(the depth and the widths of a network), so that a leaf holds some of the parameter's values
rather than an interval; parameters are independent of each other, and their values weighted.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sk_hpt.displays._parameters import Parameter

Floats = NDArray[np.float64]


def columns_of(parameter: Parameter) -> Floats:
    """What a forest sees of each value, shape (n_values, n_columns).

    Numbers as they are; of shapes the depth, the mean width and by how much the first layer is
    wider than the last, the latter two in logarithms; a column for each value without an order.
    """
    values = parameter.values
    known = parameter.numbers
    columns = []
    if len(known):
        columns.append(np.append(known, np.full(len(values) - len(known), known.mean())))
    if any(isinstance(value, tuple) for value in values):
        columns += list(np.transpose([_shape_columns(value) for value in values]))
    columns += [
        np.arange(len(values)) == i for i, value in enumerate(values) if isinstance(value, str)
    ]
    return np.column_stack(columns).astype(np.float64)


def _shape_columns(value: Any) -> tuple[float, float, float]:
    if not isinstance(value, tuple):
        return 0.0, 0.0, 0.0
    widths = np.log(value)
    return float(len(value)), float(widths.mean()), float(widths[0] - widths[-1])


def weights_of(parameter: Parameter) -> Floats:
    """How much each value counts, shape (n_values,), in all 1.

    Numbers that fill a range count by the length that is nearest to them, as if drawn uniformly;
    levels all alike; where there are many values by how often they were tried.
    """
    values, n_values = parameter.numbers, len(parameter.values)
    if parameter.is_range and len(values) == n_values:
        between = (values[1:] + values[:-1]) / 2
        # Half a step beyond both ends, so that evenly spaced values count alike.
        ends = 2 * values[[0, -1]] - between[[0, -1]]
        lengths = np.diff([ends[0], *between, ends[1]])
        return np.asarray(lengths / lengths.sum())
    if n_values <= len(parameter.codes) // 2:
        return np.full(n_values, 1 / n_values)
    return np.bincount(parameter.codes, minlength=n_values) / len(parameter.codes)


def leaf_boxes(tree: Any) -> tuple[Floats, Floats, Floats]:
    """What the leaves of a fitted tree predict, and where they are.

    Parameters
    ----------
    tree : sklearn.tree Tree
        The `tree_` of a fitted regressor of one output.

    Returns
    -------
    values : ndarray of shape (n_leaves,)
        Predictions.
    low, high : ndarray of shape (n_leaves, n_columns)
        A point x is in a leaf if ``low < x <= high`` in all columns.
    """
    low = np.full((tree.node_count, tree.n_features), -np.inf)
    high = -low
    left, right = tree.children_left, tree.children_right
    for node in range(tree.node_count):  # parents come before their children
        if left[node] != right[node]:
            children = [left[node], right[node]]
            low[children], high[children] = low[node], high[node]
            column, threshold = tree.feature[node], tree.threshold[node]
            high[left[node], column] = low[right[node], column] = threshold
    is_leaf = left == right
    return tree.value[is_leaf, 0, 0], low[is_leaf], high[is_leaf]


def variance_shares(
    tree: Any, columns: Sequence[Floats], weights: Sequence[Floats], with_pairs: bool = False
) -> Floats | None:
    """Which shares of the variance of a tree's prediction parameters account for.

    Parameters
    ----------
    tree : sklearn.tree Tree
        The `tree_` of a fitted regressor of one output, whose columns are those of the first
        parameter, then those of the second, and so on.
    columns : sequence of ndarray of shape (n_values, n_columns)
        For each parameter what its values look like to the tree.
    weights : sequence of ndarray of shape (n_values,)
        How much each of them counts, in all 1.
    with_pairs : bool, default=False
        Whether to take interactions of two parameters too.

    Returns
    -------
    shares : ndarray of shape (n_parameters,) or (n_parameters * (n_parameters + 1) / 2,)
        Of each parameter alone, then of each pair in the order of itertools.combinations; None
        if the prediction does not vary.
    """
    value, low, high = leaf_boxes(tree)
    inside = _values_inside(columns, low, high)
    sizes = np.array([each @ weight for each, weight in zip(inside, weights, strict=True)])
    volumes = sizes.prod(axis=0)
    mean = value @ volumes
    variance = value**2 @ volumes - mean**2
    if variance <= 1e-12 * (value**2).max():
        return None
    parts = [
        (value * np.delete(sizes, i, axis=0).prod(axis=0)) @ each for i, each in enumerate(inside)
    ]
    alone = [weight @ part**2 - mean**2 for weight, part in zip(weights, parts, strict=True)]
    together = []
    for i, j in combinations(range(len(columns) if with_pairs else 0), 2):
        by_leaf = value * np.delete(sizes, [i, j], axis=0).prod(axis=0)
        part = (inside[i].T * by_leaf) @ inside[j]
        together.append(weights[i] @ part**2 @ weights[j] - mean**2 - alone[i] - alone[j])
    # What is below zero is a rounding error.
    return np.asarray(np.maximum([*alone, *together], 0.0) / variance)


def _values_inside(columns: Sequence[Floats], low: Floats, high: Floats) -> list[Floats]:
    """For each parameter which of its values each leaf holds, shape (n_leaves, n_values)."""
    found: list[Floats] = []
    start = 0
    for seen in columns:
        stop = start + seen.shape[1]
        x = seen.astype(np.float32).T  # as trees see them
        above = x > low[:, start:stop, np.newaxis]
        inside = np.all(above & (x <= high[:, start:stop, np.newaxis]), axis=1)
        found.append(np.asarray(inside, dtype=np.float64))
        start = stop
    return found
