import numpy as np
import pytest

from sk_hpt._surrogate import same_points, sobol_points


@pytest.mark.parametrize("n", [0, 1, 5, 64])
def test_points_are_spread(n):
    points = sobol_points(n, 3, np.random.default_rng(0))
    assert points.shape == (n, 3) and np.all((points >= 0) & (points < 1))
    np.testing.assert_array_equal(points, sobol_points(n, 3, np.random.default_rng(0)))
    if n == 64:  # one in each sixteenth of a plane, four times over
        cells = np.unique((points[:, :2] * 4).astype(int), axis=0, return_counts=True)[1]
        assert cells.tolist() == [4] * 16


def test_without_columns_there_is_one_point():
    assert sobol_points(0, 0, np.random.default_rng(0)).shape == (0, 0)
    assert sobol_points(5, 0, np.random.default_rng(0)).shape == (1, 0)


def test_points_that_differ_by_rounding_are_the_same():
    X, Z = np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([[0.3, 0.4 + 1e-9], [0.1, 0.3]])
    assert same_points(X, Z).tolist() == [[False, False], [True, False]]
    assert same_points(X, Z[:0]).shape == (2, 0)
    assert same_points(np.empty((1, 0)), np.empty((2, 0))).tolist() == [[True, True]]
