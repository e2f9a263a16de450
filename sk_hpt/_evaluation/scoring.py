"""Scorers: from the parameter `scoring` to scores that are checked.

A scorer is anything callable as ``scorer(estimator, X, y)`` that returns a number or a dict of
numbers. scikit-learn puts the scorers of a list or dict together into one that returns a dict.
"""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from contextlib import suppress
from traceback import format_exc
from typing import Any, cast

import numpy as np
from sklearn.metrics import check_scoring
from sklearn.neural_network import MLPClassifier, MLPRegressor

from sk_hpt._sklearn import accepts_sample_weight, is_own_score, scorers_by_metric
from sk_hpt._trials import FailedScore
from sk_hpt._types import ErrorScore, Estimator, Matrix, Scorer, Scores, Scoring, Target
from sk_hpt._warn import warn_user
from sk_hpt.training._engine_check import engine_works
from sk_hpt.training._score import PlainScore


def resolve_scorer(estimator: Estimator, scoring: Scoring, error_score: ErrorScore) -> Scorer:
    """Return the scorer that `scoring` stands for."""
    if callable(scoring):
        return scoring
    scorer: Scorer = check_scoring(estimator, scoring, raise_exc=error_score == "raise")
    return scorer


def check_weights_are_scored(scorer: Scorer, search: Estimator) -> bool:
    """Return whether a scorer takes ``sample_weight``; warn of each metric that does not."""
    metrics = scorers_by_metric(scorer)
    named = {"": scorer} if metrics is None else {f"{name}=": s for name, s in metrics.items()}
    for name, each in named.items():
        if not accepts_sample_weight(each):
            warn_user(
                f"The scoring {name}{each} does not support sample_weight, "
                "which may lead to statistically incorrect results when "
                f"fitting {search} with sample_weight. ",
            )
    return accepts_sample_weight(scorer)


def score(
    estimator: Estimator,
    X: Matrix,
    y: Target,
    scorer: Scorer,
    params: Mapping[str, Any],
    error_score: ErrorScore,
) -> Scores:
    """Score a fitted estimator; a score that fails is `error_score`, with a warning.

    Raises
    ------
    ValueError
        If the scorer returns something that is not a number.
    """
    scores: Any
    try:
        known = None if params else _own_score(estimator, X, y, scorer)
        if known is not None:
            return known
        scores = scorer(estimator, X, **params) if y is None else scorer(estimator, X, y, **params)
    except Exception:
        if scorers_by_metric(scorer) is not None or error_score == "raise":
            raise
        scores = _failed(error_score, format_exc())
    if scorers_by_metric(scorer) is not None:
        # A multi-metric scorer returns the traceback of a metric that failed as its score.
        for name, value in scores.items():
            if isinstance(value, str):
                scores[name] = _failed(error_score, value)
    if isinstance(scores, dict):
        return {name: _number(value, name) for name, value in scores.items()}
    return _number(scores, scorer)


def _own_score(estimator: Estimator, X: Matrix, y: Target, scorer: Scorer) -> float | None:
    """Return a network's accuracy or R² if that is asked for, and the targets are plain."""
    is_network = type(estimator) in (MLPClassifier, MLPRegressor)
    if not (is_network and is_own_score(scorer, estimator) and engine_works()):
        return None
    own = PlainScore.of(estimator, X, y)
    if own is None or not np.isfinite(np.sum(np.asarray(X))):
        return None  # scikit-learn refuses rows that are not finite
    return own(estimator)


def _number(value: Any, scorer: Scorer | str) -> float:
    if hasattr(value, "item"):
        with suppress(ValueError):
            value = value.item()
    if not isinstance(value, numbers.Number):
        raise ValueError(
            f"scoring must return a number, got {value} ({type(value)}) instead. (scorer={scorer})"
        )
    return cast("float", value)


def _failed(error_score: ErrorScore, details: str) -> FailedScore:
    """Return `error_score` in place of a score, with scikit-learn's warning."""
    warn_user(
        "Scoring failed. The score on this train-test partition for "
        f"these parameters will be set to {error_score}. Details: \n{details}",
    )
    return FailedScore(float(error_score), details)
