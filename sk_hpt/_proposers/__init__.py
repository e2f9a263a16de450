"""Proposers: which trials come next.

A proposer is asked for hyperparameters (:meth:`Proposer.ask`) and told how they scored
(:meth:`Proposer.tell`). It never sees the loop, the journal or the data. All proposers inherit
from one base class:

- :class:`Proposer`

  - :class:`GridProposer` goes through a grid.
  - :class:`RandomProposer` draws trials at random, the same ones as scikit-learn's random search.
  - :class:`BayesProposer` learns from the scores with the surrogate of ``sk_hpt._surrogate``.
  - :class:`SequentialProposer` runs several Bayesian proposers one after the other.

A Bayesian proposer begins with :func:`portfolio_points`, or with the :class:`WarmStart` that an
earlier search gives, and ends with a :class:`Posterior` over the scores.
"""

from sk_hpt._proposers.base import Proposer
from sk_hpt._proposers.bayes import BayesProposer
from sk_hpt._proposers.grid import GridProposer
from sk_hpt._proposers.portfolio import portfolio_points, project
from sk_hpt._proposers.posterior import Posterior
from sk_hpt._proposers.random import RandomProposer
from sk_hpt._proposers.sequential import SequentialProposer
from sk_hpt._proposers.warm_start import WarmStart

__all__ = [
    "BayesProposer",
    "GridProposer",
    "Posterior",
    "Proposer",
    "RandomProposer",
    "SequentialProposer",
    "WarmStart",
    "portfolio_points",
    "project",
]
