import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.model_selection import ParameterSampler

from sk_hpt.space import Integer, Real


def test_real_on_a_log_scale_has_equal_ratios():
    real = Real(1e-4, 1e-2, log=True)
    assert real.decode([0.5]) == pytest.approx(1e-3)
    assert real.encode(1e-3)[0] == pytest.approx(0.5)
    draws = np.array(real.rvs(2000, random_state=0))
    assert np.mean(draws < 1e-3) == pytest.approx(0.5, abs=0.05)


def test_real_keeps_its_bounds_to_the_last_bit():
    for low, high in [(1e-5, 1e-1), (0.1, 0.3), (3e-7, 0.7)]:
        for log in (False, True):
            real = Real(low, high, log=log)
            assert low <= real.decode([0.0]) and real.decode([1.0]) <= high
            assert real.grid()[0] == low and real.grid()[-1] == high


def test_integers_are_equally_likely_up_to_both_ends():
    counts = np.bincount(Integer(1, 4).rvs(4000, random_state=0))[1:]
    assert stats.chisquare(counts).pvalue > 0.01


def test_integer_grid():
    assert Integer(2, 5).grid() == [2, 3, 4, 5]
    assert Integer(0, 100).grid() == [0, 25, 50, 75, 100]
    assert Integer(1, 6, log=True).grid() == [1, 2, 4, 6]
    assert Integer(7, 7).grid() == [7]


def test_constants():
    for dimension, value in [(Real(0.5, 0.5), 0.5), (Integer(3, 3), 3)]:
        dimension.check("p")
        assert dimension.encode(value)[0] == 0.5
        assert dimension.decode([0.9]) == value
        assert list(dimension.grid()) == [value]


def test_scikit_learns_sampler_accepts_dimensions():
    space = {"alpha": Real(1e-4, 1.0, log=True), "batch_size": Integer(16, 64)}
    first, second = (list(ParameterSampler(space, 3, random_state=0)) for _ in range(2))
    assert first == second and len({params["alpha"] for params in first}) == 3


WRONG = [
    (Real(1, 0), ValueError, "low=1 of .* must be at most high=0.*Swap them"),
    (
        Real(0, 1, log=True),
        ValueError,
        "low=0 of .* must be above 0 on a logarithmic scale.*log=False",
    ),
    (Real(-1, 1, log=True), ValueError, "low=-1 of .* must be above 0"),
    (Real(0, math.inf), ValueError, "high=inf of .* must be finite"),
    (Real(math.nan, 1), ValueError, "low=nan of .* must be finite"),
    (Real("0", 1), TypeError, "low='0' of .* must be a real number, not a str"),
    (Real(False, 1), TypeError, "low=False of .* must be a real number, not a bool"),
    (Real(0, 1, log="yes"), TypeError, "log='yes' of .* must be True or False"),
    (Integer(5, 4), ValueError, "low=5 of .* must be at most high=4"),
    (Integer(0, 4, log=True), ValueError, "low=0 of .* must be above 0"),
    (
        Integer(0.5, 4),
        TypeError,
        "low=0.5 of .* must be an integer, not a float. For fractions use Real",
    ),
]


@pytest.mark.parametrize("dimension, error, message", WRONG, ids=lambda value: str(value)[:40])
def test_errors_name_parameter_value_and_remedy(dimension, error, message):
    with pytest.raises(error, match=message) as raised:
        dimension.check("learning_rate_init")
    assert "'learning_rate_init'" in str(raised.value)


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300), st.floats(0, 1))
def test_real_round_trip(a, b, share):
    real = Real(min(a, b), max(a, b))
    value = real.decode([share])
    assert real.contains(value)
    assert real.decode(real.encode(value)) == pytest.approx(
        value, rel=1e-6, abs=1e-9 * (abs(a) + abs(b))
    )


@given(st.floats(1e-12, 1e12), st.floats(1e-12, 1e12), st.floats(0, 1))
def test_log_real_round_trip(a, b, share):
    real = Real(min(a, b), max(a, b), log=True)
    value = real.decode([share])
    assert real.contains(value)
    assert real.decode(real.encode(value)) == pytest.approx(value)
    assert all(real.contains(point) for point in real.grid())


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.booleans(), st.data())
def test_integer_round_trip(low, width, log, data):
    integer = Integer(low, low + width, log=log)
    value = data.draw(st.integers(low, low + width))
    x = integer.encode(value)
    assert 0 <= x[0] <= 1
    assert integer.decode(x) == value and type(integer.decode(x)) is int
    assert integer.decode([0.0]) == low and integer.decode([1.0]) == low + width
    grid = integer.grid()
    assert grid == sorted(set(grid)) and grid[0] == low and grid[-1] == low + width


@pytest.mark.parametrize("low, high", [(1e-6, 1.0), (3e-5, 0.3), (0.1, 7.0)])
def test_the_ends_of_a_logarithmic_range_decode_to_its_bounds(low, high):
    dimension = Real(low, high, log=True)
    assert (dimension.decode([0.0]), dimension.decode([1.0])) == (low, high)
