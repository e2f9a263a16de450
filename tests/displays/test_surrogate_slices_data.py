"""Which choices a slice shows, and where."""

import numpy as np

from sk_hpt.displays._surrogate_slices_data import choice_positions, select_choices


def test_selected_choices_keep_their_order():
    assert select_choices(np.arange(20.0), 3) == [0, 3, 4, 7, 10, 13, 16, 19]
    assert select_choices(np.array([1.0, 0.0]), 1) == [0, 1]


def test_choices_of_different_types_are_different():
    np.testing.assert_array_equal(
        choice_positions([True, 1, "1", None], [1, True, "1"]), [1, 0, 2, np.nan]
    )
