"""The one search loop.

Each part answers one question, and only the loop acts on the answers. The proposer says which
settings to try next. The fidelity says which folds to fit, and how far, and which trials to drop.
The journal answers what an earlier run has fitted already. The evaluator fits the others and
yields results as they finish, in any order, which go to the journal, the table and the progress
line. When a round is over, and the journal has it on disk, the proposer is told, in the order of
the trials, so that what it does next does not depend on which fit happened to finish first.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from sk_hpt._evaluation import Evaluator
from sk_hpt._proposers import Proposer
from sk_hpt._reporting import NullProgress
from sk_hpt._stop_request import StopRequest
from sk_hpt._trials import ResultsTable, Trial
from sk_hpt._types import Params
from sk_hpt.fidelity import Fidelity, Step
from sk_hpt.journal._base import Journal


@dataclass(frozen=True)
class SearchLoop:
    """The parts of a search, put together."""

    proposer: Proposer
    fidelity: Fidelity
    evaluator: Evaluator
    journal: Journal
    table: ResultsTable
    progress: NullProgress
    stop: StopRequest
    began: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        """Evaluate rounds of trials until the proposer has no more, or the search should end."""
        try:
            with self.evaluator, self.progress.watching(self.table):
                while not self.stop.is_requested() and self._run_round():
                    pass
        except KeyboardInterrupt:
            if not self.stop.is_requested():
                raise
        self.progress.close(self.table)

    def _run_round(self) -> bool:
        """Whether there was one more round."""
        proposals = self.proposer.ask(self.proposer.round_size)
        if proposals:
            trials = self.table.enroll(proposals, self._max_epochs)
            self.journal.begin_round(trials)
            self._evaluate(trials)
            self.proposer.tell(trials, self.table.rung_scores(trials, self.fidelity.depth))
        return bool(proposals)

    def _seconds(self) -> float:
        """How long the search has run, without the pauses between its runs."""
        return self.journal.seconds + time.monotonic() - self.began

    def _max_epochs(self, params: Params) -> int | None:
        return self.evaluator.max_epochs(params) if self.fidelity.depth else None

    def _evaluate(self, trials: Sequence[Trial]) -> None:
        while not self.stop.is_requested():
            if not self._take(self.fidelity.next_step(trials, self.table)):
                break
        for result in self.journal.end_round(trials, is_over=not self.stop.is_requested()):
            self.table.append(result)

    def _take(self, step: Step) -> bool:
        """Take a step; whether there was anything to do."""
        self.table.drop(step.dropped)
        self.evaluator.drop(step.dropped)
        known, fits = self.journal.known(step.fits)
        for result in known:
            self.table.append(result)
        self.progress.recall(sum(result.is_complete for result in known))
        fits = iter(fits)
        first = next(fits, None)
        if first is None:
            return bool(known)
        for result in self.evaluator.run(chain([first], fits)):
            result = replace(result, finish_time=self._seconds())
            self.journal.append(result)
            self.table.append(result)
            self.progress.update(self.table)
        return True
