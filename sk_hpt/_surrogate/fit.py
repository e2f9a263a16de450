"""The fit of the hyperparameters.

Notation: theta stands for the logarithms of the hyperparameters, see `hyperparameters`; n, d and p
for the numbers of observations, of columns and of numeric columns.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from sk_hpt._surrogate.encoding import Encoding
from sk_hpt._surrogate.hyperparameters import Hyperparameters, Prior, from_log, make_prior
from sk_hpt._surrogate.likelihood import NegativeLogPosterior
from sk_hpt._types import Floats

N_PRIOR_DRAWS = 2
"""Starting points drawn from the prior."""

SINGLE_START_FROM = 100
"""From this many observations on, the fit begins only at the previous optimum, which is then near
the new one; further starts would be expensive."""

MAX_ITERATIONS = 50
RELATIVE_TOLERANCE = 1e-5

MIN_WARPED, MIN_WARPED_PER_COLUMN = 20, 3
"""Fewest observations in all, and per column, for which an input warp is learned."""


def fit_hyperparameters(
    encoding: Encoding,
    X: Floats,
    y: Floats,
    variances: Floats,
    rng: np.random.Generator,
    previous: Hyperparameters | None = None,
) -> Hyperparameters:
    """Return the maximum a posteriori, found by L-BFGS-B from several starting points.

    Parameters
    ----------
    encoding : Encoding
        Description of the columns of X.
    X : ndarray of shape (n, d)
        Observed points.
    y, variances : ndarray of shape (n,)
        Standardised values, and their known noise variances.
    rng : Generator
        Random numbers for the starting points that are drawn from the prior.
    previous : Hyperparameters, optional
        An earlier optimum to start from.

    Returns
    -------
    hyperparameters : Hyperparameters
        The mode of the prior if the optimisation fails.
    """
    d, p = encoding.n_columns, len(encoding.numeric)
    warped = len(y) >= max(MIN_WARPED, MIN_WARPED_PER_COLUMN * d)
    prior = make_prior(d, p, warped)
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
    """Return the previous optimum if there is one, the prior's mode, and draws from the prior."""
    starts = [prior.mode, *(prior.sample(rng) for _ in range(N_PRIOR_DRAWS))]
    if previous is not None:
        # Cut off the warp, if there was one and now is none.
        starts.insert(0, prior.clip(previous.to_log()[: len(prior.mean)]))
    return starts
