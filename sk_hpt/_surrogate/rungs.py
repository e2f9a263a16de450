"""The mean and noise of each observation at the end of training, extrapolated from its rungs.

Notation
--------
n, k   : numbers of observations and of folds
x_i    : mean of observation i over the folds on a rung, plus the trend
y_i    : mean at the end of training, known for complete trials
c, u   : centre and spread of x
z, t   : (x - c) / u and (y - c) / u
a, b   : intercept and slope of the regression t = a + b z + e
e      : error, with the tails of Student's t

A pruned trial has no y, but its x tells something about it, as Kennedy and O'Hagan (2000, equation
1) use the result y = rho x + delta of a cheap code to predict that of an expensive one. For each
rung, the regression is learned from the trials that have both x and y.

These are few, and they are the better ones, because only they were promoted. With an offset alone
(b = 1), pruned trials would be predicted too bad, because worse trials have more left to gain.
Selection by x does not bias a regression on x, so the slope is learned, and the uncertainty of the
slope widens the prediction far from c. The prior of the slope is 0.6 +- 0.5, that of e is as wide
as u. Student's t (fitted with the EM weights of Lange, Little and Taylor 1989) keeps one trial
that learned late, or one that diverged, from dominating.

Replays of recorded learning curves (20 tasks and spaces, half of them to choose): predictions for
pruned trials were nearer to their end than with an offset, with regressions from rung to rung, or
without the trend; and a prior of e as wide as u matched the errors better than half of that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sk_hpt._surrogate.folds import fold_means
from sk_hpt._types import Floats

TREND_WEIGHT = 0.5
"""Share of the gain since the rung before that is added to the value on a rung.

A network that still improves will go on to improve. `sk_hpt.fidelity.Halving` ranks trials in the
same way, with its parameter `trend`.
"""

SLOPE_MEAN, SLOPE_SD = 0.6, 0.5
"""Prior of the slope: the share of a difference on a rung that is left at the end."""

NOISE_SD, NOISE_PRIOR_COUNT = 1.0, 4.0
"""Prior deviation of e in units of u, and the number of observations that it counts for."""

DEGREES_OF_FREEDOM = 4.0
"""Degrees of freedom of Student's t."""

MAX_SPREADS = 1e3
"""Values further from the centre than this many spreads are moved there, so that squares do not
overflow."""

N_EM_STEPS = 20
"""Steps of the EM algorithm, after which the weights have converged."""


def extrapolate(Y: Floats) -> tuple[Floats, Floats]:
    """Return the mean of each observation at the end, extrapolated for pruned trials.

    Parameters
    ----------
    Y : ndarray of shape (n, n_rungs, k)
        A value per observation, rung and fold. The lowest rung comes first, the end of training
        last. NaN if a fold was not scored there.

    Returns
    -------
    means : ndarray of shape (n,)
        For an observation with any fold at the end, the mean of :func:`fold_means` there; else
        the prediction from the highest rung it reached. NaN for an observation without any value.
    variances : ndarray of shape (n,)
        Noise variance of each mean; NaN for an observation without any value.

    Examples
    --------
    Six trials, one fold, two rungs; the last two trials were pruned on the first rung:

    >>> import numpy as np
    >>> from sk_hpt._surrogate import extrapolate
    >>> first = np.array([0.5, 0.6, 0.4, 0.7, 0.8, 0.9])
    >>> end = np.array([0.2, 0.3, 0.1, 0.4, np.nan, np.nan])
    >>> means, variances = extrapolate(np.stack([first, end], axis=1)[:, :, np.newaxis])
    >>> means[:4].tolist() == end[:4].tolist()
    True
    >>> bool(0.4 < means[4] < means[5] < 0.65)
    True
    >>> variances.round(3).tolist()[:4]
    [0.0, 0.0, 0.0, 0.0]
    >>> bool(0 < variances[4] < variances[5])
    True
    """
    end, noise = fold_means(Y[:, -1])
    means, variances = end.copy(), noise.copy()
    n_lower = Y.shape[1] - 1
    lower = [fold_means(Y[:, rung]) for rung in range(n_lower)]
    # From the highest rung down, so that each trial is predicted from the highest one it reached.
    for rung in reversed(range(n_lower)):
        x, x_noise = lower[rung]
        pruned = np.isnan(means) & np.isfinite(x)
        if not pruned.any():
            continue
        if rung > 0:
            x = _with_trend(lower[rung - 1][0], x)
        regression = _fit_regression(x, end)
        means[pruned] = regression.predict(x[pruned])
        variances[pruned] = regression.variances(x[pruned], x_noise[pruned])
    return means, variances


def _with_trend(before: Floats, x: Floats) -> Floats:
    """Add a share of the gain since the rung before, if that is known."""
    return x + TREND_WEIGHT * np.nan_to_num(x - before, nan=0.0)


@dataclass(frozen=True, eq=False)
class RungRegression:
    """Regression y = c + u (a + b z) + e with z = (x - c) / u.

    Parameters
    ----------
    centre, unit : float
        c and u.
    a, b : float
        Intercept and slope.
    covariance : ndarray of shape (2, 2)
        Posterior covariance of (a, b).
    variance : float
        Variance of e, in units.
    """

    centre: float
    unit: float
    a: float
    b: float
    covariance: Floats
    variance: float

    def predict(self, x: Floats) -> Floats:
        """Return the expected y at x, (m,)."""
        return self.centre + self.unit * (self.a + self.b * _scaled(x, self.centre, self.unit))

    def variances(self, x: Floats, noise: Floats) -> Floats:
        """Return the variances of y at x, (m,), which has the noise variances `noise`, (m,)."""
        A = _design(_scaled(x, self.centre, self.unit))
        # Uncertainty of the line, plus the error; the noise of x is scaled by the slope.
        spread = np.einsum("ij,jk,ik->i", A, self.covariance, A) + self.variance
        with np.errstate(over="ignore"):
            return (self.unit * np.sqrt(spread)) ** 2 + self.b**2 * noise


def _fit_regression(x: Floats, y: Floats) -> RungRegression:
    """Fit the regression to x and y, each (n,), with NaN where one is unknown."""
    both = np.isfinite(x) & np.isfinite(y)
    seen = x[np.isfinite(x)]
    centre = float(np.median(x[both])) if both.any() else float(np.median(seen))
    gap = float(np.median(np.abs(y[both] - x[both]))) if both.any() else 0.0
    unit = max(_spread(seen), _spread(y[both])) or gap
    z, t = (_scaled(values[both], centre, unit) for values in (x, y))
    # The gain after a rung has no natural size, so the prior of a is as wide as the observed gain.
    offset_sd = max(1.0, gap / unit) if unit > 0 else 1.0
    (a, b), covariance, variance = _fit_student_t(z, t, offset_sd)
    # The slope is not negative: a better trial on a rung is not predicted to be worse at the end.
    return RungRegression(centre, unit, a, max(b, 0.0), covariance, variance)


def _fit_student_t(z: Floats, t: Floats, offset_sd: float) -> tuple[Floats, Floats, float]:
    """Return the most likely (a, b) of t = a + b z + e, their covariance and the variance of e."""
    mean = np.array([0.0, SLOPE_MEAN])
    prior = np.diag([offset_sd**-2, SLOPE_SD**-2])
    A = _design(z)
    scale, weights = NOISE_SD**2, np.ones(len(z))
    for _ in range(N_EM_STEPS):
        # M step: weighted least squares with the prior of (a, b), then the scale of e.
        weighted = A.T * (weights / scale)
        precision = weighted @ A + prior
        coefficients = np.linalg.solve(precision, weighted @ t + prior @ mean)
        squares = (t - A @ coefficients) ** 2
        total = NOISE_PRIOR_COUNT * NOISE_SD**2 + float(weights @ squares)
        scale = total / (NOISE_PRIOR_COUNT + len(z))
        # E step: expected weights, small for outliers.
        weights = (DEGREES_OF_FREEDOM + 1.0) / (DEGREES_OF_FREEDOM + squares / scale)
    covariance: Floats = np.linalg.inv(precision).astype(np.float64, copy=False)
    # The variance of Student's t with v degrees of freedom is scale v / (v - 2).
    return coefficients, covariance, scale * DEGREES_OF_FREEDOM / (DEGREES_OF_FREEDOM - 2.0)


def _design(z: Floats) -> Floats:
    return np.stack([np.ones_like(z), z], axis=1)


def _scaled(values: Floats, centre: float, unit: float) -> Floats:
    return np.clip((values - centre) / (unit or 1.0), -MAX_SPREADS, MAX_SPREADS)


def _spread(values: Floats) -> float:
    """Return the standard deviation, estimated from the median distance; 0 without values."""
    if not len(values):
        return 0.0
    distances = np.abs(values - np.median(values))
    # If more than half of the values are equal, the median distance is 0 and the mean serves. The
    # standard deviation of a normal variable is 1.4826 times its median absolute deviation.
    return 1.4826 * (float(np.median(distances)) or float(np.mean(distances)))
