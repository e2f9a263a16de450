"""One fit on one fold, and its scores."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from traceback import format_exc
from typing import Any

from sklearn.base import clone

from sk_hpt._callbacks import FitTask, NullTask
from sk_hpt._compat import check_method_params
from sk_hpt._trial import Fit, FoldResult
from sk_hpt.evaluation._messages import Messages
from sk_hpt.evaluation._rows import take_rows
from sk_hpt.evaluation._scoring import score


@dataclass(frozen=True)
class FoldEvaluation:
    """What all fits of a search share; a value that travels to the workers.

    Parameters
    ----------
    estimator : estimator object
        The estimator to clone for each fit.
    X, y : array-like
        The whole data; each fit takes its rows.
    scorer : callable
        As :mod:`sk_hpt.evaluation._scoring` describes it.
    fit_params, score_params : mapping
        Further arguments of the estimator's ``fit`` and of the scorer; those with one value
        per row are split like `X`.
    return_train_score : bool
        Whether to score on the training rows too.
    error_score : float or "raise"
        The score of what fails.
    messages : Messages
        What to print.
    """

    estimator: Any
    X: Any
    y: Any
    scorer: Any
    fit_params: Mapping[str, Any]
    score_params: Mapping[str, Any]
    return_train_score: bool
    error_score: Any
    messages: Messages

    def fit_and_score(
        self, fit: Fit, train: Any, test: Any, task: NullTask | FitTask
    ) -> FoldResult:
        """Fit on the rows `train`, score on the rows `test`.

        An exception in the estimator's ``fit`` becomes a result with an error, unless
        ``error_score="raise"``.
        """
        self.messages.start(fit)
        # Parameters can be estimators themselves, so they are cloned too.
        estimator = clone(self.estimator).set_params(**clone(fit.trial.params, safe=False))
        started = time.time()
        (X_train, y_train), (X_test, y_test) = take_rows(estimator, self.X, self.y, train, test)
        error = test_scores = train_scores = None
        score_time = 0.0
        try:
            self._fit(estimator, X_train, y_train, train, task)
        except Exception:
            if self.error_score == "raise":
                raise
            fit_time, error = time.time() - started, format_exc()
        else:
            fit_time = time.time() - started
            test_scores = self._score(estimator, X_test, y_test, test)
            score_time = time.time() - started - fit_time
            if self.return_train_score:
                train_scores = self._score(estimator, X_train, y_train, train)
        result = FoldResult(
            fit.trial.number, fit.fold, fit_time, score_time, test_scores, train_scores, error
        )
        self.messages.end(fit, result)
        return result

    def _fit(self, estimator: Any, X: Any, y: Any, rows: Any, task: NullTask | FitTask) -> None:
        params = check_method_params(self.X, params=self.fit_params, indices=rows)
        with task.around(estimator, X, y, params):
            fit_estimator(estimator, X, y, params)

    def _score(self, estimator: Any, X: Any, y: Any, rows: Any) -> Any:
        params = check_method_params(self.X, params=self.score_params, indices=rows)
        return score(estimator, X, y, self.scorer, params, self.error_score)


def fit_estimator(estimator: Any, X: Any, y: Any, params: Mapping[str, Any]) -> None:
    """Call ``fit``, with `y` only if there is one."""
    if y is None:
        estimator.fit(X, **params)
    else:
        estimator.fit(X, y, **params)
