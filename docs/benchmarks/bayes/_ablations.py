"""Variants of our optimiser, each without one of its ingredients, for `sample_efficiency.py`.

Most are blind: they open with a Sobol sequence, so that what the surrogate does is seen.
"""

from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import _peers
import numpy as np

from sk_hpt._surrogate import extrapolate
from sk_hpt._surrogate.hyperparameters import make_prior


def _as_if_drawn(Y):
    """With the noise that a mean over a few of many folds would have."""
    return extrapolate(np.pad(Y, ((0, 0), (0, 0), (0, 60)), constant_values=np.nan))


WITHOUT = {
    "without input warp": {
        "_surrogate.fit.make_prior": lambda d, p, warped: make_prior(d, p, warped=False)
    },
    "without power transform": {"_surrogate.outputs.POWERS": np.array([1.0])},
    "with noise of the folds": {"_proposers.bayes.extrapolate": _as_if_drawn},
    "without winsorising": {"_surrogate.outputs.MAX_DEVIATIONS": 1e12},
    "without draws from the prior": {"_surrogate.fit.N_PRIOR_DRAWS": 0},
    "opened with four points": {
        "_proposers.bayes.initial_design_size": lambda n_columns, n_trials: 4
    },
}
"""What stands in for what in the package."""


LEARNED = {
    "three learned": {"_peers.SkHpt.n_learned": 3},
    "six learned": {"_peers.SkHpt.n_learned": 6},
}
"""The same for our optimiser as it is, opened with fewer learned settings."""


def _variant(method, replaced):
    class Variant(method):
        def __init__(self, *arguments):
            with _replacing(replaced):
                super().__init__(*arguments)

        def ask(self):
            with _replacing(replaced):
                return super().ask()

    return Variant


@contextmanager
def _replacing(replaced):
    with ExitStack() as replacements:
        for name, value in replaced.items():
            path = name if name.startswith("peers") else f"sk_hpt.{name}"
            replacements.enter_context(patch(path, value))
        yield


ABLATIONS = {
    **{name: _variant(_peers.SkHptBlind, replaced) for name, replaced in WITHOUT.items()},
    **{name: _variant(_peers.SkHpt, replaced) for name, replaced in LEARNED.items()},
}
