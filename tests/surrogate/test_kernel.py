import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.gaussian_process.kernels import Matern

from sk_hpt._surrogate.kernel import matern, matern_and_slope, squared_distances


def test_matern_is_scikit_learns():
    X = np.random.default_rng(0).normal(size=(6, 3))
    assert matern(squared_distances(X, X)) == pytest.approx(Matern(nu=2.5)(X))


def test_slope_is_the_derivative_also_at_equal_points():
    r2, step = np.array([0.0, 1e-3, 0.3, 2.0, 40.0]), 1e-6
    value, slope = matern_and_slope(r2)
    assert value == pytest.approx(matern(r2))
    difference = (matern(r2 + 2 * step) - matern(r2)) / (2 * step)
    assert slope == pytest.approx(difference, rel=1e-2, abs=1e-9)
    assert slope[0] == -5 / 6


def test_squared_distances_of_near_duplicates_are_not_negative():
    rng = np.random.default_rng(0)
    U = 20 * rng.uniform(size=(30, 8))
    V = U + 1e-9
    r2 = squared_distances(U, V)
    assert r2.min() >= 0
    assert r2 == pytest.approx(cdist(U, V, "sqeuclidean"), abs=1e-10)
