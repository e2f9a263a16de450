"""The posterior distribution of the scores after a Bayesian search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sk_hpt._surrogate import Surrogate
from sk_hpt._types import Floats, Params
from sk_hpt.space._space import Space


@dataclass(frozen=True, eq=False)
class Posterior:
    """Posterior distribution of the mean test score, given the trials of a search.

    Parameters
    ----------
    parts : sequence of (Space, Surrogate)
        Spaces that were searched one after the other, each with its surrogate.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from sk_hpt import BayesSearchNN
    >>> search = BayesSearchNN(SVC(), {"C": (1e-3, 1e3, "log-uniform")}, n_iter=10, random_state=0)
    >>> posterior = search.fit(*load_iris(return_X_y=True)).surrogate_
    >>> mean, std = posterior.predict([{"C": 1e-3}, {"C": 1.0}])
    >>> bool(mean[0] < mean[1])
    True
    """

    parts: Sequence[tuple[Space, Surrogate]]

    def __repr__(self) -> str:
        """Return the names of the parameters and the number of observations."""
        names = dict.fromkeys(
            name for space, _ in self.parts for sub in space.subspaces for name in sub.dimensions
        )
        n_observed = sum(len(surrogate.X) for _, surrogate in self.parts)
        return f"<Posterior of {', '.join(names)} after {n_observed} observations>"

    def predict(self, candidates: Sequence[Params]) -> tuple[Floats, Floats]:
        """Predict the mean test scores of candidates.

        Parameters
        ----------
        candidates : sequence of dict
            Parameters in the space that was searched.

        Returns
        -------
        mean : ndarray of shape (n_candidates,)
            Expected mean test score (the median, where the posterior is skewed).
        std : ndarray of shape (n_candidates,)
            Standard deviation of the mean test score, without the noise of the folds.

        Raises
        ------
        ValueError
            If a candidate lies outside of the space.
        """
        mean, std = np.empty(len(candidates)), np.empty(len(candidates))
        for row, params in enumerate(candidates):
            space, surrogate = self._part_of(params)
            loss, deviation = surrogate.predict_raw(space.encode(params)[np.newaxis])
            mean[row], std[row] = -loss[0], deviation[0]  # surrogates minimise
        return mean, std

    def _part_of(self, params: Params) -> tuple[Space, Surrogate]:
        for space, surrogate in self.parts:
            if space.contains(params):
                return space, surrogate
        raise ValueError(
            f"candidate {params!r} must lie in the space that was searched. Change the candidate, "
            "or search a wider space."
        )
