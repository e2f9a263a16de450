from decimal import Decimal, getcontext

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import norm

from sk_hpt._surrogate.acquisition import (
    log_expected_improvement,
    log_expected_improvement_gradient,
)


def precise(z):
    """Return log(phi(z) + z Phi(z)) for z < 0 by a continued fraction in 60 digits.

    Phi(z) / phi(z) = 1 / (t + 1 / (t + 2 / (t + 3 / ...))) with t = -z (Laplace).
    """
    getcontext().prec = 60
    t = Decimal(-z)
    tail = t
    for k in range(20_000 if z > -3 else 2_000, 0, -1):
        tail = t + k / tail
    mills = 1 / tail
    pi = Decimal("3.14159265358979323846264338327950288419716939937510582097494")
    return float(-t * t / 2 - (2 * pi).ln() / 2 + (1 - t * mills).ln())


@pytest.mark.parametrize("z", [-0.9, -1.0, -1.1, -3.0, -8.0, -20.0, -40.0, -99.0, -101.0, -500.0])
def test_far_below_the_best_against_60_digits(z):
    value = log_expected_improvement(np.array([-z]), np.array([1.0]), 0.0)
    assert value[0] == pytest.approx(precise(z), rel=1e-10)


def test_near_the_best_against_its_definition():
    mean, std = np.array([-3.0, -0.5, 0.0, 0.4]), np.array([0.1, 1.0, 0.5, 2.0])
    z = (0.2 - mean) / std
    expected = np.log(std * (norm.pdf(z) + z * norm.cdf(z)))
    assert log_expected_improvement(mean, std, 0.2) == pytest.approx(expected)


def test_it_is_finite_everywhere():
    mean, std = np.meshgrid([-1e3, -1.0, 0.0, 1.0, 1e3], [1e-6, 1e-3, 1.0, 1e3])
    assert np.all(np.isfinite(log_expected_improvement(mean, std, 0.0)))


@pytest.mark.parametrize("mean, std", [(0.3, 0.5), (-2.0, 0.5), (2.0, 0.3), (4.0, 0.1)])
def test_gradient(mean, std):
    def value(x):
        return log_expected_improvement(np.array([mean + x[0]]), np.array([std + x[1]]), 0.0)[0]

    found, gradient = log_expected_improvement_gradient(mean, std, 0.0, *np.eye(2))
    assert found == pytest.approx(value([0.0, 0.0]))
    assert gradient == pytest.approx(approx_fprime(np.zeros(2), value, 1e-7), rel=1e-3)
