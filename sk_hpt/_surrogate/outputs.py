"""From raw values to a scale on which they look normal, and back.

A Gaussian process expects symmetric values of one order of magnitude; losses have a few disasters
and crowd where they are good. Disasters are cut off, then the power transform of Yeo and Johnson
(2000) makes the rest symmetric: of all parts of HEBO it is the one that gains most (Cowen-Rivers
et al. 2022).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sk_hpt._types import Floats

MAX_DEVIATIONS = 5.0
"""Values beyond so many median absolute deviations above the median are cut off."""

POWERS = np.linspace(0.0, 2.0, 41)
"""Between 0 and 2 the transform maps the real line onto itself, so it can always be undone."""

POWER_SD = 0.5
"""How far from 1, no transform, the power is expected to be; few values move it little."""

MIN_RELATIVE_WIDTH = 1e-14
"""A spread below this, relative to the largest value, is rounding."""


@dataclass(frozen=True)
class OutputTransform:
    """t = (yeo_johnson((min(y / unit, cap) - centre) / width) - shift) / spread.

    Parameters
    ----------
    unit : float
        Largest absolute value, so that nothing after it overflows.
    cap : float
        What is above is cut off, in units.
    centre, width : float
        Median and standard deviation of what is left, in units.
    power : float
        Of the Yeo-Johnson transform; 1 is none.
    shift, spread : float
        Mean and standard deviation after it.
    """

    unit: float = 1.0
    cap: float = np.inf
    centre: float = 0.0
    width: float = 1.0
    power: float = 1.0
    shift: float = 0.0
    spread: float = 1.0

    def forward(self, y: Floats) -> Floats:
        """Raw values to transformed ones."""
        return (yeo_johnson(self._centred(y), self.power) - self.shift) / self.spread

    def forward_variances(self, y: Floats, variances: Floats) -> Floats:
        """Raw variances of noise at the raw values `y` to transformed ones (delta method)."""
        z = self._centred(y)
        slope = (np.abs(z) + 1.0) ** (np.sign(z) * (self.power - 1.0))
        with np.errstate(over="ignore"):
            deviations = np.sqrt(variances) / self.unit * (slope / (self.width * self.spread))
            return deviations**2

    def inverse(self, t: Floats) -> Floats:
        """Transformed values to raw ones."""
        z = yeo_johnson_inverse(t * self.spread + self.shift, self.power)
        with np.errstate(over="ignore"):
            return (z * self.width + self.centre) * self.unit

    def _centred(self, y: Floats) -> Floats:
        return (np.minimum(y / self.unit, self.cap) - self.centre) / self.width


def fit_outputs(y: Floats) -> OutputTransform:
    """Transform after which the finite values `y`, (n,), have mean 0 and deviation 1."""
    unit = float(np.max(np.abs(y), initial=0.0)) or 1.0
    scaled = y / unit
    centre = float(np.median(scaled))
    distances = np.abs(scaled - centre)
    # Where more than half of the values are equal the median distance says nothing.
    typical = float(np.median(distances)) or float(np.mean(distances))
    cap = centre + MAX_DEVIATIONS * typical
    kept = np.minimum(scaled, cap)
    width = float(np.std(kept))
    if not width > MIN_RELATIVE_WIDTH:
        return OutputTransform(unit=unit, centre=centre)
    z = (kept - centre) / width
    power = _most_normal_power(z)
    t = yeo_johnson(z, power)
    return OutputTransform(unit, cap, centre, width, power, float(np.mean(t)), float(np.std(t)))


def yeo_johnson(z: Floats, power: float) -> Floats:
    """Power transform of Yeo and Johnson (2000), equation 2.1; 0 and slope 1 stay at 0."""
    # One formula for both signs: the negative side is the positive one with power 2 - power.
    powers = np.where(z < 0, 2.0 - power, power)
    logs = np.log1p(np.abs(z))
    zero = powers == 0.0
    safe = np.where(zero, 1.0, powers)
    return np.sign(z) * np.where(zero, logs, np.expm1(safe * logs) / safe)


def yeo_johnson_inverse(t: Floats, power: float) -> Floats:
    """Undo :func:`yeo_johnson`."""
    powers = np.where(t < 0, 2.0 - power, power)
    zero = powers == 0.0
    safe = np.where(zero, 1.0, powers)
    logs = np.where(zero, np.abs(t), np.log1p(safe * np.abs(t)) / safe)
    with np.errstate(over="ignore"):
        return np.sign(t) * np.expm1(logs)


def _most_normal_power(z: Floats) -> float:
    """Power with the largest likelihood of normal values times a normal prior around 1."""
    # Yeo and Johnson (2000), equation 3.1, at all powers of the grid.
    jacobian = np.sum(np.sign(z) * np.log1p(np.abs(z)))
    spreads = np.array([np.std(yeo_johnson(z, power)) for power in POWERS])
    log_likelihood = -len(z) * np.log(spreads) + (POWERS - 1.0) * jacobian
    return float(POWERS[np.argmax(log_likelihood - 0.5 * ((POWERS - 1.0) / POWER_SD) ** 2)])
