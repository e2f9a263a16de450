"""The training of one network: native, pausable, and equal to scikit-learn's to the last bit.

Public
    :func:`start_run` begins to train a network and returns a :class:`TrainingRun`, which advances
    to any epoch, pauses, and travels in a pickle.

Inside
    ======================  =================================================================
    ``_engine.pyx``         one epoch, compiled, without the GIL, with numpy's own inner loops
    ``_trajectory.py``      weights, optimizer and order of the rows, from epoch to epoch
    ``_run.py``             a :class:`TrainingRun`: what `fit` does around the epochs
    ``_shared_run.py``      one run for several networks that differ only in when they stop
    ``_native_fit.py``      `begin`: an estimator's own `fit`, with a run in the place of its loop
    ``_validated_data.py``  data that scikit-learn has validated once for many networks
    ``_engine_check.py``    whether the engine was built and gives scikit-learn's bits here
    ======================  =================================================================
"""

from sk_hpt.training._run import TrainingRun
from sk_hpt.training._start import start_run

__all__ = ["TrainingRun", "start_run"]
