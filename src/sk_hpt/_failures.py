"""What a search says of fits that failed."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection
from typing import Any

from sklearn.exceptions import FitFailedWarning


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
