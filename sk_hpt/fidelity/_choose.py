"""What a search's ``multi_fidelity`` stands for."""

from __future__ import annotations

from typing import Any

from sk_hpt.fidelity._base import Fidelity
from sk_hpt.fidelity._full import FullFidelity
from sk_hpt.fidelity._halving import Halving
from sk_hpt.fidelity._race import Race

BY_NAME = {"race": Race, "halving": Halving}


def choose_fidelity(multi_fidelity: Any) -> Fidelity:
    """The fidelity of a name, or of an object whose constants are checked.

    Raises
    ------
    ValueError, TypeError
        If it is none, or its constants make no sense.
    """
    if multi_fidelity is None:
        return FullFidelity()
    if isinstance(multi_fidelity, str) and multi_fidelity in BY_NAME:
        multi_fidelity = BY_NAME[multi_fidelity]()
    if not isinstance(multi_fidelity, Fidelity):
        raise ValueError(
            f"multi_fidelity={multi_fidelity!r} is none of None, 'race', 'halving', or a Race or "
            "Halving of sk_hpt.fidelity."
        )
    multi_fidelity.check()
    return multi_fidelity
