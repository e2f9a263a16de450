"""One warning of all networks that have not converged, wherever they are."""

import warnings
from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import GridSearchNN

CLASSIFIER = MLPClassifier((3,), max_iter=2, random_state=0)
REGRESSOR = MLPRegressor(hidden_layer_sizes=(3,), max_iter=2, random_state=0)


class Derived(MLPClassifier):
    """A class of the user's."""


class MakesItsNetwork(ClassifierMixin, BaseEstimator):
    """An estimator that shows its network to nobody."""

    def __init__(self, alpha=0.0):
        self.alpha = alpha

    def fit(self, X, y):
        self._inner = {"network": MLPClassifier((3,), max_iter=2, alpha=self.alpha).fit(X, y)}
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return self._inner["network"].predict(X)


ESTIMATORS = {
    "bare": CLASSIFIER,
    "subclass": Derived((3,), max_iter=2),
    "nested Pipeline": make_pipeline(StandardScaler(), make_pipeline(CLASSIFIER)),
    "TransformedTargetRegressor": TransformedTargetRegressor(REGRESSOR),
    "OneVsRest": OneVsRestClassifier(CLASSIFIER),
    "Bagging": BaggingClassifier(CLASSIFIER, n_estimators=2),
    "MultiOutput": MultiOutputRegressor(REGRESSOR),
    "Voting": VotingClassifier([("network", CLASSIFIER), ("other", LogisticRegression())]),
    "Stacking": StackingClassifier([("network", CLASSIFIER)], cv=2),
    "GridSearchCV": GridSearchCV(CLASSIFIER, {"beta_1": [0.8, 0.9]}, cv=2),
    "GridSearchNN": GridSearchNN(CLASSIFIER, {"beta_1": [0.8, 0.9]}, cv=2, refit=False),
    "made in fit": MakesItsNetwork(),
}


def convergence_warnings(search, X, y, action="always"):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter(action)
        search.fit(X, y)
    return [str(each.message) for each in caught if issubclass(each.category, ConvergenceWarning)]


def search_over_alpha(estimator, search_class=GridSearchNN, **options):
    name = next(name for name in estimator.get_params() if name.endswith("alpha"))
    options = {"cv": 2, "refit": False, **options}
    if isinstance(estimator, GridSearchNN) and "scoring" not in options:
        options["scoring"] = constant
    return search_class(estimator, {name: [1e-4, 1e-2, 1.0]}, **options)


def constant(estimator, X, y):
    return 1.0


def assert_counted(texts, n_unconverged=6):
    assert len(texts) == 1 and texts[0].startswith(f"{n_unconverged} of 6 fits reached max_iter")


@pytest.mark.parametrize("name", ESTIMATORS)
def test_networks_inside_others_are_counted_once_a_fit(iris, name):
    X, y = iris
    estimator = ESTIMATORS[name]
    y = np.c_[X[:, 0], X[:, 1]] if name == "MultiOutput" else y
    y = X[:, 0] if name == "TransformedTargetRegressor" else y
    assert_counted(convergence_warnings(search_over_alpha(estimator), X, y))


def test_networks_in_pipelines_of_imblearn_are_counted(iris):
    imblearn = pytest.importorskip("imblearn.pipeline")
    estimator = imblearn.make_pipeline(StandardScaler(), CLASSIFIER)
    assert_counted(convergence_warnings(search_over_alpha(estimator), *iris))


@pytest.mark.parametrize("backend", ["threading", "loky"])
@pytest.mark.parametrize("name", ["bare", "OneVsRest"])
@pytest.mark.parametrize("engine", ["auto", "sklearn"])
def test_networks_are_counted_in_workers(iris, engine, name, backend):
    search = search_over_alpha(ESTIMATORS[name], engine=engine)
    with joblib.parallel_config(backend, n_jobs=2):
        assert_counted(convergence_warnings(search, *iris))


@pytest.mark.parametrize("engine", ["auto", "sklearn"])
@pytest.mark.parametrize("name", ["bare", "OneVsRest"])
def test_networks_are_counted_outside_of_the_main_thread(iris, name, engine):
    search = search_over_alpha(ESTIMATORS[name], engine=engine)
    with ThreadPoolExecutor(1) as pool:
        assert_counted(pool.submit(convergence_warnings, search, *iris).result())


def test_networks_that_converge_are_not_counted(iris):
    network = MLPClassifier((3,), max_iter=9, tol=10.0, n_iter_no_change=1, random_state=0)
    search = search_over_alpha(OneVsRestClassifier(network))
    assert convergence_warnings(search, *iris) == []
    grid = {"estimator__max_iter": [2, 9, 9]}
    texts = convergence_warnings(GridSearchNN(search.estimator, grid, cv=2, refit=False), *iris)
    assert_counted(texts, n_unconverged=2)


@pytest.mark.parametrize("estimator", [OneVsRestClassifier(CLASSIFIER), CLASSIFIER])
@pytest.mark.parametrize("engine", ["auto", "sklearn"])
def test_where_the_warnings_are_errors_the_fits_fail_as_in_scikit_learn(iris, estimator, engine):
    search = search_over_alpha(estimator, engine=engine)
    with pytest.raises(ValueError, match="All the 6 fits failed"):
        convergence_warnings(search, *iris, action="error")


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(max_iter=2),
        MLPClassifier((3,), solver="lbfgs", max_iter=2, random_state=0),
        OneVsRestClassifier(MLPClassifier((3,), solver="lbfgs", max_iter=2, random_state=0)),
    ],
)
def test_warnings_of_others_pass_as_in_scikit_learn(iris, estimator):
    name = next(n for n in estimator.get_params() if n.split("__")[-1] in ("C", "alpha"))
    ours = GridSearchNN(estimator, {name: [0.1, 1.0]}, cv=2, refit=False)
    theirs = GridSearchCV(estimator, {name: [0.1, 1.0]}, cv=2, refit=False)
    texts = convergence_warnings(ours, *iris)
    assert texts == convergence_warnings(theirs, *iris) and len(texts) >= 4


def test_a_user_who_ignores_the_warnings_hears_nothing(iris):
    search = search_over_alpha(ESTIMATORS["OneVsRest"])
    assert convergence_warnings(search, *iris, action="ignore") == []


def test_resumed_from_a_journal_the_same_fits_are_counted(iris, tmp_path):
    search = search_over_alpha(ESTIMATORS["OneVsRest"], journal=tmp_path / "search.db")
    for _ in range(2):
        assert_counted(convergence_warnings(search, *iris))
