import numpy as np
import pytest
from scipy.stats import skew
from sklearn.preprocessing import PowerTransformer

from sk_hpt._surrogate.outputs import fit_outputs, yeo_johnson, yeo_johnson_inverse

RNG = np.random.default_rng(0)
VALUES = {
    "normal": RNG.normal(3, 2, size=50),
    "skewed": np.exp(RNG.normal(size=50)),
    "one": np.array([3.0]),
    "two": np.array([1.0, 5.0]),
    "constant": np.full(5, 0.3),
    "zero": np.zeros(4),
    "mostly equal": np.array([0.5] * 6 + [0.1, 0.2, 0.9]),
    "huge": np.array([1e300, -8e307, 8e307, 2e300]),
    "tiny": np.array([1e-310, 3e-310, 2e-310]),
    "one disaster": np.append(RNG.normal(size=20), 1e9),
}


@pytest.mark.parametrize("name", VALUES)
def test_round_trip_and_standard_units(name):
    y = VALUES[name]
    outputs = fit_outputs(y)
    t = outputs.forward(y)
    assert np.all(np.isfinite(t))
    assert t.mean() == pytest.approx(0, abs=1e-9)
    assert t.std() == pytest.approx(1) or np.ptp(y) == 0
    kept = y / outputs.unit <= outputs.cap
    assert outputs.inverse(t)[kept] == pytest.approx(y[kept], rel=1e-9)
    assert np.all(np.diff(outputs.inverse(np.linspace(-2, 2, 9))) > 0) or np.ptp(y) == 0


def test_the_worst_values_are_cut_off():
    outputs = fit_outputs(VALUES["one disaster"])
    assert outputs.forward(np.array([1e9])) < 5
    assert outputs.forward(np.array([1e9])) == outputs.forward(np.array([1e6]))


def test_skewed_values_become_symmetric_and_few_stay_as_they_are():
    y = VALUES["skewed"]
    assert abs(skew(fit_outputs(y).forward(y))) < 0.5 < 1.5 < skew(y)
    assert fit_outputs(VALUES["two"]).power == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 1.5, 2.0])
def test_yeo_johnson_is_scikit_learns(power):
    z = np.linspace(-4, 4, 17)
    reference = PowerTransformer(standardize=False).fit(z[:, None])
    reference.lambdas_ = np.array([power])
    assert yeo_johnson(z, power) == pytest.approx(reference.transform(z[:, None])[:, 0])
    assert yeo_johnson_inverse(yeo_johnson(z, power), power) == pytest.approx(z)


def test_variances_are_transformed_by_the_slope():
    y = VALUES["skewed"]
    outputs, step = fit_outputs(y), 1e-6
    kept = y < outputs.cap * outputs.unit - step
    slope = (outputs.forward(y + step) - outputs.forward(y - step)) / (2 * step)
    found = outputs.forward_variances(y, np.full(50, 0.04))
    assert found[kept] == pytest.approx(0.04 * slope[kept] ** 2, rel=1e-4)
