"""The loop with a made-up part in each slot."""

from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest

from sk_hpt._reporting import Observer
from sk_hpt._search.loop import FIRST_ROUND, SearchLoop
from sk_hpt._stop_request import StopRequest
from sk_hpt._trials import FitResult, Job, ResultsTable
from sk_hpt.fidelity._base import Fidelity, Step
from sk_hpt.fidelity._full import FullFidelity
from sk_hpt.fidelity._race import Race
from sk_hpt.journal._base import Journal


class TwoRounds:
    """Proposes two rounds of three trials, and writes down what it is told."""

    learns, n_trials, round_size = True, 6, 3

    def __init__(self):
        self.heard, self.rounds = (
            [],
            [[{"a": 0}, {"a": 1}, {"a": 2}], [{"a": 3}, {"a": 4}, {"a": 5}]],
        )

    def ask(self, n):
        assert n == 3
        return self.rounds.pop(0) if self.rounds else []

    def tell(self, trials, scores):
        self.heard.append(([trial.number for trial in trials], scores[:, -1].mean(axis=1).tolist()))


class Backwards(nullcontext):
    """Finishes the last job first."""

    def __init__(self, log):
        super().__init__()
        self.log = log

    def prune(self, trials):
        self.log.extend(("prune", trial.number) for trial in trials)

    def run(self, jobs):
        for job in reversed(list(jobs)):
            self.log.append(("fit", *job.cell))
            yield FitResult(*job.cell, 0.0, 0.0, float(job.trial.params["a"]))


class Remembers(Journal):
    """Knows one fold of trial 1, and another of trial 4 that nobody may ask for."""

    def __init__(self, log):
        self.log = log

    def begin_round(self, trials):
        self.log.append(("begin_round", [trial.number for trial in trials]))

    def known(self, fits):
        fits = list(fits)
        known = [fit for fit in fits if (fit.trial.number, fit.fold) == (1, 0)]
        return [FitResult(1, 0, 0.0, 0.0, 10.0) for _ in known], [f for f in fits if f not in known]

    def end_round(self, trials, is_over):
        self.log.append(("end_round", [trial.number for trial in trials]))
        return [FitResult(4, 1, 0.0, 0.0, 20.0)] if trials[0].number == 3 else []

    def append(self, result):
        self.log.append(("kept", result.trial, result.fold))


def loop_of(log, fidelity=None, journal=None):
    table = ResultsTable(2)
    parts = (fidelity or FullFidelity(), Backwards(log), journal or Journal())
    return SearchLoop(TwoRounds(), *parts, table, Observer(), StopRequest())


def test_the_proposer_hears_each_round_in_order_of_the_trials():
    loop = loop_of([])
    loop.run()
    assert loop.proposer.heard == [([0, 1, 2], [0, 1, 2]), ([3, 4, 5], [3, 4, 5])]
    assert loop.table.n_done == 12


def test_what_the_journal_knows_is_not_fitted_again():
    log = []
    loop = loop_of(log, journal=Remembers(log))
    loop.run()
    assert ("fit", 1, 0) not in log and ("fit", 1, 1) in log
    assert loop.proposer.heard[0][1] == [0.0, 5.5, 2.0]
    assert loop.proposer.heard[1][1] == [3.0, 12.0, 5.0]
    names = ("begin_round", "end_round")
    rounds = [event for event in log if event[0] in names]
    assert rounds == [(name, ns) for ns in ([0, 1, 2], [3, 4, 5]) for name in names]
    log = [event for event in log if event not in rounds]
    for event, following in zip(log[::2], log[1::2], strict=True):
        assert (event[0], following[0]) == ("fit", "kept") and event[1:] == following[1:]


def test_a_fidelity_may_prune_trials_and_take_several_steps():
    class FirstFoldThenTheBest(Fidelity):
        """One fold of every trial, then the other of the best one."""

        def next_step(self, trials, table):
            missing = [t for t in trials if not table.is_done((t.number, 0))]
            if missing:
                return Step([Job(trial, 0) for trial in missing])
            if not table.is_done((trials[-1].number, 1)):
                return Step([Job(trials[-1], 1)])
            return Step([], trials[:-1])

    log = []
    loop = loop_of(log, fidelity=FirstFoldThenTheBest())
    loop.run()
    assert [event[2] for event in log if event[0] == "fit"] == [0, 0, 0, 1] * 2
    assert [event for event in log if event[0] == "prune"] == [("prune", n) for n in (0, 1, 3, 4)]
    assert np.isnan(loop.proposer.heard[0][1][:2]).all() and loop.proposer.heard[0][1][2] == 2.0


class Loses(Backwards):
    """Brings results of the first jobs only."""

    n_left = 3

    def run(self, jobs):
        for result in super().run(jobs):
            if self.n_left:
                self.n_left -= 1
                yield result


def test_a_step_without_a_result_ends_the_search():
    """Jobs that are lost are asked for again as long as there is progress, and no longer."""
    loop = loop_of([])
    loop = replace(loop, runner=Loses([]))
    with pytest.raises(ValueError, match="No fits were performed"):
        loop.run()
    assert loop.table.n_done == 3 and not loop.proposer.heard


def test_a_step_without_a_result_is_no_error_once_the_end_was_requested():
    loop = replace(loop_of([]), runner=Loses([]))
    run = loop.runner.run

    def run_and_request(jobs):
        yield from run(jobs)
        if not loop.runner.n_left:
            loop.stop.request("timeout")

    loop.runner.run = run_and_request
    loop.run()
    assert loop.table.n_done == 3


class OneByOne:
    """Proposes as many trials as wanted, and counts those that were asked for."""

    learns, n_trials, round_size = False, 10**6, 10**6

    def __init__(self):
        self.n_asked = 0

    def ask(self, n):
        self.n_asked += n
        return [{"a": self.n_asked}] * n


class CountsRounds(Journal):
    """Writes down how many trials each round has."""

    def __init__(self):
        self.rounds = []

    def begin_round(self, trials):
        self.rounds.append(len(trials))


class StopAt(StopRequest):
    """Asks for the end once a proposer was asked this often."""

    def __init__(self, proposer, n_asked):
        super().__init__()
        self.proposer, self.n_asked = proposer, n_asked

    def is_requested(self):
        return self.proposer.n_asked >= self.n_asked


def unlimited_loop(n_asked, fidelity):
    proposer = OneByOne()
    parts = (Backwards([]), CountsRounds(), ResultsTable(1), Observer(), StopAt(proposer, n_asked))
    return SearchLoop(proposer, fidelity, *parts)


def test_rounds_grow_where_their_size_has_no_influence():
    loop = unlimited_loop(7 * FIRST_ROUND + 1, FullFidelity())
    loop.run()
    assert loop.journal.rounds == [FIRST_ROUND, FIRST_ROUND, 2 * FIRST_ROUND]
    assert loop.table.n_done == 4 * FIRST_ROUND


def test_the_end_is_looked_for_while_a_whole_round_is_asked():
    loop = unlimited_loop(3 * FIRST_ROUND, Race())
    loop.run()
    assert loop.proposer.n_asked == 3 * FIRST_ROUND
    assert loop.table.n_done == 0 and loop.journal.rounds == []
