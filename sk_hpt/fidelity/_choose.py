"""From the parameter `multi_fidelity` of a search to a fidelity."""

from __future__ import annotations

from typing import Literal

from sk_hpt.fidelity._base import Fidelity
from sk_hpt.fidelity._full import FullFidelity
from sk_hpt.fidelity._halving import Halving
from sk_hpt.fidelity._race import Race

BY_NAME = {"race": Race, "halving": Halving}


def choose_fidelity(multi_fidelity: Literal["race", "halving"] | Fidelity | None) -> Fidelity:
    """Return the fidelity of a name, or an object whose constants have been checked.

    Raises
    ------
    ValueError, TypeError
        If there is no such fidelity, or one of its constants is out of range.
    """
    if multi_fidelity is None:
        return FullFidelity()
    if isinstance(multi_fidelity, str) and multi_fidelity in BY_NAME:
        multi_fidelity = BY_NAME[multi_fidelity]()
    if not isinstance(multi_fidelity, Fidelity):
        raise ValueError(
            f"multi_fidelity={multi_fidelity!r} must be None, 'race', 'halving', or a Race or "
            "Halving object."
        )
    multi_fidelity.check()
    return multi_fidelity
