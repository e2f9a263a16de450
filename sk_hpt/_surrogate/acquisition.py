"""Log expected improvement, stable where the improvement is far too small for a float.

EI = std h(z) with z = (best - mean) / std and h(z) = phi(z) + z Phi(z); its logarithm is computed
as Ament et al. (2023), equation 9, do, with two more terms of the series for the far tail.
"""

from __future__ import annotations

import numpy as np
from scipy.special import erfcx, log_ndtr

from sk_hpt._types import Floats

LOG_SQRT_2PI = 0.5 * np.log(2.0 * np.pi)
ASYMPTOTIC_BELOW = -100.0
"""Below, three terms of the series are exact to the last bits."""


def log_expected_improvement(mean: Floats, std: Floats, best: float) -> Floats:
    """Log expected improvement below `best` of normal variables; any shape."""
    return np.log(std) + _log_h((best - mean) / std)


def log_expected_improvement_gradient(
    mean: float, std: float, best: float, by_mean: Floats, by_std: Floats
) -> tuple[float, Floats]:
    """Value at one point, and its gradient from those of mean and std, each (d,)."""
    z = (best - mean) / std
    log_h = float(_log_h(np.array([z]))[0])
    # dEI/dmean = -Phi(z), dEI/dstd = phi(z)
    slope_mean = -np.exp(log_ndtr(z) - log_h) / std
    slope_std = np.exp(-0.5 * z * z - LOG_SQRT_2PI - log_h) / std
    return float(np.log(std)) + log_h, slope_mean * by_mean + slope_std * by_std


def _log_h(z: Floats) -> Floats:
    """log(phi(z) + z Phi(z))."""
    near, far = z > -1.0, z < ASYMPTOTIC_BELOW
    log_h = np.empty_like(z)
    log_h[near] = _log_h_near(z[near])
    middle = ~(near | far)
    log_h[middle] = _log_h_tail(z[middle])
    log_h[far] = _log_h_far(z[far])
    return log_h


def _log_h_near(z: Floats) -> Floats:
    return np.log(np.exp(-0.5 * z * z - LOG_SQRT_2PI) + z * np.exp(log_ndtr(z)))


def _log_h_tail(z: Floats) -> Floats:
    # Phi(z) = phi(z) sqrt(pi/2) erfcx(-z / sqrt 2)
    return -0.5 * z * z - LOG_SQRT_2PI + np.log1p(z * np.sqrt(np.pi / 2) * erfcx(-z / np.sqrt(2)))


def _log_h_far(z: Floats) -> Floats:
    # h = phi / z^2 (1 - 3 / z^2 + 15 / z^4 - ...)
    w = 1.0 / (z * z)
    return -0.5 * z * z - LOG_SQRT_2PI + np.log(w) + np.log1p(w * (-3.0 + w * (15.0 - 105.0 * w)))
