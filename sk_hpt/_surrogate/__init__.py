"""A Gaussian process that learns a function from few noisy values, and where to look next.

Numerics only: arrays in, arrays out. Notation throughout: `n` observations of `d` encoded
columns, X in [0, 1]^d of shape (n, d), y of shape (n,) to be minimised.

The parts, in the order in which they are used:

- :func:`fold_means` turns scores per fold into a value and a noise variance per observation,
  :func:`extrapolate` also scores of networks that were dropped before their end.
- `_outputs` brings the values to a scale on which they look normal.
- `_warp` bends the numeric columns, `_kernel` compares points, `_hyperparameters` says what is
  learned and what is believed of it beforehand, `_likelihood` weighs the two, `_fit` maximises.
- `_process` is the posterior; :class:`Surrogate` is the posterior in the user's units.
- `_acquisition` says how much a point promises, :func:`propose` finds the most promising.

Examples
--------
>>> import numpy as np
>>> from sk_hpt._surrogate import Encoding, fit_surrogate, propose
>>> columns = Encoding(levels=(None,), categorical=np.array([False]))
>>> X = np.array([[0.1], [0.5], [0.9]])
>>> y = (X[:, 0] - 0.4) ** 2
>>> rng = np.random.default_rng(0)
>>> surrogate = fit_surrogate(X, y, np.zeros(3), encoding, rng)
>>> x = propose(surrogate, snap=lambda X: X, tried=X, rng=rng)
>>> bool(0.2 < x[0] < 0.7)
True
"""

from sk_hpt._surrogate.encoding import Encoding
from sk_hpt._surrogate.folds import fold_means
from sk_hpt._surrogate.points import same_points, sobol_points
from sk_hpt._surrogate.propose import propose
from sk_hpt._surrogate.rungs import extrapolate
from sk_hpt._surrogate.surrogate import Surrogate, fit_surrogate

__all__ = [
    "Encoding",
    "Surrogate",
    "extrapolate",
    "fit_surrogate",
    "fold_means",
    "propose",
    "same_points",
    "sobol_points",
]
