import math

import numpy as np
import pytest
from scipy import stats

from sk_hpt.space._distribution import Distribution


@pytest.mark.parametrize(
    "distribution", [stats.loguniform(1e-3, 1), stats.norm(), stats.randint(2, 9), stats.poisson(3)]
)
def test_distributions_have_coordinates(distribution):
    dimension = Distribution(distribution)
    for value in distribution.rvs(20, random_state=0).tolist():
        assert dimension.contains(value)
        assert dimension.decode(dimension.encode(value)) == pytest.approx(value)
    grid = dimension.grid()
    assert grid == sorted(set(grid)) and 3 <= len(grid) <= 5
    assert all(math.isfinite(dimension.decode([x])) for x in (0.0, 1.0))
    assert all(dimension.contains(dimension.decode([x])) for x in (0.0, 1.0))


def test_discrete_distributions_contain_only_integers():
    dimension = Distribution(stats.randint(2, 9))
    assert dimension.contains(3) and dimension.contains(3.0)
    assert not dimension.contains(2.5) and not dimension.contains(9)


def test_an_object_that_can_only_be_sampled_has_no_coordinates():
    class Dice:
        def rvs(self, random_state=None):
            return 4

    dimension = Distribution(Dice())
    assert not dimension.contains(4)
    for call in (lambda: dimension.encode(4), lambda: dimension.decode([0.5]), dimension.grid):
        with pytest.raises(TypeError, match=r"no quantile function \(ppf\)"):
            call()


class Counting:
    """A discrete distribution that counts its calls."""

    def __init__(self):
        self.calls = 0
        self.pmf = stats.randint(1, 201).pmf

    def __getattr__(self, name):
        self.calls += 1
        return getattr(stats.randint(1, 201), name)


def test_many_points_of_a_discrete_distribution_take_few_calls():
    distribution = Counting()
    X = np.linspace(0, 1, 1000).reshape(-1, 1)
    Distribution(distribution).snap(X)
    assert distribution.calls < 10
    assert len(Distribution(distribution).levels[0]) == 200
    assert distribution.calls < 20


@pytest.mark.parametrize("discrete", [stats.randint(1, 201), stats.poisson(3), stats.binom(9, 0.3)])
def test_points_snap_to_what_they_decode_to(discrete):
    dimension = Distribution(discrete)
    X = np.linspace(0, 1, 101).reshape(-1, 1)
    one_by_one = [dimension.encode(dimension.decode(x)) for x in X]
    np.testing.assert_array_equal(dimension.snap(X), one_by_one)
