import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sk_hpt._surrogate import extrapolate, fold_means

VALUES = st.one_of(st.floats(-1e3, 1e3), st.just(np.nan))


def curves(n=60, n_rungs=3, k=3, seed=0, factor=1.4):
    """Return losses that fall by 1 and by this factor per rung, with noise that shrinks."""
    rng = np.random.default_rng(seed)
    final = rng.gamma(2.0, size=n)
    Y = np.empty((n, n_rungs, k))
    for rung in range(n_rungs):
        left = n_rungs - 1 - rung
        x = final * factor**left + left
        Y[:, rung] = x[:, None] + 0.1 * left * rng.normal(size=(n, 1)) + 0.02 * rng.normal(size=k)
    return final, Y


def prune(Y, reached):
    """Return losses with NaN above the rung that each trial reached."""
    Y = Y.copy()
    for row, rung in zip(Y, reached, strict=True):
        row[rung + 1 :] = np.nan
    return Y


def pruned_by_rank(Y, factor=3):
    """Promote the better third of all trials so far, as a search does."""
    reached = np.zeros(len(Y), dtype=int)
    n_rungs = Y.shape[1]
    for i in range(len(Y)):
        for rung in range(n_rungs - 1):
            seen = Y[: i + 1][reached[: i + 1] >= rung, rung].mean(axis=1)
            if np.sum(seen < Y[i, rung].mean()) >= max(1, len(seen) / factor):
                break
            reached[i] += 1
    return prune(Y, reached), reached


@settings(max_examples=30)
@given(Y=arrays(float, (7, 1, 3), elements=VALUES))
def test_one_rung_is_the_mean_over_the_folds_to_the_bit(Y):
    for ours, theirs in zip(extrapolate(Y), fold_means(Y[:, 0]), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@settings(max_examples=30)
@given(Y=arrays(float, (9, 3, 2), elements=VALUES))
def test_complete_values_are_kept_and_others_are_finite(Y):
    means, variances = extrapolate(Y)
    end, noise = fold_means(Y[:, -1])
    complete, seen = np.isfinite(end), np.isfinite(Y).any(axis=(1, 2))
    np.testing.assert_array_equal(means[complete], end[complete])
    np.testing.assert_array_equal(variances[complete], noise[complete])
    assert np.array_equal(np.isfinite(means), seen)
    assert np.array_equal(np.isfinite(variances), seen) and np.all(variances[seen] >= 0)


@settings(max_examples=30)
@given(scale=st.sampled_from([1e-150, 1e-9, 3.0, 1e6, 1e140]), shift=st.sampled_from([0.0, -7.0]))
def test_units_do_not_matter(scale, shift):
    Y, _ = pruned_by_rank(curves()[1])
    means, variances = extrapolate(Y)
    moved, moved_variances = extrapolate((Y + shift) * scale)
    np.testing.assert_allclose(moved, (means + shift) * scale, rtol=1e-9, atol=1e-9 * scale)
    np.testing.assert_allclose(
        moved_variances[means != moved], variances[means != moved] * scale**2
    )


@settings(max_examples=30)
@given(order=st.permutations(range(20)))
def test_the_order_of_observations_does_not_matter(order):
    Y, _ = pruned_by_rank(curves(20)[1])
    expected = np.stack(extrapolate(Y), axis=1)[order]
    np.testing.assert_allclose(np.stack(extrapolate(Y[order]), axis=1), expected, atol=1e-12)


def test_pruned_trials_are_predicted_to_gain_as_much_as_promoted_ones():
    final, Y = curves(factor=1.0)
    Y, reached = pruned_by_rank(Y)
    means, variances = extrapolate(Y)
    pruned = reached < 2
    assert 30 < pruned.sum() < 55
    at_rung = np.array([row[rung].mean() for row, rung in zip(Y, reached, strict=True)])
    error, at_face_value = (means - final)[pruned], (at_rung - final)[pruned]
    assert np.sqrt(np.mean(error**2)) < 0.2 * np.sqrt(np.mean(at_face_value**2))
    assert np.mean(np.abs(error) < 2 * np.sqrt(variances[pruned])) > 0.9


def test_a_lower_rung_is_noisier():
    _, Y = curves(200)
    reached = np.where(np.arange(200) < 100, 2, np.arange(200) % 2)
    means, variances = extrapolate(prune(Y, reached))
    on = [reached == rung for rung in (0, 1, 2)]
    assert np.all(variances[on[2]] == 0)
    assert variances[on[1]].mean() < 0.5 * variances[on[0]].mean()
    for rung in (0, 1):
        errors = (means - Y[:, 2].mean(axis=1))[on[rung]]
        assert np.mean(errors**2) < 2 * variances[on[rung]].mean()


def test_more_complete_trials_reduce_the_noise():
    _, Y = curves(200)
    sizes = [
        extrapolate(prune(Y[:n], [2] * (n - 3) + [0] * 3))[1][-3:].mean() for n in (3, 6, 20, 200)
    ]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] < 0.2 * sizes[0]


def test_the_extrapolation_keeps_the_order_on_a_rung():
    _, Y = curves(30, n_rungs=2)
    Y[:, 1] = 10.0 - Y[:, 0]
    Y[10:, 1] = np.nan
    means, _ = extrapolate(Y)
    order = np.argsort(Y[10:, 0].mean(axis=1))
    assert np.all(np.diff(means[10:][order]) >= 0)


def test_one_outlier_has_little_influence():
    _, Y = curves(n_rungs=2)
    Y[:20, 1] = np.nan
    means, _ = extrapolate(Y)
    for end in (-50.0, 1e12):
        spoilt = Y.copy()
        spoilt[30, 1] = end
        assert np.max(np.abs(extrapolate(spoilt)[0] - means)[:20]) < 0.3


def test_a_diverged_trial_is_extrapolated_to_a_bad_value():
    _, Y = curves(n_rungs=2)
    Y[:20, 1] = np.nan
    Y[0, 0] = 1e200
    means, variances = extrapolate(Y)
    assert np.isfinite(variances[0]) and means[0] > 10 * means[1:].max()


def test_the_trend_continues():
    _, Y = curves(40)
    Y[30:, 2] = np.nan
    Y[38] = Y[39]
    Y[38, 0] += 3.0
    means, _ = extrapolate(Y)
    assert means[38] < means[39]


def test_different_folds_on_the_rung_and_at_the_end():
    """The choice of folds changes the noise, but not the mean."""
    final, Y = curves(80, factor=1.0)
    Y[:, :, 1] += 5.0
    Y[:, 0, 1:] = np.nan
    Y[:40, 1:] = np.nan
    Y[40:60, 2, 2] = np.nan
    means, _ = extrapolate(Y)
    assert np.corrcoef(means, final)[0, 1] > 0.98
    assert np.abs(np.mean((means - final)[:40]) - np.mean((means - final)[60:])) < 0.3


@pytest.mark.parametrize(
    "Y, expected",
    [
        ([[[np.nan], [np.nan]]], [np.nan]),
        ([[[2.0], [np.nan]]], [2.0]),  # nothing is known of the gain
        ([[[0.0], [0.0]], [[0.0], [np.nan]]], [0.0, 0.0]),
        ([[[0.5], [0.5]], [[0.5], [np.nan]], [[0.5], [np.nan]]], [0.5, 0.5, 0.5]),
        ([[[np.nan], [1.0]], [[3.0], [np.nan]]], [1.0, 3.0]),
        ([[[3.0], [np.nan]], [[3.0], [np.nan]]], [3.0, 3.0]),
    ],
)
def test_little_data(Y, expected):
    means, variances = extrapolate(np.array(Y))
    assert means == pytest.approx(expected, nan_ok=True)
    assert np.array_equal(np.isnan(variances), np.isnan(expected))


def test_equal_values_on_a_rung():
    """Networks that guess on the first rung are predicted at the end of the others."""
    Y = np.full((12, 2, 1), 0.9)
    Y[:6, 1, 0] = np.linspace(0.1, 0.2, 6)
    Y[6:, 1] = np.nan
    means, variances = extrapolate(Y)
    assert np.all(np.abs(means[6:] - 0.15) < 0.05)
    assert np.all((variances[6:] > 0) & (variances[6:] < 0.1))
