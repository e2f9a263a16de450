"""Which candidate next.

A proposer is asked for settings and told how they scored; it never sees the loop, the journal
or the data. :class:`GridProposer` and :class:`RandomProposer` know all their trials from the
start. :class:`BayesProposer` learns from the scores: it opens with settings that it is given
(:func:`portfolio_points` are learned ones) and then asks the surrogate; of an earlier search
:class:`EarlierTrials` inform it, and its :class:`Posterior` is what it believes in the end.
"""

from sk_hpt._proposers.base import Proposer
from sk_hpt._proposers.bayes import BayesProposer
from sk_hpt._proposers.earlier import EarlierTrials
from sk_hpt._proposers.grid import GridProposer
from sk_hpt._proposers.in_turn import ProposersInTurn
from sk_hpt._proposers.portfolio import portfolio_points
from sk_hpt._proposers.posterior import Posterior
from sk_hpt._proposers.random import RandomProposer

__all__ = [
    "BayesProposer",
    "EarlierTrials",
    "GridProposer",
    "Posterior",
    "Proposer",
    "ProposersInTurn",
    "RandomProposer",
    "portfolio_points",
]
