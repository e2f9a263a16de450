import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.gaussian_process.kernels import Matern

from sk_hpt._surrogate import Encoding
from sk_hpt._surrogate.hyperparameters import from_log, make_prior
from sk_hpt._surrogate.likelihood import NegativeLogPosterior

HALVES = np.array([0.25, 0.75])
ENCODING = Encoding((None, HALVES, None, None), np.array([False, True, False, False]))


def observations(n=15):
    rng = np.random.default_rng(0)
    X = rng.uniform(size=(n, 4))
    X[:, 1] = rng.choice(HALVES, size=n)
    return X, rng.normal(size=n), rng.uniform(0, 0.1, size=n)


@pytest.mark.parametrize("warped", [False, True])
def test_gradient(warped):
    prior = make_prior(4, 3, warped)
    objective = NegativeLogPosterior(ENCODING, *observations(), prior)
    rng = np.random.default_rng(1)
    for _ in range(5):
        theta, step = prior.clip(0.5 * rng.normal(size=len(prior.mean))), 1e-5
        differences = [
            (objective(theta + step * e)[0] - objective(theta - step * e)[0]) / (2 * step)
            for e in np.eye(len(theta))
        ]
        assert objective(theta)[1] == pytest.approx(differences, abs=1e-5)


def test_value_is_the_likelihood_times_the_prior():
    columns = Encoding((None, None), np.zeros(2, dtype=bool))
    X, y, variances = observations()
    prior = make_prior(2, 2, warped=False)
    objective = NegativeLogPosterior(columns, X[:, :2], y, variances, prior)

    def expected(theta):
        hyper = from_log(theta, 2, 2)
        S = hyper.scale * Matern(hyper.lengthscales, nu=2.5)(X[:, :2])
        S += np.diag(hyper.noise + variances)
        means = np.linspace(-2, 2, 20001)
        precision = np.linalg.inv(S)
        m = precision.sum(axis=0) @ y / (precision.sum() + 1)
        assert np.min(np.abs(means - m)) < 1e-3
        log_likelihood = multivariate_normal(np.full(len(y), m), S).logpdf(y) - 0.5 * m * m
        return -log_likelihood - prior.log_density(theta)[0]

    one, other = np.array([0.0, -3.0, -1.0, 0.5]), np.array([1.0, -1.0, 0.3, -0.7])
    assert objective(one)[0] - objective(other)[0] == pytest.approx(expected(one) - expected(other))
