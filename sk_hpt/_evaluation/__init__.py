"""From X, y, folds and scorers to fold results.

:class:`FoldEvaluation` is one fit and its scores; :class:`Evaluator` runs many of them through
joblib and yields their results as they finish.
"""

from sk_hpt._evaluation.evaluator import Evaluator
from sk_hpt._evaluation.fold import FoldEvaluation
from sk_hpt._evaluation.scoring import check_weights_are_scored, resolve_scorer, score

__all__ = [
    "Evaluator",
    "FoldEvaluation",
    "check_weights_are_scored",
    "resolve_scorer",
    "score",
]
