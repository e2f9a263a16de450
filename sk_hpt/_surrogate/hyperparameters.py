"""The hyperparameters of the Gaussian process, and their prior.

Notation
--------
d, p  : numbers of columns and of numeric columns
theta : logarithms of the hyperparameters in a row: scale, noise, d lengthscales, and with the
        input warp p values of a and p values of b; shape (k,), k = 2 + d or 2 + d + 2 p

The values that the process models are standardised. The prior of the lengthscales grows with the
dimension, so that the expected complexity of the function does not (Hvarfner et al. 2024, "Vanilla
Bayesian optimization performs great in high dimensions", section 4.2). The densities of noise and
lengthscales are those of the value, not of its logarithm, so that their modes are as in the paper.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sk_hpt._types import Floats

LOG_SCALE_SD = 1.0
LOG_NOISE_MEAN, LOG_NOISE_SD = -4.0, 1.0
LOG_LENGTHSCALE_MEAN, LOG_LENGTHSCALE_SD = np.sqrt(2.0), np.sqrt(3.0)  # plus log(d) / 2
LOG_WARP_SD = 0.5

SCALE_BOUNDS = (1e-2, 1e2)
NOISE_BOUNDS = (1e-4, 1e1)
LENGTHSCALE_BOUNDS = (0.05, 50.0)
WARP_BOUNDS = (0.25, 4.0)


@dataclass(frozen=True, eq=False)
class Hyperparameters:
    """Hyperparameters of a process over d columns, p of them numeric.

    Parameters
    ----------
    scale : float
        Variance of the function.
    noise : float
        Noise variance of the observations, in addition to the given variances.
    lengthscales : ndarray of shape (d,)
        Distance over which the function changes, per column.
    a, b : ndarray of shape (p,)
        Parameters of the input warp of each numeric column; 1 and 1 are the identity.
    """

    scale: float
    noise: float
    lengthscales: Floats
    a: Floats
    b: Floats

    @property
    def is_warped(self) -> bool:
        """True if the warp of any column is not the identity."""
        return bool(np.any(self.a != 1.0) or np.any(self.b != 1.0))

    def to_log(self) -> Floats:
        """Return theta, with the warp."""
        return np.log(np.concatenate([[self.scale, self.noise], self.lengthscales, self.a, self.b]))


def from_log(theta: Floats, d: int, p: int) -> Hyperparameters:
    """Return the hyperparameters of theta, which may lack the 2 p entries of the warp."""
    values = np.exp(theta)
    a, b = (
        (values[2 + d : 2 + d + p], values[2 + d + p :]) if len(theta) > 2 + d else np.ones((2, p))
    )
    return Hyperparameters(float(values[0]), float(values[1]), values[2 : 2 + d], a, b)


@dataclass(frozen=True, eq=False)
class Prior:
    """Independent normal densities of the logarithms theta.

    Parameters
    ----------
    mean, sd : ndarray of shape (k,)
        Means and standard deviations of theta.
    jacobian : ndarray of shape (k,)
        1 if the density is that of the value (log-normal, with the factor 1 / value), 0 if it is
        that of the logarithm.
    bounds : ndarray of shape (k, 2)
        Bounds of theta.
    """

    mean: Floats
    sd: Floats
    jacobian: Floats
    bounds: Floats

    @property
    def mode(self) -> Floats:
        """Most likely theta within the bounds, which serves where nothing was learned."""
        return self.clip(self.mean - self.jacobian * self.sd**2)

    def clip(self, theta: Floats) -> Floats:
        """Return theta moved into the bounds."""
        return np.clip(theta, self.bounds[:, 0], self.bounds[:, 1])

    def sample(self, rng: np.random.Generator) -> Floats:
        """Draw theta from normal densities around the mode, within the bounds."""
        return self.clip(
            self.mean - self.jacobian * self.sd**2 + self.sd * rng.normal(size=len(self.mean))
        )

    def log_density(self, theta: Floats) -> tuple[float, Floats]:
        """Return the log density at theta up to a constant, and its gradient."""
        z = (theta - self.mean) / self.sd
        # The factor 1 / value of a log-normal density is exp(-theta).
        return float(-0.5 * z @ z - self.jacobian @ theta), -z / self.sd - self.jacobian


def make_prior(d: int, p: int, warped: bool) -> Prior:
    """Return the prior for d columns, p of them numeric."""
    n_warp = 2 * p if warped else 0

    def row(scale: float, noise: float, lengthscale: float, warp: float) -> Floats:
        return np.concatenate([[scale, noise], np.full(d, lengthscale), np.full(n_warp, warp)])

    log_bounds = np.log([SCALE_BOUNDS, NOISE_BOUNDS, LENGTHSCALE_BOUNDS, WARP_BOUNDS])
    return Prior(
        mean=row(0.0, LOG_NOISE_MEAN, LOG_LENGTHSCALE_MEAN + 0.5 * np.log(d), 0.0),
        sd=row(LOG_SCALE_SD, LOG_NOISE_SD, LOG_LENGTHSCALE_SD, LOG_WARP_SD),
        jacobian=row(0.0, 1.0, 1.0, 0.0),
        bounds=np.stack([row(*log_bounds[:, 0]), row(*log_bounds[:, 1])], axis=1),
    )


def default_hyperparameters(d: int, p: int) -> Hyperparameters:
    """Return the mode of the prior without a warp."""
    return from_log(make_prior(d, p, warped=False).mode, d, p)
