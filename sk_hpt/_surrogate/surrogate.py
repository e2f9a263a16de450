"""What is believed of the function after the observations."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sk_hpt._surrogate.columns import Array, Columns
from sk_hpt._surrogate.fit import fit_hyperparameters
from sk_hpt._surrogate.hyperparameters import Hyperparameters, from_log, prior_of
from sk_hpt._surrogate.outputs import OutputTransform, fit_outputs
from sk_hpt._surrogate.process import GaussianProcess, condition

FAILURE_VARIANCE = 0.25
"""Noise of what is assumed of a failure, in standardised units: its neighbours may be fine."""

MAX_VARIANCE = 1e4
"""Noise of an observation that says nothing, in standardised units."""


@dataclass(frozen=True, eq=False)
class Surrogate:
    """Posterior over the function; made by :func:`fit_surrogate`.

    Parameters
    ----------
    columns : Columns
        What the columns of X mean.
    process : GaussianProcess
        The posterior in transformed units.
    outputs : OutputTransform
        Between raw and transformed units.
    X : ndarray of shape (n, d)
        Points where the function was observed or is pending.
    means : ndarray of shape (n,)
        Posterior means at X, in transformed units.
    candidates : ndarray of bool, shape (n,)
        Which of X may be the best: those that were observed to the end and did not fail.
    fantasy_variance : float
        Noise variance of a pending observation, in transformed units.
    """

    columns: Columns
    process: GaussianProcess
    outputs: OutputTransform
    X: Array
    means: Array
    candidates: NDArray[np.bool_]
    fantasy_variance: float

    @property
    def best(self) -> float:
        """Lowest posterior mean where the function was observed, in transformed units.

        Not the lowest value: what only had luck is not what has to be improved on.
        """
        means = self.means[self.candidates] if self.candidates.any() else self.means
        return float(means.min())

    @property
    def hyperparameters(self) -> Hyperparameters:
        """Those of the process."""
        return self.process.hyperparameters

    def predict(self, X: Array) -> tuple[Array, Array]:
        """Mean and standard deviation of the function at X, (m, d), in transformed units.

        Without the noise of observations; each of shape (m,).
        """
        return self.process.predict(X)

    def predict_raw(self, X: Array) -> tuple[Array, Array]:
        """Median and central deviation of the function at X, (m, d), in the units of y.

        The deviation is half of the distance between the points that lie one standard deviation
        to either side of the mean in transformed units; each of shape (m,).
        """
        mean, std = self.predict(X)
        inverse = self.outputs.inverse
        return inverse(mean), 0.5 * (inverse(mean + std) - inverse(mean - std))

    def condition(self, x: Array) -> Surrogate:
        """The surrogate with x, (d,), pending: as if it had been observed where it is expected.

        Condition on all pending points, one after the other, before the next proposal.
        """
        mean, _ = self.process.predict(x[None])
        return replace(
            self,
            process=self.process.believe(x, self.fantasy_variance),
            X=np.concatenate([self.X, x[None]]),
            means=np.append(self.means, mean),
            candidates=np.append(self.candidates, True),
        )


def fit_surrogate(
    X: Array,
    y: Array,
    variances: Array,
    columns: Columns,
    rng: np.random.Generator,
    previous: Surrogate | None = None,
    refit: bool = True,
    complete: NDArray[np.bool_] | None = None,
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
        Noise variance of each value, as :func:`rung_means` gives them; NaN or 0 where unknown.
        Noise that they do not explain is learned.
    columns : Columns
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
        hyper = fit_hyperparameters(columns, X, t, noise, rng, earlier)
    try:
        process = condition(columns, X, t, noise + hyper.noise, hyper)
    except np.linalg.LinAlgError:
        d, p = columns.n_columns, len(columns.numeric)
        hyper = from_log(prior_of(d, p, warped=False).mode, d, p)
        process = condition(columns, X, t, noise + hyper.noise, hyper)
    return Surrogate(
        columns=columns,
        process=process,
        outputs=outputs,
        X=X,
        # K w = (y - m) - noise w
        means=t - (noise + hyper.noise) * process.weights,
        candidates=~failed if complete is None else ~failed & complete,
        fantasy_variance=hyper.noise + float(np.median(noise)),
    )


def _standardise(
    y: Array, variances: Array, failed: NDArray[np.bool_]
) -> tuple[OutputTransform, Array, Array]:
    """Transform, transformed values and their noise; failures at the worst value."""
    t, noise = np.zeros(len(y)), np.full(len(y), FAILURE_VARIANCE)
    if failed.all():
        return OutputTransform(), t, noise
    good = y[~failed]
    outputs = fit_outputs(good)
    t[~failed] = outputs.forward(good)
    # At least one deviation up, for even among equal values failing is worse.
    t[failed] = max(t[~failed].max(), 1.0)
    known = np.nan_to_num(variances[~failed], nan=0.0, posinf=np.inf)
    noise[~failed] = np.minimum(outputs.forward_variances(good, known), MAX_VARIANCE)
    return outputs, t, noise
