"""The posterior of a Gaussian process.

S = K + diag(noise) = L L^T, weights S^-1 (y - mean) (Rasmussen and Williams 2006, algorithm 2.1).
The constant mean has the prior N(0, 1) and takes its most likely value.
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


def cholesky(S: Floats) -> Floats:
    """Lower Cholesky factor of a symmetric matrix, with as little jitter as it needs.

    Raises
    ------
    numpy.linalg.LinAlgError
        If S is not finite or is far from positive definite.
    """
    for jitter in JITTERS:
        shifted = S.copy()
        shifted.flat[:: len(S) + 1] += jitter * S.trace() / len(S)
        # The transpose of a symmetric C array is the Fortran array that LAPACK wants.
        L, info = lapack.dpotrf(shifted.T, lower=1, clean=1, overwrite_a=1)
        if info == 0 and np.isfinite(L[-1, -1]):
            return L
    raise np.linalg.LinAlgError("The covariance matrix is not positive definite.")


def solve_lower(L: Floats, B: Floats) -> Floats:
    """L^-1 B for a lower triangular L."""
    solution, _ = lapack.dtrtrs(L, B, lower=1)
    return solution


def most_likely_mean(y: Floats, precision_rows: Floats) -> float:
    """Most likely constant mean under its prior N(0, 1), given the row sums of S^-1."""
    return float(precision_rows @ y / (precision_rows.sum() + 1.0))


@dataclass(frozen=True, eq=False)
class GaussianProcess:
    """A process over d columns after n observations; see :func:`condition`.

    Parameters
    ----------
    encoding : Encoding
        What the columns mean.
    hyperparameters : Hyperparameters
        Of the kernel.
    embedded : ndarray of shape (n, q)
        Features of the observed points, warped and divided by the lengthscales.
    L : ndarray of shape (n, n)
        Lower Cholesky factor of the covariance of the observations.
    weights : ndarray of shape (n,)
        S^-1 (y - mean).
    mean : float
        Constant prior mean.
    """

    encoding: Encoding
    hyperparameters: Hyperparameters
    embedded: Floats
    L: Floats
    weights: Floats
    mean: float

    def predict(self, X: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation, without noise, at X of shape (m, d); each (m,)."""
        scale = self.hyperparameters.scale
        U = embed(self.encoding, self.encoding.features(X), self.hyperparameters)
        k = scale * matern(squared_distances(U, self.embedded))
        v = solve_lower(self.L, k.T)
        variance = scale - np.einsum("ij,ij->j", v, v)
        return self.mean + k @ self.weights, np.sqrt(np.maximum(variance, MIN_VARIANCE))

    def predict_gradient(self, x: Floats) -> tuple[float, float, Floats, Floats]:
        """Mean and standard deviation at one x, (d,), and their gradients, each (d,).

        A categorical column has no slope: its entries are 0.
        """
        hyper, numeric = self.hyperparameters, self.encoding.numeric
        features = self.encoding.features(x[None])
        u = embed(self.encoding, features, hyper)
        k, slope = matern_and_slope(squared_distances(self.embedded, u)[:, 0])
        v = solve_lower(self.L, hyper.scale * k)
        raised, _ = lapack.dtrtrs(self.L, v, lower=1, trans=1)
        std = math.sqrt(max(hyper.scale - float(v @ v), MIN_VARIANCE))
        # d r2 / du = 2 (u - u_i), du / dx = w'(x) / lengthscale
        p = len(numeric)
        k_by_u = (2.0 * hyper.scale * slope)[:, None] * (u[:, :p] - self.embedded[:, :p])
        u_by_x = 1.0 / hyper.lengthscales[numeric]
        if hyper.is_warped:
            u_by_x = u_by_x * warp_slope(features[0, :p], hyper.a, hyper.b)
        gradients = np.zeros((2, len(x)))
        gradients[0, numeric] = (self.weights @ k_by_u) * u_by_x
        gradients[1, numeric] = -(raised @ k_by_u) * u_by_x / std
        return self.mean + hyper.scale * float(k @ self.weights), std, *gradients

    def fantasize(self, x: Floats, noise: float) -> GaussianProcess:
        """The process after it also observed its own mean at x, (d,), with that noise variance.

        One more row of the Cholesky factor. The mean function stays as it is, so the new weight
        is 0 and the others keep theirs (kriging believer, Ginsbourger et al. 2010).
        """
        n, scale = len(self.weights), self.hyperparameters.scale
        u = embed(self.encoding, self.encoding.features(x[None]), self.hyperparameters)
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
    """The process after observing y, (n,), at X, (n, d), with noise variances, (n,).

    Raises
    ------
    numpy.linalg.LinAlgError
        If the covariance has no Cholesky factor.
    """
    U = embed(encoding, encoding.features(X), hyperparameters)
    S = hyperparameters.scale * matern(squared_distances(U, U))
    S.flat[:: len(y) + 1] = hyperparameters.scale + noise
    L = cholesky(S)
    solved, _ = lapack.dpotrs(L, np.stack([y, np.ones_like(y)], axis=1), lower=1)
    mean = most_likely_mean(y, solved[:, 1])
    return GaussianProcess(
        encoding, hyperparameters, U, L, solved[:, 0] - mean * solved[:, 1], mean
    )


def embed(encoding: Encoding, features: Floats, hyperparameters: Hyperparameters) -> Floats:
    """Features, (n, q), warped and divided by the lengthscales."""
    if hyperparameters.is_warped:
        features = features.copy()
        p = len(encoding.numeric)
        features[:, :p] = warp(features[:, :p], hyperparameters.a, hyperparameters.b)
    return features / hyperparameters.lengthscales[encoding.column_of_feature]
