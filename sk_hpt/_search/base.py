"""Base class of the searches: everything except the choice of the trials."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from typing import Any, Generic, Self, TypeVar

from sklearn.base import clone, is_classifier
from sklearn.model_selection import check_cv
from sklearn.utils import Bunch, indexable
from sklearn.utils.metadata_routing import MetadataRouter

from sk_hpt._evaluation import (
    FitRunner,
    Problem,
    check_resource,
    max_resources,
    resolve_scorer,
)
from sk_hpt._proposers import Proposer
from sk_hpt._reporting import (
    Observer,
    Observers,
    callbacks_of,
    loggers_of,
)
from sk_hpt._search.autologging import autologged
from sk_hpt._search.best import check_refit, deciding_metric
from sk_hpt._search.delegation import BestEstimatorMixin
from sk_hpt._search.end_rules import EndRule
from sk_hpt._search.ensemble import check_ensemble
from sk_hpt._search.identity import identity
from sk_hpt._search.loop import SearchLoop
from sk_hpt._search.out_of_fold import OutOfFold
from sk_hpt._search.pausing import warn_if_never_paused
from sk_hpt._search.results import ResultsMixin
from sk_hpt._search.routing import metadata_router, route_params
from sk_hpt._search.scales import warn_if_target_unscaled, warn_if_unscaled
from sk_hpt._search.search_data import SearchData
from sk_hpt._search.summary import SummaryMixin
from sk_hpt._sklearn import (
    check_method_params,
    fit_context,
    scorers_by_metric,
)
from sk_hpt._stop_request import StopRequest
from sk_hpt._trials import ResultsTable
from sk_hpt._types import Matrix, Scorer, Seed, SpaceLike, Target
from sk_hpt._warning_filters import filters_kept
from sk_hpt.fidelity._base import Fidelity
from sk_hpt.fidelity._choose import choose_fidelity
from sk_hpt.fidelity._ranking_folds import ranking_folds
from sk_hpt.journal._base import Journal, SearchStart
from sk_hpt.journal._sqlite import open_journal
from sk_hpt.space import Space, parse_space
from sk_hpt.space._parse import check_names

ProposerT = TypeVar("ProposerT", bound=Proposer)


class BaseSearchNN(BestEstimatorMixin, SummaryMixin, ResultsMixin, ABC, Generic[ProposerT]):
    """Base class of all searches; a subclass adds the space to search and chooses the trials."""

    @property
    def _metric(self) -> str:
        """Name of the metric that decides, as far as it is known before the first fit."""
        if self.scoring is None or isinstance(self.scoring, str):
            return "score"  # the only metric has no name, even if `refit` names it
        return deciding_metric(self.refit)

    def _draws_from(self) -> tuple[Seed, int | None]:
        """Return the random state and the number of trials that the draws depend on, if any."""
        return None, None

    @abstractmethod
    def _make_proposer(
        self, data: SearchData, fidelity: Fidelity, start: SearchStart, stop: StopRequest
    ) -> ProposerT:
        """Return the proposer of the trials.

        Parameters
        ----------
        data : SearchData
            The data and the folds.
        fidelity : Fidelity
            Says how many trials a search that learns should begin and go on with at once.
        start : SearchStart
            How the search began: the seed of a search without a `random_state`, and the number of
            trials. If the search is resumed from a journal, both come from the journal.
        stop : StopRequest
            Says how much time there is for drawing trials.

        Raises
        ------
        TypeError, ValueError
            If the search space or the initial points are not valid.
        """

    def _end_rule(self, proposer: ProposerT) -> EndRule:
        """Return the rule that ends the search before its budget is spent; by default none does.

        Raises
        ------
        ValueError
            If the rule cannot be used in this search.
        """
        return EndRule()

    def _keep_what_was_learned(self, proposer: ProposerT) -> None:
        """Set the fitted attributes that describe how the trials were chosen; by default none."""

    def _parse(
        self, space: SpaceLike | None, data: SearchData, *, sampled: bool, ranges: bool = False
    ) -> Space:
        """Return the given space, or the default one for None, parsed and checked.

        The options are those of :func:`~sk_hpt.space.parse_space`.
        """
        if space is None:
            space = data.default_space(self.estimator)
        parsed = parse_space(space, sampled=sampled, ranges=ranges)
        check_names(parsed, self.estimator)
        return parsed

    @autologged
    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Matrix, y: Target = None, **params: Any) -> Self:
        """Evaluate the trials by cross-validation and refit the best one on all data.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, n_samples)
            Training data; a precomputed kernel or distance matrix is square.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Targets; None for unsupervised learning.
        **params : dict of str to object
            Parameters for the estimator's ``fit``, the scorer and the splitter. With metadata
            routing enabled, each goes where it was requested. Otherwise ``groups`` goes to the
            splitter, everything else to ``fit``, and ``sample_weight`` also to the scorer.
            Arrays with one value per row are split in the same way as `X`.

        Returns
        -------
        self : object
            Fitted search.

        Raises
        ------
        ValueError
            If a parameter, the search space or the data are not valid, or if all fits failed.
        TypeError
            If a parameter or the search space has the wrong type.
        """
        stop = StopRequest(self.timeout)
        fidelity = choose_fidelity(self.multi_fidelity)
        scorer = self._scorer()
        X, y = indexable(X, y)
        check_ensemble(self.estimator, y, self.ensemble_size)
        params = check_method_params(X, params=params)
        routed = route_params(self, params, scorer)
        self._forget()
        callbacks = callbacks_of(self)
        with (
            filters_kept(),
            stop.on_interrupt(),
            open_journal(self.journal) as journal,
            callbacks.fitting(X, y, params, refit=self.refit is not False),
        ):
            problem, proposer = self._prepare(X, y, scorer, routed, fidelity, journal, stop)
            data = {"X": X, "y": y, "params": params}
            journal.check_identity(identity(self, fidelity, self._metric), data, problem.folds)
            warn_if_unscaled(problem.estimator, X)
            warn_if_target_unscaled(problem.estimator, y)
            kept = OutOfFold(self._n_members)
            table = self._search(problem, proposer, fidelity, journal, callbacks, stop, kept)
            self._set_results(table)
            self._keep_what_was_learned(proposer)
            if self.refit:
                self._refit(problem, callbacks, stop)
            if self._n_members > 1:
                self._score_ensemble(problem, table, kept, stop)
            by_metric = scorers_by_metric(scorer)
            self.scorer_ = scorer if by_metric is None else by_metric
        return self

    def get_metadata_routing(self) -> MetadataRouter:
        """Return which metadata go to the estimator, the scorer and the splitter.

        Returns
        -------
        routing : MetadataRouter
            Metadata routing of this search.
        """
        return metadata_router(self, self._scorer())

    def _scorer(self) -> Scorer:
        """Return the scorer of the test folds; raise a ValueError if `refit` does not suit it."""
        scorer = resolve_scorer(self.estimator, self.scoring, self.error_score)
        by_metric = scorers_by_metric(scorer)
        # A callable that returns a dict names its metrics only during the search.
        if by_metric is not None:
            check_refit(self.refit, by_metric, self._needs_one_metric)
        return scorer

    def _prepare(
        self,
        X: Matrix,
        y: Target,
        scorer: Scorer,
        routed: Bunch,
        fidelity: Fidelity,
        journal: Journal,
        stop: StopRequest,
    ) -> tuple[Problem, ProposerT]:
        """Return the validated problem, and the proposer of the trials."""
        cv = check_cv(self.cv, y, classifier=is_classifier(self.estimator))
        self.n_splits_ = cv.get_n_splits(X, y, **routed.splitter.split)
        # In scikit-learn's order, for users who share one RandomState among the three:
        # clone the estimator, draw the candidates, split the folds.
        estimator = clone(self.estimator)
        check_resource(estimator, fidelity.resource)
        start = journal.begin_search(*self._draws_from())
        data = SearchData(X, y, cv, routed.splitter.split)
        proposer = self._make_proposer(data, fidelity, start, stop)
        folds = data.split(self.n_splits_)
        problem = Problem(
            estimator,
            X,
            y,
            folds,
            scorer,
            routed.estimator.fit,
            routed.scorer.score,
            self.return_train_score,
            self.error_score,
            native=self.engine == "auto",
            resource=fidelity.resource,
            groups=routed.splitter.split.get("groups"),
            keeps_predictions=self._n_members > 1,
        )
        return problem.without_missing_engine(), proposer

    def _search(
        self,
        problem: Problem,
        proposer: ProposerT,
        fidelity: Fidelity,
        journal: Journal,
        callbacks: Observer,
        stop: StopRequest,
        kept: OutOfFold,
    ) -> ResultsTable:
        """Evaluate all trials."""
        n_trials, n_folds = proposer.n_trials, len(problem.folds)
        n_fits = n_trials * n_folds
        loggers = loggers_of(self.verbose, n_folds, n_trials, self.journal, self.error_score)
        observer = Observers([callbacks, *loggers])
        table = ResultsTable(n_folds, self._metric, bool(self._needs_one_metric), fidelity.n_levels)
        is_exact = self.multi_fidelity is None
        if not is_exact:
            is_classes = is_classifier(problem.estimator)
            table.ranking_folds = ranking_folds(problem.y, problem.folds, is_classes)
        loop = SearchLoop(
            proposer,
            fidelity,
            FitRunner(problem, observer, stop, self.n_jobs, self.pre_dispatch),
            journal,
            table,
            observer,
            stop,
            # How long a candidate trains is only asked where there are rungs: it costs a clone.
            partial(max_resources, problem) if fidelity.n_levels else None,
            self._n_members,
            kept,
            self._end_rule(proposer),
        )
        with observer.searching(table, n_fits, is_exact):
            reason = loop.run()
        # A search whose trials are all done was not ended early, however late it is.
        self.stop_reason_ = "completed" if table.n_resolved == n_fits else reason
        self._report(table, n_trials)
        if fidelity.n_levels and fidelity.resource is None:
            warn_if_never_paused(problem, table)
        return table
