"""Grid search."""

from __future__ import annotations

from dataclasses import dataclass

from sklearn.model_selection import GridSearchCV

from sk_hpt._proposers import GridProposer
from sk_hpt._search.base import BaseSearchNN
from sk_hpt._search.parameters import with_common_entries
from sk_hpt._search.refused_choices import warn_if_refused
from sk_hpt._search.search_data import SearchData
from sk_hpt._stop_request import StopRequest
from sk_hpt._types import SpaceLike
from sk_hpt.fidelity._base import Fidelity
from sk_hpt.journal._base import SearchStart

MAX_DEFAULT_GRID_SIZE = 100
"""Largest number of points of the grid over the default space."""


@GridSearchCV.register  # for tools that ask for the class, such as MLflow's autologging
@with_common_entries
@dataclass(eq=False, repr=False)
class GridSearchNN(BaseSearchNN[GridProposer]):
    """Search over all points of a grid, by cross-validation.

    A drop-in replacement for :class:`~sklearn.model_selection.GridSearchCV` with the same
    parameters, attributes and numbers. A grid suits one to three parameters with a few values
    each. For more parameters, :class:`RandomSearchNN` finds better trials with the same
    budget [1]_.

    Parameters
    ----------
    param_grid : dict or list of dicts, default=None
        Values of each parameter: a list, tuple or array. A dimension of :mod:`sk_hpt.space` or a
        frozen scipy.stats distribution stands for about five values spread over its range. The
        grids of a list of dicts are searched one after the other. None is a coarse grid over
        :func:`sk_hpt.space.default_space` with at most 100 points.

    See Also
    --------
    RandomSearchNN : Trials drawn at random.
    BayesSearchNN : Trials chosen by a model of the scores.
    sk_hpt.space.default_space : Search space that is used if none is given.

    References
    ----------
    .. [1] J. Bergstra and Y. Bengio, "Random search for hyper-parameter optimization", Journal
       of Machine Learning Research 13 (2012), 281-305.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sk_hpt import GridSearchNN
    >>> X, y = load_iris(return_X_y=True)
    >>> network = MLPClassifier(solver="lbfgs", max_iter=1000, random_state=0)
    >>> search = GridSearchNN(
    ...     make_pipeline(StandardScaler(), network),
    ...     {"mlpclassifier__hidden_layer_sizes": [(4,), (8, 8)],
    ...      "mlpclassifier__alpha": [0.001, 1.0]},
    ... ).fit(X, y)
    >>> search.best_params_["mlpclassifier__alpha"]
    1.0
    """

    param_grid: SpaceLike | None = None

    _parameter_constraints = {
        **BaseSearchNN._parameter_constraints,
        "param_grid": [dict, list, None],
    }

    def _make_proposer(
        self, data: SearchData, fidelity: Fidelity, start: SearchStart, stop: StopRequest
    ) -> GridProposer:
        space = self._parse(self.param_grid, data, sampled=False)
        warn_if_refused([space], self.estimator)
        return GridProposer(space.grid(MAX_DEFAULT_GRID_SIZE if self.param_grid is None else None))
