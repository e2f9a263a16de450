"""Checks of the constants of a fidelity."""

from __future__ import annotations

import numbers


def check_int(owner: object, name: str, minimum: int) -> None:
    """Raise unless an attribute is an int of at least `minimum`."""
    value = getattr(owner, name)
    if not isinstance(value, numbers.Integral):
        raise TypeError(f"{name}={value!r} of {type(owner).__name__} must be an int.")
    if int(value) < minimum:
        raise ValueError(f"{name}={value!r} of {type(owner).__name__} must be at least {minimum}.")


def check_real(owner: object, name: str, minimum: float) -> None:
    """Raise unless an attribute is a number of at least `minimum`."""
    value = getattr(owner, name)
    if not isinstance(value, numbers.Real):
        raise TypeError(f"{name}={value!r} of {type(owner).__name__} must be a number.")
    if not float(value) >= minimum:
        raise ValueError(f"{name}={value!r} of {type(owner).__name__} must be at least {minimum}.")
