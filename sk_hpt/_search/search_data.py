"""The data and the folds of a search, as far as the choice of its trials depends on them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

from sklearn.model_selection import BaseCrossValidator

from sk_hpt._sklearn import num_samples, split_indices
from sk_hpt._types import Estimator, Fold, Matrix, SpaceLike, Target
from sk_hpt.space import default_space

NO_FITS = "No fits were performed. Was the CV iterator empty? Were there no candidates?"
"""scikit-learn's message for a search without a result."""


@dataclass(frozen=True)
class SearchData:
    """The data and the folds of a search.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Training data. The number of rows selects the portfolio of initial points.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs), or None
        Targets. The number of classes selects the portfolio of initial points.
    cv : cross-validation splitter
        Makes the folds.
    split_params : mapping
        Further arguments of the splitter's `split`.
    """

    X: Matrix
    y: Target
    cv: BaseCrossValidator
    split_params: Mapping[str, object]

    def default_space(self, estimator: Estimator) -> SpaceLike:
        """Return the default space for networks that are trained on these folds."""
        # A copy, because the candidates are drawn before the folds, perhaps by the same generator.
        folds = deepcopy(self.cv).split(self.X, self.y, **self.split_params)
        n_train = min((len(train) for train, _ in folds), default=None)
        return default_space(estimator, num_samples(self.X), n_train)

    def split(self, n_splits: int) -> list[Fold]:
        """Return the folds.

        Raises
        ------
        ValueError
            If they are not as many as the splitter has told, or none, in scikit-learn's words.
        """
        folds = [
            split_indices(self.X, train, test)
            for train, test in self.cv.split(self.X, self.y, **self.split_params)
        ]
        if len(folds) != n_splits:
            raise ValueError(
                "cv.split and cv.get_n_splits return inconsistent results. "
                f"Expected {n_splits} splits, got {len(folds)}"
            )
        if not folds:
            raise ValueError(NO_FITS)
        return folds
