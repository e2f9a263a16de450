"""What a fitted search does through its best estimator."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import process_routing
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sk_hpt._sklearn import VisualBlock, raise_for_params, routing_enabled


def _check_refit(search: Any, attribute: str) -> None:
    if not search.refit:
        raise AttributeError(
            f"This {type(search).__name__} instance was initialized with "
            f"`refit=False`. {attribute} is available only after refitting on the best "
            "parameters. You can refit an estimator manually using the "
            "`best_params_` attribute"
        )


def _estimator_has(attribute: str) -> Callable[[Any], bool]:
    """Whether the best estimator, or before `fit` the estimator, has an attribute."""

    def check(search: Any) -> bool:
        _check_refit(search, attribute)
        # getattr for its AttributeError, which says what is missing
        getattr(getattr(search, "best_estimator_", search.estimator), attribute)
        return True

    return check


class BestEstimatorMixin:
    """Methods and attributes that a search takes from its best estimator.

    Each method is there only if ``refit`` is not False and the estimator has it, also before
    `fit`.
    """

    estimator: Any
    refit: Any

    def __sklearn_tags__(self) -> Any:
        """The estimator's own tags, so that outer cross-validation treats both alike."""
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        inner = get_tags(self.estimator)
        tags.estimator_type = inner.estimator_type
        tags.classifier_tags = deepcopy(inner.classifier_tags)
        tags.regressor_tags = deepcopy(inner.regressor_tags)
        tags.input_tags.pairwise = inner.input_tags.pairwise
        tags.input_tags.sparse = inner.input_tags.sparse
        tags.array_api_support = inner.array_api_support
        return tags

    def _sk_visual_block_(self) -> Any:
        """Nest the estimator in the HTML representation."""
        name = "best_estimator_" if hasattr(self, "best_estimator_") else "estimator"
        inner = getattr(self, name)
        return VisualBlock(
            "parallel",
            [inner],
            names=[f"{name}: {type(inner).__name__}"],
            name_details=[str(inner)],
        )

    @property
    def n_features_in_(self) -> int:
        """Number of features seen during `fit`; needs ``refit``."""
        try:
            check_is_fitted(self)
        except NotFittedError as error:
            raise AttributeError(
                f"{type(self).__name__} object has no n_features_in_ attribute."
            ) from error
        return self.best_estimator_.n_features_in_  # type: ignore[attr-defined]

    @property
    def classes_(self) -> Any:
        """Class labels, of shape (n_classes,); needs ``refit`` and a classifier."""
        _estimator_has("classes_")(self)
        return self.best_estimator_.classes_  # type: ignore[attr-defined]

    def score(self, X: Any, y: Any = None, **params: Any) -> float:
        """Score of the best estimator on the given data.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The data to score on.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            The targets; None for unsupervised learning.
        **params : dict
            Parameters for the scorer; only with metadata routing enabled.

        Returns
        -------
        score : float
            By ``scoring`` if that was given (the metric that `refit` names, if there are
            several), else by the estimator's own ``score``.
        """
        _check_refit(self, "score")
        check_is_fitted(self)
        raise_for_params(params, self, "score")
        if routing_enabled():
            params = process_routing(self, "score", **params).scorer["score"]
        scorer = self.scorer_  # type: ignore[attr-defined]
        multimetric = self.multimetric_  # type: ignore[attr-defined]
        if isinstance(scorer, dict) and multimetric:
            scorer, multimetric = scorer[self.refit], False
        scores = scorer(self.best_estimator_, X, y, **params)  # type: ignore[attr-defined]
        return scores[self.refit] if multimetric else scores

    @available_if(_estimator_has("predict"))
    def predict(self, X: Any) -> Any:
        """Predict with the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The data to predict for.

        Returns
        -------
        y_pred : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Predicted labels or values.
        """
        return self._call_best("predict", X)

    @available_if(_estimator_has("predict_proba"))
    def predict_proba(self, X: Any) -> Any:
        """Class probabilities from the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The data to predict for.

        Returns
        -------
        y_pred : ndarray of shape (n_samples, n_classes)
            Probabilities, in the order of `classes_`.
        """
        return self._call_best("predict_proba", X)

    @available_if(_estimator_has("predict_log_proba"))
    def predict_log_proba(self, X: Any) -> Any:
        """Logarithms of class probabilities from the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The data to predict for.

        Returns
        -------
        y_pred : ndarray of shape (n_samples, n_classes)
            Log-probabilities, in the order of `classes_`.
        """
        return self._call_best("predict_log_proba", X)

    @available_if(_estimator_has("decision_function"))
    def decision_function(self, X: Any) -> Any:
        """Decision values from the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The data to decide for.

        Returns
        -------
        y_score : ndarray of shape (n_samples,) or (n_samples, n_classes)
            Values of the decision function.
        """
        return self._call_best("decision_function", X)

    @available_if(_estimator_has("score_samples"))
    def score_samples(self, X: Any) -> Any:
        """Score of each sample by the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The samples.

        Returns
        -------
        y_score : ndarray of shape (n_samples,)
            Their scores.
        """
        return self._call_best("score_samples", X)

    @available_if(_estimator_has("transform"))
    def transform(self, X: Any) -> Any:
        """Transform with the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The data to transform.

        Returns
        -------
        Xt : array-like of shape (n_samples, n_features_out)
            The transformed data.
        """
        return self._call_best("transform", X)

    @available_if(_estimator_has("inverse_transform"))
    def inverse_transform(self, X: Any) -> Any:
        """Undo a transformation with the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features_out)
            Transformed data.

        Returns
        -------
        X_original : array-like of shape (n_samples, n_features)
            The data before the transformation.
        """
        return self._call_best("inverse_transform", X)

    def _call_best(self, method: str, X: Any) -> Any:
        check_is_fitted(self)
        best = self.best_estimator_  # type: ignore[attr-defined]
        try:
            return getattr(best, method)(X)
        except ValueError as error:
            if "must use the same namespace" not in str(error):
                raise
            # An array API mismatch names the inner method, which the user did not call.
            inner = rf"{re.escape(type(best).__name__)}\.\w+\(\)"
            outer = f"{type(self).__name__}.{method}()"
            raise ValueError(re.sub(inner, outer, str(error))) from None
