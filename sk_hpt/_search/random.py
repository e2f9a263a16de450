"""Random search."""

from __future__ import annotations

import numbers
from dataclasses import KW_ONLY, dataclass

from sklearn.model_selection import RandomizedSearchCV

from sk_hpt._proposers import RandomProposer
from sk_hpt._search.base import BaseSearchNN
from sk_hpt._search.end_rules import EndRule, NoImprovement
from sk_hpt._search.initial_design import parse_initial_points
from sk_hpt._search.loop import PROPOSING_SHARE
from sk_hpt._search.parameters import with_budget_first, with_common_entries
from sk_hpt._search.refused_choices import warn_if_refused
from sk_hpt._search.search_data import SearchData
from sk_hpt._sklearn import Interval
from sk_hpt._stop_request import StopRequest
from sk_hpt._types import InitialPoints, Seed, SpaceLike
from sk_hpt.fidelity._base import Fidelity
from sk_hpt.journal._base import SearchStart


@RandomizedSearchCV.register  # for tools that ask for the class, such as MLflow's autologging
@with_common_entries
@with_budget_first
@dataclass(eq=False, repr=False)
class RandomSearchNN(BaseSearchNN[RandomProposer]):
    """Search over trials drawn at random, by cross-validation.

    A drop-in replacement for :class:`~sklearn.model_selection.RandomizedSearchCV` with the same
    parameters, attributes and numbers. The same `random_state` gives the same candidates.

    Parameters
    ----------
    param_distributions : dict or list of dicts, default=None
        Values of each parameter to draw from: a list, tuple or array, a frozen scipy.stats
        distribution (or any object with ``rvs``), or a dimension of :mod:`sk_hpt.space`. Each
        trial draws from one dict of a list of dicts. If all values are lists, the trials are
        drawn without replacement. None is :func:`sk_hpt.space.default_space`.
    n_iter : int, default=10
        Number of trials. A search with a `journal` can be continued with a larger `n_iter`.
    random_state : int, RandomState instance or None, default=None
        Seed or generator for drawing the trials. An int gives the same trials in each call of
        `fit`.
    initial_points : list of dicts, or dict, default=None
        Trials to evaluate first, in place of the last draws: a list of dicts of parameters, or
        the ``cv_results_`` of an earlier search, of which the best trial is evaluated. A dict may
        leave out parameters: these are the estimator's own, moved to the nearest value in the
        space. So ``[{}]`` evaluates the estimator's own parameters first. None draws all trials.
    n_iter_no_change : int, default=None
        Number of trials in a row without a better mean test score after which the search ends;
        failed trials are not counted. `n_iter` is then the largest number of trials. The search
        ends at the same trial for any `n_jobs`. A search with a `journal` goes on when it is run
        again with a larger `n_iter`. Must be None with `multi_fidelity`, which compares all trials
        of a random search at once. None evaluates all trials.

    See Also
    --------
    GridSearchNN : All points of a grid.
    BayesSearchNN : Trials chosen by a model of the scores.
    sk_hpt.space.default_space : Search space that is used if none is given.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.neural_network import MLPRegressor
    >>> from sk_hpt import RandomSearchNN
    >>> from sk_hpt.space import HiddenLayers, Real
    >>> X, y = load_diabetes(return_X_y=True)
    >>> y = (y - y.mean()) / y.std()
    >>> network = MLPRegressor(solver="lbfgs", max_iter=1000, random_state=0)
    >>> search = RandomSearchNN(
    ...     network,
    ...     {"hidden_layer_sizes": HiddenLayers((1, 2), (2, 8)),
    ...      "alpha": Real(1e-2, 10.0, log=True)},
    ...     n_iter=4, random_state=0,
    ... ).fit(X, y)
    >>> [params["hidden_layer_sizes"] for params in search.cv_results_["params"]]
    [(4, 4), (3, 7), (6,), (2, 2)]
    """

    param_distributions: SpaceLike | None = None
    _: KW_ONLY
    n_iter: int = 10
    random_state: Seed = None
    initial_points: InitialPoints | None = None
    n_iter_no_change: int | None = None

    @property
    def _needs_one_metric(self) -> str:
        if self.n_iter_no_change is not None:
            return f"n_iter_no_change={self.n_iter_no_change} compares trials by one metric"
        return super()._needs_one_metric

    _parameter_constraints = {
        **BaseSearchNN._parameter_constraints,
        "param_distributions": [dict, list, None],
        "n_iter": [Interval(numbers.Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "initial_points": [list, dict, "array-like", None],
        "n_iter_no_change": [Interval(numbers.Integral, 1, None, closed="left"), None],
    }

    def _draws_from(self) -> tuple[Seed, int | None]:
        return self.random_state, self.n_iter

    def _make_proposer(
        self, data: SearchData, fidelity: Fidelity, start: SearchStart, stop: StopRequest
    ) -> RandomProposer:
        space = self._parse(self.param_distributions, data, sampled=True)
        warn_if_refused([space], self.estimator)
        points, _ = parse_initial_points(
            self.initial_points, space, self._metric, self.estimator, data.X
        )
        # The journal keeps a seed for a search without a random state, to resume it with.
        random_state = start.seed if self.random_state is None else self.random_state
        is_late = stop.when_spent(PROPOSING_SHARE)
        return RandomProposer(space, self.n_iter, random_state, points, start.n_iter, is_late)

    def _end_rule(self, proposer: RandomProposer) -> EndRule:
        if self.n_iter_no_change is None:
            return EndRule()
        if self.multi_fidelity is not None:
            raise ValueError(
                f"n_iter_no_change={self.n_iter_no_change} must be None with "
                f"multi_fidelity={self.multi_fidelity!r}, because all trials of a random search "
                "are compared at once. Use BayesSearchNN, which compares them in rounds, or limit "
                "the search by n_iter or timeout."
            )
        return NoImprovement(self.n_iter_no_change)
