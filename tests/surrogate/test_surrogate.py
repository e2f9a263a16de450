import numpy as np
import pytest

from sk_hpt._surrogate import Encoding, fit_surrogate

ENCODING = Encoding((None,) * 3, np.zeros(3, dtype=bool))


def bowl(X):
    return np.sum((X - 0.3) ** 2 * [1.0, 3.0, 10.0], axis=1)


def observations(n, seed=0):
    X = np.random.default_rng(seed).uniform(size=(n, 3))
    return X, bowl(X)


def fitted(X, y, variances=None, **kwargs):
    variances = np.zeros(len(y)) if variances is None else variances
    return fit_surrogate(X, y, variances, ENCODING, np.random.default_rng(0), **kwargs)


def test_it_learns_a_function():
    surrogate = fitted(*observations(40))
    X, y = observations(200, seed=1)
    median, deviation = surrogate.predict_raw(X)
    assert np.corrcoef(median, y)[0, 1] > 0.99
    assert np.sqrt(np.mean((median - y) ** 2)) < 0.1 * y.std()
    assert np.mean(np.abs(median - y) < 3 * deviation) > 0.8


def test_lengthscales_tell_which_columns_matter():
    lengthscales = fitted(*observations(30)).hyperparameters.lengthscales
    assert lengthscales[2] < lengthscales[0]


def test_the_warp_straightens_what_is_steep_at_one_end():
    X = np.random.default_rng(0).uniform(size=(40, 3))
    y = np.sin(6 * X[:, 2] ** 0.25)
    hyper = fitted(X, y).hyperparameters
    assert hyper.a[2] < 0.8
    assert not fitted(X[:19], y[:19]).hyperparameters.is_warped


def test_given_noise_is_respected():
    X, y = observations(30)
    X, y = np.vstack([X, X[:1]]), np.append(y, y[0] - 5 * y.std())
    variances = np.zeros(31)
    variances[-1] = 100 * y.var()
    without = fitted(X[:-1], y[:-1])
    assert fitted(X, y, variances).predict_raw(X[:1])[0] == pytest.approx(
        without.predict_raw(X[:1])[0], abs=0.1 * bowl(X).std()
    )


def test_extrapolated_values_inform_but_are_never_the_best():
    X, y = observations(30)
    complete = y > np.quantile(y, 0.2)
    surrogate = fitted(X, y, complete=complete)
    assert surrogate.best == surrogate.means[complete].min() > surrogate.means.min()
    np.testing.assert_array_equal(surrogate.predict(X), fitted(X, y).predict(X))
    none = fitted(X, y, complete=np.zeros(30, dtype=bool))
    assert none.best == none.means.min()


def test_the_best_is_the_best_mean_not_the_luckiest_value():
    rng = np.random.default_rng(0)
    X = np.repeat(rng.uniform(size=(10, 3)), 4, axis=0)
    y = np.repeat(rng.normal(size=10), 4) + 0.5 * rng.normal(size=40)
    surrogate = fitted(X, y)
    assert surrogate.best > surrogate.outputs.forward(y).min()
    assert surrogate.best == pytest.approx(surrogate.predict(X)[0].min())


def test_failures_are_bad_and_never_the_best():
    X, y = observations(20)
    y[0] = np.nan
    X[0] = X[np.nanargmin(y)] + 0.05
    surrogate = fitted(X, y)
    assert not surrogate.may_be_best[0] and surrogate.may_be_best[1:].all()
    assert surrogate.best == surrogate.means[1:].min()
    assert surrogate.predict(X[:1])[0] > fitted(X[1:], y[1:]).predict(X[:1])[0]


def test_failing_is_worse_than_equal_values():
    X, _ = observations(10)
    surrogate = fitted(X, np.where(np.arange(10) < 5, 0.3, np.nan))
    mean, _ = surrogate.predict(X)
    assert mean[:5].max() < mean[5:].min()


def test_pending_points_reduce_the_uncertainty_and_may_be_the_best():
    X, y = observations(10)
    surrogate = fitted(X, y)
    x = np.full(3, 0.3)
    pending = surrogate.fantasize(x)
    at = np.array([x, [0.9, 0.1, 0.5]])
    assert pending.predict(at)[0] == pytest.approx(surrogate.predict(at)[0])
    assert pending.predict(at)[1][0] < 0.7 * surrogate.predict(at)[1][0]
    assert pending.best == pytest.approx(surrogate.predict(at)[0][0])
    assert pending.best < surrogate.best
    assert len(surrogate.X) == 10 and len(pending.X) == 11


def test_hyperparameters_can_be_kept():
    X, y = observations(25)
    first = fitted(X[:24], y[:24])
    kept = fitted(X, y, previous=first, refit=False)
    assert kept.hyperparameters is first.hyperparameters
    assert len(kept.X) == 25
    # Across the number of observations from which there is a warp, too.
    assert fitted(X, y, previous=fitted(X[:10], y[:10])).hyperparameters.is_warped
    assert not fitted(X[:10], y[:10], previous=first).hyperparameters.is_warped


@pytest.mark.parametrize(
    "change",
    [
        lambda X, y, v: (X[:1], y[:1], v[:1]),
        lambda X, y, v: (X[:2], y[:2], v[:2]),
        lambda X, y, v: (X, np.full(30, 0.9), v),
        lambda X, y, v: (X, np.full(30, np.nan), v),
        lambda X, y, v: (X, np.where(np.arange(30) == 3, y, np.nan), v),
        lambda X, y, v: (X, y * 1e300, v),
        lambda X, y, v: (X, y * 1e-300, v),
        lambda X, y, v: (X, y, np.full(30, 1e300)),
        lambda X, y, v: (X, y, np.full(30, np.inf)),
        lambda X, y, v: (X, y, np.full(30, np.nan)),
        lambda X, y, v: (np.tile(X[:1], (30, 1)), y, v),
        lambda X, y, v: (X[:1] + 1e-13 * X, y, v),
        lambda X, y, v: (np.round(X), y, v),
    ],
)
def test_degenerate_observations(change):
    X, y, variances = change(*observations(30), np.zeros(30))
    surrogate = fitted(X, y, variances)
    at = np.random.default_rng(1).uniform(size=(20, 3))
    mean, std = surrogate.predict(at)
    assert np.all(np.isfinite(mean)) and np.all(std > 0) and np.isfinite(surrogate.best)
    assert np.all(np.isfinite(surrogate.predict_raw(at)))
    assert np.all(np.isfinite(surrogate.fantasize(at[0]).predict(at)))


def test_default_hyperparameters_without_a_cholesky_factor(monkeypatch):
    def fail(*_):
        raise np.linalg.LinAlgError

    monkeypatch.setattr("sk_hpt._surrogate.likelihood.cholesky", fail)
    surrogate = fitted(*observations(10))
    assert surrogate.hyperparameters.scale == 1.0
    assert np.all(np.isfinite(surrogate.predict(surrogate.X)))
