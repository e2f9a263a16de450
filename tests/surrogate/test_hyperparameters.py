import numpy as np
import pytest
from scipy.stats import lognorm, norm

from sk_hpt._surrogate.hyperparameters import from_log, make_prior


def test_log_round_trip():
    theta = np.linspace(-1, 1, 2 + 3 + 4)
    hyper = from_log(theta, d=3, p=2)
    assert hyper.to_log() == pytest.approx(theta)
    assert hyper.is_warped
    unwarped = from_log(theta[:5], d=3, p=2)
    assert not unwarped.is_warped and len(unwarped.a) == 2


def test_densities_are_those_of_scipy():
    prior = make_prior(d=4, p=1, warped=True)

    def density(theta):
        scale, noise, *lengthscales, a, b = theta
        return (
            norm.logpdf(scale)
            + lognorm.logpdf(np.exp(noise), s=1, scale=np.exp(-4))
            + sum(
                lognorm.logpdf(np.exp(length), s=np.sqrt(3), scale=np.exp(np.sqrt(2)) * 2)
                for length in lengthscales
            )
            + norm.logpdf([a, b], scale=0.5).sum()
        )

    one, other = np.random.default_rng(0).normal(size=(2, 8))
    expected = density(one) - density(other)
    assert prior.log_density(one)[0] - prior.log_density(other)[0] == pytest.approx(expected)


@pytest.mark.parametrize("warped", [False, True])
def test_gradient_mode_and_bounds(warped):
    prior = make_prior(d=3, p=2, warped=warped)
    theta, step = np.random.default_rng(0).normal(size=len(prior.mean)), 1e-6
    differences = [
        (prior.log_density(theta + step * e)[0] - prior.log_density(theta - step * e)[0]) / 2 / step
        for e in np.eye(len(theta))
    ]
    assert prior.log_density(theta)[1] == pytest.approx(differences, abs=1e-6)
    assert prior.log_density(prior.mode)[1] == pytest.approx(0.0)
    rng = np.random.default_rng(0)
    draws = np.array([prior.sample(rng) for _ in range(100)])
    assert np.all((draws >= prior.bounds[:, 0]) & (draws <= prior.bounds[:, 1]))
