"""The functional analysis of variance of a tree."""

import numpy as np
from sklearn.tree import DecisionTreeRegressor

from sk_hpt.displays._fanova import forest_columns, value_weights, variance_shares
from sk_hpt.displays._parameter_values import varying_parameters


def test_shares_of_a_tree_equal_those_of_a_grid_over_all_values():
    """The expected shares are weighted means over all combinations of values."""
    rng = np.random.default_rng(0)
    params = [
        {
            "a": float(rng.random()),
            "shape": tuple(rng.choice([4, 8, 16], size=rng.integers(1, 4)).tolist()),
            **({"kind": str(rng.choice(["p", "q", "r"]))} if rng.random() < 0.8 else {}),
        }
        for _ in range(25)
    ]
    y = rng.normal(size=25)
    parameters = varying_parameters(params)
    columns, weights = (
        [forest_columns(each) for each in parameters],
        [value_weights(each) for each in parameters],
    )
    X = np.hstack([seen[each.codes] for seen, each in zip(columns, parameters, strict=True)])
    tree = DecisionTreeRegressor(random_state=0).fit(X, y)
    shares = variance_shares(tree, columns, weights, with_pairs=True)

    grids = np.meshgrid(*(range(len(each)) for each in columns), indexing="ij")
    points = np.hstack([seen[g.ravel()] for seen, g in zip(columns, grids, strict=True)])
    f = tree.predict(points).reshape(grids[0].shape)
    w = np.einsum("i,j,k->ijk", *weights)
    mean = (w * f).sum()
    expected = []
    for i in range(3):
        others = tuple(j for j in range(3) if j != i)
        rest = np.multiply.outer(weights[others[0]], weights[others[1]])
        marginal = (np.moveaxis(f, i, 0) * rest).sum(axis=(1, 2))
        expected.append(weights[i] @ (marginal - mean) ** 2)
    for i, j, k in ((0, 1, 2), (0, 2, 1), (1, 2, 0)):
        pair = np.outer(weights[i], weights[j])
        marginal = np.moveaxis(f, k, 2) @ weights[k]
        expected.append((pair * (marginal - mean) ** 2).sum() - expected[i] - expected[j])
    np.testing.assert_allclose(shares, expected / (w * (f - mean) ** 2).sum(), atol=1e-12)


def test_weights_are_uniform_on_a_logarithmic_scale():
    rates = np.geomspace(1e-5, 1.0, 60)
    params = [{"rate": float(rate), "other": i % 2} for i, rate in enumerate(rates)]
    (rate, _) = varying_parameters(params)
    assert rate.is_log and rate.is_range
    np.testing.assert_allclose(value_weights(rate), 1 / 60)
    narrow, _ = varying_parameters(
        [{"rate": 1 + rate, "other": each} for each in (0, 1) for rate in rates]
    )
    assert not narrow.is_log


def test_a_tree_without_a_split_has_no_shares():
    parameters = varying_parameters([{"a": float(a)} for a in range(20)])
    columns, weights = [forest_columns(parameters[0])], [value_weights(parameters[0])]
    tree = DecisionTreeRegressor().fit(columns[0], np.ones(20))
    assert variance_shares(tree, columns, weights) is None


def test_trials_without_a_parameter_stand_at_its_mean():
    params = [{"a": i % 2, **({"kind": "pqr"[i % 3]} if i < 12 else {})} for i in range(20)]
    kind = varying_parameters(params)[1]
    columns = forest_columns(kind)
    np.testing.assert_allclose(columns[:3], np.eye(3))
    np.testing.assert_allclose(columns[3], 1 / 3)
    np.testing.assert_allclose(value_weights(kind), [1 / 3, 1 / 3, 1 / 3, 0])
