"""The scores of an earlier search, for a Bayesian search to start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sk_hpt._surrogate import same_points
from sk_hpt._types import Flags, Floats, Params
from sk_hpt.space._space import Space

WARM_START_STD = 0.25
"""Standard deviation of the noise of an earlier score, relative to that of all earlier scores.

The earlier search may have used other folds, other data or another metric: parameters that were
good then are likely to be good now, but not certain to be.
"""


@dataclass(frozen=True, eq=False)
class WarmStart:
    """Scores of an earlier search, as noisy observations of this one.

    Parameters
    ----------
    X : ndarray of shape (n, n_columns)
        Encoded parameters.
    losses : ndarray of shape (n,)
        Negated mean test scores.
    variance : float
        Noise variance of each loss.
    best_params : dict or None
        Parameters with the best score; None without any score.
    """

    X: Floats
    losses: Floats
    variance: float
    best_params: Params | None

    def __len__(self) -> int:
        """Return the number of earlier scores."""
        return len(self.losses)

    @classmethod
    def empty(cls, space: Space) -> WarmStart:
        """Return a warm start without any score."""
        return cls(np.empty((0, space.n_columns)), np.empty(0), 0.0, None)

    @classmethod
    def from_results(cls, results: Mapping[str, Any], metric: str, space: Space) -> WarmStart:
        """Return the trials in ``cv_results_`` that lie in `space` and have a score.

        Raises
        ------
        ValueError
            If the results lack the metric.
        """
        name = f"mean_test_{metric}"
        if name not in results:
            known = sorted(key for key in results if key.startswith("mean_test_"))
            raise ValueError(
                f"initial_points with the columns {known} must have a column {name!r}. Give the "
                "cv_results_ of a search that used this metric, or a list of dicts of parameters."
            )
        scored = [
            (params, float(score))
            for params, score in zip(results["params"], results[name], strict=True)
            if np.isfinite(score) and space.contains(params)
        ]
        if not scored:
            return cls.empty(space)
        losses = -np.array([score for _, score in scored])
        return cls(
            np.array([space.encode(params) for params, _ in scored]),
            losses,
            float((WARM_START_STD * losses.std()) ** 2),
            dict(scored[int(losses.argmin())][0]),
        )

    def append_to(
        self, X: Floats, losses: Floats, variances: Floats, complete: Flags
    ) -> tuple[Floats, Floats, Floats, Flags]:
        """Append the earlier losses, shifted to the level of this search.

        Parameters
        ----------
        X, losses, variances, complete : ndarray with n rows
            The observations of this search; `complete` tells which trials are complete.

        Returns
        -------
        X, losses, variances, complete : ndarray with n + len(self) rows
            The same with the earlier observations behind them.
        """
        if not len(self):
            return X, losses, variances, complete
        X = X.reshape(-1, self.X.shape[1])
        # Both searches have tried some parameters. Their mean difference is the shift.
        differences = [
            losses[now] - self.losses[then]
            for now, then in zip(*np.nonzero(same_points(X, self.X)), strict=True)
            if complete[now]
        ]
        shift = float(np.mean(differences)) if differences else 0.0
        return (
            np.concatenate([X, self.X]),
            np.concatenate([losses, self.losses + shift]),
            np.concatenate([variances, np.full(len(self), self.variance)]),
            np.concatenate([complete, np.full(len(self), True)]),
        )
