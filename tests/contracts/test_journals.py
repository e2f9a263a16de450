"""What every journal keeps to."""

import pytest

from sk_hpt._trial import FoldResult, Trial
from sk_hpt.journal import Journal, NullJournal

JOURNALS = {"null": (NullJournal, False)}


def test_every_journal_is_tested_here():
    ours = {each for each in Journal.__subclasses__() if each.__module__.startswith("sk_hpt.")}
    assert {journal for journal, _ in JOURNALS.values()} == ours


@pytest.mark.parametrize("name", JOURNALS)
def test_recalls_what_it_keeps(name):
    make, keeps = JOURNALS[name]
    journal, trials = make(), [Trial(0, {"a": 1}), Trial(1, {"a": 2})]
    assert list(journal.recall(trials)) == []
    result = FoldResult(1, 0, 0.5, 0.1, 0.9)
    journal.append(result)
    assert list(journal.recall(trials)) == ([result] if keeps else [])
    assert list(journal.recall(trials[:1])) == []
