"""Variants of our optimiser, each without one of its ingredients, for `sample_efficiency.py`.

Most are blind: they open with a Sobol sequence, so that what the surrogate does is seen.
"""

from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import _peers
import numpy as np

from sk_hpt._surrogate import rung_means
from sk_hpt._surrogate.hyperparameters import prior_of


def _as_if_drawn(Y):
    """With the noise that a mean over a few of many folds would have."""
    return rung_means(np.pad(Y, ((0, 0), (0, 0), (0, 60)), constant_values=np.nan))


WITHOUT = {
    "without input warp": {
        "surrogate._fit.prior_of": lambda d, p, warped: prior_of(d, p, warped=False)
    },
    "without power transform": {"surrogate._outputs.POWERS": np.array([1.0])},
    "with noise of the folds": {"proposers._bayes.rung_means": _as_if_drawn},
    "without winsorising": {"surrogate._outputs.CAP": 1e12},
    "without draws from the prior": {"surrogate._fit.N_PRIOR_DRAWS": 0},
    "opened with four points": {"proposers._bayes.n_opening": lambda n_columns, n_trials: 4},
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
