"""How well hyperparameters explain the observations.

log p(theta | y) = -1/2 (y - m)^T S^-1 (y - m) - 1/2 log |S| + log p(m) + log p(theta) + constant,
with gradient 1/2 tr((w w^T - S^-1) dS) where w = S^-1 (y - m) (Rasmussen and Williams 2006,
equations 5.8 and 5.9). The mean m is at its optimum, so it adds nothing to the gradient.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import lapack

from sk_hpt._surrogate.encoding import Encoding
from sk_hpt._surrogate.hyperparameters import Hyperparameters, Prior, from_log
from sk_hpt._surrogate.kernel import matern_and_slope, squared_distances
from sk_hpt._surrogate.process import cholesky, most_likely_mean
from sk_hpt._surrogate.warp import warp_gradients
from sk_hpt._types import Floats


class NegativeLogPosterior:
    """-log p(theta | y) and its gradient, as a function of the logarithms theta.

    Parameters
    ----------
    encoding : Encoding
        What the columns mean.
    X : ndarray of shape (n, d)
        Observed points.
    y, variances : ndarray of shape (n,)
        Standardised values, and their known noise variances.
    prior : Prior
        Of theta; its length says whether there is a warp.
    """

    def __init__(
        self, encoding: Encoding, X: Floats, y: Floats, variances: Floats, prior: Prior
    ) -> None:
        self._features = encoding.features(X)
        self._column_of_feature = encoding.column_of_feature
        self._d, self._p = encoding.n_columns, len(encoding.numeric)
        self._y, self._variances, self._prior = y, variances, prior

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        """Value and gradient at theta, shape (k,).

        Raises
        ------
        numpy.linalg.LinAlgError
            If the covariance has no Cholesky factor.
        """
        hyper, n = from_log(theta, self._d, self._p), len(self._y)
        U, warp_slopes = self._embed(hyper, len(theta))
        k, slope = matern_and_slope(squared_distances(U, U))
        S = hyper.scale * k
        S.flat[:: n + 1] += hyper.noise + self._variances
        L = cholesky(S)
        precision, _ = lapack.dpotri(L, lower=1)
        precision += np.tril(precision, -1).T
        rows = precision.sum(axis=0)
        m = most_likely_mean(self._y, rows)
        residuals = self._y - m
        weights = precision @ residuals

        log_prior, prior_gradient = self._prior.log_density(theta)
        value = 0.5 * (residuals @ weights + m * m) + np.log(L.diagonal()).sum() - log_prior
        by_S = 0.5 * (precision - np.outer(weights, weights))
        gradient = self._chain(hyper, U, warp_slopes, by_S, k, slope)
        return float(value), gradient - prior_gradient

    def _embed(self, hyper: Hyperparameters, k: int) -> tuple[Floats, list[Floats]]:
        """Embedded features, and the slopes of the numeric ones by log a and log b if warped."""
        features = self._features
        slopes: list[Floats] = []
        if k > 2 + self._d:
            features = features.copy()
            warped, *slopes = warp_gradients(features[:, : self._p], hyper.a, hyper.b)
            features[:, : self._p] = warped
        return features / hyper.lengthscales[self._column_of_feature], slopes

    def _chain(
        self,
        hyper: Hyperparameters,
        U: Floats,
        warp_slopes: list[Floats],
        by_S: Floats,
        k: Floats,
        slope: Floats,
    ) -> Floats:
        """Gradient with respect to theta from that with respect to S."""
        by_r2 = by_S * slope
        by_r2 *= hyper.scale
        # r2_ij = |u_i - u_j|^2: sums over pairs become products of matrices.
        by_U = 4.0 * (by_r2.sum(axis=1)[:, None] * U - by_r2 @ U)
        by_lengthscale = np.bincount(
            self._column_of_feature, weights=-np.einsum("ij,ij->j", U, by_U), minlength=self._d
        )
        by_warped = by_U[:, : self._p] / hyper.lengthscales[self._column_of_feature[: self._p]]
        return np.concatenate(
            [
                [hyper.scale * np.vdot(by_S, k), hyper.noise * by_S.trace()],
                by_lengthscale,
                *(np.einsum("ij,ij->j", by_warped, slopes) for slopes in warp_slopes),
            ]
        )
