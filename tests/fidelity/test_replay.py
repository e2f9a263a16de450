"""The defaults on recorded curves: `docs/benchmarks/fidelity/fidelity_rules.py`, fewer replays."""

from argparse import Namespace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow
BENCHMARKS = Path(__file__).parents[2] / "docs" / "benchmarks" / "fidelity"


@pytest.fixture
def figures(monkeypatch):
    """(saving, gap in standard errors) of a rule, mean over all data sets and metrics."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    replays = import_module("fidelity_rules")
    monkeypatch.setattr(replays, "N_REPLAYS", 3)
    args = Namespace(settings=75, folds=5, draws=[1, 2], epochs=None)
    names = [*replays.CHOSEN_ON, *replays.CONFIRMED_ON]

    def figures(label):
        rule = replays.RULES[label]
        rows = [replays.figures(rule, n, metric, args) for n in names for metric in replays.METRICS]
        share, _, gap, _ = np.mean(rows, axis=0)
        return 1 / share, gap

    return figures


PROTOTYPES = {
    "sk_hpt: race": "race, paired",
    "sk_hpt: halving": "halves from 1/8, paired race of the finalists",
}


def test_much_is_saved_and_the_winner_is_hardly_worse(figures):
    saving, gap = figures("sk_hpt: race")
    assert saving > 2.8 and gap < 0.15
    saving, gap = figures("sk_hpt: halving")
    assert saving > 8 and gap < 0.4


@pytest.mark.parametrize("rule", PROTOTYPES)
def test_the_rule_is_the_one_that_was_chosen(rule, figures):
    saving, gap = figures(rule)
    expected_saving, expected_gap = figures(PROTOTYPES[rule])
    # Halfway to a rung of an odd number of epochs is rounded otherwise.
    assert saving == pytest.approx(expected_saving, rel=0.03)
    assert gap == pytest.approx(expected_gap, abs=0.15)
