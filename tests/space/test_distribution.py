import math

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
