import numpy as np
import pytest

from sk_hpt._surrogate import fold_means


def scores(n=40, sd=0.02, seed=0):
    rng = np.random.default_rng(seed)
    m, f = rng.normal(size=n), np.array([0.5, -0.2, 0.1, -0.7, 0.3])
    return m, f, m[:, None] + f + sd * rng.normal(size=(n, 5))


def test_the_means_of_complete_rows_are_plain_means():
    _, _, Y = scores()
    assert fold_means(Y)[0] == pytest.approx(Y.mean(axis=1))


def test_rows_with_some_of_the_folds_are_comparable():
    m, f, Y = scores()
    Y[:10, 1:] = np.nan
    Y[10:20, 3:] = np.nan
    means, variances = fold_means(Y)
    assert np.max(np.abs(means - (m + f.mean()))) < 0.06
    assert variances[:10].mean() == pytest.approx(0.02**2 * (1 - 1 / 5), rel=0.4)
    assert variances[10:20].mean() == pytest.approx(0.02**2 * (1 / 3 - 1 / 5), rel=0.4)
    assert np.all(variances[20:] == 0)


def test_variances_are_those_of_the_means():
    """They predict how far means over some folds are from the means over all."""
    _, _, Y = scores(n=400)
    some = Y.copy()
    some[:200, [0, 3]] = np.nan
    means, variances = fold_means(some)
    errors = (means - Y.mean(axis=1))[:200]
    assert np.mean(errors**2) == pytest.approx(variances[:200].mean(), rel=0.35)


def test_variances_differ_between_observations_but_less_than_their_spread():
    _, f, Y = scores(n=60)
    Y[:20] += 0.2 * np.random.default_rng(1).normal(size=(20, 5))
    raw = (Y - f)[:, :4].var(axis=1, ddof=1)
    Y[:, 4] = np.nan
    _, variances = fold_means(Y)
    assert variances[:20].mean() > 5 * variances[20:].mean()
    assert np.ptp(np.log(variances)) < np.ptp(np.log(raw))


def test_one_diverged_fold_has_little_influence_on_others():
    m, f, Y = scores()
    Y[5:8] = np.nan
    Y[5:8, 0] = m[5:8] + f[0]
    Y[0, 2] = 1e12
    means, variances = fold_means(Y)
    assert np.max(np.abs(means[1:] - (m + f.mean())[1:])) < 0.05
    assert variances[5:8].max() < 1e-2
    Y[0, 1] = np.nan
    assert fold_means(Y)[1][0] > 1e20


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "Y, expected",
    [
        ([[np.nan, np.nan]], [np.nan]),
        ([[1.0, np.nan]], [1.0]),
        ([[1.0, 3.0]], [2.0]),
        ([[2.0], [3.0]], [2.0, 3.0]),
        ([[1.0, np.nan, np.nan], [np.nan, 2.0, np.nan]], [1.0, 2.0]),
        ([[0.0, 0.0], [np.nan, np.nan], [0.0, 0.0]], [0.0, np.nan, 0.0]),
        ([[1e300, 1e300], [0.0, 1e300]], [1e300, 5e299]),
    ],
)
def test_little_data(Y, expected):
    means, variances = fold_means(np.array(Y))
    assert means == pytest.approx(expected, nan_ok=True)
    assert np.array_equal(np.isnan(variances), np.isnan(expected))
    assert np.all(variances[~np.isnan(variances)] >= 0)
