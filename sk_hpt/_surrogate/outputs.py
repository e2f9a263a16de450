"""The transform from raw values to a scale on which they look normal, and back.

Notation
--------
y    : raw values, shape (n,), to be minimised
z    : values after cutting off the worst and standardising, (min(y / unit, cap) - centre) / width
t    : transformed values, (yeo_johnson(z) - shift) / spread, with mean 0 and deviation 1

A Gaussian process expects symmetric values of one order of magnitude. Losses are different: a few
are disasters, and many are nearly as good as the best. So the worst values are cut off, and the
power transform of Yeo and Johnson (2000) makes the others symmetric. Of all parts of HEBO, this
transform gains most (Cowen-Rivers et al. 2022).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sk_hpt._types import Floats

MAX_DEVIATIONS = 5.0
"""Values more than this many median absolute deviations above the median are cut off."""

POWERS = np.linspace(0.0, 2.0, 41)
"""Powers to choose from. Between 0 and 2, the transform maps the real line onto itself, so that it
can always be inverted."""

POWER_SD = 0.5
"""Standard deviation of the power's prior around 1, so that few values move it little."""

MIN_RELATIVE_WIDTH = 1e-14
"""A width below this, relative to the largest value, is rounding."""


@dataclass(frozen=True)
class OutputTransform:
    """Transform t = (yeo_johnson((min(y / unit, cap) - centre) / width) - shift) / spread.

    Parameters
    ----------
    unit : float
        Largest absolute value, so that nothing after the division overflows.
    cap : float
        Larger values are cut off, in units.
    centre, width : float
        Median and standard deviation of the values after the cut, in units.
    power : float
        Power of the Yeo-Johnson transform; 1 is the identity.
    shift, spread : float
        Mean and standard deviation after the power transform.
    """

    unit: float = 1.0
    cap: float = np.inf
    centre: float = 0.0
    width: float = 1.0
    power: float = 1.0
    shift: float = 0.0
    spread: float = 1.0

    def forward(self, y: Floats) -> Floats:
        """Transform raw values."""
        return (yeo_johnson(self._standardised(y), self.power) - self.shift) / self.spread

    def forward_variances(self, y: Floats, variances: Floats) -> Floats:
        """Transform noise variances of the raw values `y` by the delta method."""
        z = self._standardised(y)
        # d yeo_johnson / dz = (|z| + 1)^(power - 1) for z > 0 and (|z| + 1)^(1 - power) below.
        slope = (np.abs(z) + 1.0) ** (np.sign(z) * (self.power - 1.0))
        with np.errstate(over="ignore"):
            deviations = np.sqrt(variances) / self.unit * (slope / (self.width * self.spread))
            return deviations**2

    def inverse(self, t: Floats) -> Floats:
        """Transform values back to raw ones."""
        z = yeo_johnson_inverse(t * self.spread + self.shift, self.power)
        with np.errstate(over="ignore"):
            return (z * self.width + self.centre) * self.unit

    def _standardised(self, y: Floats) -> Floats:
        return (np.minimum(y / self.unit, self.cap) - self.centre) / self.width


def fit_outputs(y: Floats) -> OutputTransform:
    """Return the transform after which finite values `y`, (n,), have mean 0 and deviation 1."""
    unit = float(np.max(np.abs(y), initial=0.0)) or 1.0
    scaled = y / unit
    # 1. Cut off the worst values.
    centre = float(np.median(scaled))
    distances = np.abs(scaled - centre)
    # If more than half of the values are equal, the median distance is 0 and the mean serves.
    typical = float(np.median(distances)) or float(np.mean(distances))
    cap = centre + MAX_DEVIATIONS * typical
    kept = np.minimum(scaled, cap)
    # 2. Standardise, so that the power transform does not depend on the scale of y.
    width = float(np.std(kept))
    if not width > MIN_RELATIVE_WIDTH:
        return OutputTransform(unit=unit, centre=centre)
    z = (kept - centre) / width
    # 3. Make the values symmetric, and standardise once more.
    power = _most_likely_power(z)
    t = yeo_johnson(z, power)
    return OutputTransform(unit, cap, centre, width, power, float(np.mean(t)), float(np.std(t)))


def yeo_johnson(z: Floats, power: float) -> Floats:
    """Return the power transform of Yeo and Johnson (2000), equation 2.1.

    It is ((z + 1)^power - 1) / power for z >= 0, with 0 and slope 1 at z = 0.
    """
    # One formula for both signs: the negative side is the positive one with power 2 - power.
    powers = np.where(z < 0, 2.0 - power, power)
    logs = np.log1p(np.abs(z))
    # The limit for power 0 is log(1 + z).
    zero = powers == 0.0
    safe = np.where(zero, 1.0, powers)
    return np.sign(z) * np.where(zero, logs, np.expm1(safe * logs) / safe)


def yeo_johnson_inverse(t: Floats, power: float) -> Floats:
    """Return the inverse of :func:`yeo_johnson`."""
    powers = np.where(t < 0, 2.0 - power, power)
    zero = powers == 0.0
    safe = np.where(zero, 1.0, powers)
    logs = np.where(zero, np.abs(t), np.log1p(safe * np.abs(t)) / safe)
    with np.errstate(over="ignore"):
        return np.sign(t) * np.expm1(logs)


def _most_likely_power(z: Floats) -> float:
    """Return the power with the largest posterior, if the transformed values are normal."""
    # The profile log-likelihood, Yeo and Johnson (2000), equation 3.1, at all powers of the grid,
    # plus the log density of the prior.
    jacobian = np.sum(np.sign(z) * np.log1p(np.abs(z)))
    spreads = np.array([np.std(yeo_johnson(z, power)) for power in POWERS])
    log_likelihood = -len(z) * np.log(spreads) + (POWERS - 1.0) * jacobian
    return float(POWERS[np.argmax(log_likelihood - 0.5 * ((POWERS - 1.0) / POWER_SD) ** 2)])
