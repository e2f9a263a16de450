"""What all searches share: everything but the proposals."""

from __future__ import annotations

import numbers
import os
import time
from abc import ABCMeta, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier
from sklearn.metrics import get_scorer_names
from sklearn.model_selection import check_cv
from sklearn.utils import indexable
from sklearn.utils.metadata_routing import MetadataRouter

from sk_hpt._evaluation import Evaluator, FoldEvaluation, resolve_scorer
from sk_hpt._proposers import Proposer
from sk_hpt._reporting import (
    Epochs,
    Messages,
    NullCallbacks,
    NullEpochs,
    NullProgress,
    ProgressLine,
    callbacks_of,
    convergence_counted,
    report_convergence,
    report_early_end,
    report_failures,
)
from sk_hpt._search.best import best_index, check_refit
from sk_hpt._search.delegation import BestEstimatorMixin
from sk_hpt._search.loop import SearchLoop
from sk_hpt._search.routing import metadata_router, route_params
from sk_hpt._search.scales import warn_of_scales
from sk_hpt._search.summary import SummaryMixin
from sk_hpt._sklearn import (
    CallbackSupportMixin,
    HasMethods,
    Interval,
    StrOptions,
    check_method_params,
    fit_context,
    num_samples,
    scorers_by_metric,
    split_indices,
)
from sk_hpt._stop_request import COMPLETED, StopRequest
from sk_hpt._trials import ResultsTable
from sk_hpt.fidelity import Fidelity, choose_fidelity
from sk_hpt.journal import Journal, Origin, open_journal
from sk_hpt.space import Space, default_space, parse_space
from sk_hpt.space._parse import check_names

WITHOUT_INFLUENCE = {
    *("n_iter", "timeout", "n_jobs", "pre_dispatch", "verbose", "refit", "journal"),
    "random_state",  # the journal sees to it
}
"""Parameters that may change when a search is resumed from its journal."""


class BaseSearchNN(
    BestEstimatorMixin,
    MetaEstimatorMixin,
    CallbackSupportMixin,
    SummaryMixin,
    BaseEstimator,
    metaclass=ABCMeta,
):
    """Base class of all searches; a child says which trials are tried."""

    _needs_one_metric = ""
    """Why one of several metrics must decide while the search runs; empty if it need not."""

    # What scikit-learn's own validation reads at fit.
    _parameter_constraints: dict[str, Any] = {
        "estimator": [HasMethods(["fit"])],
        "scoring": [StrOptions(set(get_scorer_names())), callable, list, tuple, dict, None],
        "n_jobs": [numbers.Integral, None],
        "refit": ["boolean", str, callable],
        "cv": ["cv_object"],
        "verbose": ["verbose"],
        "pre_dispatch": [numbers.Integral, str],
        "error_score": [StrOptions({"raise"}), numbers.Real],
        "return_train_score": ["boolean"],
        "multi_fidelity": "no_validation",
        "timeout": [Interval(numbers.Real, 0, None, closed="neither"), None],
        "journal": [str, os.PathLike, None],
        "engine": [StrOptions({"auto", "sklearn"})],
    }

    @abstractmethod
    def __init__(
        self,
        estimator: Any,
        *,
        scoring: Any = None,
        n_jobs: int | None = None,
        refit: Any = True,
        cv: Any = None,
        verbose: int = 0,
        pre_dispatch: int | str = "2*n_jobs",
        error_score: Any = np.nan,
        return_train_score: bool = False,
        multi_fidelity: Any = None,
        timeout: float | None = None,
        journal: Any = None,
        engine: str = "auto",
    ) -> None:
        self.estimator = estimator
        self.scoring = scoring
        self.n_jobs = n_jobs
        self.refit = refit
        self.cv = cv
        self.verbose = verbose
        self.pre_dispatch = pre_dispatch
        self.error_score = error_score
        self.return_train_score = return_train_score
        self.multi_fidelity = multi_fidelity
        self.timeout = timeout
        self.journal = journal
        self.engine = engine

    @abstractmethod
    def _make_proposer(self, X: Any, y: Any, origin: Origin) -> Proposer:
        """What proposes the trials, from a space that has been checked."""

    @property
    def _metric(self) -> str:
        """Name of the metric that decides."""
        return self.refit if isinstance(self.refit, str) else "score"

    def _keep_what_was_learned(self, proposer: Any) -> None:
        """Set attributes about how the trials were chosen."""

    def _parse(self, space: Any, X: Any, *, sampled: bool, ranges: bool = False) -> Space:
        """The space that a user gave, or the default one, parsed and checked."""
        if space is None:
            space = default_space(self.estimator, n_samples=num_samples(X))
        parsed = parse_space(space, sampled=sampled, ranges=ranges)
        check_names(parsed, self.estimator)
        return parsed

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any = None, **params: Any) -> Self:
        """Try the candidates by cross-validation and refit the best on all data.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, n_samples)
            The data; a precomputed kernel or distance matrix is square.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            The targets; None for unsupervised learning.
        **params : dict of str to object
            Passed on to the estimator's ``fit``, the scorer and the splitter, by metadata
            routing if that is enabled. Otherwise ``groups`` goes to the splitter,
            ``sample_weight`` to the scorer too, and all but ``groups`` to ``fit``; what has one
            value per row is split with `X`.

        Returns
        -------
        self : object
            The fitted search.

        Raises
        ------
        ValueError
            If a parameter, the space or the data make no search, or if every fit failed.
        TypeError
            If a parameter or the space is of the wrong type.
        """
        stop = StopRequest(self.timeout)
        fidelity = choose_fidelity(self.multi_fidelity)
        scorer = self._scorer()
        X, y = indexable(X, y)
        params = check_method_params(X, params=params)
        routed = route_params(self, params, scorer)
        self._forget()
        callbacks = callbacks_of(self)
        with (
            stop.on_interrupt(),
            open_journal(self.journal) as journal,
            callbacks.fitting(X, y, params, refit=self.refit is not False),
        ):
            cv = check_cv(self.cv, y, classifier=is_classifier(self.estimator))
            self.n_splits_ = cv.get_n_splits(X, y, **routed.splitter.split)
            # In scikit-learn's order, for whoever shares one RandomState among the three:
            # clone the estimator, draw the candidates, split the folds.
            estimator = clone(self.estimator)
            drawing = (getattr(self, name, None) for name in ("random_state", "n_iter"))
            proposer = self._make_proposer(X, y, journal.origin(*drawing))
            folds = self._split(cv, X, y, routed.splitter.split)
            journal.identify(self._identity(fidelity), {"X": X, "y": y, "params": params}, folds)
            warn_of_scales(estimator, X)
            evaluation = FoldEvaluation(
                estimator,
                X,
                y,
                scorer,
                routed.estimator.fit,
                routed.scorer.score,
                self.return_train_score,
                self.error_score,
                Messages(self.verbose, len(folds), proposer.n_trials, self.error_score),
                native=self.engine == "auto",
                stop=stop,
                epochs=Epochs() if self.verbose == 1 else NullEpochs(),
            )
            table = self._search(proposer, fidelity, evaluation, folds, journal, callbacks)
            self._select_best(table)
            self._keep_what_was_learned(proposer)
            if self.refit:
                self._refit(evaluation, callbacks)
            by_metric = scorers_by_metric(scorer)
            self.scorer_ = scorer if by_metric is None else by_metric
        return self

    def get_metadata_routing(self) -> MetadataRouter:
        """Say where metadata goes: to the estimator, the scorer and the splitter.

        Returns
        -------
        routing : MetadataRouter
            The routing of this object.
        """
        return metadata_router(self, self._scorer())

    def _scorer(self) -> Any:
        scorer = resolve_scorer(self.estimator, self.scoring, self.error_score)
        by_metric = scorers_by_metric(scorer)
        if by_metric is not None:
            self._check_refit(by_metric)
        return scorer

    def _check_refit(self, metrics: Collection[str]) -> None:
        reason = self._needs_one_metric
        if self.multi_fidelity is not None:
            reason = reason or f"multi_fidelity={self.multi_fidelity!r} decides by one metric"
        check_refit(self.refit, metrics, reason)

    def _split(self, cv: Any, X: Any, y: Any, params: Mapping[str, Any]) -> list[tuple[Any, Any]]:
        folds = [split_indices(X, train, test) for train, test in cv.split(X, y, **params)]
        if len(folds) != self.n_splits_:
            raise ValueError(
                "cv.split and cv.get_n_splits return inconsistent results. "
                f"Expected {self.n_splits_} splits, got {len(folds)}"
            )
        return folds

    def _identity(self, fidelity: Fidelity) -> dict[str, Any]:
        """What makes a search another one: all but its budget, its speed and how it is shown."""
        return {
            "search": type(self),
            **{n: v for n, v in self.get_params(deep=False).items() if n not in WITHOUT_INFLUENCE},
            "multi_fidelity": fidelity,
            "metric": self._metric,
        }

    def _forget(self) -> None:
        """Drop what an earlier fit found: not every attribute is set again by each fit."""
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)

    def _search(
        self,
        proposer: Proposer,
        fidelity: Fidelity,
        evaluation: FoldEvaluation,
        folds: Sequence[tuple[Any, Any]],
        journal: Journal,
        callbacks: NullCallbacks,
    ) -> ResultsTable:
        n_fits = proposer.n_trials * len(folds)
        in_parts = self.multi_fidelity is not None
        if self.verbose > 0:
            print(
                f"Fitting {len(folds)} folds for each of {proposer.n_trials} candidates, "
                f"totalling {'at most ' if in_parts else ''}{n_fits} fits"
            )
        loop = SearchLoop(
            proposer,
            fidelity,
            Evaluator(evaluation, folds, callbacks, self.n_jobs, self.pre_dispatch),
            journal,
            ResultsTable(len(folds), self._metric, bool(self._needs_one_metric) or in_parts),
            # From verbose=2 on every fit prints a line of its own.
            ProgressLine(n_fits, epochs=evaluation.epochs) if self.verbose == 1 else NullProgress(),
            evaluation.stop,
        )
        with callbacks.searching(None if in_parts else n_fits), convergence_counted():
            loop.run()
        # Late or not: what was all done was not ended.
        all_done = loop.table.n_settled == proposer.n_trials * len(folds)
        self.stop_reason_ = COMPLETED if all_done else evaluation.stop.reason
        if self.stop_reason_ != COMPLETED:
            report_early_end(loop.table, self.stop_reason_, self.timeout)
        if not loop.table.n_done:
            raise ValueError(
                "No fits were performed. Was the CV iterator empty? Were there no candidates?"
            )
        report_convergence(loop.table.n_unconverged, loop.table.n_done)
        report_failures(loop.table.errors, loop.table.n_done, self.error_score)
        return loop.table

    def _select_best(self, table: ResultsTable) -> None:
        """Set ``cv_results_`` and, where one trial is the best, ``best_*``."""
        results = table.to_cv_results(
            self.error_score, self.return_train_score, self.multi_fidelity is not None
        )
        self.multimetric_ = table.multimetric
        metric = "score"
        if self.multimetric_:
            # What a callable scoring returns is known only now.
            self._check_refit(table.metrics)
            metric = self.refit
        if self.refit or not self.multimetric_:
            self.best_index_ = best_index(results, metric, self.refit)
            self.best_params_ = results["params"][self.best_index_]
            if not callable(self.refit):
                self.best_score_ = results[f"mean_test_{metric}"][self.best_index_]
        self.cv_results_ = results
        self.learning_curves_ = table.learning_curves(self.multi_fidelity is not None)
        self.finish_times_ = table.finish_times(self.multi_fidelity is not None)

    def _refit(self, evaluation: FoldEvaluation, callbacks: NullCallbacks) -> None:
        best = clone(evaluation.estimator).set_params(**clone(self.best_params_, safe=False))
        started = time.time()
        evaluation.refit(best, callbacks.refit())
        self.refit_time_ = time.time() - started
        self.best_estimator_ = best
        if hasattr(best, "feature_names_in_"):
            self.feature_names_in_ = best.feature_names_in_
