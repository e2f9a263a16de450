"""How far each trial is taken.

A fidelity looks at what is known of a round of trials and says which fits come next, and which
trials are dropped. It decides and does nothing else: only the loop acts on it.
:class:`FullFidelity` takes every trial through every fold, :class:`Race` drops trials between
folds, and :class:`Halving` between epochs too.
"""

from sk_hpt.fidelity._base import Fidelity, Step
from sk_hpt.fidelity._choose import choose_fidelity
from sk_hpt.fidelity._full import FullFidelity
from sk_hpt.fidelity._halving import Halving
from sk_hpt.fidelity._race import Race

__all__ = ["Fidelity", "FullFidelity", "Halving", "Race", "Step", "choose_fidelity"]
