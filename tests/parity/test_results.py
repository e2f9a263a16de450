"""cv_results_, best_*, warnings and errors equal scikit-learn's, whatever the parameters."""

import numpy as np
import pytest
from estimators import NearestMean
from scipy import sparse, stats
from sklearn.base import BaseEstimator
from sklearn.cluster import KMeans
from sklearn.compose import TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, f1_score, make_scorer
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    PredefinedSplit,
    RandomizedSearchCV,
    ShuffleSplit,
    StratifiedKFold,
    TimeSeriesSplit,
)
from sklearn.neighbors import KernelDensity, KNeighborsClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from sk_hpt import GridSearchNN, RandomSearchNN

NETWORK = MLPClassifier((5,), max_iter=8, random_state=0)
TREE = DecisionTreeClassifier(random_state=0)
DEPTHS = {"max_depth": [1, 2, 4], "criterion": ["gini", "entropy"]}


def two_scores(estimator, X, y):
    predicted = estimator.predict(X)
    return {"right": accuracy_score(y, predicted), "f": f1_score(y, predicted, average="macro")}


def fewest_leaves(results):
    return int(np.argmax(results["param_max_depth"] == 2))


SPACES = {
    "network": (NETWORK, {"hidden_layer_sizes": [(3,), (4, 4)], "alpha": [1e-4, 1.0]}),
    "sgd": (
        MLPClassifier(solver="sgd", max_iter=5, random_state=0, early_stopping=True),
        {"learning_rate_init": (0.01, 0.1), "learning_rate": ["constant", "adaptive"]},
    ),
    "pipeline": (
        Pipeline([("scale", StandardScaler()), ("pca", PCA(2)), ("net", NETWORK)]),
        {"pca__n_components": range(1, 3), "net__alpha": np.array([1e-3, 1e-1])},
    ),
    "sub-grids": (
        SVC(),
        [{"kernel": ["linear"], "C": [1, 10]}, {"kernel": ["rbf"], "C": [0.1, -1.0, 1.0]}],
    ),
    "estimators": (
        Pipeline([("scale", StandardScaler()), ("model", SVC())]),
        {"scale": [StandardScaler(), MinMaxScaler(), "passthrough"], "model": [TREE, SVC(C=3)]},
    ),
    "estimators' parameters": (
        Pipeline([("scale", StandardScaler()), ("model", SVC())]),
        [
            {"model": [TREE], "model__max_depth": [1, 2]},
            {"model": [LogisticRegression()], "model__C": [0.1]},
        ],
    ),
    "tree": (TREE, DEPTHS),
    "custom": (NearestMean(), {"power": [1, 2, 3]}),
    "defaults": (TREE, {}),
    "an array": (TREE, {"class_weight": [None, "balanced"], "max_depth": np.arange(1, 3)}),
}


@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize("name", SPACES)
def test_grids_of_any_kind(assert_parity, iris, name, n_jobs):
    estimator, grid = SPACES[name]
    options = {"cv": 3, "n_jobs": n_jobs, "return_train_score": True}
    if name == "sub-grids":
        options["error_score"] = 0.0
    search = assert_parity(
        GridSearchCV(estimator, grid, **options), GridSearchNN(estimator, grid, **options), *iris
    )
    assert hasattr(search, "best_estimator_")


DISTRIBUTIONS = {
    "lists": {"max_depth": [1, 2, 3, 4], "criterion": ["gini", "entropy"]},
    "fewer than asked for": {"max_depth": [1, 2]},
    "distributions": {"max_depth": stats.randint(1, 6), "ccp_alpha": stats.uniform(0, 0.1)},
    "mixed": {"max_depth": (1, 2, 3), "ccp_alpha": stats.loguniform(1e-4, 1e-1)},
    "several": [{"max_depth": [1, 2, 3]}, {"ccp_alpha": stats.uniform(0, 0.1)}],
    "nothing": {},
}


@pytest.mark.parametrize("seed", [0, 1, "shared"])
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_the_same_draws(assert_parity, iris, name, seed):
    def search(of):
        # One RandomState for draws, folds and estimator: the order of use must agree too.
        state = np.random.RandomState(3) if seed == "shared" else seed
        return of(
            DecisionTreeClassifier(splitter="random", random_state=state),
            DISTRIBUTIONS[name],
            n_iter=5,
            random_state=state,
            cv=ShuffleSplit(3, random_state=state),
        )

    assert_parity(search(RandomizedSearchCV), search(RandomSearchNN), *iris)


OPTIONS = {
    "a scorer's name": {"scoring": "f1_macro"},
    "a scorer": {"scoring": make_scorer(f1_score, average="micro")},
    "a list of metrics": {"scoring": ["accuracy", "f1_macro"], "refit": "f1_macro"},
    "a tuple of metrics": {"scoring": ("accuracy", "f1_macro"), "refit": False},
    "a dict of metrics": {
        "scoring": {"right": "accuracy", "f": make_scorer(f1_score, average="macro")},
        "refit": "right",
    },
    "a callable of many": {"scoring": two_scores, "refit": "f"},
    "a callable of many, no refit": {"scoring": two_scores, "refit": False},
    "metrics without refit's": {"scoring": ["accuracy"], "refit": True},
    "metrics, refit another": {"scoring": two_scores, "refit": "recall"},
    "metrics, callable refit": {"scoring": ["accuracy", "f1_macro"], "refit": fewest_leaves},
    "callable refit": {"refit": fewest_leaves},
    "refit out of bounds": {"refit": lambda results: 99},
    "refit no index": {"refit": lambda results: "first"},
    "no refit": {"refit": False},
    "train scores": {"return_train_score": True},
    "train scores of many": {
        "scoring": ["accuracy", "f1_macro"],
        "refit": "accuracy",
        "return_train_score": True,
    },
    "no such scorer": {"scoring": "acuracy"},
    "not a score": {"scoring": lambda estimator, X, y: "good"},
    "a scorer that fails": {"scoring": lambda estimator, X, y: 1 / 0},
    "a scorer that fails, raised": {"scoring": lambda e, X, y: 1 / 0, "error_score": "raise"},
    "pre_dispatch": {"pre_dispatch": 1, "n_jobs": 2},
    "pre_dispatch all": {"pre_dispatch": "all", "n_jobs": 2},
    "a splitter": {"cv": StratifiedKFold(4, shuffle=True, random_state=1)},
    "time series": {"cv": TimeSeriesSplit(3)},
    "predefined": {"cv": PredefinedSplit(np.arange(150) % 3 - 1)},
    "an iterable": {
        "cv": [(np.arange(100), np.arange(100, 150)), (np.arange(50), np.arange(60, 99))]
    },
    "masks": {"cv": [(np.arange(150) % 3 > 0, np.arange(150) % 3 == 0)]},
    "no folds": {"cv": iter(())},
    "one fold": {"cv": 1},
    "bad n_jobs": {"n_jobs": "two"},
    "bad refit": {"refit": 3},
    "bad cv": {"cv": "five"},
    "bad verbose": {"verbose": -1},
    "bad pre_dispatch": {"pre_dispatch": None},
    "bad error_score": {"error_score": "ignore"},
    "bad return_train_score": {"return_train_score": "yes"},
    "bad scoring": {"scoring": 3},
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options(assert_parity, iris, name):
    def search(of):
        # An iterator can be consumed only once.
        options = {"cv": 3, **OPTIONS[name]}
        return of(TREE, DEPTHS, **(options | {"cv": iter(())} if name == "no folds" else options))

    assert_parity(search(GridSearchCV), search(GridSearchNN), *iris)


@pytest.mark.parametrize("error_score", [np.nan, 0.25, -1, "raise"])
@pytest.mark.parametrize("powers", [[1, 2, 3], [2]])
@pytest.mark.parametrize(
    "scoring", [None, ["accuracy", "f1_macro"], two_scores], ids=["one", "many", "callable"]
)
def test_fits_that_fail(assert_parity, iris, error_score, powers, scoring):
    refit = True if scoring is None else "f" if callable(scoring) else "accuracy"
    options = {
        "cv": 3,
        "error_score": error_score,
        "scoring": scoring,
        "refit": refit,
        "return_train_score": True,
    }
    estimator = NearestMean(fail_at=2)
    assert_parity(
        GridSearchCV(estimator, {"power": powers}, **options),
        GridSearchNN(estimator, {"power": powers}, **options),
        *iris,
    )


WRONG_SPACES = [
    {"max_depth": 3},
    {"max_depth": "3"},
    {"max_depth": []},
    {"max_depth": {1, 2}},
    {"max_depth": np.ones((2, 2))},
    {"depth": [1, 2]},
    {"tree__levels": [1, 2]},
    [],
    [3],
    [[{"max_depth": [1]}]],
    "max_depth",
    3,
]


@pytest.mark.parametrize("space", WRONG_SPACES, ids=repr)
def test_wrong_grids(assert_parity, iris, space):
    theirs, ours = GridSearchCV(TREE, space, cv=2), GridSearchNN(TREE, space, cv=2)
    if isinstance(space, (str, int)):  # their sentence goes on: "... or None"
        with pytest.raises(ValueError, match="The 'param_grid' parameter of GridSearchNN must be"):
            ours.fit(*iris)
    else:
        assert_parity(theirs, ours, *iris)


@pytest.mark.parametrize("space", WRONG_SPACES[:-2], ids=repr)
def test_wrong_distributions(assert_parity, iris, space):
    assert_parity(
        RandomizedSearchCV(TREE, space, n_iter=1, cv=2, random_state=0),
        RandomSearchNN(TREE, space, n_iter=1, cv=2, random_state=0),
        *iris,
    )


@pytest.mark.parametrize("n_iter", [0, -1, 2.5, "ten", None])
def test_wrong_n_iter(assert_parity, iris, n_iter):
    assert_parity(
        RandomizedSearchCV(TREE, DEPTHS, n_iter=n_iter),
        RandomSearchNN(TREE, DEPTHS, n_iter=n_iter),
        *iris,
    )


def both(estimator, grid, **options):
    return GridSearchCV(estimator, grid, **options), GridSearchNN(estimator, grid, **options)


def test_sparse(assert_parity, digits):
    X, y = digits
    for container in (sparse.csr_matrix, sparse.csr_array, sparse.csc_array):
        assert_parity(*both(NETWORK, {"alpha": [1e-3, 1.0]}, cv=2), container(X), y)


def test_lists(assert_parity, iris):
    X, y = iris
    assert_parity(*both(KNeighborsClassifier(), {"n_neighbors": [1, 3]}), X.tolist(), y.tolist())


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layouts(assert_parity, iris, order, dtype):
    X, y = iris
    X = np.array(X, dtype=dtype, order=order)
    assert_parity(*both(NETWORK, {"hidden_layer_sizes": [(4,), (30,)]}, cv=3), X, y)


def test_pandas(assert_parity, iris):
    pd = pytest.importorskip("pandas")
    X, y = iris
    X, y = pd.DataFrame(X, columns=list("abcd")), pd.Series(np.array(["x", "y", "z"])[y])
    ours = assert_parity(*both(NETWORK, {"alpha": [1e-3, 1.0]}, cv=2), X, y)
    assert list(ours.feature_names_in_) == list("abcd")


def test_polars(assert_parity, iris):
    pl = pytest.importorskip("polars")
    X, y = iris
    X = pl.DataFrame(X, schema=list("abcd"))
    # whether scikit-learn sees polars' column names depends on both versions
    assert_parity(*both(NETWORK, {"alpha": [1e-3, 1.0]}, cv=2), X, y)


def test_pairwise(assert_parity, cancer):
    X, y = cancer
    kernel = X @ X.T
    assert_parity(*both(SVC(kernel="precomputed"), {"C": [0.1, 1.0]}), kernel, y)
    assert_parity(*both(SVC(kernel="precomputed"), {"C": [0.1, 1.0]}), kernel[:, :9], y)
    # pairwise or not, candidate by candidate
    assert_parity(*both(SVC(), {"kernel": ["precomputed", "linear"]}), kernel, y)


def test_multilabel(assert_parity, digits):
    X, y = digits
    assert_parity(*both(NETWORK, {"alpha": [1e-3, 1.0]}, cv=2), X, np.stack([y > 4, y % 2], axis=1))


def test_regression_of_several_outputs(assert_parity, diabetes):
    X, y = diabetes
    network = MLPRegressor(hidden_layer_sizes=(5,), max_iter=8, random_state=0)
    Y = np.stack([y, X[:, 0] ** 2], axis=1)
    assert_parity(*both(network, {"alpha": [1e-3, 1.0]}, cv=2), X, Y)
    assert_parity(*both(network, {"alpha": [1e-3, 1.0]}, scoring="r2"), X, y)
    target = TransformedTargetRegressor(Ridge(), transformer=StandardScaler())
    assert_parity(*both(target, {"regressor__alpha": [0.1, 1.0]}), X, y)


def test_without_targets(assert_parity, iris):
    X, _ = iris
    assert_parity(*both(KMeans(n_init=1, random_state=0), {"n_clusters": [2, 3]}), X)
    assert_parity(*both(KernelDensity(), {"bandwidth": [0.1, 1.0]}), X)
    assert_parity(*both(PCA(), {"n_components": [1, 2]}), X)


def test_mismatched(assert_parity, iris):
    X, y = iris
    assert_parity(*both(NETWORK, {"alpha": [1.0]}), X, y[:-1])
    assert_parity(*both(NETWORK, {"alpha": [1.0]}), X)
    assert_parity(*both(NETWORK, {"alpha": [1.0]}), X[:, 0], y)


def test_bad_estimators(assert_parity, iris):
    class NoScore(BaseEstimator):
        def fit(self, X, y):
            return self

    assert_parity(*both(NoScore(), {}), *iris)
    assert_parity(*both(object(), {"alpha": [1.0]}), *iris)


@pytest.mark.parametrize("scoring", [None, "f1_macro", ["accuracy", "f1_macro"], two_scores])
def test_sample_weight(assert_parity, iris, scoring):
    X, y = iris
    weights = np.random.default_rng(0).integers(0, 4, len(y)).astype(float)
    refit = "accuracy" if isinstance(scoring, list) else "f" if callable(scoring) else True
    searches = both(TREE, DEPTHS, scoring=scoring, refit=refit, return_train_score=True)
    assert_parity(*searches, X, y, sample_weight=weights)


def test_groups(assert_parity, iris):
    X, y = iris
    groups = np.random.default_rng(0).integers(0, 8, len(y))
    assert_parity(*both(TREE, DEPTHS, cv=GroupKFold(3)), X, y, groups=groups)
    assert_parity(*both(TREE, DEPTHS, cv=GroupKFold(3)), X, y)
    assert_parity(*both(TREE, DEPTHS, cv=GroupKFold(3)), X, y, groups=groups[:-1])


def test_fit_params(assert_parity, iris):
    X, y = iris
    assert_parity(*both(TREE, DEPTHS), X, y, check_input=True)
    assert_parity(*both(TREE, DEPTHS), X, y, no_such=1)
    pipeline = make_pipeline(StandardScaler(), TREE)
    weights = np.linspace(0, 1, len(y))
    assert_parity(
        *both(pipeline, {"decisiontreeclassifier__max_depth": [1, 2]}),
        X,
        y,
        decisiontreeclassifier__sample_weight=weights,
    )


def test_inconsistent_splitter(iris):
    class Liar(KFold):
        def get_n_splits(self, *arguments, **named):
            return 2

    # scikit-learn 1.9's words, on older versions too
    with pytest.raises(ValueError, match=r"return inconsistent results\. Expected 2 splits, got 3"):
        GridSearchNN(TREE, DEPTHS, cv=Liar(3)).fit(*iris)
