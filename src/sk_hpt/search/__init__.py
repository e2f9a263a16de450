"""What a user constructs: one small class per method, on one base."""

from sk_hpt.search._bayes import BayesSearchNN
from sk_hpt.search._grid import GridSearchNN
from sk_hpt.search._random import RandomSearchNN

__all__ = ["BayesSearchNN", "GridSearchNN", "RandomSearchNN"]
