"""The values that flow through a search, and the table of all results.

A :class:`Trial` is a candidate. A :class:`Job` asks for its evaluation on one fold, perhaps only
over some :class:`Rung` of its training. A :class:`FitResult` is the answer, with the
:class:`LearningCurve` of a network. :class:`ResultsTable` holds all answers, and turns them into
scikit-learn's ``cv_results_``.
"""

from sk_hpt._trials.fit_log import FitLog
from sk_hpt._trials.reading import scored_metrics, short_names, trial_status
from sk_hpt._trials.rung_scores import RungScores
from sk_hpt._trials.table import ResultsTable
from sk_hpt._trials.trial import Cell, FailedScore, FitResult, Job, LearningCurve, Rung, Trial

__all__ = [
    "Cell",
    "FailedScore",
    "FitLog",
    "FitResult",
    "Job",
    "LearningCurve",
    "ResultsTable",
    "Rung",
    "RungScores",
    "Trial",
    "scored_metrics",
    "short_names",
    "trial_status",
]
