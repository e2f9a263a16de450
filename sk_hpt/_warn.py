"""Warnings that point to the line of the user's program that caused them."""

from __future__ import annotations

import contextlib
import inspect
import os
import warnings

import joblib
import sklearn

_LIBRARIES = tuple(
    os.path.join(os.path.dirname(path), "")
    for path in (__file__, sklearn.__file__, joblib.__file__)
)
"""Folders of the code between a user's line and a warning."""


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn, and name the innermost line outside of this package, scikit-learn and joblib.

    In a worker thread there is no such line; then the warning names the line of the caller.
    """
    level = 2
    frame = inspect.currentframe()
    frame = None if frame is None else frame.f_back
    while frame is not None and _is_internal(frame.f_code.co_filename):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=2 if frame is None else level)


def hint_user(message: str) -> None:
    """Warn, but end no search that scikit-learn would run, where warnings are errors."""
    with contextlib.suppress(UserWarning):
        warn_user(message)


def _is_internal(filename: str) -> bool:
    return filename.startswith(_LIBRARIES) or filename == contextlib.__file__
