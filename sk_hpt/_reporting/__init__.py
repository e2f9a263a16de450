"""Who is told how a search goes on, and how."""

from sk_hpt._reporting.callbacks import (
    FitTask,
    NullCallbacks,
    NullTask,
    SearchCallbacks,
    callbacks_of,
)
from sk_hpt._reporting.epochs import Epochs, NullEpochs
from sk_hpt._reporting.progress import NullProgress, ProgressLine
from sk_hpt._reporting.verbose import Messages
from sk_hpt._reporting.warnings import (
    NOT_CONVERGED,
    convergence_counted,
    report_convergence,
    report_early_end,
    report_failures,
)

__all__ = [
    "NOT_CONVERGED",
    "Epochs",
    "FitTask",
    "Messages",
    "NullCallbacks",
    "NullEpochs",
    "NullProgress",
    "NullTask",
    "ProgressLine",
    "SearchCallbacks",
    "callbacks_of",
    "convergence_counted",
    "report_convergence",
    "report_early_end",
    "report_failures",
]
