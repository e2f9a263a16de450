"""The contract of every rule that ends a search by itself."""

from types import SimpleNamespace

import numpy as np
import pytest

from sk_hpt._search.end_rules import EndRule, NoExpectedImprovement, NoImprovement
from sk_hpt._trials import FitResult, ResultsTable

RULES = {
    EndRule: EndRule,
    NoImprovement: lambda: NoImprovement(3),
    NoExpectedImprovement: lambda: NoExpectedImprovement(SimpleNamespace(expected_improvement=0)),
}


def test_every_rule_is_tested_here():
    assert {EndRule, *EndRule.__subclasses__()} == set(RULES)


@pytest.fixture(params=RULES.values(), ids=[each.__name__ for each in RULES])
def rule(request):
    return request.param()


def tables(scores):
    """The table of a search after each of its trials."""
    table = ResultsTable(2)
    for number, score in enumerate(scores):
        table.add_trials([{}])
        for fold in range(2):
            table.record(FitResult(number, fold, 0.0, 0.0, score))
        yield table


def test_the_last_trial_is_one_of_the_table(rule):
    for table in tables(np.linspace(1, 0, 20)):
        last = rule.last_trial(table)
        assert last is None or 0 <= last < len(table.trials)


def test_a_search_that_goes_on_is_not_ended_at_once(rule):
    """After an end that was passed over, the rule counts anew."""
    ends = [rule.last_trial(table) for table in tables([1.0] * 20)]
    indices = [index for index, end in enumerate(ends) if end is not None]
    assert all(np.diff(indices) >= 3)
    assert bool(indices) == (type(rule) is not EndRule)


def test_the_order_in_which_fits_finish_does_not_matter():
    """Trials are looked at in their order, and only when all before them are resolved."""
    scores = [0.5, 0.4, 0.3, 0.2, 0.9, 0.1]
    for order in (range(6), reversed(range(6)), [3, 1, 5, 0, 4, 2]):
        rule, table, ends = NoImprovement(3), ResultsTable(1), []
        table.add_trials([{}] * 6)
        for number in order:
            table.record(FitResult(number, 0, 0.0, 0.0, scores[number]))
            ends.append(rule.last_trial(table))
        assert [end for end in ends if end is not None] == [3]
