import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern

from sk_hpt._surrogate import Encoding
from sk_hpt._surrogate.hyperparameters import Hyperparameters
from sk_hpt._surrogate.process import cholesky, condition

ENCODING = Encoding((None,) * 3, np.zeros(3, dtype=bool))
MIXED = Encoding((None, np.array([0.25, 0.75]), None), np.array([False, True, False]))


def hyperparameters(p=3, warp=1.0):
    a = np.linspace(1.0, warp, p)
    return Hyperparameters(1.7, 0.01, np.array([0.3, 1.0, 2.5]), a, a[::-1])


def observations(n=20):
    rng = np.random.default_rng(0)
    return rng.uniform(size=(n, 3)), rng.normal(size=n), rng.uniform(0.01, 0.2, size=n)


def test_posterior_is_scikit_learns():
    X, y, noise = observations()
    process = condition(ENCODING, X, y, noise, hyperparameters())
    kernel = ConstantKernel(1.7, "fixed") * Matern([0.3, 1.0, 2.5], "fixed", nu=2.5)
    reference = GaussianProcessRegressor(kernel, alpha=noise, optimizer=None)
    reference.fit(X, y - process.mean)
    at = np.random.default_rng(1).uniform(size=(10, 3))
    mean, std = reference.predict(at, return_std=True)
    assert process.predict(at)[0] == pytest.approx(mean + process.mean)
    assert process.predict(at)[1] == pytest.approx(std)


@pytest.mark.parametrize(
    "columns, hyper",
    [
        (ENCODING, hyperparameters()),
        (ENCODING, hyperparameters(warp=2.0)),
        (MIXED, hyperparameters(p=2, warp=0.6)),
    ],
)
def test_gradients_at_a_point(columns, hyper):
    X, y, noise = observations()
    X[:, 1] = np.where(X[:, 1] < 0.5, 0.25, 0.75)
    process = condition(columns, X, y, noise, hyper)
    x, step = np.array([0.3, 0.75, 0.6]), 1e-6
    mean, std, *gradients = process.predict_gradient(x)
    assert process.predict(x[None]) == (pytest.approx(mean), pytest.approx(std))
    for gradient, part in zip(gradients, [0, 1], strict=True):
        for column in range(3):
            ends = np.array([x, x])
            ends[:, column] += [step, -step]
            up, down = process.predict(ends)[part]
            expected = 0.0 if columns.categorical[column] else (up - down) / (2 * step)
            assert gradient[column] == pytest.approx(expected, abs=1e-6)


def test_fantasizing_equals_observing_the_mean():
    X, y, noise = observations()
    hyper = hyperparameters(warp=1.5)
    process = condition(ENCODING, X, y, noise, hyper)
    fantasized, observed_X, observed_y, observed_noise = process, X, y - process.mean, noise
    for x in np.random.default_rng(1).uniform(size=(3, 3)):
        value = fantasized.predict(x[None])[0] - process.mean
        fantasized = fantasized.fantasize(x, 0.05)
        observed_X, observed_y = np.vstack([observed_X, x]), np.append(observed_y, value)
        observed_noise = np.append(observed_noise, 0.05)
    refitted = condition(ENCODING, observed_X, observed_y, observed_noise, hyper)
    assert np.allclose(fantasized.L, refitted.L)
    at = np.random.default_rng(2).uniform(size=(10, 3))
    assert fantasized.predict(at)[1] == pytest.approx(refitted.predict(at)[1])
    assert fantasized.predict(at)[0] == pytest.approx(process.predict(at)[0])
    # The mean of the refitted one is estimated anew; with the same one it is the same.
    weights = np.linalg.solve(refitted.L @ refitted.L.T, observed_y)
    assert fantasized.weights == pytest.approx(weights, abs=1e-9)


def test_near_duplicates():
    X, y, _ = observations()
    X = np.vstack([X, X + 1e-12, X])
    process = condition(ENCODING, X, np.tile(y, 3), np.full(60, 1e-12), hyperparameters())
    mean, std = process.predict(X[:20])
    assert mean == pytest.approx(y, abs=1e-2)
    assert np.all(std < 0.1)


def test_cholesky_needs_a_finite_matrix():
    assert np.all(np.isfinite(cholesky(np.ones((3, 3)))))
    for S in [np.full((2, 2), np.nan), -np.eye(2), np.array([[1.0, np.inf], [np.inf, 1.0]])]:
        with pytest.raises(np.linalg.LinAlgError):
            cholesky(S)
