"""What flows through a search: trials, jobs, their results, and the table of all results."""

from sk_hpt._trials.table import ResultsTable
from sk_hpt._trials.trial import FitResult, Job, LearningCurve, Rung, Trial

__all__ = [
    "FitResult",
    "Job",
    "LearningCurve",
    "ResultsTable",
    "Rung",
    "Trial",
]
