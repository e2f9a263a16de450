"""The one search loop.

Each part answers one question, and only the loop acts on the answers. The proposer says which
candidates to try next. The fidelity says which jobs come next, and which trials are pruned. The
journal returns what an earlier run of the search has fitted already. The runner runs the other
jobs and yields their results as they finish, in any order; each goes to the journal, the table and
the observers. After a round, once the journal has it on disk, the proposer is told, in the order
of the trials. So nothing that it does next depends on which job happened to finish first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain

from sk_hpt._evaluation import FitRunner
from sk_hpt._proposers import Proposer
from sk_hpt._reporting import Observer
from sk_hpt._search.end_rules import EndRule
from sk_hpt._search.ensemble import best_pruned
from sk_hpt._search.out_of_fold import OutOfFold
from sk_hpt._search.search_data import NO_FITS
from sk_hpt._stop_request import StopReason, StopRequest
from sk_hpt._trials import FitResult, ResultsTable, Trial
from sk_hpt._types import Params
from sk_hpt.fidelity._base import Fidelity, Step, missing_jobs
from sk_hpt.journal._base import Journal

FIRST_ROUND = 1000
"""Trials of the first round where the size of rounds has no influence, at most."""

PROPOSING_SHARE = 0.1
"""Share of the time left that is spent on the proposals of a round before its first fit."""


@dataclass(frozen=True)
class SearchLoop:
    """The parts of a search, put together.

    Parameters
    ----------
    proposer : Proposer
        Which candidates to try.
    fidelity : Fidelity
        How far each trial is trained.
    runner : FitRunner
        Runs the jobs.
    journal : Journal
        Stores the results.
    table : ResultsTable
        The results so far.
    observer : Observer
        Is told of each result.
    stop : StopRequest
        Whether the search should end early.
    max_resources : callable, optional
        Returns how much of the resource a candidate gets in full, or None if it cannot have less;
        for fidelities with rungs.
    n_members : int, default=1
        Number of trials that should be complete in the end.
    out_of_fold : OutOfFold, optional
        Keeps predictions for an ensemble.
    end_rule : EndRule, optional
        Says when nothing better is expected; by default never.
    """

    proposer: Proposer
    fidelity: Fidelity
    runner: FitRunner
    journal: Journal
    table: ResultsTable
    observer: Observer
    stop: StopRequest
    max_resources: Callable[[Params], int | None] | None = None
    n_members: int = 1
    out_of_fold: OutOfFold = field(default_factory=partial(OutOfFold, 1))
    end_rule: EndRule = field(default_factory=EndRule)
    started: float = field(default_factory=time.monotonic)

    def run(self) -> StopReason:
        """Evaluate rounds of trials until the proposer has no more, or the search should end.

        Returns
        -------
        reason : str
            Reason for the end.
        """
        reason: StopReason = "completed"
        try:
            with self.runner:
                while not self._must_end() and self._run_round():
                    pass
                reason = self.stop.reason
                if reason == "no_improvement":
                    self.stop.withdraw()  # what comes after the trials may run
                self._complete_members()
        except KeyboardInterrupt:
            if not self.stop.is_requested():
                raise
        return self.stop.reason if reason == "completed" else reason

    def _complete_members(self) -> None:
        """Train the best pruned trials to their end, until enough trials are complete.

        Their results are not stored: a search that is resumed with more trials may not need them,
        and must not learn from them.
        """
        while not self._must_end():
            n_missing = self.n_members - self.table.n_scored
            jobs = missing_jobs(best_pruned(self.table, max(n_missing, 0)), self.table)
            if not jobs:
                break
            for result in self.runner.run(jobs):
                self._record(replace(result, finish_time=self._seconds()))
                self.observer.result_arrived(self.table)

    def _must_end(self) -> bool:
        """Return whether the search should end early, or nothing can be learned from its scores."""
        return self.stop.is_requested() or self.table.missing_scores.are_all

    def _run_round(self) -> bool:
        """Run the next round; return whether there was one."""
        trials = [
            trial
            for params in self._candidates()
            for trial in self.table.add_trials([params], self.max_resources)
        ]
        # The end may have been requested meanwhile.
        if not trials or self.stop.is_requested():
            return False
        self.journal.begin_round(trials)
        self._evaluate(trials)
        if self.proposer.learns:
            self.proposer.tell(trials, self.table.scores_on_all_rungs(trials))
            self._end_if_over()
        return True

    def _end_if_over(self) -> None:
        """Request the end of the search if its rule names a last trial.

        Later trials that were begun meanwhile are removed; a round that is learned from stays
        whole. A search that ended there with a smaller budget goes on.
        """
        if self.stop.is_requested():
            return
        n_iter = self.proposer.n_trials
        while (trial := self.end_rule.last_trial(self.table)) is not None:
            if (self.journal.earlier_end(trial) or n_iter) >= n_iter:
                self.journal.append_end(trial, n_iter)
                if not self.proposer.learns:
                    self.table.cut(trial + 1)
                self.stop.request("no_improvement")
                break

    def _candidates(self) -> Iterator[Params]:
        """Ask for the candidates of a round.

        A search may have more candidates than it has time for: then no fit waits for all of them.
        """
        size = self.proposer.round_size
        if self.proposer.learns:
            yield from self.proposer.ask(size)
            return
        if self.fidelity.compares_trials:
            is_enough = self.stop.is_requested
        else:
            # Rounds of any size give the same results. Each is as large as all before it, so that
            # proposing takes a small part of the time, and workers wait for the last fit of a
            # round only a few times.
            size = max(FIRST_ROUND, len(self.table.trials))
            is_enough = self.stop.when_spent(PROPOSING_SHARE)
        while size and (candidates := self.proposer.ask(1)):
            yield from candidates
            size = 0 if is_enough() else size - 1

    def _evaluate(self, trials: Sequence[Trial]) -> None:
        """Take the fidelity's steps until there is nothing left to do for these trials."""
        while not self._must_end():
            if not self._take(self.fidelity.next_step(trials, self.table)):
                break
        for result in self.journal.end_round(trials, is_over=not self._must_end()):
            self.table.record(result)

    def _take(self, step: Step) -> bool:
        """Take a step; return whether there was anything to do."""
        self.table.prune(step.pruned)
        self.runner.prune(step.pruned)
        known, jobs = self.journal.known(step.jobs)
        for result in known:
            self.table.record(result)
        self.observer.results_known(sum(result.is_complete for result in known))
        if known and not self.proposer.learns:
            self._end_if_over()
        # Jobs may be made lazily, so whether there are any shows when the first is asked for.
        jobs = iter(jobs)
        first = next(jobs, None)
        if first is None:
            return bool(known)
        has_results = False
        for result in self.runner.run(chain([first], jobs)):
            has_results = True
            result = replace(result, finish_time=self._seconds())
            self.journal.append(result)
            self._record(result)
            if not self.proposer.learns:
                self._end_if_over()
            self.observer.result_arrived(self.table)
        if not has_results and not self.stop.is_requested():
            # No progress would be made another time either, as with pre_dispatch=0.
            raise ValueError(NO_FITS)
        return has_results

    def _record(self, result: FitResult) -> None:
        """Enter a new result into the table, and keep its predictions."""
        self.table.record(result)
        self.out_of_fold.keep(result, self.table)

    def _seconds(self) -> float:
        """Return how long the search has run, without the pauses between its runs."""
        return self.journal.seconds + time.monotonic() - self.started
