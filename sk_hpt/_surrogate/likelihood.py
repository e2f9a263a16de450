"""The posterior density of the hyperparameters, which their fit maximises.

Notation
--------
theta : logarithms of the hyperparameters, see `hyperparameters`
U     : embedded points, (n, q); r2 their squared distances, (n, n), k their correlations
S     : covariance of the observations, scale k + diag(noise + variances) = L L^T
m     : constant mean with the prior N(0, 1), at its most likely value
w     : S^-1 (y - m)

log p(theta | y) = -1/2 (y - m)^T w - 1/2 log |S| + log p(m) + log p(theta) + constant, and the
gradient of the first two terms is 1/2 tr((w w^T - S^-1) dS/dtheta) (Rasmussen and Williams 2006,
equations 5.8 and 5.9). Because m is at its optimum, it adds nothing to the gradient. In the code,
`by_x` is the derivative of -log p(theta | y) by x, of the shape of x.
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
    """Negative log posterior -log p(theta | y) and its gradient, as a function of theta.

    Parameters
    ----------
    encoding : Encoding
        Description of the columns of X.
    X : ndarray of shape (n, d)
        Observed points.
    y, variances : ndarray of shape (n,)
        Standardised values, and their known noise variances.
    prior : Prior
        Prior of theta, whose length tells whether there is a warp.
    """

    def __init__(
        self, encoding: Encoding, X: Floats, y: Floats, variances: Floats, prior: Prior
    ) -> None:
        self._features = encoding.features(X)
        self._column_of_feature = encoding.column_of_feature
        self._d, self._p = encoding.n_columns, len(encoding.numeric)
        self._y, self._variances, self._prior = y, variances, prior

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        """Return value and gradient at theta, shape (k,).

        Raises
        ------
        numpy.linalg.LinAlgError
            If the covariance has no Cholesky factor.
        """
        hyper, n = from_log(theta, self._d, self._p), len(self._y)
        # 1. The covariance of the observations.
        U, warp_slopes = self._embed(hyper, len(theta))
        k, slope = matern_and_slope(squared_distances(U, U))
        S = hyper.scale * k
        S.flat[:: n + 1] += hyper.noise + self._variances
        # 2. The precision S^-1; dpotri fills the lower triangle alone.
        L = cholesky(S)
        precision, _ = lapack.dpotri(L, lower=1)
        precision += np.tril(precision, -1).T
        # 3. The mean, and the weights w.
        m = most_likely_mean(self._y, precision.sum(axis=0))
        residuals = self._y - m
        weights = precision @ residuals
        # 4. The value, where 1/2 log |S| is the sum of the logarithms of L's diagonal.
        log_prior, prior_gradient = self._prior.log_density(theta)
        value = 0.5 * (residuals @ weights + m * m) + np.log(L.diagonal()).sum() - log_prior
        # 5. The gradient by S, and from it the one by theta: dS / dlog(scale) = scale k and
        # dS / dlog(noise) = noise I; the rest of theta changes S through r2.
        by_S = 0.5 * (precision - np.outer(weights, weights))
        by_scale, by_noise = hyper.scale * np.vdot(by_S, k), hyper.noise * by_S.trace()
        by_r2 = by_S * slope
        by_r2 *= hyper.scale
        gradient = np.concatenate(
            [[by_scale, by_noise], *self._through_distances(hyper, U, warp_slopes, by_r2)]
        )
        return float(value), gradient - prior_gradient

    def _embed(self, hyper: Hyperparameters, k: int) -> tuple[Floats, list[Floats]]:
        """Return U, and the derivatives of the warped columns by log a and log b, if any."""
        features = self._features
        slopes: list[Floats] = []
        if k > 2 + self._d:
            features = features.copy()
            warped, *slopes = warp_gradients(features[:, : self._p], hyper.a, hyper.b)
            features[:, : self._p] = warped
        return features / hyper.lengthscales[self._column_of_feature], slopes

    def _through_distances(
        self, hyper: Hyperparameters, U: Floats, warp_slopes: list[Floats], by_r2: Floats
    ) -> list[Floats]:
        """Return the gradients by log lengthscales, log a and log b, from the one by r2."""
        # r2_ij = |u_i - u_j|^2, so by_u_i = 4 sum_j by_r2_ij (u_i - u_j): one factor 2 is that of
        # the square, the other is there because r2_ij and r2_ji both depend on u_i. The sum over
        # pairs becomes a product of matrices.
        by_U = 4.0 * (by_r2.sum(axis=1)[:, None] * U - by_r2 @ U)
        # u = feature / lengthscale, so du / dlog(lengthscale) = -u; summed over the points, and
        # over the features of each column.
        by_lengthscale = np.bincount(
            self._column_of_feature, weights=-np.einsum("ij,ij->j", U, by_U), minlength=self._d
        )
        # The numeric features come first: du / dwarped = 1 / lengthscale.
        by_warped = by_U[:, : self._p] / hyper.lengthscales[self._column_of_feature[: self._p]]
        by_warp = [np.einsum("ij,ij->j", by_warped, slopes) for slopes in warp_slopes]
        return [by_lengthscale, *by_warp]
