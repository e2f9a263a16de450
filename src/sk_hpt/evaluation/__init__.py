"""From X, y, folds and scorers to fold results.

:class:`FoldEvaluation` is one fit and its scores; :class:`Evaluator` runs many of them through
joblib and yields their results as they finish.
"""

from sk_hpt.evaluation._evaluator import Evaluator
from sk_hpt.evaluation._fold import FoldEvaluation
from sk_hpt.evaluation._messages import Messages
from sk_hpt.evaluation._scoring import check_weights_are_scored, resolve_scorer, score

__all__ = [
    "Evaluator",
    "FoldEvaluation",
    "Messages",
    "check_weights_are_scored",
    "resolve_scorer",
    "score",
]
