"""Mean curves, and which part of them is shown."""

import numpy as np

from sk_hpt.displays._learning_curves_data import (
    best_trials,
    highest_shown,
    mean_curve,
    need_log_axis,
)


def test_folds_that_stop_early_keep_their_last_value():
    folds = [np.float32([4, 2]), np.float32([2, 2, 1])]
    assert mean_curve(folds).tolist() == [3.0, 2.0, 1.5]
    assert mean_curve([]) is None


def test_the_best_trials_have_a_score_and_a_curve():
    curve = np.ones(2)
    scores = np.array([0.1, np.nan, 0.9, 0.5, 0.7])
    curves = [curve, curve, None, curve, curve]
    assert best_trials(scores, curves, 2) == [4, 3]
    assert best_trials(scores, curves, 9) == [4, 3, 0]


def test_scale_and_end_of_the_axis_of_losses():
    assert need_log_axis([np.array([5.0, 0.1, np.inf]), None])
    assert not need_log_axis([np.array([0.5, 0.1])])
    assert not need_log_axis([np.array([5.0, -0.1])]) and not need_log_axis([])
    usual = [np.array([2.0, 1.0])] * 5
    assert highest_shown(usual, [0]) is None
    assert highest_shown([*usual, np.array([2.0, 1e200, np.nan])], [0]) == 10.0
    assert highest_shown([*usual, np.array([20.0, 0.1]), np.array([1e9])], [5]) == 20.0
