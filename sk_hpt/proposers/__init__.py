"""Which candidate next.

A proposer is asked for settings and told how they scored; it never sees the loop, the journal
or the data. Those that are here know all their trials from the start: :class:`GridProposer` and
:class:`RandomProposer`. :func:`portfolio_points` are learned settings that a search can open
with.
"""

from sk_hpt.proposers._base import Proposer
from sk_hpt.proposers._grid import GridProposer
from sk_hpt.proposers._portfolio import portfolio_points
from sk_hpt.proposers._random import RandomProposer

__all__ = ["GridProposer", "Proposer", "RandomProposer", "portfolio_points"]
