"""Bayesian optimisation."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal, TypeAlias, TypeGuard, cast

from sklearn.model_selection import RandomizedSearchCV

from sk_hpt._proposers import BayesProposer, SequentialProposer
from sk_hpt._search.base import BaseSearchNN
from sk_hpt._search.end_rules import EndRule, NoExpectedImprovement, NoImprovement
from sk_hpt._search.initial_design import choose_initial_design
from sk_hpt._search.parameters import with_budget_first, with_common_entries
from sk_hpt._search.refused_choices import warn_if_refused
from sk_hpt._search.search_data import SearchData
from sk_hpt._sklearn import Interval, StrOptions
from sk_hpt._stop_request import StopRequest
from sk_hpt._types import InitialPoints, Seed, SpaceLike
from sk_hpt.fidelity._base import Fidelity
from sk_hpt.journal._base import SearchStart
from sk_hpt.space import Space
from sk_hpt.space._parse import check_coordinates

SpaceAndTrials: TypeAlias = tuple[dict[str, Any], int]
"""A search space with a number of trials of its own."""

SearchSpaces: TypeAlias = SpaceLike | Sequence[dict[str, Any] | SpaceAndTrials] | None
"""One search space, or several that are searched one after the other."""


@RandomizedSearchCV.register  # for tools that ask for the class, such as MLflow's autologging
@with_common_entries
@with_budget_first
@dataclass(eq=False, repr=False)
class BayesSearchNN(BaseSearchNN[BayesProposer | SequentialProposer]):
    """Bayesian optimisation over a space, by cross-validation.

    A Gaussian process learns from the finished trials how the score depends on the parameters,
    and the next trial is the one with the largest expected improvement on the best score so far.
    For a network, the first trials come from a portfolio of parameters that do well on many data
    sets, together with the estimator's own parameters. This search suits budgets of 10 to 50
    trials when each trial is expensive. The interface follows scikit-optimize's
    ``BayesSearchCV``.

    Parameters
    ----------
    search_spaces : dict, list of dicts or list of (dict, int), default=None
        Values of each parameter: a dimension of :mod:`sk_hpt.space`, a frozen scipy.stats
        distribution, a list of choices, or a range ``(low, high)`` or
        ``(low, high, "log-uniform")``, which is a range of integers if both bounds are integers.
        The dimensions of scikit-optimize are accepted as well. Each trial uses one dict of a
        list of dicts. Pairs ``(dict, n_iter)`` are searched one after the other, each with its
        own number of trials. None is :func:`sk_hpt.space.default_space`.
    n_iter : int, default=50
        Number of trials; a smaller space is searched completely, with a warning. A search with
        a `journal` can be continued with a larger `n_iter`.
    n_points : int, default=1
        Number of trials that are chosen together. Each is chosen as if the trials before it in
        the round had scored as expected. Larger values keep more workers busy, because the
        trials of a round run at the same time, and hardly lower the score that is found. With
        halving, a round has at least four trials, whatever `n_jobs` is, and the first rounds have
        more (see Notes).
    random_state : int, RandomState instance or None, default=None
        Seed or generator for choosing the trials. An int gives the same trials in each call of
        `fit`, whatever `n_jobs` is.
    initial_points : list of dicts, or dict, default=None
        Initial design in place of the portfolio: a list of dicts of parameters to evaluate
        first, or the ``cv_results_`` of an earlier search. What a dict leaves out is the
        estimator's own, moved to the nearest value in the space. The best trial of an earlier
        search is evaluated first, and all of its scores are used as noisier observations.
    n_iter_no_change : int or "auto", default=None
        When the search ends before `n_iter` trials: after this many trials in a row without a
        better mean test score, where pruned trials are counted and failed ones are not; with
        ``"auto"``, when the expected improvement of any further trial is small against the standard
        error of the best score. A search with a `journal` goes on when it is run again with a
        larger `n_iter`. Must be None with several pairs ``(dict, n_iter)``. None evaluates all
        trials.

    Attributes
    ----------
    optimizer_time_ : float
        Time in seconds for choosing the trials.
    surrogate_ : Posterior
        Model of the score after the search. ``surrogate_.predict(candidates)`` takes a list of
        dicts of parameters and returns the mean and the standard deviation of the predicted
        scores.

    See Also
    --------
    RandomSearchNN : Trials drawn at random.
    sk_hpt.space.default_space : Search space that is used if none is given.

    Notes
    -----
    With several metrics, `refit` must be the name of the one to optimise. With ``n_points=1``,
    only the folds of one trial run at the same time, so that more jobs than folds have no effect.

    With ``multi_fidelity="halving"`` the first rounds have 1, 4, 1 and 10 trials, or half of
    `n_iter` together if that is fewer. They are the initial design: the initial points or the
    portfolio, filled up with points that are spread over the space. The best of the portfolio comes
    first, then the next five in the order of the time that their networks train. Later rounds have
    four trials. With a larger `n_points` no round has fewer. The rounds are the same for any number
    of workers.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sk_hpt import BayesSearchNN
    >>> X, y = load_iris(return_X_y=True)
    >>> network = MLPClassifier(solver="lbfgs", max_iter=1000, random_state=0)
    >>> search = BayesSearchNN(
    ...     network,
    ...     {"alpha": (0.1, 100.0, "log-uniform"), "hidden_layer_sizes": [(2,), (4,), (8,)]},
    ...     n_iter=8, random_state=0,
    ... ).fit(X, y)
    >>> len(search.cv_results_["params"])
    8
    >>> mean, std = search.surrogate_.predict([search.best_params_])
    >>> bool(abs(mean[0] - search.best_score_) < 0.1)
    True
    """

    search_spaces: SearchSpaces = None
    _: KW_ONLY
    n_iter: int = 50
    n_points: int = 1
    random_state: Seed = None
    initial_points: InitialPoints | None = None
    n_iter_no_change: int | Literal["auto"] | None = None

    _needs_one_metric = "BayesSearchNN learns from one metric"
    _parameter_constraints = {
        **BaseSearchNN._parameter_constraints,
        "search_spaces": [dict, list, None],
        "n_iter": [Interval(numbers.Integral, 1, None, closed="left")],
        "n_points": [Interval(numbers.Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "initial_points": [list, dict, "array-like", None],
        "n_iter_no_change": [
            Interval(numbers.Integral, 1, None, closed="left"),
            StrOptions({"auto"}),
            None,
        ],
    }

    def _draws_from(self) -> tuple[Seed, int | None]:
        return self.random_state, self.n_iter

    def _make_proposer(
        self, data: SearchData, fidelity: Fidelity, start: SearchStart, stop: StopRequest
    ) -> BayesProposer | SequentialProposer:
        # The journal keeps a seed for a search without a random state, to resume it with.
        random_state = start.seed if self.random_state is None else self.random_state
        # All spaces are checked before the first proposer draws from the random state.
        proposers = []
        for space, n_iter, n_begun in self._spaces(data, start.n_iter):
            points, warm_start = choose_initial_design(
                self.initial_points, space, self.estimator, data.X, data.y, self._metric, fidelity
            )
            proposers.append(
                BayesProposer(
                    space,
                    n_iter,
                    max(self.n_points, fidelity.round_size),
                    random_state,
                    points,
                    warm_start,
                    n_begun,
                    stop.is_requested,
                    [max(size, self.n_points) for size in fidelity.first_rounds],
                )
            )
        return proposers[0] if len(proposers) == 1 else SequentialProposer(proposers)

    def _end_rule(self, proposer: BayesProposer | SequentialProposer) -> EndRule:
        if self.n_iter_no_change is None:
            return EndRule()
        if isinstance(proposer, SequentialProposer):
            raise ValueError(
                f"n_iter_no_change={self.n_iter_no_change!r} must be None with several search "
                "spaces that have an n_iter of their own, because it would end the search before "
                "the last space. Put the spaces into a list of dicts, or set it to None."
            )
        if self.n_iter_no_change == "auto":
            return NoExpectedImprovement(proposer)
        return NoImprovement(self.n_iter_no_change)

    def _keep_what_was_learned(self, proposer: BayesProposer | SequentialProposer) -> None:
        self.surrogate_ = proposer.posterior()
        self.optimizer_time_ = proposer.seconds

    def _spaces(self, data: SearchData, n_begun: int | None) -> list[tuple[Space, int, int | None]]:
        """Return the spaces to search one after the other, each with two numbers of trials.

        The first number is the budget now, the second the budget when the search began, which
        can differ after a search was resumed. The budget of a pair cannot be changed.
        """
        given = self.search_spaces
        has_pairs = isinstance(given, list) and any(map(_is_pair, given))
        # A list of dicts alone is one space, of which each trial uses one dict.
        described = cast(list[SpaceLike | SpaceAndTrials], given if has_pairs else [given])
        spaces: list[tuple[Space, int, int | None]] = []
        for each in described:
            # The budget of a pair is part of the space and was the same at the beginning.
            space, n_iter, begun = (
                (*each, each[1]) if _is_pair(each) else (each, self.n_iter, n_begun)
            )
            if not isinstance(n_iter, numbers.Integral) or n_iter < 1:
                raise ValueError(
                    f"n_iter={n_iter!r} must be an integer of at least 1. It is the number of "
                    f"trials of the search space {space!r}."
                )
            parsed = self._parse(space, data, sampled=True, ranges=True)
            check_coordinates(parsed)
            spaces.append((parsed, int(n_iter), begun))
        warn_if_refused([space for space, *_ in spaces], self.estimator)
        return spaces


def _is_pair(described: SpaceLike | SpaceAndTrials) -> TypeGuard[SpaceAndTrials]:
    """Return whether this is a space with a number of trials of its own."""
    return isinstance(described, tuple) and len(described) == 2
