"""Hyperparameter search for neural networks that is at home in scikit-learn.

:class:`GridSearchNN`, :class:`RandomSearchNN` and :class:`BayesSearchNN` tune an estimator by
cross-validation. The public folders:

==================  =================================================================
`sk_hpt.space`      what may be tried: dimensions, and the default space of a network
`sk_hpt.fidelity`   how far each trial is trained before poor ones are pruned
`sk_hpt.journal`    the file that stores finished fits
`sk_hpt.displays`   pictures of a fitted search
`sk_hpt.training`   one training run of a network, which can be paused and resumed
==================  =================================================================
"""

from importlib import import_module
from typing import TYPE_CHECKING

from sk_hpt._search import BayesSearchNN, GridSearchNN, RandomSearchNN

__all__ = [
    "BayesSearchNN",
    "GridSearchNN",
    "RandomSearchNN",
    "__version__",
    "displays",
    "fidelity",
    "journal",
    "space",
    "training",
]

__version__ = "0.1.0"

if TYPE_CHECKING:
    from sk_hpt import displays, fidelity, journal, space, training
else:  # hidden from type checkers, which would take any name for an attribute

    def __getattr__(name):
        """Import a public folder when it is first used (PEP 562)."""
        if name in __all__:
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__():
        """Return the public names, also those that are not imported yet."""
        return sorted({*globals(), *__all__})
