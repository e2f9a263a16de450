"""Which trials stay in a race, worked out by hand."""

import numpy as np
from curves import Curves, replay

from sk_hpt.fidelity import Race


def complete_after(race, scores, rounds=None):
    """Folds done per trial; scores per trial and fold."""
    curves = Curves(np.array(scores, dtype=float)[:, :, None])
    replay(race, curves, rounds)
    return curves.complete.sum(axis=1).tolist()


BEST = [0.90, 0.88, 0.92]


def test_the_best_is_complete_and_poor_trials_have_one_fold():
    assert complete_after(Race(), [[0.5, 1, 1], BEST, [0.6, 1, 1]]) == [1, 3, 1]


def test_a_trial_that_follows_the_folds_is_compared_fold_by_fold():
    # 0.012 behind in each fold: within the deviation 0.02 of the best trial's scores after one
    # fold, and out when a second fold agrees
    assert complete_after(Race(), [BEST, [0.888, 0.868, 0.908]]) == [3, 2]
    # as far behind on average, but by differences that vary
    assert complete_after(Race(), [BEST, [0.885, 0.89, 0.92]]) == [3, 3]


def test_margin():
    behind = [0.89, 0.87, 0.91]
    assert complete_after(Race(margin=3.0), [BEST, behind]) == [3, 3]
    assert complete_after(Race(margin=0.0), [BEST, behind]) == [3, 1]
    assert complete_after(Race(margin=0.0), [BEST, [0.90, 0.88, 0.1]]) == [3, 3]  # a tie


def test_min_folds():
    assert complete_after(Race(min_folds=2), [BEST, [0.1, 0.1, 0.1]]) == [3, 2]
    assert complete_after(Race(min_folds=9), [BEST, [0.1, 0.1, 0.1]]) == [3, 3]


def test_a_later_round_meets_the_incumbent_of_earlier_ones():
    scores = [BEST, [0.5, 0.5, 0.5], [0.95, 0.95, 0.95], [0.9, 0.9, 0.9]]
    rounds = [range(i, i + 1) for i in range(4)]
    assert complete_after(Race(), scores, rounds) == [3, 1, 3, 1]


def test_a_best_trial_that_fails_is_replaced():
    scores = np.array([BEST, [0.8, 0.8, 0.8], [0.1, 0.1, 0.1]])[:, :, None]
    curves = Curves(scores, fails_at={0: 1})
    table = replay(Race(), curves)
    assert table.is_complete(1) and not table.is_complete(2)


class LeadersAtOnce(Race):
    def next_step(self, trials, table):
        return self.among(trials, table, trials[0].number, leaders_at_once=True)


def test_leaders_go_through_all_folds_at_once_where_that_is_wanted():
    rounds = [range(i, i + 1) for i in range(2)]
    leads_once, follows = [BEST, [0.95, 0.1, 0.1]], [BEST, [0.888, 0.868, 0.908]]
    assert complete_after(Race(), leads_once, rounds) == [3, 2]
    assert complete_after(LeadersAtOnce(), leads_once, rounds) == [3, 3]
    assert complete_after(Race(), follows, rounds) == [3, 2]
    assert complete_after(LeadersAtOnce(), follows, rounds) == [3, 2]
