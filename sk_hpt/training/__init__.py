"""How one network is trained.

A compiled epoch (``_engine.pyx``) calls the inner loops of numpy's own ufuncs and so gives
scikit-learn's bits, without the GIL. A :class:`Trajectory` drives it from epoch to epoch; a
:class:`TrainingRun` adds what scikit-learn's ``fit`` does around the epochs, and can be paused,
continued and pickled. :func:`native_training` hooks it into the ``fit`` of networks that
qualify. Where the engine was not built, or its self-check fails, networks train through
scikit-learn.
"""

from sk_hpt.training._accelerate import native_training, network_of, start_run, trains_natively
from sk_hpt.training._hook import Plan, has_converged, share_data
from sk_hpt.training._run import TrainingRun, check_is_finite
from sk_hpt.training._shared_data import SharedData
from sk_hpt.training._stopping import SharedStops, Stopping, TrainingStopped
from sk_hpt.training._trajectory import Trajectory

__all__ = [
    "Plan",
    "SharedData",
    "SharedStops",
    "Stopping",
    "TrainingRun",
    "TrainingStopped",
    "Trajectory",
    "check_is_finite",
    "has_converged",
    "native_training",
    "network_of",
    "share_data",
    "start_run",
    "trains_natively",
]
