"""What is believed of the function after the observations."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sk_hpt._surrogate.encoding import Encoding
from sk_hpt._surrogate.fit import fit_hyperparameters
from sk_hpt._surrogate.hyperparameters import Hyperparameters, from_log, prior_of
from sk_hpt._surrogate.outputs import OutputTransform, fit_outputs
from sk_hpt._surrogate.process import GaussianProcess, condition
from sk_hpt._types import Flags, Floats

FAILURE_NOISE = 0.25
"""Noise of what is assumed of a failure, in standardised units: its neighbours may be fine."""

MAX_NOISE = 1e4
"""Noise of an observation that says nothing, in standardised units."""


@dataclass(frozen=True, eq=False)
class Surrogate:
    """Posterior over the function; made by :func:`fit_surrogate`.

    Parameters
    ----------
    encoding : Encoding
        What the columns of X mean.
    process : GaussianProcess
        The posterior in transformed units.
    outputs : OutputTransform
        Between raw and transformed units.
    X : ndarray of shape (n, d)
        Points where the function was observed or is pending.
    means : ndarray of shape (n,)
        Posterior means at X, in transformed units.
    may_be_best : ndarray of bool, shape (n,)
        Which of X may be the best: those that were observed to the end and did not fail.
    fantasy_variance : float
        Noise variance of a pending observation, in transformed units.
    """

    encoding: Encoding
    process: GaussianProcess
    outputs: OutputTransform
    X: Floats
    means: Floats
    may_be_best: Flags
    fantasy_variance: float

    @property
    def best(self) -> float:
        """Lowest posterior mean where the function was observed, in transformed units.

        Not the lowest value: what only had luck is not what has to be improved on.
        """
        means = self.means[self.may_be_best] if self.may_be_best.any() else self.means
        return float(means.min())

    @property
    def hyperparameters(self) -> Hyperparameters:
        """Those of the process."""
        return self.process.hyperparameters

    def predict(self, X: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation of the function at X, (m, d), in transformed units.

        Without the noise of observations; each of shape (m,).
        """
        return self.process.predict(X)

    def predict_raw(self, X: Floats) -> tuple[Floats, Floats]:
        """Median and central deviation of the function at X, (m, d), in the units of y.

        The deviation is half of the distance between the points that lie one standard deviation
        to either side of the mean in transformed units; each of shape (m,).
        """
        mean, std = self.predict(X)
        inverse = self.outputs.inverse
        return inverse(mean), 0.5 * (inverse(mean + std) - inverse(mean - std))

    def fantasize(self, x: Floats) -> Surrogate:
        """The surrogate with x, (d,), pending: as if it had been observed where it is expected.

        Condition on all pending points, one after the other, before the next proposal.
        """
        mean, _ = self.process.predict(x[None])
        return replace(
            self,
            process=self.process.fantasize(x, self.fantasy_variance),
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
    """Learn the function from what was observed.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Observed points in [0, 1]^d, n at least 1.
    y : ndarray of shape (n,)
        Raw values, smaller is better; NaN for a failure, which counts as the worst value seen
        with much noise, and never as the best.
    variances : ndarray of shape (n,)
        Noise variance of each value, as :func:`extrapolate` gives them; NaN or 0 where unknown.
        Noise that they do not explain is learned.
    encoding : Encoding
        What the columns of X mean.
    rng : Generator
        For the starting points of the optimiser.
    previous : Surrogate, optional
        An earlier one of the same function, whose hyperparameters are a good start.
    refit : bool, default=True
        Whether to learn the hyperparameters again; else those of `previous` are kept.
    complete : ndarray of bool, shape (n,), optional
        Which values were observed to the end; what is only expected of the others informs, and is
        never what has to be improved on. None is all.

    Returns
    -------
    surrogate : Surrogate
        Whatever the values are: where linear algebra fails, with default hyperparameters.
    """
    failed = ~np.isfinite(y)
    outputs, t, noise = _standardise(y, variances, failed)
    if previous is not None and not refit:
        hyper = previous.hyperparameters
    else:
        earlier = None if previous is None else previous.hyperparameters
        hyper = fit_hyperparameters(encoding, X, t, noise, rng, earlier)
    try:
        process = condition(encoding, X, t, noise + hyper.noise, hyper)
    except np.linalg.LinAlgError:
        d, p = encoding.n_columns, len(encoding.numeric)
        hyper = from_log(prior_of(d, p, warped=False).mode, d, p)
        process = condition(encoding, X, t, noise + hyper.noise, hyper)
    return Surrogate(
        encoding=encoding,
        process=process,
        outputs=outputs,
        X=X,
        # K w = (y - m) - noise w
        means=t - (noise + hyper.noise) * process.weights,
        may_be_best=~failed if complete is None else ~failed & complete,
        fantasy_variance=hyper.noise + float(np.median(noise)),
    )


def _standardise(
    y: Floats, variances: Floats, failed: Flags
) -> tuple[OutputTransform, Floats, Floats]:
    """Transform, transformed values and their noise; failures at the worst value."""
    t, noise = np.zeros(len(y)), np.full(len(y), FAILURE_NOISE)
    if failed.all():
        return OutputTransform(), t, noise
    good = y[~failed]
    outputs = fit_outputs(good)
    t[~failed] = outputs.forward(good)
    # At least one deviation up, for even among equal values failing is worse.
    t[failed] = max(t[~failed].max(), 1.0)
    known = np.nan_to_num(variances[~failed], nan=0.0, posinf=np.inf)
    noise[~failed] = np.minimum(outputs.forward_variances(good, known), MAX_NOISE)
    return outputs, t, noise
