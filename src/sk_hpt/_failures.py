"""What a search says of fits that failed, and of its own early end."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection
from typing import Any

from sklearn.exceptions import FitFailedWarning

from sk_hpt._ending import CALLBACK, INTERRUPTED, TIMEOUT
from sk_hpt._results import ResultsTable


def report_early_end(table: ResultsTable, reason: str, timeout: float | None) -> None:
    """Warn that a search ended before its budget was spent, or raise if nothing came of it.

    Parameters
    ----------
    table : ResultsTable
        What is known.
    reason : str
        Value of ``stop_reason_``.
    timeout : float
        In seconds, if there was one.
    """
    who = {
        TIMEOUT: f"timeout={timeout} s",
        INTERRUPTED: "Ctrl-C",
        CALLBACK: "a callback",
    }[reason]
    n_complete = sum(table.is_complete(trial.number) for trial in table.trials)
    if not n_complete:
        if reason == INTERRUPTED:
            raise KeyboardInterrupt
        raise ValueError(
            f"The search was ended by {who} before any trial had a result on every fold, so there "
            "is nothing to choose from. Allow more time, or fewer folds or epochs."
        )
    warnings.warn(
        f"The search was ended by {who}: {n_complete} trials are complete, and the best of them "
        "was chosen.",
        UserWarning,
        stacklevel=2,
    )


def report_failures(errors: Collection[str], n_fits: int, error_score: Any) -> None:
    """Warn of fits that failed, or raise if none succeeded, in scikit-learn's words.

    Parameters
    ----------
    errors : collection of str
        The tracebacks, in the order of the fits.
    n_fits : int
        How many fits there were in all.
    error_score : float
        The score that stands in for the missing ones.
    """
    if not errors:
        return
    rule = "-" * 80
    details = "\n".join(
        f"{rule}\n{count} fits failed with the following error:\n{error}"
        for error, count in Counter(errors).items()
    )
    if len(errors) == n_fits:
        raise ValueError(
            f"\nAll the {n_fits} fits failed.\n"
            "It is very likely that your model is misconfigured.\n"
            "You can try to debug the error by setting error_score='raise'.\n\n"
            f"Below are more details about the failures:\n{details}"
        )
    warnings.warn(
        f"\n{len(errors)} fits failed out of a total of {n_fits}.\n"
        "The score on these train-test partitions for these parameters"
        f" will be set to {error_score}.\n"
        "If these failures are not expected, you can try to debug them "
        "by setting error_score='raise'.\n\n"
        f"Below are more details about the failures:\n{details}",
        FitFailedWarning,
        stacklevel=2,
    )
