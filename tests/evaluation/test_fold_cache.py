import pickle
import threading

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.kernel_approximation import Nystroem
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from sk_hpt import GridSearchNN
from sk_hpt._evaluation import FoldCache, PreparedFold
from sk_hpt._evaluation.fold_cache import hashable_params, prefix_key
from sk_hpt.training import TrainingRun

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
NETWORK = MLPClassifier((5,), max_iter=4, random_state=0)


class Counting(TransformerMixin, BaseEstimator):
    """Knows how often its class was fitted."""

    fits = 0
    lock = threading.Lock()

    def __init__(self, scale=1.0, random_state=0):
        self.scale = scale
        self.random_state = random_state

    def fit(self, X, y=None):
        with self.lock:
            type(self).fits += 1
        if self.scale < 0:
            raise RuntimeError("below zero")
        return self

    def transform(self, X):
        return X * self.scale


class LeavesOut(TransformerMixin, BaseEstimator):
    """Treats the rows that it was fitted on otherwise, as cross-fitting encoders do."""

    def fit(self, X, y=None):
        self.mean_ = X.mean(axis=0)
        return self

    def transform(self, X):
        return X - self.mean_

    def fit_transform(self, X, y=None):
        return (X - self.fit(X).mean_) * 1.5


def count_fits(X, y, step=None, grid=None, **options):
    Counting.fits = 0
    pipeline = Pipeline([("count", step or Counting()), ("net", NETWORK)])
    grid = {"net__alpha": [0.1, 1.0, 10.0], "count__scale": [1.0, 2.0], **(grid or {})}
    options = {"cv": 3, "refit": False, **options}
    search = GridSearchNN(pipeline, grid, **options).fit(X, y)
    return Counting.fits, search


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_fitted_once_per_fold_and_setting(iris, n_jobs):
    assert count_fits(*iris, n_jobs=n_jobs)[0] == 3 * 2


@pytest.mark.parametrize(
    "why, options",
    [
        ("random", {"step": Counting(random_state=None)}),
        ("random too", {"step": Counting(random_state=np.random.RandomState(0))}),
        ("engine", {"engine": "sklearn"}),
        ("a scorer that may look inside", {"scoring": lambda pipeline, X, y: len(pipeline.steps)}),
        ("values that cannot be told apart", {"grid": {"count__random_state": [[0]]}}),
    ],
)
def test_or_for_each_candidate(iris, why, options):
    fits, search = count_fits(*iris, **options)
    assert fits == 3 * 6 and search.best_score_ > 0


PREFIXES = {
    "pca": (
        make_pipeline(StandardScaler(), PCA(3), NETWORK),
        {"pca__n_components": [2, 3], "pca__whiten": [True, False], "mlpclassifier__alpha": [1, 2]},
    ),
    "fit_transform is not transform": (
        make_pipeline(LeavesOut(), NETWORK),
        {"mlpclassifier__alpha": [0.1, 1.0]},
    ),
    "steps": (
        Pipeline([("a", StandardScaler()), ("b", "passthrough"), ("net", NETWORK)]),
        {"b": ["passthrough", PCA(2)], "a__with_std": [True, False]},
    ),
    "random": (
        make_pipeline(Nystroem(n_components=5, random_state=0), NETWORK),
        {"nystroem__gamma": [0.1, 1.0], "mlpclassifier__max_iter": [2, 4]},
    ),
    "networks": (
        Pipeline([("a", StandardScaler()), ("net", NETWORK)]),
        {"net": [NETWORK, MLPClassifier((3,), max_iter=3, random_state=1)], "a": [PCA(2)]},
    ),
}


@pytest.mark.parametrize("scoring", [None, ["accuracy", "neg_log_loss"]])
@pytest.mark.parametrize("name", PREFIXES)
def test_the_same_numbers(assert_parity, iris, name, scoring):
    pipeline, grid = PREFIXES[name]
    refit = "accuracy" if scoring else True
    options = {"cv": 3, "return_train_score": True, "scoring": scoring, "refit": refit}
    assert_parity(
        GridSearchCV(pipeline, grid, **options), GridSearchNN(pipeline, grid, **options), *iris
    )


@pytest.mark.parametrize("return_train_score", [True, False])
@pytest.mark.parametrize("scoring", [None, ["accuracy", "neg_log_loss"]])
@pytest.mark.parametrize("steps", [[MinMaxScaler(copy=False)], [PCA(2)]], ids=["alone", "then PCA"])
def test_steps_that_work_in_place(assert_parity, iris, steps, scoring, return_train_score):
    """scikit-learn's scores depend on how often each scorer calls such a step."""
    pipeline = make_pipeline(StandardScaler(copy=False), *steps, NETWORK)
    options = {"cv": 3, "scoring": scoring, "return_train_score": return_train_score}
    options["refit"] = False  # it would change X too
    grid = {"mlpclassifier__alpha": [0.1, 1.0]}
    assert_parity(
        GridSearchCV(pipeline, grid, **options), GridSearchNN(pipeline, grid, **options), *iris
    )


CANDIDATES = {"alpha": [0.1, 1.0], "shuffle": [True, False], "early_stopping": [True, False]}


@pytest.mark.slow
@pytest.mark.parametrize("scoring", [None, "accuracy", "neg_log_loss", ["accuracy", "f1_macro"]])
@pytest.mark.parametrize("folds", ["masks", "lists", "repeated rows"])
def test_bare_networks(assert_parity, iris, folds, scoring):
    X, y = iris
    cv = [(np.arange(150) % 3 != fold, np.arange(150) % 3 == fold) for fold in range(3)]
    if folds == "lists":
        cv = [(np.flatnonzero(train).tolist(), np.flatnonzero(test).tolist()) for train, test in cv]
    elif folds == "repeated rows":
        cv = [(np.arange(200) % 100, np.arange(100, 150)), (np.arange(140) // 2, np.arange(70, 99))]
    options = {"cv": cv, "scoring": scoring, "refit": "accuracy" if scoring else True}
    ours = GridSearchNN(NETWORK, CANDIDATES, **options)
    assert_parity(GridSearchCV(NETWORK, CANDIDATES, **options), ours, X, y)


def test_bare_networks_with_weights_and_named_classes(assert_parity, iris):
    X, y = iris
    names, weights = np.array(["a", "b", "c"])[y], np.linspace(0.5, 2, 150)
    for scoring in (None, "neg_log_loss"):
        searches = [
            search(NETWORK, CANDIDATES, cv=3, scoring=scoring)
            for search in (GridSearchCV, GridSearchNN)
        ]
        assert_parity(*searches, X, names, sample_weight=weights)
        assert_parity(*searches, X, names)


def test_classifiers_and_regressors_on_the_same_rows(assert_parity, iris):
    pipeline = Pipeline([("scale", StandardScaler()), ("net", NETWORK)])
    grid = {"net": [NETWORK, MLPRegressor((5,), max_iter=4, random_state=0)]}
    assert_parity(*(s(pipeline, grid, cv=3) for s in (GridSearchCV, GridSearchNN)), *iris)


def test_rows_are_not_copied(monkeypatch, digits):
    """Every network of a search trains on the one matrix, by index."""
    trained_on, start = [], TrainingRun.__init__

    def spy(run, network, optimizer, data, *others):
        trained_on.append(data.X)
        start(run, network, optimizer, data, *others)

    monkeypatch.setattr(TrainingRun, "__init__", spy)
    X, y = digits
    grid = {"alpha": [0.1, 1.0], "early_stopping": [True, False], "max_iter": [2, 3]}
    GridSearchNN(NETWORK, grid, cv=3, refit=False, n_jobs=2).fit(X, y)
    assert len(trained_on) >= 3 * 6 and all(each is X for each in trained_on)


def test_a_transformer_that_fails(iris):
    with pytest.warns(Warning, match="9 fits failed out of a total of 18(?s:.*)below zero"):
        _, search = count_fits(*iris, grid={"count__scale": [1.0, -1.0]}, error_score=0.0)
    assert (search.cv_results_["mean_test_score"] == 0).sum() == 3


def test_the_oldest_are_forgotten():
    cache = FoldCache(max_bytes=250)
    made = []

    def make(key):
        def make_it():
            made.append(key)
            return PreparedFold(None, None, np.zeros(100, dtype=np.uint8), None, None)

        return make_it

    for key in ["a", "b", "a", "c", "a", "b"]:
        cache.get(key, make(key))
    assert made == ["a", "b", "c", "b"]


def test_made_once_however_many_ask():
    cache, made, gate = FoldCache(), [], threading.Barrier(4)

    def ask():
        gate.wait()
        cache.get("key", lambda: made.append(1))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_keys():
    pipeline = make_pipeline(StandardScaler(), NETWORK)
    assert prefix_key(pipeline, {"mlpclassifier__alpha": 1}) == prefix_key(pipeline, {})
    assert prefix_key(pipeline, {"standardscaler__with_std": True}) != prefix_key(pipeline, {})
    assert prefix_key(make_pipeline(StandardScaler(), NETWORK, memory="here"), {}) is None
    assert prefix_key(make_pipeline(StandardScaler(), NETWORK, verbose=True), {}) is None
    assert hashable_params({"a": 1}) != hashable_params({"a": 1.0}) != hashable_params({"a": True})
    assert hashable_params({"a": [1]}) is None


@pytest.mark.parametrize(
    "rows, n_bytes",
    [
        (np.zeros(100, np.uint8), 100),
        (sparse.csr_array(np.eye(10)), 10 * 8 + 10 * 4 + 11 * 4),
        (sparse.coo_matrix(np.eye(10)), 10 * 8 + 20 * 4),
        (pd.DataFrame({"a": np.zeros(100)}), 800 + pd.RangeIndex(100).memory_usage()),
        (pl.DataFrame({"a": np.zeros(100)}), 800),
        ([[1.0]] * 5, np.inf),
    ],
    ids=lambda value: type(value).__name__,
)
def test_rows_are_counted_by_their_real_size(rows, n_bytes):
    assert PreparedFold(None, None, rows, None, None).nbytes == n_bytes


def test_rows_that_do_not_tell_their_size_are_not_kept():
    cache, made = FoldCache(), []
    for _ in range(2):
        cache.get("key", lambda: made.append(1) or PreparedFold(None, None, [[1.0]], None, None))
    assert made == [1, 1]


@pytest.mark.parametrize("dtype", ["f4", "f8", "M8[s]"])
def test_a_pickled_fold_keeps_the_layout_of_its_rows(dtype):
    rows = np.asfortranarray(np.arange(48).reshape(6, 8)).astype(dtype)[::-2, 1::3]
    sent = PreparedFold(rows, rows[:, 0], rows.copy(), None, None)
    came = pickle.loads(pickle.dumps(sent))
    for name, values in vars(sent).items():
        back = getattr(came, name)
        assert type(back) is type(values)
        if values is not None:
            assert back.strides == values.strides and back.dtype == values.dtype
            assert np.array_equal(back, values)
    objects = PreparedFold(
        np.array([["a", 1]] * 4, dtype=object)[::2, ::-1], None, rows, None, None
    )
    assert pickle.loads(pickle.dumps(objects)).X_train.tolist() == [[1, "a"]] * 2
