"""Functional analysis of variance (fANOVA) of the trees of a random forest.

F. Hutter, H. Hoos and K. Leyton-Brown, "An efficient approach for assessing hyperparameter
importance", ICML 2014. The leaves of a tree partition the space into boxes, so that a marginal
prediction, which is the mean of the tree's prediction over all parameters but a few, is a sum over
leaves instead of an integral.

Two things differ from the paper. A parameter may have several columns in the forest, such as the
depth and the widths of a network; each parameter is therefore a finite list of values, and a leaf
holds some of the values rather than an interval. And the values of a parameter have weights, which
stand for the uniform distribution over the range of a parameter in the paper. Parameters count as
independent of each other.

Notation
--------
Leaves are counted by i, parameters by j and k, and the values of a parameter by v.

===============  ==================================================================================
c_i              prediction of leaf i: ``predictions``, shape (n_leaves,)
w_j(v)           weight of value v of parameter j, in sum 1: ``weights[j]``, shape (n_values,)
1_ij(v)          1 if leaf i holds value v of parameter j, else 0: ``holds[j]``, shape
                 (n_leaves, n_values)
s_ij             relative size of leaf i along parameter j, the sum of w_j(v) 1_ij(v) over v:
                 ``sizes[j]``, shape (n_leaves,)
a_U              marginal prediction given the parameters in U
V_U              variance that the parameters in U explain beyond the subsets of U
V                variance of the prediction
===============  ==================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from sklearn.tree import DecisionTreeRegressor

from sk_hpt._types import Floats
from sk_hpt.displays._parameter_values import Parameter, Value

NO_VARIANCE = 1e-12
"""A variance smaller than this share of the largest squared prediction is a rounding error."""


def forest_columns(parameter: Parameter) -> Floats:
    """Return the columns that represent a parameter in a forest, shape (n_values, n_columns).

    Numbers have one column. Shapes of networks have three: the depth, the mean of the logarithms
    of the widths, and the logarithm of the ratio of the first width to the last. Each other value
    has an indicator column. A trial without the parameter stands at the mean of each column, so
    that these columns do not tell sub-spaces apart.
    """
    if not parameter.is_set.all():
        where_set = forest_columns(_where_set(parameter))
        return np.vstack([where_set, where_set.mean(axis=0)])
    values = parameter.values
    known = parameter.numbers
    columns: list[Floats] = []
    if len(known):
        # Values that are not numbers stand at the mean, where they pull the splits to no side.
        columns.append(np.append(known, np.full(len(values) - len(known), known.mean())))
    if any(isinstance(value, tuple) for value in values):
        columns += list(np.transpose([_shape_columns(value) for value in values]))
    columns += [
        np.arange(len(values)) == i for i, value in enumerate(values) if isinstance(value, str)
    ]
    return np.column_stack(columns).astype(np.float64)


def _where_set(parameter: Parameter) -> Parameter:
    """Return a parameter over the trials that have it."""
    codes = parameter.codes[parameter.is_set]
    return replace(parameter, values=parameter.values[:-1], codes=codes)


def _shape_columns(value: Value) -> tuple[float, float, float]:
    if not isinstance(value, tuple):
        return 0.0, 0.0, 0.0
    widths = np.log(value)
    return float(len(value)), float(widths.mean()), float(widths[0] - widths[-1])


def value_weights(parameter: Parameter) -> Floats:
    """Return the weights of the values of a parameter, shape (n_values,), in sum 1.

    Not to have the parameter is not a value of it, and has the weight 0.
    """
    if not parameter.is_set.all():
        return np.append(value_weights(_where_set(parameter)), 0.0)
    values, n_values = parameter.numbers, len(parameter.values)
    if parameter.is_range and len(values) == n_values:
        # Numbers that fill a range stand for a uniform distribution: each counts by the length of
        # the interval in which no other value is nearer.
        between = (values[1:] + values[:-1]) / 2
        # Half a step beyond both ends, so that evenly spaced values have equal weights.
        ends = 2 * values[[0, -1]] - between[[0, -1]]
        lengths = np.diff([ends[0], *between, ends[1]])
        return np.asarray(lengths / lengths.sum())
    if n_values <= len(parameter.codes) // 2:
        # A few levels: all have the same weight.
        return np.full(n_values, 1 / n_values)
    # Many different values without an order: each counts as often as it was tried.
    return np.bincount(parameter.codes, minlength=n_values) / len(parameter.codes)


def leaf_boxes(tree: DecisionTreeRegressor) -> tuple[Floats, Floats, Floats]:
    """Return the predictions of the leaves of a fitted tree, and their boxes.

    Parameters
    ----------
    tree : DecisionTreeRegressor
        A fitted tree with one output.

    Returns
    -------
    predictions : ndarray of shape (n_leaves,)
        The prediction in each leaf.
    low, high : ndarray of shape (n_leaves, n_columns)
        A point x is in a leaf if ``low < x <= high`` in all columns.
    """
    nodes = tree.tree_
    # The root is the whole space. Each split cuts the box of a node into those of two children.
    low = np.full((nodes.node_count, nodes.n_features), -np.inf)
    high = -low
    left, right = nodes.children_left, nodes.children_right
    for node in range(nodes.node_count):  # parents come before their children
        if left[node] != right[node]:
            children = [left[node], right[node]]
            low[children], high[children] = low[node], high[node]
            column, threshold = nodes.feature[node], nodes.threshold[node]
            high[left[node], column] = low[right[node], column] = threshold
    is_leaf = left == right
    return nodes.value[is_leaf, 0, 0], low[is_leaf], high[is_leaf]


def variance_shares(
    tree: DecisionTreeRegressor,
    columns: Sequence[Floats],
    weights: Sequence[Floats],
    with_pairs: bool = False,
) -> Floats | None:
    """Return the shares V_U / V of the variance of a tree's prediction, by parameters.

    Parameters
    ----------
    tree : DecisionTreeRegressor
        A fitted tree, whose columns are those of the first parameter, then those of the second,
        and so on.
    columns : sequence of ndarray of shape (n_values, n_columns)
        For each parameter the columns of its values, as the tree sees them.
    weights : sequence of ndarray of shape (n_values,)
        For each parameter the weights of its values, in sum 1.
    with_pairs : bool, default=False
        True to return the interactions of two parameters as well.

    Returns
    -------
    shares : ndarray of shape (n_parameters,) or (n_parameters * (n_parameters + 1) / 2,)
        The share of each parameter alone, then of each pair in the order of
        ``itertools.combinations``; None if the prediction does not vary.
    """
    predictions, low, high = leaf_boxes(tree)
    holds = _values_in_leaves(columns, low, high)
    # s_ij, and the volume of each leaf: the product over all parameters.
    sizes = np.array([each @ weight for each, weight in zip(holds, weights, strict=True)])
    volumes = sizes.prod(axis=0)
    # Mean and variance of the prediction over the whole space.
    mean = predictions @ volumes
    variance = predictions**2 @ volumes - mean**2
    if variance <= NO_VARIANCE * (predictions**2).max():
        return None
    # V_j, the variance of the marginal prediction a_j(v).
    alone = []
    for j, weight in enumerate(weights):
        marginal = _averaged_leaves(predictions, sizes, [j]) @ holds[j]
        alone.append(weight @ marginal**2 - mean**2)
    # The same for two parameters, where a_jk(v, v') is a matrix. What each of them explains alone
    # is subtracted from the variance, so that V_jk is the interaction only.
    together = []
    for j, k in combinations(range(len(columns) if with_pairs else 0), 2):
        marginal = (holds[j].T * _averaged_leaves(predictions, sizes, [j, k])) @ holds[k]
        together.append(weights[j] @ marginal**2 @ weights[k] - mean**2 - alone[j] - alone[k])
    # Variances are not negative: anything below zero is a rounding error.
    return np.asarray(np.maximum([*alone, *together], 0.0) / variance)


def _averaged_leaves(predictions: Floats, sizes: Floats, given: Sequence[int]) -> Floats:
    """Return c_i times s_ij for all parameters j but the given ones, shape (n_leaves,).

    The marginal prediction at values of the given parameters is the sum of this over the leaves
    that hold these values: all other parameters are averaged out.
    """
    return np.asarray(predictions * np.delete(sizes, given, axis=0).prod(axis=0))


def _values_in_leaves(columns: Sequence[Floats], low: Floats, high: Floats) -> list[Floats]:
    """Return 1_ij(v) for each parameter j, as arrays of shape (n_leaves, n_values)."""
    holds: list[Floats] = []
    start = 0
    for seen in columns:
        stop = start + seen.shape[1]
        x = seen.astype(np.float32).T  # scikit-learn's trees round their inputs to float32
        above = x > low[:, start:stop, np.newaxis]
        # A value of several columns is in a leaf if each of its columns is.
        inside = np.all(above & (x <= high[:, start:stop, np.newaxis]), axis=1)
        holds.append(np.asarray(inside, dtype=np.float64))
        start = stop
    return holds
