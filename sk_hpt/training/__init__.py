"""How one network is trained.

A compiled epoch (``_engine.pyx``) calls the inner loops of numpy's own ufuncs and so gives
scikit-learn's bits, without the GIL. :class:`TrainingRun` is a training that can be paused,
continued and pickled; :func:`native_training` hooks it into scikit-learn's ``fit`` for networks
that qualify. Where the engine was not built, or its self-check fails, networks train through
scikit-learn.
"""

from sk_hpt.training._accelerate import native_training, network_of, trains_natively
from sk_hpt.training._hook import SharedStops
from sk_hpt.training._run import Stopping, TrainingRun

__all__ = [
    "SharedStops",
    "Stopping",
    "TrainingRun",
    "native_training",
    "network_of",
    "trains_natively",
]
