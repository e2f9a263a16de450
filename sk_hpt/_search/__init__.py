"""The three searches, one small class each on a common base.

:class:`BaseSearchNN` has ``fit``, which runs the loop in ``loop.py`` and chooses the best trial. A
subclass adds the parameters of its own and returns the proposer of its trials. The constructors
are made from the parameters, which are the fields of dataclasses (``parameters.py``). The mixins
of the base class use the best estimator (``delegation.py``) and describe a fitted search
(``summary.py``).
"""

from sk_hpt._search.bayes import BayesSearchNN
from sk_hpt._search.grid import GridSearchNN
from sk_hpt._search.random import RandomSearchNN

__all__ = ["BayesSearchNN", "GridSearchNN", "RandomSearchNN"]
