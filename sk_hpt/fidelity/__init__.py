"""Rules that say how far each trial is trained.

A fidelity decides, from the results so far, which jobs come next and which trials are pruned. It
is a pure function: only the loop acts on it, so a search can be replayed from its results.

    Fidelity
    ├── FullFidelity    every trial on every fold, to its last epoch: black-box search
    ├── Race            prunes trials between the folds
    └── Halving         prunes trials between the epochs of the first fold, then between the folds
"""

from sk_hpt.fidelity._halving import Halving
from sk_hpt.fidelity._race import Race

__all__ = ["Halving", "Race"]
