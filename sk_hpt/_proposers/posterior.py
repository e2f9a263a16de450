"""What a Bayesian search believes of the scores in its space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sk_hpt._surrogate import Surrogate
from sk_hpt._types import Params
from sk_hpt.space import Space


@dataclass(frozen=True, eq=False)
class Posterior:
    """Belief about the mean score of any setting, after the trials of a search.

    Parameters
    ----------
    parts : sequence of (Space, Surrogate)
        Spaces that were searched apart from each other, each with its surrogate.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from sk_hpt import BayesSearchNN
    >>> search = BayesSearchNN(SVC(), {"C": (1e-3, 1e3, "log-uniform")}, n_iter=10, random_state=0)
    >>> belief = search.fit(*load_iris(return_X_y=True)).surrogate_
    >>> mean, std = belief.predict([{"C": 1e-3}, {"C": 1.0}])
    >>> bool(mean[0] < mean[1])
    True
    """

    parts: Sequence[tuple[Space, Surrogate]]

    def predict(
        self, candidates: Sequence[Params]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What the candidates are believed to score.

        Parameters
        ----------
        candidates : sequence of dict
            Settings of the space that was searched.

        Returns
        -------
        mean : ndarray of shape (n_candidates,)
            The expected mean test score (of a skewed belief, its median).
        std : ndarray of shape (n_candidates,)
            Standard deviation of that belief, without the noise of the folds.

        Raises
        ------
        ValueError
            If a candidate lies outside of the space.
        """
        mean, std = np.empty(len(candidates)), np.empty(len(candidates))
        for row, params in enumerate(candidates):
            space, surrogate = self._part_of(params)
            low, deviation = surrogate.predict_raw(space.encode(params)[np.newaxis])
            mean[row], std[row] = -low[0], deviation[0]  # surrogates minimise
        return mean, std

    def _part_of(self, params: Params) -> tuple[Space, Surrogate]:
        for space, surrogate in self.parts:
            if any(subspace.contains(params) for subspace in space.subspaces):
                return space, surrogate
        raise ValueError(f"The setting {params!r} lies outside of the space that was searched.")
