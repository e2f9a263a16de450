"""What is kept of how a network learned."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sk_hpt._evaluation.learning_curve import learning_curve

pytestmark = pytest.mark.filterwarnings(
    f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning"
)


class Cousin(MLPClassifier):
    """Not scikit-learn's own class, and yet a network."""


@pytest.mark.parametrize("wrap", [lambda network: network, lambda network: make_pipeline(network)])
@pytest.mark.parametrize("kind", [MLPClassifier, Cousin])
def test_losses_are_those_of_the_network(iris, kind, wrap):
    fitted = wrap(kind((3,), max_iter=4, random_state=0)).fit(*iris)
    network = getattr(fitted, "steps", [(None, fitted)])[-1][1]
    curve = learning_curve(fitted)
    assert curve.loss.dtype == np.float32 and curve.validation is None
    np.testing.assert_array_equal(curve.loss, np.float32(network.loss_curve_))
    network.loss_curve_.append(0.0)
    assert len(curve.loss) == 4


def test_validation_scores_are_kept(iris):
    network = MLPClassifier((3,), max_iter=4, early_stopping=True, random_state=0).fit(*iris)
    curve = learning_curve(network)
    assert len(curve.loss) == len(curve.validation) == 4
    np.testing.assert_array_equal(curve.validation, np.float32(network.validation_scores_))


def test_what_is_no_network_or_knows_no_epochs_has_none(iris):
    X, y = iris
    forest = make_pipeline(StandardScaler(), SVC()).fit(X, y)
    quasi_newton = MLPClassifier((3,), solver="lbfgs", max_iter=4, random_state=0).fit(X, y)
    unfitted = MLPClassifier()
    for estimator in (forest, quasi_newton, unfitted, None, make_pipeline("passthrough")):
        assert learning_curve(estimator) is None


def test_losses_too_large_for_the_type_are_infinite():
    network = MLPClassifier()
    network.loss_curve_ = [1.0, 1e300, float("nan")]
    np.testing.assert_array_equal(learning_curve(network).loss, [1.0, np.inf, np.nan])
