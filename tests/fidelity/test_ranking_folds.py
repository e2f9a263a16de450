import numpy as np
import pytest
from curves import Curves, replay
from sklearn.datasets import load_iris
from sklearn.model_selection import (
    KFold,
    LeaveOneGroupOut,
    LeaveOneOut,
    ShuffleSplit,
    StratifiedKFold,
    TimeSeriesSplit,
)

from sk_hpt.fidelity import Halving, Race
from sk_hpt.fidelity._ranking_folds import ranking_folds

RNG = np.random.default_rng(0)
CLASSES = RNG.integers(3, size=600)
NUMBERS = RNG.normal(size=600)


def chosen(cv, y, is_classifier=True, groups=None):
    folds = list(cv.split(np.zeros((len(y), 1)), y, groups))
    return folds, ranking_folds(y, folds, is_classifier)


def rows_of(folds, numbers):
    return np.concatenate([folds[number][1] for number in numbers])


@pytest.mark.parametrize("cv", [KFold(5), KFold(10, shuffle=True, random_state=0), ShuffleSplit(4)])
@pytest.mark.parametrize("y", [CLASSES, NUMBERS, CLASSES.astype(str), CLASSES == 1], ids=repr)
def test_the_first_fold_is_enough_where_it_is_like_the_others(cv, y):
    assert chosen(cv, y, is_classifier=y is not NUMBERS)[1] == (0,)


def test_stratified_folds_with_rare_classes_are_enough():
    y = np.repeat([0, 1, 2], [500, 95, 5])
    assert chosen(StratifiedKFold(5), y)[1] == (0,)


def test_test_folds_of_one_class_are_taken_together():
    y, groups = np.repeat(np.arange(16) % 2, 10), np.repeat(np.arange(16), 10)
    folds, numbers = chosen(LeaveOneGroupOut(), y, groups=groups)
    counts = np.bincount(y[rows_of(folds, numbers)])
    assert counts.sum() == 50 and counts.min() >= 20


def test_rows_that_are_sorted_by_class():
    folds, numbers = chosen(KFold(6), load_iris().target)
    assert np.bincount(load_iris().target[rows_of(folds, numbers)]).tolist() == [25, 25, 25]
    assert len(numbers) == 3


def test_folds_of_one_row_are_taken_together():
    y = load_iris().target
    folds, numbers = chosen(LeaveOneOut(), y)
    assert len(numbers) == 50 and np.bincount(y[rows_of(folds, numbers)]).min() >= 16


def test_few_rows_are_all_taken():
    assert sorted(chosen(KFold(3), np.arange(12) % 2)[1]) == [0, 1, 2]


def test_a_rare_class_that_the_metric_may_need_is_among_the_rows():
    y = np.zeros(1000, dtype=int)
    y[400:420] = 1  # all in the fold before the last
    folds, numbers = chosen(KFold(5), y)
    assert y[rows_of(folds, numbers)].any()


def test_the_shortest_training_folds_of_a_time_series_are_passed_by():
    folds, numbers = chosen(TimeSeriesSplit(5), NUMBERS, is_classifier=False)
    assert len(numbers) == 1
    assert len(folds[numbers[0]][0]) >= len(folds[-1][0]) / 2


def test_targets_sorted_by_size_are_like_classes():
    _, numbers = chosen(KFold(5), np.sort(NUMBERS), is_classifier=False)
    assert len(numbers) > 1


@pytest.mark.parametrize(
    "y",
    [None, np.zeros((600, 2)), [["a"] * (1 + i % 3) for i in range(600)], [{"a": 1}] * 600],
    ids=["none", "outputs", "lists", "dicts"],
)
def test_other_targets_are_judged_by_the_number_of_rows(y):
    folds = list(KFold(5).split(np.zeros((600, 1))))
    assert ranking_folds(y, folds, is_classifier=False) == (0,)
    folds = list(KFold(60).split(np.zeros((600, 1))))
    assert ranking_folds(y, folds, is_classifier=False) == (0, 1, 2, 3, 4)


def test_no_folds_and_no_rows():
    assert ranking_folds([], [], True) == (0,)
    assert ranking_folds([], [(np.arange(0), np.arange(0))], True) == (0,)


def curves_of(finals, n_epochs=8):
    """Curves of trials on folds that rise in a straight line to these scores."""
    return Curves(np.array(finals, dtype=float)[:, :, None] * np.linspace(1 / 8, 1, n_epochs))


@pytest.mark.parametrize("fidelity", [Halving(min_promoted=1), Race()], ids=repr)
def test_trials_are_compared_on_the_ranking_folds_first(fidelity):
    # The first fold prefers the first trial, the others prefer the last one.
    finals = [[1.0, 0.1, 0.1], [0.5, 0.5, 0.5], [0.0, 0.9, 0.9]]
    for folds, winner in [((0,), 0), ((1,), 2), ((1, 2), 2)]:
        curves = curves_of(finals)
        replay(fidelity, curves, ranking_folds=folds)
        assert np.flatnonzero(curves.trained[:, folds[0]]).tolist() == [0, 1, 2]
        assert curves.complete[winner].all()
        if isinstance(fidelity, Halving):
            assert np.flatnonzero(curves.complete.all(axis=1)).tolist() == [winner]
