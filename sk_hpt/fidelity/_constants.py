"""Checks of what a user may set."""

from __future__ import annotations

import numbers
from typing import Any


def check_int(owner: Any, name: str, least: int) -> None:
    """Raise unless this attribute is an int that is no less than `least`."""
    value = getattr(owner, name)
    if not isinstance(value, numbers.Integral):
        raise TypeError(f"{name}={value!r} of {type(owner).__name__} must be an int.")
    if int(value) < least:
        raise ValueError(f"{name}={value!r} of {type(owner).__name__} must be at least {least}.")


def check_real(owner: Any, name: str, least: float) -> None:
    """Raise unless this attribute is a number that is no less than `least`."""
    value = getattr(owner, name)
    if not isinstance(value, numbers.Real):
        raise TypeError(f"{name}={value!r} of {type(owner).__name__} must be a number.")
    if not float(value) >= least:
        raise ValueError(f"{name}={value!r} of {type(owner).__name__} must be at least {least}.")
