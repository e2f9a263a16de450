"""The fitted attributes of a search: its results, its best trial and its refitted estimator."""

from __future__ import annotations

import time

import numpy as np

from sk_hpt._evaluation import FitRunner, Problem, refit
from sk_hpt._reporting import (
    Observer,
    raise_without_scores,
    report_convergence,
    report_early_end,
    report_ensemble_score,
    report_failures,
    report_members,
)
from sk_hpt._search.best import best_index, check_refit, deciding_metric
from sk_hpt._search.ensemble import fit_ensemble, member_rows
from sk_hpt._search.out_of_fold import OutOfFold
from sk_hpt._search.parameters import SearchParameters
from sk_hpt._search.search_data import NO_FITS
from sk_hpt._stop_request import StopReason, StopRequest
from sk_hpt._trials import ResultsTable, scored_metrics
from sk_hpt._types import CVResults, Params


class ResultsMixin(SearchParameters):
    """Sets the fitted attributes of a search after its trials."""

    cv_results_: CVResults
    stop_reason_: StopReason

    @property
    def _needs_one_metric(self) -> str:
        """Reason why a single metric must decide while the search runs; empty if there is none."""
        if self.multi_fidelity is None:
            return ""
        return f"multi_fidelity={self.multi_fidelity!r} compares trials by one metric"

    @property
    def _n_members(self) -> int:
        """Number of trials that are refitted, at least 1."""
        return self.ensemble_size if self.refit else 1

    def _forget(self) -> None:
        """Delete the results of an earlier fit: not every attribute is set again by each fit."""
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)

    def _report(self, table: ResultsTable, n_trials: int) -> None:
        """Warn of an early end and of fits that failed; raise if there is nothing to choose."""
        reason = self._needs_one_metric
        if table.missing_scores.are_all:
            raise_without_scores(table, self.scoring, reason, n_trials)
        if self.stop_reason_ not in ("completed", "no_improvement"):
            will_refit = self.refit is not False
            report_early_end(
                table, self.stop_reason_, n_trials, self.timeout, will_refit, self.journal
            )
        if not table.n_done:
            raise ValueError(NO_FITS)
        report_convergence(table.n_unconverged, table.n_done)
        report_failures(table.errors, table.n_done, self.error_score)
        # A number for fits that failed compares trials too.
        numbers = [
            table.best_mean_score(),
            np.nan if self.error_score == "raise" else self.error_score,
        ]
        if reason and not np.isfinite(numbers).any():
            raise_without_scores(table, self.scoring, reason, n_trials)

    def _set_results(self, table: ResultsTable) -> None:
        """Set ``cv_results_`` and, where one trial is the best, ``best_*``."""
        prunes = self.multi_fidelity is not None
        results = table.to_cv_results(self.error_score, self.return_train_score, prunes)
        self.multimetric_ = table.multimetric
        if self.multimetric_:
            # The metrics of a callable scoring are known only now.
            check_refit(self.refit, table.metrics, self._needs_one_metric)
        metric = deciding_metric(self.refit, table.metrics)
        # A single metric has a best trial also with refit=False.
        if self.refit or not self.multimetric_:
            self.best_index_ = best_index(results, metric, self.refit)
            self.best_params_: Params = results["params"][self.best_index_]
            # As in scikit-learn, because a callable may have chosen by another score.
            if not callable(self.refit):
                self.best_score_: float = results[f"mean_test_{metric}"][self.best_index_]
        self.cv_results_ = results
        self.learning_curves_ = table.learning_curves(prunes)
        self.finish_times_ = table.finish_times(prunes)
        self.fit_log_ = table.fit_log(prunes)

    def _refit(self, problem: Problem, callbacks: Observer, stop: StopRequest) -> None:
        """Set ``best_estimator_``, and the rows of its members if it is an ensemble."""
        observer = callbacks.for_refit()
        started = time.time()
        if self._n_members == 1:
            best = problem.candidate(self.best_params_)
            refit(problem, best, observer, stop)
        else:
            best, rows = fit_ensemble(
                problem,
                self.cv_results_["params"],
                self._member_rows(),
                observer,
                stop,
                self.n_jobs,
            )
            self.ensemble_indices_ = np.array(rows)
            report_members(len(rows), self.ensemble_size)
        self.refit_time_ = time.time() - started
        self.best_estimator_ = best
        if hasattr(best, "feature_names_in_"):
            self.feature_names_in_ = best.feature_names_in_

    def _score_ensemble(
        self, problem: Problem, table: ResultsTable, kept: OutOfFold, stop: StopRequest
    ) -> None:
        """Set ``ensemble_score_``."""
        trials = table.shown_trials(self.multi_fidelity is not None)
        members = [trials[row] for row in self.ensemble_indices_]
        runner = FitRunner(problem, Observer(), stop, self.n_jobs, self.pre_dispatch)
        kept.complete(members, runner, table.n_folds)
        metric = deciding_metric(self.refit, scored_metrics(self.cv_results_))
        scores = kept.fold_scores(problem, members, metric)
        self.ensemble_score_ = float(np.mean(scores))
        report_ensemble_score(scores, table.fold_scores(members[:1])[0])

    def _member_rows(self) -> list[int]:
        """Return the rows of the best trials, as many as the ensemble should have."""
        metric = deciding_metric(self.refit, scored_metrics(self.cv_results_))
        best = int(self.best_index_)
        rows = member_rows(self.cv_results_, metric, best, self.learning_curves_)
        return rows[: self.ensemble_size]
