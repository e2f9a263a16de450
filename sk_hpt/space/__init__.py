"""What may be tried.

A :class:`Space` is what `param_grid`, `param_distributions` and `search_spaces` become once they
are parsed. Three things are asked of it: random settings (:meth:`Space.sample`), a grid
(:meth:`Space.grid`) and coordinates in the unit cube (:meth:`Space.encode`,
:meth:`Space.decode`). Users describe it with the dimension objects of this package, with lists
and with scipy.stats distributions, in any mixture.
"""

from sk_hpt.space._categorical import Categorical
from sk_hpt.space._defaults import default_space
from sk_hpt.space._dimension import Dimension
from sk_hpt.space._distribution import Distribution
from sk_hpt.space._hidden_layers import HiddenLayers
from sk_hpt.space._numeric import Integer, Real
from sk_hpt.space._parse import check_coordinates, check_names, parse_space
from sk_hpt.space._space import Space, SubSpace

__all__ = [
    "Categorical",
    "Dimension",
    "Distribution",
    "HiddenLayers",
    "Integer",
    "Real",
    "Space",
    "SubSpace",
    "check_coordinates",
    "check_names",
    "default_space",
    "parse_space",
]
