"""A value and its noise from scores that were taken before the training was over.

A network that was dropped on a rung, short of its end, says where its end would have been. Kennedy
and O'Hagan (2000, equation 1) tie what a cheap and a dear code say of the same point by
y = rho x + delta. Here y is the value at the end and x the value on the rung, with half of the last
improvement added; the line is learned from the observations that have both:

    y_i = x_i + a + (b - 1) (x_i - c) + e_i

with c a typical x, in units of the spread u on the rung. Those observations are few, and the better
ones, for only they were let through. An offset alone would take the others to be too bad: they had
more to gain. Being chosen by x does not bias a regression on x, so the slope b is learned, and its
uncertainty widens the prediction far from c. Before there are data it is expected to be 0.6 +- 0.5,
and e as wide as u. That e has the tails of Student's t (Lange, Little and Taylor 1989, with their
EM weights) keeps one late bloomer, or one network that diverged after the rung, from deciding.

Replaying curves of networks (20 tasks and spaces, half of them to choose), what was expected of the
dropped ones was nearer to their end than with an offset (b = 1), with lines from rung to rung or
without the trend, and e as wide as u was nearer to its errors than half of that. In searches a line
and an offset did as well; both did better than leaving the dropped ones out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sk_hpt._surrogate.folds import fold_means
from sk_hpt._types import Floats

TREND_WEIGHT = 0.5
"""Share of the last improvement that is expected again."""

SLOPE_MEAN, SLOPE_SD = 0.6, 0.5
"""What is left at the end of a difference on a rung, before there are data."""

NOISE_SD, NOISE_PRIOR_COUNT = 1.0, 4.0
"""Deviation of e in units of u before there are data, and as how many observations it counts."""

DEGREES_OF_FREEDOM = 4.0
"""Degrees of freedom of Student's t."""

MAX_SPREADS = 1e3
"""Values further off than so many spreads are moved to there: no square may overflow."""

N_EM_STEPS = 20
"""Of the EM algorithm; the weights have settled by then."""


def extrapolate(Y: Floats) -> tuple[Floats, Floats]:
    """Mean of each observation over the folds at the end, expected where it was not reached.

    Parameters
    ----------
    Y : ndarray of shape (n, n_rungs, k)
        A value per observation, rung and fold, the lowest rung first and last the end; NaN where
        a fold was not taken there.

    Returns
    -------
    means : ndarray of shape (n,)
        With any fold at the end, what :func:`fold_means` says of the end; else what the highest
        rung that was reached lets expect. NaN for an observation without any value.
    variances : ndarray of shape (n,)
        Of the means; NaN for an observation without any value.

    Examples
    --------
    Six trials, one fold, two rungs; the last two were dropped on the first rung:

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
    for rung in reversed(range(n_lower)):
        x, x_noise = lower[rung]
        dropped = np.isnan(means) & np.isfinite(x)
        if not dropped.any():
            continue
        if rung > 0:
            x = _with_trend(lower[rung - 1][0], x)
        line = _fit_regression(x, end)
        means[dropped] = line.at(x[dropped])
        variances[dropped] = line.variances(x[dropped], x_noise[dropped])
    return means, variances


def _with_trend(before: Floats, x: Floats) -> Floats:
    """The values and a share of what they gained since the rung before, where that is known."""
    return x + TREND_WEIGHT * np.nan_to_num(x - before, nan=0.0)


@dataclass(frozen=True, eq=False)
class RungRegression:
    """y = centre + unit (a + b z) + e, z = (x - centre) / unit."""

    centre: float
    unit: float
    a: float
    b: float
    covariance: Floats
    variance: float

    def at(self, x: Floats) -> Floats:
        """Expected values at x, (m,)."""
        return self.centre + self.unit * (self.a + self.b * _scaled(x, self.centre, self.unit))

    def variances(self, x: Floats, noise: Floats) -> Floats:
        """Of the values at x, (m,), which itself has that noise variance, (m,)."""
        A = _design(_scaled(x, self.centre, self.unit))
        spread = np.einsum("ij,jk,ik->i", A, self.covariance, A) + self.variance
        with np.errstate(over="ignore"):
            return (self.unit * np.sqrt(spread)) ** 2 + self.b**2 * noise


def _fit_regression(x: Floats, y: Floats) -> RungRegression:
    """The line from what has an x and a y, each (n,), NaN where unknown."""
    both = np.isfinite(x) & np.isfinite(y)
    seen = x[np.isfinite(x)]
    centre = float(np.median(x[both])) if both.any() else float(np.median(seen))
    gap = float(np.median(np.abs(y[both] - x[both]))) if both.any() else 0.0
    unit = max(_spread(seen), _spread(y[both])) or gap
    z, t = (_scaled(values[both], centre, unit) for values in (x, y))
    # How much is gained after the rung has no natural size: the observed one is the prior's.
    offset_sd = max(1.0, gap / unit) if unit > 0 else 1.0
    (a, b), covariance, variance = _fit_student_t(z, t, offset_sd)
    # Never falling: who was better on a rung is not expected to be worse in the end.
    return RungRegression(centre, unit, a, max(b, 0.0), covariance, variance)


def _fit_student_t(z: Floats, t: Floats, offset_sd: float) -> tuple[Floats, Floats, float]:
    """Most likely (a, b) of t = a + b z + e, their covariance and the variance of e."""
    mean = np.array([0.0, SLOPE_MEAN])
    prior = np.diag([offset_sd**-2, SLOPE_SD**-2])
    A = _design(z)
    scale, weights = NOISE_SD**2, np.ones(len(z))
    for _ in range(N_EM_STEPS):
        weighted = A.T * (weights / scale)
        precision = weighted @ A + prior
        coefficients = np.linalg.solve(precision, weighted @ t + prior @ mean)
        squares = (t - A @ coefficients) ** 2
        total = NOISE_PRIOR_COUNT * NOISE_SD**2 + float(weights @ squares)
        scale = total / (NOISE_PRIOR_COUNT + len(z))
        weights = (DEGREES_OF_FREEDOM + 1.0) / (DEGREES_OF_FREEDOM + squares / scale)
    covariance: Floats = np.linalg.inv(precision).astype(np.float64, copy=False)
    return coefficients, covariance, scale * DEGREES_OF_FREEDOM / (DEGREES_OF_FREEDOM - 2.0)


def _design(z: Floats) -> Floats:
    return np.stack([np.ones_like(z), z], axis=1)


def _scaled(values: Floats, centre: float, unit: float) -> Floats:
    return np.clip((values - centre) / (unit or 1.0), -MAX_SPREADS, MAX_SPREADS)


def _spread(values: Floats) -> float:
    """Standard deviation as the median distance gives it; 0 of nothing."""
    if not len(values):
        return 0.0
    distances = np.abs(values - np.median(values))
    # Where more than half of the values are equal the median distance says nothing.
    return 1.4826 * (float(np.median(distances)) or float(np.mean(distances)))
