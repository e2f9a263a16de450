"""What a search says of fits that failed or did not converge, and of its own early end."""

from __future__ import annotations

import threading
import warnings
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from sklearn.exceptions import ConvergenceWarning, FitFailedWarning

from sk_hpt._stop_request import CALLBACK, INTERRUPTED, TIMEOUT
from sk_hpt._trials import ResultsTable

NOT_CONVERGED = "Stochastic Optimizer: Maximum iterations"
"""How scikit-learn's warning of a network begins."""


@contextmanager
def convergence_counted() -> Iterator[None]:
    """Within this context networks do not warn one by one that they have not converged.

    Nothing changes where a user made errors of these warnings, or in another thread than the
    main one: the filters belong to the whole process.
    """
    if threading.current_thread() is not threading.main_thread() or _action() == "error":
        yield
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", NOT_CONVERGED, ConvergenceWarning)
        yield


def _action() -> str:
    """What the filters say of scikit-learn's warning."""
    for action, message, category, module, _ in warnings.filters:
        mentioned = message is None or message.match(NOT_CONVERGED)
        if issubclass(ConvergenceWarning, category) and mentioned and module is None:
            return action
    return "default"


def report_convergence(n_unconverged: int, n_fits: int) -> None:
    """Warn once of all networks that had not converged, unless a user ignores these warnings.

    Parameters
    ----------
    n_unconverged : int
        How many came to ``max_iter`` before they stopped by themselves.
    n_fits : int
        How many fits there were in all.
    """
    if n_unconverged and _action() != "ignore":
        warnings.warn(
            f"{n_unconverged} of {n_fits} fits reached max_iter before they had converged. They "
            "count with the scores that they have; a larger max_iter may raise them.",
            ConvergenceWarning,
            stacklevel=2,
        )


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
