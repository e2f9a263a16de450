"""The most likely hyperparameters."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from sk_hpt._surrogate.encoding import Encoding
from sk_hpt._surrogate.hyperparameters import Hyperparameters, Prior, from_log, prior_of
from sk_hpt._surrogate.likelihood import NegativeLogPosterior
from sk_hpt._types import Floats

N_PRIOR_DRAWS = 2
SINGLE_START_FROM = 100
"""From so many observations on the last optimum is near the present one, and others are costly."""

MAX_ITERATIONS = 50
RELATIVE_TOLERANCE = 1e-5


def fit_hyperparameters(
    encoding: Encoding,
    X: Floats,
    y: Floats,
    variances: Floats,
    rng: np.random.Generator,
    previous: Hyperparameters | None = None,
) -> Hyperparameters:
    """Maximum a posteriori by L-BFGS-B from several starts.

    Parameters
    ----------
    encoding : Encoding
        What the columns mean.
    X : ndarray of shape (n, d)
        Observed points.
    y, variances : ndarray of shape (n,)
        Standardised values, and their known noise variances.
    rng : Generator
        For the starts that are drawn from the prior.
    previous : Hyperparameters, optional
        An earlier optimum to start from.

    Returns
    -------
    hyperparameters : Hyperparameters
        The prior's mode where the optimisation fails.
    """
    d, p = encoding.n_columns, len(encoding.numeric)
    prior = prior_of(d, p, warped=len(y) >= max(20, 3 * d))
    objective = NegativeLogPosterior(encoding, X, y, variances, prior)
    best_value, best = np.inf, prior.mode
    starts = _starts(prior, rng, previous)
    for start in starts if len(y) < SINGLE_START_FROM else starts[:1]:
        try:
            found = minimize(
                objective,
                start,
                jac=True,
                method="L-BFGS-B",
                bounds=prior.bounds,
                options={"maxiter": MAX_ITERATIONS, "ftol": RELATIVE_TOLERANCE},
            )
        except np.linalg.LinAlgError:
            continue
        if found.fun < best_value and np.all(np.isfinite(found.x)):
            best_value, best = found.fun, found.x
    return from_log(best, d, p)


def _starts(
    prior: Prior, rng: np.random.Generator, previous: Hyperparameters | None
) -> list[Floats]:
    """The last optimum if there is one, the prior's mode and draws from the prior."""
    starts = [prior.mode, *(prior.sample(rng) for _ in range(N_PRIOR_DRAWS))]
    if previous is not None:
        starts.insert(0, prior.clip(previous.to_log()[: len(prior.mean)]))
    return starts
