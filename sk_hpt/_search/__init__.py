"""What a user constructs: one small class per method, on one base."""

from sk_hpt._search.bayes import BayesSearchNN
from sk_hpt._search.grid import GridSearchNN
from sk_hpt._search.random import RandomSearchNN

__all__ = ["BayesSearchNN", "GridSearchNN", "RandomSearchNN"]
