"""A search is used wherever scikit-learn's are: delegated methods, nesting, tags, output."""

import io
import pickle
import warnings
from contextlib import redirect_stdout

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest, StackingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import get_scorer
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    RandomizedSearchCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
)
from sklearn.neighbors import KernelDensity
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils import estimator_html_repr, get_tags

from sk_hpt import GridSearchNN, RandomSearchNN

NETWORK = MLPClassifier((5,), max_iter=10, random_state=0)
GRID = {"alpha": [1e-3, 1.0]}
PAIRS = [
    (GridSearchCV(NETWORK, GRID, cv=2), GridSearchNN(NETWORK, GRID, cv=2)),
    (
        RandomizedSearchCV(NETWORK, GRID, n_iter=2, cv=2, random_state=0),
        RandomSearchNN(NETWORK, GRID, n_iter=2, cv=2, random_state=0),
    ),
]

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(params=PAIRS, ids=["grid", "random"])
def pair(request):
    return [clone(search) for search in request.param]


ESTIMATORS = {
    "network": (NETWORK, GRID),
    "svc": (SVC(), {"C": [1, 10]}),
    "pca": (PCA(), {"n_components": [2, 3]}),
    "density": (KernelDensity(), {"bandwidth": [0.5, 1.0]}),
    "forest": (IsolationForest(n_estimators=10, random_state=0), {"max_samples": [20]}),
}


@pytest.mark.parametrize("refit", [True, False])
@pytest.mark.parametrize("name", ESTIMATORS)
def test_delegated_methods(iris, name, refit):
    X, y = iris
    estimator, grid = ESTIMATORS[name]
    options = {"refit": refit, "cv": 2}
    if name == "forest":
        options["scoring"] = lambda e, X, y=None: e.score_samples(X).mean()
    theirs, ours = (
        GridSearchCV(estimator, grid, **options),
        GridSearchNN(estimator, grid, **options),
    )
    names = ["score", "predict", "predict_proba", "predict_log_proba", "decision_function"]
    names += ["score_samples", "transform", "inverse_transform", "classes_", "n_features_in_"]
    for name in names:
        assert hasattr(ours, name) == hasattr(theirs, name), name
    theirs.fit(X, y), ours.fit(X, y)
    for name in names:
        expected, got = _answer(theirs, name, X, y), _answer(ours, name, X, y)
        assert repr(got).replace("SearchNN", "SearchCV") == repr(expected), name
        if not isinstance(expected, Exception):
            np.testing.assert_array_equal(got, expected)


def _answer(search, name, X, y):
    try:
        value = getattr(search, name)
        if not callable(value):
            return value
        if name == "inverse_transform":
            return value(search.transform(X))
        return value(X, y) if name == "score" else value(X)
    except Exception as error:
        return error


def test_before_fit(pair):
    for name in ("predict", "score", "classes_", "n_features_in_"):
        theirs, ours = (repr(_answer(search, name, np.ones((2, 4)), [0, 1])) for search in pair)
        theirs = theirs.replace("RandomizedSearchCV", "RandomSearchCV")
        assert ours.replace("SearchNN", "SearchCV") == theirs


@pytest.mark.parametrize("scoring", [["accuracy", "f1_macro"], "f1_macro", "many"])
def test_score_uses_scoring(iris, scoring):
    X, y = iris
    if scoring == "many":

        def scoring(estimator, X, y):
            return {name: get_scorer(name)(estimator, X, y) for name in ("accuracy", "f1_macro")}

    searches = [
        search(NETWORK, GRID, scoring=scoring, refit="f1_macro", cv=2).fit(X, y)
        for search in (GridSearchCV, GridSearchNN)
    ]
    assert searches[0].score(X, y) == searches[1].score(X, y)
    assert searches[1].score(X, y) == get_scorer("f1_macro")(searches[1], X, y)


@pytest.mark.parametrize(
    "estimator", [NETWORK, MLPRegressor(), SVC(kernel="precomputed"), PCA(), Ridge()], ids=repr
)
def test_tags(estimator):
    theirs, ours = GridSearchCV(estimator, {}), GridSearchNN(estimator)
    assert get_tags(ours) == get_tags(theirs)
    assert is_classifier(ours) == is_classifier(theirs)
    assert is_regressor(ours) == is_regressor(theirs)


def test_html_nests_the_estimator(iris):
    search = GridSearchNN(NETWORK, GRID, cv=2)
    assert "estimator: MLPClassifier" in estimator_html_repr(search)
    assert "best_estimator_: MLPClassifier" in estimator_html_repr(search.fit(*iris))


def test_nesting_in_meta_estimators(iris, pair):
    X, y = iris
    for wrap in (
        lambda search: make_pipeline(StandardScaler(), search),
        lambda search: StackingClassifier([("net", search)], LogisticRegression(), cv=2),
        lambda search: CalibratedClassifierCV(search, cv=2),
        lambda search: GridSearchNN(search, {"estimator__max_iter": [5, 10]}, cv=2),
    ):
        theirs, ours = (wrap(search).fit(X, y) for search in pair)
        np.testing.assert_array_equal(ours.predict_proba(X), theirs.predict_proba(X))


def test_nesting_in_cross_validation(iris, pair):
    X, y = iris
    order = np.argsort(y)  # without the classifier's tag the folds of sorted classes all score 0
    theirs, ours = (cross_val_score(search, X[order], y[order], cv=3) for search in pair)
    np.testing.assert_array_equal(ours, theirs)
    assert ours.min() > 0.1
    theirs, ours = (cross_val_predict(search, X, y, cv=2) for search in pair)
    np.testing.assert_array_equal(ours, theirs)
    theirs, ours = (cross_validate(search, X, y, cv=2, n_jobs=2)["test_score"] for search in pair)
    np.testing.assert_array_equal(ours, theirs)


def test_clone_and_pickle(iris, pair):
    X, y = iris
    for search in pair[1:]:
        fitted = pickle.loads(pickle.dumps(search.fit(X, y)))
        np.testing.assert_array_equal(fitted.predict(X), search.predict(X))
        assert clone(search).get_params(deep=False).keys() == search.get_params(deep=False).keys()
        assert not hasattr(clone(search), "cv_results_")
        first = search.cv_results_["mean_test_score"]
        np.testing.assert_array_equal(search.fit(X, y).cv_results_["mean_test_score"], first)


@pytest.mark.parametrize("verbose", [0, 2, 3, 10])
@pytest.mark.parametrize("train", [False, True])
@pytest.mark.parametrize("scoring", [None, ["accuracy", "f1_macro"]])
def test_messages(iris, verbose, train, scoring):
    outputs = []
    for search in (GridSearchCV, GridSearchNN):
        stream = io.StringIO()
        with redirect_stdout(stream):
            search(
                NETWORK,
                [GRID, {}],
                cv=2,
                verbose=verbose,
                scoring=scoring,
                refit=False,
                return_train_score=train,
            ).fit(*iris)
        outputs.append([_without_time(line) for line in stream.getvalue().splitlines()])
    assert outputs[1] == outputs[0]


def _without_time(line):
    # the time's width also decides how many dots there are
    head, _, _ = line.partition("total time=")
    return head.replace(".", "").split()


@pytest.mark.filterwarnings("ignore:The scoring:UserWarning")
def test_metadata_routing(iris):
    X, y = iris
    rng = np.random.default_rng(0)
    params = {"sample_weight": rng.uniform(size=len(y)), "groups": rng.integers(0, 6, len(y))}
    with config_context(enable_metadata_routing=True):
        results = []
        for search in (GridSearchCV, GridSearchNN):
            network = MLPClassifier((5,), max_iter=10, random_state=0)
            scorer = get_scorer("accuracy").set_score_request(sample_weight=True)
            searched = search(
                network.set_fit_request(sample_weight=True), GRID, scoring=scorer, cv=GroupKFold(3)
            ).fit(X, y, **params)
            score = searched.score(X, y, sample_weight=params["sample_weight"])
            results.append((searched.cv_results_["mean_test_score"].tolist(), score))
            with pytest.raises(Exception, match="not requested|unexpected") as error:
                searched.fit(X, y, no_such=1)
            results[-1] += (type(error.value),)
            routing = repr(searched.get_metadata_routing()).replace(search.__name__, "")
            results[-1] += (routing,)
            unrequested = search(MLPClassifier(), GRID)
            with pytest.raises(ValueError, match="sample_weight") as error:
                unrequested.fit(X, y, sample_weight=params["sample_weight"])
            results[-1] += (str(error.value).replace(search.__name__, ""),)
        assert results[1] == results[0]


def test_score_takes_no_metadata_without_routing(iris):
    X, y = iris
    search = GridSearchNN(NETWORK, GRID, cv=2).fit(X, y)
    with pytest.raises(ValueError, match="GridSearchNN.score"):
        search.score(X, y, sample_weight=np.ones(len(y)))


def test_warning_filters_reach_the_fits(iris):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="All the 4 fits failed(?s:.*)ConvergenceWarning"):
            GridSearchNN(NETWORK, GRID, cv=2, n_jobs=2).fit(*iris)
