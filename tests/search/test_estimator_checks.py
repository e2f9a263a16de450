"""scikit-learn's checks of an estimator, without expected failures (GridSearchCV has two)."""

import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN

pytestmark = pytest.mark.slow


def instances():
    for network in (MLPClassifier, MLPRegressor):
        bare = network(hidden_layer_sizes=(16,), solver="lbfgs", max_iter=100, random_state=0)
        name = network.__name__.lower()
        for estimator, prefix in (
            (bare, ""),
            (make_pipeline(StandardScaler(), bare), f"{name}__"),
        ):
            space = {f"{prefix}alpha": [1e-3, 1e-1]}
            yield GridSearchNN(estimator, space, cv=2)
            yield GridSearchNN(estimator, space, cv=2, ensemble_size=2)
            yield RandomSearchNN(estimator, space, n_iter=1, cv=2, random_state=0)
            yield BayesSearchNN(estimator, space, n_iter=2, cv=2, random_state=0)


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(list(instances()))
def test_check(estimator, check):
    check(estimator)
