"""Hyperparameter search for neural networks that is at home in scikit-learn.

:class:`GridSearchNN`, :class:`RandomSearchNN` and :class:`BayesSearchNN` tune an estimator by
cross-validation; what they may try is described with lists, scipy.stats distributions and
:mod:`sk_hpt.space`. How trials are stopped early is set with :mod:`sk_hpt.fidelity`;
:func:`sk_hpt.journal.read` shows what a search keeps in its journal.
"""

from sk_hpt import fidelity, journal, space
from sk_hpt._search import BayesSearchNN, GridSearchNN, RandomSearchNN

__all__ = [
    "BayesSearchNN",
    "GridSearchNN",
    "RandomSearchNN",
    "__version__",
    "fidelity",
    "journal",
    "space",
]

__version__ = "0.1.0"
