"""Which trials are promoted, worked out by hand."""

import numpy as np
from curves import Curves, replay

from sk_hpt._trials import Trial
from sk_hpt.fidelity import Halving

THIRDS = Halving(factor=3, n_rungs=2)


def rungs(halving, max_resources):
    """The rungs of a trial; halfway to level 1 is level 0.5."""
    return [
        (rung.level - rung.halfway / 2, rung.n_resources)
        for rung in halving.rungs(Trial(0, {}, max_resources))
    ]


def test_rungs_are_shares_of_a_trials_own_epochs():
    assert rungs(THIRDS, 54) == [(-0.5, 3), (0, 6), (0.5, 9), (1, 18)]
    assert rungs(THIRDS, 200) == [(-0.5, 11), (0, 22), (0.5, 33), (1, 67)]
    assert rungs(Halving(factor=3, n_rungs=1), 54) == [(-0.5, 9), (0, 18)]
    assert rungs(Halving(), 200) == [
        *((-0.5, 12), (0, 25), (0.5, 25), (1, 50), (1.5, 50), (2, 100))
    ]
    assert rungs(Halving(), 4) == [(1, 1), (1.5, 1), (2, 2)]
    assert rungs(Halving(min_epochs=30), 200) == [(0.5, 25), (1, 50), (1.5, 50), (2, 100)]
    assert rungs(Halving(), 1) == rungs(Halving(), None) == rungs(Halving(n_rungs=0), 54) == []


def curves_of(finals, n_folds=3, n_epochs=54):
    """Curves that rise in a straight line to these scores."""
    share = np.linspace(1 / n_epochs, 1, n_epochs)
    return Curves(np.array(finals, dtype=float)[:, None, None] * share * np.ones((n_folds, 1)))


def test_a_third_of_each_rung_trains_on_over_one_fold():
    curves = curves_of(np.arange(27))
    replay(THIRDS, curves)
    assert (curves.trained[:18] == [6, 0, 0]).all()
    assert (curves.trained[18:24] == [18, 0, 0]).all()
    assert (curves.trained[24:, 0] == 54).all() and curves.complete[26].all()


def test_the_best_half_of_those_at_the_end_of_the_first_fold_race():
    curves = curves_of(np.ones(48))  # equal trials are never pruned by the race
    replay(Halving(), curves)
    assert np.count_nonzero(curves.complete, axis=0).tolist() == [6, 3, 3]


def test_a_few_are_always_promoted():
    curves = curves_of(np.arange(5))
    replay(THIRDS, curves)
    assert np.count_nonzero(curves.trained[:, 0] == 54) == 3
    curves = curves_of(np.arange(5))
    replay(Halving(3, 2, min_promoted=1), curves)
    assert np.count_nonzero(curves.trained[:, 0] == 54) == 1
    curves = curves_of([1, 2])
    replay(THIRDS, curves)
    assert (curves.trained[:, 0] == 54).all()


def test_folds_on_the_rungs():
    curves = curves_of(np.arange(27))
    replay(Halving(3, 2, n_folds=2), curves)
    assert (curves.trained[:18] == [6, 6, 0]).all()


def test_one_that_gains_may_pass_one_that_does_not():
    """At epoch 6 the first is ahead by 0.1, and the second has gained 0.4 since epoch 3."""
    scores = np.zeros((2, 1, 54))
    scores[0] = 0.6
    scores[1, :, :3], scores[1, :, 3:6], scores[1, :, 6:] = 0.1, 0.5, 0.9
    for trend, promoted in ((0.0, 0), (0.2, 0), (0.5, 1), (1.0, 1)):
        curves = Curves(scores)
        replay(Halving(factor=2.9, trend=trend, min_promoted=1, n_rungs=2), curves)
        assert np.argmax(curves.trained[:, 0]) == promoted, trend


def test_a_new_trial_is_ranked_among_all_earlier_ones():
    curves = curves_of([5, 6, 7, 1, 8, 2])
    replay(THIRDS, curves, [range(i, i + 1) for i in range(6)])
    # the first three have too few to be compared with; of the others only the better is promoted
    assert curves.trained[:, 0].tolist() == [54, 54, 54, 6, 54, 6]


def test_a_network_that_stops_by_itself_is_ranked_on_higher_rungs_by_its_final_score():
    curves = curves_of(np.arange(27))
    curves.scores[26] = 26.0
    curves.scores[25] = 0.0
    curves.stops_at[26] = curves.stops_at[25] = 4  # the best, and one of the worst
    for rounds in (None, [range(i, i + 1) for i in range(27)]):
        curves.trained[:], curves.complete[:] = 0, False
        table = replay(Halving(), curves, rounds)
        assert table.is_complete(26) and not table.is_complete(25)


def test_trials_without_epochs_are_chosen_at_the_end_of_the_first_fold():
    curves = curves_of(np.arange(12))
    curves.has_epochs = [False] * 12
    table = replay(THIRDS, curves)
    assert curves.complete[:, 0].all() and curves.complete[:8, 1:].sum() == 0
    assert table.is_complete(11)


def test_the_best_pruned_trial_is_rescued_if_all_others_fail():
    curves = curves_of(np.arange(9))
    curves.fails_at = {number: 18 for number in (6, 7, 8)}
    table = replay(THIRDS, curves)
    assert [table.is_complete(n) for n in range(6)] == [False] * 5 + [True]
    assert table.n_resolved == 27


def test_scores_that_are_missing_come_last():
    curves = curves_of(np.arange(9))
    curves.scores[8] = np.nan
    replay(THIRDS, curves)
    assert curves.trained[8, 0] == 6 and curves.complete[7].all()


def test_a_steep_factor():
    curves = curves_of(np.arange(9))
    replay(Halving(factor=9, n_rungs=1), curves)
    assert np.count_nonzero(curves.trained[:, 0] == 54) == 3


def test_the_best_half_of_those_trained_to_the_end_goes_through_the_other_folds():
    curves = curves_of(100 + np.arange(16))  # so close that the race prunes none after the first
    curves.scores[:, 1:] = curves.scores[::-1, 1:]  # and the last of the finalists leads there
    replay(Halving(n_rungs=0), curves)
    assert np.flatnonzero(curves.trained[:, 1]).tolist() == list(range(8, 16))
