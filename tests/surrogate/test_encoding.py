import numpy as np
import pytest

from sk_hpt._surrogate import Encoding

THIRDS = np.array([1, 3, 5]) / 6


def test_categories_are_at_hamming_distance():
    columns = Encoding((THIRDS, None, THIRDS), np.array([True, False, True]))
    X = np.array([[THIRDS[0], 0.2, THIRDS[0]], [THIRDS[2], 0.2, THIRDS[0]]])
    one, other = columns.features(X)
    assert np.sum((one - other) ** 2) == pytest.approx(1.0)
    assert columns.column_of_feature.tolist() == [1, 0, 0, 0, 2, 2, 2]
    assert columns.numeric.tolist() == [1]


def test_a_value_between_the_choices_is_nearer_to_all():
    columns = Encoding((np.array([0.25, 0.75]),), np.array([True]))
    here, neutral = columns.features(np.array([[0.25], [0.5]]))
    assert np.sum((here - neutral) ** 2) == pytest.approx(0.5)


def test_categories_need_levels():
    with pytest.raises(
        ValueError, match="levels\\[0\\]=None must be an array: the column is categorical"
    ):
        Encoding((None,), np.array([True])).features(np.array([[0.5]]))
