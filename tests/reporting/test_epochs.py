"""What is known of the epochs of networks that train."""

import pickle

from sk_hpt._reporting import Epochs, NullEpochs


def nothing_settled(cell):
    return False


def never():
    return False


def test_fits_are_counted_until_they_are_settled():
    epochs = Epochs()
    assert epochs.underway(nothing_settled) is None
    first = epochs.counted({(0, 0): 10}, never)
    assert epochs.underway(nothing_settled) is None  # not trained in epochs so far
    second = epochs.counted({(1, 0): 10}, never, done=4)
    first(), second()
    assert epochs.underway(nothing_settled) == 0.4
    assert epochs.underway(lambda cell: cell == (1, 0)) == 0.0
    assert epochs.underway(lambda cell: True) is None


def test_a_fit_that_is_not_settled_is_never_done():
    epochs = Epochs()
    poll = epochs.counted({(0, 0): 5, (1, 0): 10}, never)
    for _ in range(10):
        poll()
    assert epochs.underway(nothing_settled) == 4 / 5 + 9 / 10


def test_the_answer_is_passed_on():
    assert Epochs().counted({(0, 0): 5}, lambda: True)() is True
    assert NullEpochs().counted({(0, 0): 5}, never) is never


def test_nothing_is_counted_in_another_process():
    assert type(pickle.loads(pickle.dumps(Epochs()))) is NullEpochs
