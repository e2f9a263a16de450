"""The posterior of a Gaussian process.

Notation
--------
n, m, q  : numbers of observed points, of points to predict and of features
features : the columns of X as the kernel compares them, (n, q), see `encoding`
U        : embedded points: features, warped and divided by the lengthscales, (n, q)
K        : prior covariance of the function at U, (n, n)
S        : covariance of the observations, K + diag(noise) = L L^T
mean     : constant mean of the process, with the prior N(0, 1), at its most likely value
weights  : S^-1 (y - mean), (n,)

The equations are those of Rasmussen and Williams (2006), algorithm 2.1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import lapack

from sk_hpt._surrogate.encoding import Encoding
from sk_hpt._surrogate.hyperparameters import Hyperparameters
from sk_hpt._surrogate.kernel import matern, matern_and_slope, squared_distances
from sk_hpt._surrogate.warp import warp, warp_slope
from sk_hpt._types import Floats

JITTERS = (0.0, 1e-8, 1e-6, 1e-4, 1e-2)
"""Added to the diagonal in turn, relative to its mean, until the Cholesky factor exists."""

MIN_VARIANCE = 1e-12
"""Lower bound of a posterior variance, which rounding can make negative."""


def cholesky(S: Floats) -> Floats:
    """Return the lower Cholesky factor of a symmetric matrix, with the least jitter it needs.

    Raises
    ------
    numpy.linalg.LinAlgError
        If S is not finite or is far from positive definite.
    """
    for jitter in JITTERS:
        shifted = S.copy()
        shifted.flat[:: len(S) + 1] += jitter * S.trace() / len(S)
        # LAPACK wants Fortran order. The transpose of a symmetric C array has it, without a copy.
        L, info = lapack.dpotrf(shifted.T, lower=1, clean=1, overwrite_a=1)
        if info == 0 and np.isfinite(L[-1, -1]):
            return L
    raise np.linalg.LinAlgError("The covariance matrix is not positive definite.")


def solve_lower(L: Floats, B: Floats) -> Floats:
    """Return L^-1 B for a lower triangular L."""
    solution, _ = lapack.dtrtrs(L, B, lower=1)
    return solution


def most_likely_mean(y: Floats, precision_rows: Floats) -> float:
    """Return the most likely constant mean, given the row sums of S^-1."""
    # The maximum of -1/2 (y - m 1)^T S^-1 (y - m 1) - 1/2 m^2 is m = 1^T S^-1 y / (1^T S^-1 1 + 1).
    return float(precision_rows @ y / (precision_rows.sum() + 1.0))


@dataclass(frozen=True, eq=False)
class GaussianProcess:
    """Posterior over d columns after n observations; made by :func:`condition`.

    Parameters
    ----------
    encoding : Encoding
        Description of the columns of X.
    hyperparameters : Hyperparameters
        Hyperparameters of the kernel.
    embedded : ndarray of shape (n, q)
        Embedded observed points, U.
    L : ndarray of shape (n, n)
        Lower Cholesky factor of the covariance of the observations.
    weights : ndarray of shape (n,)
        S^-1 (y - mean).
    mean : float
        Constant mean.
    """

    encoding: Encoding
    hyperparameters: Hyperparameters
    embedded: Floats
    L: Floats
    weights: Floats
    mean: float

    def predict(self, X: Floats) -> tuple[Floats, Floats]:
        """Return mean and standard deviation of the function at X, (m, d); each (m,)."""
        scale = self.hyperparameters.scale
        U = embed(self.encoding, self.encoding.features(X), self.hyperparameters)
        k = scale * matern(squared_distances(U, self.embedded))
        # mean + k^T S^-1 (y - mean), and the variance scale - k^T S^-1 k = scale - |L^-1 k|^2.
        v = solve_lower(self.L, k.T)
        variance = scale - np.einsum("ij,ij->j", v, v)
        return self.mean + k @ self.weights, np.sqrt(np.maximum(variance, MIN_VARIANCE))

    def predict_gradient(self, x: Floats) -> tuple[float, float, Floats, Floats]:
        """Return mean and standard deviation at one x, (d,), and their gradients, each (d,).

        The gradient is 0 in categorical columns.
        """
        hyper, numeric = self.hyperparameters, self.encoding.numeric
        features = self.encoding.features(x[None])
        u = embed(self.encoding, features, hyper)
        # As in `predict`, for one point. raised is S^-1 k = L^-T (L^-1 k).
        k, slope = matern_and_slope(squared_distances(self.embedded, u)[:, 0])
        v = solve_lower(self.L, hyper.scale * k)
        raised, _ = lapack.dtrtrs(self.L, v, lower=1, trans=1)
        std = math.sqrt(max(hyper.scale - float(v @ v), MIN_VARIANCE))
        # The chain rule: dk/du = scale dk/dr2 dr2/du with dr2/du = 2 (u - u_i), for the numeric
        # features, which come first; and du/dx = w'(x) / lengthscale.
        p = len(numeric)
        k_by_u = (2.0 * hyper.scale * slope)[:, None] * (u[:, :p] - self.embedded[:, :p])
        u_by_x = 1.0 / hyper.lengthscales[numeric]
        if hyper.is_warped:
            u_by_x = u_by_x * warp_slope(features[0, :p], hyper.a, hyper.b)
        # dmean/dk = weights. From std^2 = scale - k^T S^-1 k follows dstd/dk = -S^-1 k / std.
        gradients = np.zeros((2, len(x)))
        gradients[0, numeric] = (self.weights @ k_by_u) * u_by_x
        gradients[1, numeric] = -(raised @ k_by_u) * u_by_x / std
        return self.mean + hyper.scale * float(k @ self.weights), std, *gradients

    def fantasize(self, x: Floats, noise: float) -> GaussianProcess:
        """Return the process as if its own mean had been observed at x, (d,), with this noise.

        This is the kriging believer of Ginsbourger et al. (2010). The mean function stays as it
        is, so the new weight is 0 and the others are kept.
        """
        n, scale = len(self.weights), self.hyperparameters.scale
        u = embed(self.encoding, self.encoding.features(x[None]), self.hyperparameters)
        # One more row of the Cholesky factor: [L 0; l^T r] with L l = k and r^2 = k(x, x) +
        # noise - l^T l.
        row = solve_lower(self.L, scale * matern(squared_distances(self.embedded, u)[:, 0]))
        L = np.zeros((n + 1, n + 1), order="F")
        L[:n, :n] = self.L
        L[n, :n] = row
        L[n, n] = math.sqrt(max(scale + noise - float(row @ row), MIN_VARIANCE))
        embedded = np.concatenate([self.embedded, u])
        return replace(self, embedded=embedded, L=L, weights=np.append(self.weights, 0.0))


def condition(
    encoding: Encoding, X: Floats, y: Floats, noise: Floats, hyperparameters: Hyperparameters
) -> GaussianProcess:
    """Return the process after observing y, (n,), at X, (n, d), with noise variances, (n,).

    Raises
    ------
    numpy.linalg.LinAlgError
        If the covariance has no Cholesky factor.
    """
    U = embed(encoding, encoding.features(X), hyperparameters)
    S = hyperparameters.scale * matern(squared_distances(U, U))
    S.flat[:: len(y) + 1] = hyperparameters.scale + noise
    L = cholesky(S)
    # Solve for y and for a constant together: S^-1 (y - mean) = S^-1 y - mean S^-1 1.
    solved, _ = lapack.dpotrs(L, np.stack([y, np.ones_like(y)], axis=1), lower=1)
    mean = most_likely_mean(y, solved[:, 1])
    weights = solved[:, 0] - mean * solved[:, 1]
    return GaussianProcess(encoding, hyperparameters, U, L, weights, mean)


def embed(encoding: Encoding, features: Floats, hyperparameters: Hyperparameters) -> Floats:
    """Return features, (n, q), warped and divided by the lengthscales."""
    if hyperparameters.is_warped:
        features = features.copy()
        p = len(encoding.numeric)
        features[:, :p] = warp(features[:, :p], hyperparameters.a, hyperparameters.b)
    return features / hyperparameters.lengthscales[encoding.column_of_feature]
