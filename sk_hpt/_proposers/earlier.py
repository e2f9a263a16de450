"""What is known from an earlier search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sk_hpt._surrogate import same_points
from sk_hpt._types import Params
from sk_hpt.space import Space

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DISTRUST = 0.25
"""Standard deviation that an earlier score has for us, in those of all earlier scores.

Other folds, other data or another metric: what was good then is likely to be good now, no more.
"""


@dataclass(frozen=True, eq=False)
class EarlierTrials:
    """Scores of an earlier search, as noisy observations of this one.

    Parameters
    ----------
    X : ndarray of shape (n, n_columns)
        Coordinates of the settings.
    losses : ndarray of shape (n,)
        What they scored, with the sign changed.
    variance : float
        Noise variance of each.
    best : dict or None
        The setting that scored best.
    """

    X: Floats
    losses: Floats
    variance: float
    best: Params | None

    def __len__(self) -> int:
        """How many there are."""
        return len(self.losses)

    @classmethod
    def none(cls, space: Space) -> EarlierTrials:
        """Nothing is known."""
        return cls(np.empty((0, space.n_columns)), np.empty(0), 0.0, None)

    @classmethod
    def from_results(cls, results: Mapping[str, Any], metric: str, space: Space) -> EarlierTrials:
        """The trials in ``cv_results_`` that lie in `space` and have a score.

        Raises
        ------
        ValueError
            If the results lack the metric.
        """
        name = f"mean_test_{metric}"
        if name not in results:
            known = sorted(key for key in results if key.startswith("mean_test_"))
            raise ValueError(
                f"initial_points are results without {name!r}; they have {known}. Give results "
                "of a search with the metric that decides here, or a list of settings."
            )
        scored = [
            (params, float(score))
            for params, score in zip(results["params"], results[name], strict=True)
            if np.isfinite(score) and any(sub.contains(params) for sub in space.subspaces)
        ]
        if not scored:
            return cls.none(space)
        losses = -np.array([score for _, score in scored])
        return cls(
            np.array([space.encode(params) for params, _ in scored]),
            losses,
            float((DISTRUST * losses.std()) ** 2),
            dict(scored[int(losses.argmin())][0]),
        )

    def joined_with(
        self, X: Floats, losses: Floats, variances: Floats, complete: Flags
    ) -> tuple[Floats, Floats, Floats, Flags]:
        """Observations of this search, then the earlier ones brought to their level.

        By how much the levels differ is seen from the settings that both have tried to the end;
        `complete`, (n,), says where this search did.
        """
        if not len(self):
            return X, losses, variances, complete
        X = X.reshape(-1, self.X.shape[1])
        shifts = [
            losses[now] - self.losses[then]
            for now, then in zip(*np.nonzero(same_points(X, self.X)), strict=True)
            if complete[now]
        ]
        shift = float(np.mean(shifts)) if shifts else 0.0
        return (
            np.concatenate([X, self.X]),
            np.concatenate([losses, self.losses + shift]),
            np.concatenate([variances, np.full(len(self), self.variance)]),
            np.concatenate([complete, np.full(len(self), True)]),
        )
