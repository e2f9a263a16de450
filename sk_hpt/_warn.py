"""Warnings that point to the line of the user's program that caused them."""

from __future__ import annotations

import contextlib
import inspect
import warnings
from types import FrameType

LIBRARIES = ("sk_hpt", "sklearn", "joblib", "contextlib", "mlflow")
"""Modules and packages whose code may come between a user's line and a warning."""


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn, and name the innermost line outside of this package and the libraries around it.

    In a worker thread there is no such line; then the warning names the line of the caller.
    """
    level = 2
    frame = inspect.currentframe()
    frame = None if frame is None else frame.f_back
    while frame is not None and _is_internal(frame):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=2 if frame is None else level)


def hint_user(message: str) -> None:
    """Warn, but end no search that scikit-learn would run, where warnings are errors."""
    with contextlib.suppress(UserWarning):
        warn_user(message)


def _is_internal(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] in LIBRARIES
