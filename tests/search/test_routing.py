"""Parameters of `fit`; parity of routing with scikit-learn is tested in tests/parity."""

import numpy as np
import pytest
from estimators import NearestMean
from sklearn import config_context
from sklearn.compose import TransformedTargetRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN


class Watched(NearestMean):
    """Has callbacks of its own."""

    def fit(self, X, y, callback=None):
        callback(self)
        return super().fit(X, y)


class TakesAll(NearestMean):
    """Takes any parameter."""

    def fit(self, X, y, **params):
        params["callbacks"][0](self)
        return super().fit(X, y)


SEARCHES = [GridSearchNN, RandomSearchNN, BayesSearchNN]


@pytest.mark.parametrize("search_class", SEARCHES)
@pytest.mark.parametrize("name", ["callback", "callbacks"])
@pytest.mark.parametrize("with_routing", [True, False])
@pytest.mark.parametrize(
    "estimator",
    [
        MLPClassifier(),
        make_pipeline(StandardScaler(), Watched()),
        TransformedTargetRegressor(MLPRegressor()),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_callbacks_as_in_scikit_optimize(search_class, name, with_routing, estimator, iris):
    search = search_class(estimator, {})
    with (
        config_context(enable_metadata_routing=with_routing),
        pytest.raises(TypeError, match=f"SearchNN.fit takes no {name}: .*timeout.*set_callbacks"),
    ):
        search.fit(*iris, **{name: [print]})


def test_callbacks_that_the_estimator_takes(iris):
    seen = []
    GridSearchNN(Watched(), {"power": [1, 2]}, cv=2).fit(*iris, callback=seen.append)
    GridSearchNN(TakesAll(), {"power": [1, 2]}, cv=2).fit(*iris, callbacks=[seen.append])
    assert len(seen) == 2 * 5


def test_callbacks_that_are_routed(iris):
    seen = []
    with config_context(enable_metadata_routing=True):
        estimator = make_pipeline(StandardScaler(), Watched().set_fit_request(callback=True))
        search = GridSearchNN(estimator, {"watched__power": [1, 2]}, cv=2)
        search.fit(*iris, callback=seen.append)
    assert len(seen) == 5 and np.isfinite(search.best_score_)
