"""The mean and noise of each observation, from its scores on the folds.

Notation
--------
n, k : numbers of observations and of folds
y_ij : value of observation i on fold j, missing if the fold was not done
m_i  : mean of observation i over all folds, which is what is optimised
f_j  : effect of fold j: how hard it is, common to all observations
e_ij : what is left, with variance s_i^2
c_i  : number of folds of observation i that were done

The model is y_ij = m_i + f_j + e_ij. An effect f_j says nothing about any observation, and a mean
over some of the folds must not depend on which ones they are. So the effects are estimated and
subtracted, in three steps:

1. Estimate the effects by medians, and from the residuals the variances s_i^2.
2. Estimate the effects again, by least squares weighted with 1 / s_i^2.
3. Estimate the variances again, from the residuals of step 2.

A variance of few residuals is uncertain. It is shrunk towards a typical one, as Smyth (2004) does
for the variances of genes: with d0 = `PRIOR_DEGREES_OF_FREEDOM`, typical variance s_0^2, and d_i
degrees of freedom, s_i^2 = (d0 s_0^2 + sum of squared residuals) / (d0 + d_i).

The mean over all folds is known once all are done. A mean over c_i of k folds is that of a sample
from a finite population and has the variance s_i^2 / c_i (1 - c_i / k) (Cochran 1977, section
2.6). In searches of networks this was as good as s_i^2 / c_i, and better on test functions.
"""

from __future__ import annotations

import numpy as np

from sk_hpt._types import Flags, Floats

PRIOR_DEGREES_OF_FREEDOM = 4.0
"""Weight of the typical variance, in degrees of freedom."""

ZERO_VARIANCE = 1e-3
"""Stand-in for a variance of 0, relative to the smallest positive variance."""


def fold_means(Y: Floats) -> tuple[Floats, Floats]:
    """Return the mean of each observation over the folds, without the effects of the folds.

    Parameters
    ----------
    Y : ndarray of shape (n, k)
        A value per observation and fold; NaN if a fold was not done. A mean over some of the
        folds is comparable to one over all of them.

    Returns
    -------
    means : ndarray of shape (n,)
        NaN for an observation without any fold.
    variances : ndarray of shape (n,)
        Noise variance of each mean. 0 if all folds are done, or if there is no information; NaN
        for an observation without any fold.

    Examples
    --------
    The second fold is easier by 2, and the last observation lacks it:

    >>> import numpy as np
    >>> from sk_hpt._surrogate import fold_means
    >>> means, variances = fold_means(np.array([[3.0, 1.0], [4.0, 2.0], [5.0, np.nan]]))
    >>> means.round(6).tolist()
    [2.0, 3.0, 4.0]
    >>> bool(np.all(variances < 1e-12))
    True
    """
    means, variances = np.full((2, len(Y)), np.nan)
    done = np.isfinite(Y)
    scored = done.any(axis=1)
    if not scored.any():
        return means, variances
    done = done[scored]
    # Divide by the largest value, so that no square overflows.
    unit = np.max(np.abs(Y[scored]), where=done, initial=0.0) or 1.0
    values = np.where(done, Y[scored] / unit, 0.0)
    # Steps 1 to 3 of the header.
    residuals = _residuals(values, done, _median_effects(values, done))
    effects = _weighted_effects(values, done, _shrunk_variances(residuals, done))
    spread = _shrunk_variances(_residuals(values, done, effects), done)
    counts = done.sum(axis=1)
    means[scored] = unit * (np.where(done, values - effects, 0.0).sum(axis=1) / counts)
    with np.errstate(over="ignore"):
        # s^2 / c (1 - c / k) = s^2 (1 / c - 1 / k), squared after multiplying with the unit.
        variances[scored] = (unit * np.sqrt(spread * (1 / counts - 1 / Y.shape[1]))) ** 2
    return means, variances


def _residuals(values: Floats, done: Flags, effects: Floats) -> Floats:
    """Return y_ij - m_i - f_j, with 0 if a fold was not done."""
    rest = np.where(done, values - effects, 0.0)
    return np.where(done, rest - (rest.sum(axis=1) / done.sum(axis=1))[:, None], 0.0)


def _median_effects(values: Floats, done: Flags) -> Floats:
    """Estimate f by medians, so that a trial that diverged in one fold has no influence."""
    shown = np.where(done, values, np.nan)
    shown = shown - np.nanmedian(shown, axis=1, keepdims=True)
    used = done.any(axis=0)
    effects = np.zeros(values.shape[1])
    effects[used] = np.nanmedian(shown[:, used], axis=0)
    return effects


def _weighted_effects(values: Floats, done: Flags, variances: Floats) -> Floats:
    """Estimate f by weighted least squares, with every m_i eliminated and sum f = 0."""
    # Weights w_ij = 1 / s_i^2, up to a factor; equal ones if all variances are 0.
    smallest = np.min(variances, where=variances > 0, initial=np.inf)
    positive = np.maximum(variances, ZERO_VARIANCE * smallest)
    weights = done * (smallest / positive)[:, None] if smallest < np.inf else done
    # For given f, the best m_i is the weighted mean of y_ij - f_j. Inserted into the normal
    # equations of f, this leaves (diag(sum_i w_ij) - sum_i w_ij w_il / sum_j w_ij) f = b.
    shares = weights / weights.sum(axis=1)[:, None]
    normal = np.diag(weights.sum(axis=0)) - shares.T @ weights
    centred = values - (shares * values).sum(axis=1)[:, None]
    # The matrix is singular, because a constant can move from m to f. lstsq returns the shortest
    # solution, whose sum is 0.
    target = (weights * centred).sum(axis=0)
    effects: Floats = np.linalg.lstsq(normal, target, rcond=1e-10)[0].astype(np.float64, copy=False)
    return effects


def _shrunk_variances(residuals: Floats, done: Flags) -> Floats:
    """Estimate s_i^2, shrunk to the typical variance."""
    # An observation has c_i - 1 degrees of freedom. The fitted effects cost some of them, which
    # all observations bear in proportion.
    within = done.sum(axis=1) - 1
    n_fitted = np.count_nonzero(done.any(axis=0)) - 1
    freedom = within * max(1.0 - n_fitted / max(int(within.sum()), 1), 0.0)
    known = freedom > 0
    if not known.any():
        return np.zeros(len(done))
    squares = np.einsum("ij,ij->i", residuals, residuals)
    # The typical variance is a median, so that one diverged trial does not make all others noisy.
    # The median of a chi-squared variable with v degrees of freedom is about v (1 - 2 / (9 v))^3
    # (Wilson and Hilferty 1931), so this factor below its mean.
    below = (1.0 - 2.0 / (9.0 * np.maximum(freedom[known], 1.0))) ** 3
    typical = np.median(squares[known] / freedom[known] / below)
    prior = PRIOR_DEGREES_OF_FREEDOM
    return (prior * typical + squares) / (prior + freedom)
