"""How far each trial is taken.

A fidelity looks at what is known of a round of trials and says which fits come next. It decides
and does nothing else: only the loop acts on it. :class:`FullFidelity` takes every trial through
every fold.
"""

from sk_hpt.fidelity._base import Fidelity
from sk_hpt.fidelity._full import FullFidelity

__all__ = ["Fidelity", "FullFidelity"]
