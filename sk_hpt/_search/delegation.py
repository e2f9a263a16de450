"""Methods and attributes that a search takes from its best estimator."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, cast

from numpy.typing import NDArray
from sklearn.exceptions import NotFittedError
from sklearn.utils import Tags, get_tags
from sklearn.utils.metadata_routing import process_routing
from sklearn.utils.validation import check_is_fitted

from sk_hpt._search.autologging import autologged
from sk_hpt._search.parameters import SearchParameters
from sk_hpt._sklearn import VisualBlock, available_if, raise_for_params, routing_enabled
from sk_hpt._types import Estimator, Matrix, Scorer, Target


def _check_refit(search: SearchParameters, attribute: str) -> None:
    """Raise an AttributeError, in scikit-learn's words, if there is no best estimator to ask."""
    if not search.refit:
        raise AttributeError(
            f"This {type(search).__name__} instance was initialized with "
            f"`refit=False`. {attribute} is available only after refitting on the best "
            "parameters. You can refit an estimator manually using the "
            "`best_params_` attribute"
        )


def _estimator_has(attribute: str) -> Callable[[SearchParameters], bool]:
    """Return a check that the best estimator, or before `fit` the estimator, has an attribute."""

    def check(search: SearchParameters) -> bool:
        _check_refit(search, attribute)
        # getattr raises an AttributeError that names the missing attribute.
        getattr(getattr(search, "best_estimator_", search.estimator), attribute)
        return True

    return check


class BestEstimatorMixin(SearchParameters):
    """Methods and attributes that a search takes from its best estimator.

    A method is available, also before `fit`, if ``refit`` is not False and the estimator has the
    method.
    """

    best_estimator_: Estimator
    scorer_: Scorer | Mapping[str, Scorer]

    def __sklearn_tags__(self) -> Tags:
        """Return the estimator's tags, so that an outer cross-validation treats both alike."""
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.estimator_type = inner.estimator_type
        tags.classifier_tags = deepcopy(inner.classifier_tags)
        tags.regressor_tags = deepcopy(inner.regressor_tags)
        if self.ensemble_size > 1:
            # scikit-learn's voting estimators support a single output.
            tags.target_tags.multi_output = False
            if tags.classifier_tags is not None:
                tags.classifier_tags.multi_label = False
        # An outer cross-validation takes the rows and the columns of a pairwise matrix.
        tags.input_tags.pairwise = inner.input_tags.pairwise
        tags.input_tags.sparse = inner.input_tags.sparse
        tags.array_api_support = inner.array_api_support
        return tags

    def _sk_visual_block_(self) -> VisualBlock:
        """Nest the estimator in the HTML representation."""
        name = "best_estimator_" if hasattr(self, "best_estimator_") else "estimator"
        inner = getattr(self, name)
        label = f"{name}: {type(inner).__name__}"
        return VisualBlock("parallel", [inner], names=[label], name_details=[str(inner)])

    @property
    def n_features_in_(self) -> int:
        """Number of features seen during `fit`. Only available if ``refit`` is not False."""
        try:
            check_is_fitted(self)
        except NotFittedError as error:
            # hasattr is False only for an AttributeError.
            raise AttributeError(
                f"{type(self).__name__} object has no n_features_in_ attribute."
            ) from error
        return self.best_estimator_.n_features_in_

    @property
    def classes_(self) -> NDArray[Any]:
        """Class labels of shape (n_classes,).

        Only available for classifiers and if ``refit`` is not False.
        """
        _estimator_has("classes_")(self)
        return self.best_estimator_.classes_

    @autologged
    def score(self, X: Matrix, y: Target = None, **params: Any) -> float:
        """Return the score of the best estimator on the given data.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data to score on.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Targets; None for unsupervised learning.
        **params : dict
            Parameters for the scorer. Only allowed if metadata routing is enabled.

        Returns
        -------
        score : float
            Score by ``scoring``, or by the estimator's own ``score`` if ``scoring`` is None.
            With several metrics, the one that `refit` names.
        """
        # As in scikit-learn, `score` exists with refit=False as well, but raises an error.
        _check_refit(self, "score")
        check_is_fitted(self)
        raise_for_params(params, self, "score")
        if routing_enabled():
            params = process_routing(self, "score", **params).scorer["score"]
        metric = cast(str, self.refit)  # used only if there are several metrics
        # Several metrics are a dict of scorers, or one callable that returns a dict.
        scorer = self.scorer_[metric] if isinstance(self.scorer_, Mapping) else self.scorer_
        scores = scorer(self.best_estimator_, X, y, **params)
        return scores[metric] if isinstance(scores, dict) else scores

    @available_if(_estimator_has("predict"))
    @autologged
    def predict(self, X: Matrix) -> NDArray[Any]:
        """Predict with the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data to predict for.

        Returns
        -------
        y_pred : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Predicted labels or values.
        """
        return self._call_best("predict", X)

    @available_if(_estimator_has("predict_proba"))
    @autologged
    def predict_proba(self, X: Matrix) -> NDArray[Any]:
        """Predict class probabilities with the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data to predict for.

        Returns
        -------
        y_pred : ndarray of shape (n_samples, n_classes)
            Class probabilities, in the order of `classes_`.
        """
        return self._call_best("predict_proba", X)

    @available_if(_estimator_has("predict_log_proba"))
    @autologged
    def predict_log_proba(self, X: Matrix) -> NDArray[Any]:
        """Predict logarithms of class probabilities with the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data to predict for.

        Returns
        -------
        y_pred : ndarray of shape (n_samples, n_classes)
            Log-probabilities of the classes, in the order of `classes_`.
        """
        return self._call_best("predict_log_proba", X)

    @available_if(_estimator_has("decision_function"))
    def decision_function(self, X: Matrix) -> NDArray[Any]:
        """Return the values of the best estimator's decision function.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data to evaluate the decision function on.

        Returns
        -------
        y_score : ndarray of shape (n_samples,) or (n_samples, n_classes)
            Values of the decision function.
        """
        return self._call_best("decision_function", X)

    @available_if(_estimator_has("score_samples"))
    def score_samples(self, X: Matrix) -> NDArray[Any]:
        """Score each sample with the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Samples to score.

        Returns
        -------
        y_score : ndarray of shape (n_samples,)
            Scores of the samples.
        """
        return self._call_best("score_samples", X)

    @available_if(_estimator_has("transform"))
    @autologged
    def transform(self, X: Matrix) -> Any:
        """Transform data with the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data to transform.

        Returns
        -------
        Xt : array-like of shape (n_samples, n_features_out)
            Transformed data.
        """
        return self._call_best("transform", X)

    @available_if(_estimator_has("inverse_transform"))
    def inverse_transform(self, X: Matrix) -> Any:
        """Undo a transformation with the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features_out)
            Transformed data.

        Returns
        -------
        X_original : array-like of shape (n_samples, n_features)
            Data before the transformation.
        """
        return self._call_best("inverse_transform", X)

    def _call_best(self, method: str, X: Matrix) -> Any:
        """Return the result of a method of the best estimator."""
        check_is_fitted(self)
        best = self.best_estimator_
        try:
            return getattr(best, method)(X)
        except ValueError as error:
            if "must use the same namespace" not in str(error):
                raise
            # scikit-learn's message about array namespaces names the method of the best
            # estimator; name the method that the user called instead.
            inner = rf"{re.escape(type(best).__name__)}\.\w+\(\)"
            outer = f"{type(self).__name__}.{method}()"
            raise ValueError(re.sub(inner, outer, str(error))) from None
