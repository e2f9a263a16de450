import numpy as np
import pytest

from sk_hpt._surrogate.warp import warp, warp_gradients, warp_slope

X = np.linspace(0.01, 0.99, 12).reshape(4, 3)
A, B = np.array([0.5, 1.0, 2.5]), np.array([1.7, 1.0, 0.4])


def test_it_is_the_distribution_function_of_kumaraswamy():
    assert warp(X, A, B) == pytest.approx(1 - (1 - X**A) ** B)
    assert warp(X, np.ones(3), np.ones(3)) == pytest.approx(X)


def test_gradients():
    step = 1e-6
    value, by_log_a, by_log_b = warp_gradients(X, A, B)
    assert value == pytest.approx(warp(X, A, B))
    up, down = np.exp(step), np.exp(-step)
    assert by_log_a == pytest.approx((warp(X, A * up, B) - warp(X, A * down, B)) / (2 * step))
    assert by_log_b == pytest.approx((warp(X, A, B * up) - warp(X, A, B * down)) / (2 * step))
    slope = (warp(X + step, A, B) - warp(X - step, A, B)) / (2 * step)
    assert warp_slope(X, A, B) == pytest.approx(slope)


def test_the_ends_are_finite():
    ends = np.array([[0.0] * 3, [1.0] * 3])
    for values in [*warp_gradients(ends, A / 2, B / 2), warp_slope(ends, A / 2, B / 2)]:
        assert np.all(np.isfinite(values))
