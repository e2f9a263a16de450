"""Search spaces: what may be tried.

A search space is a dict from parameter names to values, or a list of such dicts. The values of a
parameter are a list of choices, a frozen scipy.stats distribution, or a dimension of this
package, in any mixture. All three searches take the same spaces.

The dimensions for users:

- :class:`Real` and :class:`Integer`, ranges of numbers, linear or logarithmic
- :class:`Categorical`, choices without an order
- :class:`HiddenLayers`, depths and widths of a network

:func:`default_space` makes a space for a network, and :func:`parse_space` turns any space into a
:class:`Space`, which draws samples, makes a grid, and encodes parameters in the unit cube.
"""

from sk_hpt.space._categorical import Categorical
from sk_hpt.space._defaults import default_space
from sk_hpt.space._hidden_layers import HiddenLayers
from sk_hpt.space._numeric import Integer, Real
from sk_hpt.space._parse import parse_space
from sk_hpt.space._space import Space

__all__ = [
    "Categorical",
    "HiddenLayers",
    "Integer",
    "Real",
    "Space",
    "default_space",
    "parse_space",
]
