"""Log expected improvement (LogEI), which is exact also where EI is too small for a float.

Notation
--------
mean, std : posterior of the function at a point
best      : value to be improved on, that is, to get below
z         : (best - mean) / std
phi, Phi  : density and distribution function of the standard normal distribution
h(z)      : phi(z) + z Phi(z), so that EI = std h(z) and LogEI = log(std) + log h(z)

For large negative z, both terms of h are tiny and nearly cancel, so log h is computed in three
ranges, as in Ament et al. (2023), "Unexpected improvements to expected improvement for Bayesian
optimization", equation 9, with two more terms of the series in the far tail.
"""

from __future__ import annotations

import numpy as np
from scipy.special import erfcx, log_ndtr

from sk_hpt._types import Floats

LOG_SQRT_2PI = 0.5 * np.log(2.0 * np.pi)

TAIL_BELOW = -1.0
"""Below this z, the two terms of h nearly cancel."""

ASYMPTOTIC_BELOW = -100.0
"""Below this z, three terms of the asymptotic series are exact to the last bits."""


def log_expected_improvement(mean: Floats, std: Floats, best: float) -> Floats:
    """Return the log expected improvement below `best` of normal variables; any shape."""
    return np.log(std) + _log_h((best - mean) / std)


def log_expected_improvement_gradient(
    mean: float, std: float, best: float, mean_gradient: Floats, std_gradient: Floats
) -> tuple[float, Floats]:
    """Return LogEI at one point, and its gradient, (d,), from those of mean and std."""
    z = (best - mean) / std
    log_h = float(_log_h(np.array([z]))[0])
    # dEI/dmean = -Phi(z) and dEI/dstd = phi(z), because h'(z) = Phi(z). Divided by EI = std h(z),
    # in logarithms because both numerator and denominator may underflow:
    by_mean = -np.exp(log_ndtr(z) - log_h) / std
    by_std = np.exp(-0.5 * z * z - LOG_SQRT_2PI - log_h) / std
    return float(np.log(std)) + log_h, by_mean * mean_gradient + by_std * std_gradient


def _log_h(z: Floats) -> Floats:
    near, far = z > TAIL_BELOW, z < ASYMPTOTIC_BELOW
    log_h = np.empty_like(z)
    log_h[near] = _log_h_near(z[near])
    middle = ~(near | far)
    log_h[middle] = _log_h_tail(z[middle])
    log_h[far] = _log_h_far(z[far])
    return log_h


def _log_h_near(z: Floats) -> Floats:
    # The definition: nothing cancels here.
    return np.log(np.exp(-0.5 * z * z - LOG_SQRT_2PI) + z * np.exp(log_ndtr(z)))


def _log_h_tail(z: Floats) -> Floats:
    # Phi(z) = phi(z) sqrt(pi / 2) erfcx(-z / sqrt(2)), where erfcx(x) = exp(x^2) erfc(x) does not
    # underflow. So phi(z) is a factor of h(z), and only 1 + z Phi(z) / phi(z) is left to cancel.
    return -0.5 * z * z - LOG_SQRT_2PI + np.log1p(z * np.sqrt(np.pi / 2) * erfcx(-z / np.sqrt(2)))


def _log_h_far(z: Floats) -> Floats:
    # The asymptotic series h(z) = phi(z) / z^2 (1 - 3 / z^2 + 15 / z^4 - 105 / z^6 + ...).
    w = 1.0 / (z * z)
    return -0.5 * z * z - LOG_SQRT_2PI + np.log(w) + np.log1p(w * (-3.0 + w * (15.0 - 105.0 * w)))
