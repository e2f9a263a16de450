"""The surrogate: a Gaussian process in the units of the user.

Notation
--------
X, y, variances : points (n, d), raw values (n,) to be minimised, and their noise variances (n,)
t, noise        : transformed values (n,) and their noise variances (n,), see `outputs`
S               : covariance of t, with the learned noise on the diagonal
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sk_hpt._surrogate.acquisition import log_expected_improvement
from sk_hpt._surrogate.encoding import Encoding
from sk_hpt._surrogate.fit import fit_hyperparameters
from sk_hpt._surrogate.hyperparameters import Hyperparameters, default_hyperparameters
from sk_hpt._surrogate.outputs import OutputTransform, fit_outputs
from sk_hpt._surrogate.process import GaussianProcess, condition
from sk_hpt._types import Flags, Floats

FAILURE_NOISE = 0.25
"""Noise variance of the value assumed for a failure, in transformed units; near points may be
fine."""

MIN_SPREAD = 1e-300
"""Smallest spread of a prediction, so that its logarithm is finite."""

MAX_NOISE = 1e4
"""Noise variance of an observation without information, in transformed units."""


@dataclass(frozen=True, eq=False)
class Surrogate:
    """Posterior of the function, made by :func:`fit_surrogate`.

    Parameters
    ----------
    encoding : Encoding
        Description of the columns of X.
    process : GaussianProcess
        The posterior in transformed units.
    outputs : OutputTransform
        The transform of the values.
    X : ndarray of shape (n, d)
        Points that were observed or are pending.
    means : ndarray of shape (n,)
        Posterior means at X, in transformed units.
    may_be_best : ndarray of bool, shape (n,)
        True for points that can be the incumbent: complete ones that did not fail.
    fantasy_noise : float
        Noise variance of a pending observation, in transformed units.
    """

    encoding: Encoding
    process: GaussianProcess
    outputs: OutputTransform
    X: Floats
    means: Floats
    may_be_best: Flags
    fantasy_noise: float

    @property
    def best(self) -> float:
        """Lowest posterior mean of a point that can be the incumbent, in transformed units.

        The lowest observed value may only have been lucky, and is not what must be improved on.
        """
        means = self.means[self.may_be_best] if self.may_be_best.any() else self.means
        return float(means.min())

    @property
    def hyperparameters(self) -> Hyperparameters:
        """Hyperparameters of the Gaussian process."""
        return self.process.hyperparameters

    def predict(self, X: Floats) -> tuple[Floats, Floats]:
        """Return mean and standard deviation at X, (m, d), in transformed units; each (m,).

        The standard deviation is that of the function, without the noise of observations.
        """
        return self.process.predict(X)

    def predict_raw(self, X: Floats) -> tuple[Floats, Floats]:
        """Return median and spread of the function at X, (m, d), in the units of y; each (m,).

        The spread is half of the distance between the two values that lie one standard deviation
        to either side of the mean in transformed units.
        """
        mean, std = self.predict(X)
        inverse = self.outputs.inverse
        return inverse(mean), 0.5 * (inverse(mean + std) - inverse(mean - std))

    def expected_improvement(self, x: Floats) -> float:
        """Return the expected improvement at x, (d,), on the best point, in the units of y."""
        mean, spread = self.predict_raw(x[None])
        best = float(self.outputs.inverse(np.array([self.best]))[0])
        log_ei = log_expected_improvement(mean, np.maximum(spread, MIN_SPREAD), best)
        return float(np.exp(log_ei[0]))

    def fantasize(self, x: Floats) -> Surrogate:
        """Return the surrogate with x, (d,), pending, as if its mean had been observed there.

        Before the next proposal, fantasize all pending points one after the other.
        """
        mean, _ = self.process.predict(x[None])
        return replace(
            self,
            process=self.process.fantasize(x, self.fantasy_noise),
            X=np.concatenate([self.X, x[None]]),
            means=np.append(self.means, mean),
            may_be_best=np.append(self.may_be_best, True),
        )


def fit_surrogate(
    X: Floats,
    y: Floats,
    variances: Floats,
    encoding: Encoding,
    rng: np.random.Generator,
    previous: Surrogate | None = None,
    refit: bool = True,
    complete: Flags | None = None,
) -> Surrogate:
    """Fit a surrogate to observations.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Observed points in [0, 1]^d, n at least 1.
    y : ndarray of shape (n,)
        Raw values, smaller is better. NaN for a failure, which counts as the worst value with
        much noise, and never as the best.
    variances : ndarray of shape (n,)
        Noise variance of each value, as :func:`extrapolate` returns them; NaN or 0 if unknown.
        Further noise is learned.
    encoding : Encoding
        Description of the columns of X.
    rng : Generator
        Random numbers for the starting points of the optimiser.
    previous : Surrogate, optional
        An earlier surrogate of the same function, whose hyperparameters are a good start.
    refit : bool, default=True
        Whether to learn the hyperparameters anew, rather than to keep those of `previous`.
    complete : ndarray of bool, shape (n,), optional
        True for values of complete trials. The other values are extrapolated: they inform the
        surrogate, but are never the best. None is all True.

    Returns
    -------
    surrogate : Surrogate
        The surrogate. If linear algebra fails, it has the default hyperparameters.
    """
    failed = ~np.isfinite(y)
    outputs, t, noise = _standardise(y, variances, failed)
    hyper = None if previous is None else previous.hyperparameters
    if hyper is None or refit:
        hyper = fit_hyperparameters(encoding, X, t, noise, rng, hyper)
    try:
        process = condition(encoding, X, t, noise + hyper.noise, hyper)
    except np.linalg.LinAlgError:
        hyper = default_hyperparameters(encoding.n_columns, len(encoding.numeric))
        process = condition(encoding, X, t, noise + hyper.noise, hyper)
    return Surrogate(
        encoding=encoding,
        process=process,
        outputs=outputs,
        X=X,
        # The posterior mean at X is m + K w with w = S^-1 (t - m), and K w = (t - m) - noise w.
        means=t - (noise + hyper.noise) * process.weights,
        may_be_best=~failed if complete is None else ~failed & complete,
        fantasy_noise=hyper.noise + float(np.median(noise)),
    )


def _standardise(
    y: Floats, variances: Floats, failed: Flags
) -> tuple[OutputTransform, Floats, Floats]:
    """Return the transform, the transformed values and their noise variances."""
    t, noise = np.zeros(len(y)), np.full(len(y), FAILURE_NOISE)
    if failed.all():
        return OutputTransform(), t, noise
    good = y[~failed]
    outputs = fit_outputs(good)
    t[~failed] = outputs.forward(good)
    # A failure counts as the worst value, and as at least one deviation above the mean, so that
    # it is worse than the others also if these are all equal.
    t[failed] = max(t[~failed].max(), 1.0)
    known = np.nan_to_num(variances[~failed], nan=0.0, posinf=np.inf)
    noise[~failed] = np.minimum(outputs.forward_variances(good, known), MAX_NOISE)
    return outputs, t, noise
