"""A Gaussian process that learns a function from few noisy values, and where to look next.

Numerics only: arrays in, arrays out. Throughout the folder, there are `n` observations of `d`
encoded columns, X in [0, 1]^d of shape (n, d), and values y of shape (n,) to be minimised. Each
module begins with its own notation. The parts, in the order in which they are used:

- `folds`: :func:`fold_means` turns the scores on the folds into a value and a noise variance per
  observation.
- `rungs`: :func:`extrapolate` does the same for trials that were pruned before their end.
- `outputs` transforms the values to a scale on which they look normal.
- `encoding` describes the columns of X, `warp` bends the numeric ones, and `kernel` compares
  points.
- `hyperparameters` holds what is learned and its prior, `likelihood` its posterior density, and
  `fit` maximises this density.
- `process` is the posterior of the function, and :class:`Surrogate` wraps it in the user's units.
- `acquisition` is the expected improvement, and :func:`propose` maximises it.
- `points` makes Sobol points and compares points.

Examples
--------
>>> import numpy as np
>>> from sk_hpt._surrogate import Encoding, fit_surrogate, propose
>>> encoding = Encoding(levels=(None,), categorical=np.array([False]))
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
from sk_hpt._surrogate.rungs import TREND_WEIGHT, extrapolate
from sk_hpt._surrogate.surrogate import Surrogate, fit_surrogate

__all__ = [
    "TREND_WEIGHT",
    "Encoding",
    "Surrogate",
    "extrapolate",
    "fit_surrogate",
    "fold_means",
    "propose",
    "same_points",
    "sobol_points",
]
