import copy
import pickle

import numpy as np
import pandas as pd
import pytest

from sk_hpt.space import Categorical


def test_equal_choices_of_different_types_are_different():
    choices = Categorical([True, 1, 1.0, None, "1", (1,), np.array([1, 2])])
    for index, choice in enumerate(choices.choices):
        assert choices.decode(choices.encode(choice)) is choice
        assert choices.encode(choice)[0] == pytest.approx((index + 0.5) / 7)
    assert choices.contains(np.array([1, 2]))
    assert not choices.contains(2)
    with pytest.raises(ValueError, match="2 must be one of the choices"):
        choices.encode(2)


WRONG = [
    ([], ValueError, "need to be a non-empty sequence, got: \\[\\]"),
    ("relu", TypeError, "choices='relu' of .* must be a list .*not a str"),
    (pd.Series([1, 2], index=[5, 7]), TypeError, "must be a list .*not a Series"),
    (np.array(1.0), TypeError, "must be a list .*not a ndarray"),
    ({"a": 1}, TypeError, "must be a list or another sequence"),
    (3, TypeError, "must be a list or another sequence"),
]


@pytest.mark.parametrize("choices, error, message", WRONG, ids=repr)
def test_errors_name_parameter_value_and_remedy(choices, error, message):
    with pytest.raises(error, match=message) as raised:
        Categorical(choices).check("activation")
    assert "'activation'" in str(raised.value)


def test_arrays_of_different_shapes_are_different_choices():
    choices = [np.array([5]), np.array([5, 5]), np.array([3, 4, 5])]
    dimension = Categorical(choices)
    for index, choice in enumerate(choices):
        assert dimension.contains(choice.copy())
        np.testing.assert_array_equal(dimension.decode(dimension.encode(choice)), choices[index])
    assert not dimension.contains(np.array([4]))


class Compared:
    """A choice that counts how often choices were compared."""

    n_comparisons = 0

    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        Compared.n_comparisons += 1
        return self.value == other.value

    def __hash__(self):
        return hash(self.value)


def test_thousands_of_choices_are_not_compared_pairwise():
    Compared.n_comparisons = 0
    dimension = Categorical([Compared(i) for i in range(1000)])
    assert [dimension.decode(dimension.encode(Compared(i))).value for i in range(1000)] == list(
        range(1000)
    )
    assert dimension.contains(Compared(5)) and not dimension.contains(Compared(1000))
    assert Compared.n_comparisons < 3000


def test_a_hundred_thousand_choices_are_looked_up_at_once():
    class Watched(list):
        n_iterations = 0

        def __iter__(self):
            Watched.n_iterations += 1
            return super().__iter__()

    choices = Categorical(Watched(range(100_000)))
    assert choices.size == 100_000
    assert choices.decode(choices.encode(70_000)) == 70_000
    assert Watched.n_iterations < 10


def test_a_copy_finds_its_own_objects():
    choices = Categorical([["a"], ["b"], ["b"]])
    assert choices.encode(choices.choices[2])[0] == pytest.approx(5 / 6)
    for copied in (copy.deepcopy(choices), pickle.loads(pickle.dumps(choices))):
        assert not vars(copied).keys() - {"choices"}
        assert copied.encode(copied.choices[2])[0] == pytest.approx(5 / 6)
