"""Observers that report the progress of a search, and the warnings at its end.

Observer                is told; every method does nothing by default
├── Observers           several observers as one
├── Announcement        the first lines (``verbose=1`` and above)
├── ProgressLine        one line that moves (``verbose=1``)
├── VerboseLog          a line for each fit (``verbose=2`` and above)
├── SearchCallbacks     scikit-learn's callbacks
└── JobCallbacks        the same, of one job
"""

from sk_hpt._reporting.callbacks import JobCallbacks, SearchCallbacks, callbacks_of
from sk_hpt._reporting.loggers import loggers_of
from sk_hpt._reporting.observer import (
    Observer,
    ObserverError,
    Observers,
    raising_errors,
)
from sk_hpt._reporting.printing import encodable
from sk_hpt._reporting.progress_line import ProgressLine
from sk_hpt._reporting.summary_warnings import (
    NOISE_ERRORS,
    NOT_CONVERGED,
    convergence_counted,
    raise_without_scores,
    report_convergence,
    report_early_end,
    report_ensemble_score,
    report_failures,
    report_members,
)
from sk_hpt._reporting.verbose_log import Announcement, VerboseLog

__all__ = [
    "NOISE_ERRORS",
    "NOT_CONVERGED",
    "Announcement",
    "JobCallbacks",
    "Observer",
    "ObserverError",
    "Observers",
    "ProgressLine",
    "SearchCallbacks",
    "VerboseLog",
    "callbacks_of",
    "convergence_counted",
    "encodable",
    "loggers_of",
    "raise_without_scores",
    "raising_errors",
    "report_convergence",
    "report_early_end",
    "report_ensemble_score",
    "report_failures",
    "report_members",
]
