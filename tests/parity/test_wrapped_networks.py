"""Networks inside of other estimators: trained natively, with the numbers of scikit-learn."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler

from sk_hpt import GridSearchNN
from sk_hpt._networks import find_network, held, native_network
from sk_hpt.training._trajectory import Trajectory

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

REGRESSOR = MLPRegressor(
    hidden_layer_sizes=(12,), max_iter=12, tol=0.0, n_iter_no_change=100, random_state=0
)
CLASSIFIER = MLPClassifier((12,), max_iter=12, tol=0.0, n_iter_no_change=100, random_state=0)


def scaled(estimator, transformer=None):
    return TransformedTargetRegressor(estimator, transformer=transformer or StandardScaler())


def balanced():
    pipeline = pytest.importorskip("imblearn.pipeline")
    sampler = pytest.importorskip("imblearn.over_sampling").RandomOverSampler(random_state=0)
    return pipeline.make_pipeline(StandardScaler(), sampler, CLASSIFIER)


WRAPPED = {
    "scaled target": lambda: scaled(REGRESSOR),
    "scaled target of a Pipeline": lambda: scaled(make_pipeline(StandardScaler(), REGRESSOR)),
    "Pipeline of a scaled target": lambda: make_pipeline(StandardScaler(), scaled(REGRESSOR)),
    "target scaled twice": lambda: scaled(scaled(REGRESSOR)),
    # Its random_state is None, so that a paused run keeps its rows.
    "target made uniform": lambda: scaled(REGRESSOR, QuantileTransformer(n_quantiles=50)),
    "Pipelines in a Pipeline": lambda: make_pipeline(
        StandardScaler(), Pipeline([("only", make_pipeline(PCA(5, random_state=0), CLASSIFIER))])
    ),
    "Pipeline with a memory": lambda: Pipeline(
        [("scaler", StandardScaler()), ("inner", make_pipeline(PCA(5), CLASSIFIER))], memory="."
    ),
    "balanced classes": balanced,
}


@pytest.fixture(params=WRAPPED)
def wrapped(request, tmp_path):
    estimator = WRAPPED[request.param]()
    if getattr(estimator, "memory", None):
        estimator.set_params(memory=str(tmp_path))
    return estimator


def data_of(estimator):
    is_regression = isinstance(find_network(estimator)[1], MLPRegressor)
    X, y = (load_diabetes if is_regression else load_breast_cancer)(return_X_y=True)
    return X[:150], y[:150]


def grid_of(estimator):
    prefix, _ = find_network(estimator)
    return {prefix + "alpha": [1e-4, 1.0], prefix + "learning_rate_init": [1e-3, 1e-2]}


def weights_of(estimator):
    network = native_network(estimator)
    return [*network.coefs_, *network.intercepts_, network.loss_curve_]


@pytest.fixture
def natively_trained(monkeypatch):
    """Return a list that gets the number of epochs of each native training."""
    epochs, advance = [], Trajectory.advance

    def noting(self, to_epoch):
        epochs.append(to_epoch - self.epoch)
        advance(self, to_epoch)

    monkeypatch.setattr(Trajectory, "advance", noting)
    return epochs


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_scores_and_weights_are_those_of_scikit_learn(wrapped, n_jobs, natively_trained):
    X, y = data_of(wrapped)
    options = {"cv": 3, "return_train_score": True}
    expected = GridSearchCV(clone(wrapped), grid_of(wrapped), **options).fit(X, y)
    ours = GridSearchNN(wrapped, grid_of(wrapped), n_jobs=n_jobs, **options).fit(X, y)
    assert sum(natively_trained) >= 13 * 12
    for name, values in expected.cv_results_.items():
        if "time" not in name:
            assert_array_equal(ours.cv_results_[name], values, err_msg=name)
    assert_array_equal(ours.predict(X), expected.predict(X))
    for one, other in zip(
        weights_of(ours.best_estimator_), weights_of(expected.best_estimator_), strict=True
    ):
        assert_array_equal(one, other)


def test_the_best_estimator_is_a_plain_one(wrapped):
    X, y = data_of(wrapped)
    search = GridSearchNN(wrapped, grid_of(wrapped), cv=2).fit(X, y)
    expected = clone(wrapped).set_params(**search.best_params_).fit(X, y)
    inner = search.best_estimator_
    while inner is not None:
        assert type(inner) is type(expected) and vars(inner).keys() == vars(expected).keys()
        if isinstance(inner, TransformedTargetRegressor):
            assert not hasattr(find_network(inner)[1], "coefs_")  # its `regressor` is not fitted
        inner, expected = held(inner), held(expected)
    clone(search.best_estimator_).fit(X, y)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_halving_pauses_the_network(wrapped, n_jobs, natively_trained):
    X, y = data_of(wrapped)
    prefix, _ = find_network(wrapped)
    space = {prefix + "alpha": np.logspace(-6, 1, 12).tolist()}
    options = {"cv": 3, "multi_fidelity": "halving", "n_jobs": n_jobs, "refit": False}
    search = GridSearchNN(wrapped, space, **options).fit(X, y)  # a warning would be an error
    results = search.cv_results_
    assert 0 < results["n_epochs"].sum() < 12 * 3 * 12 / 2
    assert results["n_epochs"].sum() == sum(natively_trained)
    complete = np.flatnonzero(results["status"] == "complete")
    full = GridSearchCV(wrapped, space, cv=3).fit(X, y).cv_results_
    assert_array_equal(results["mean_test_score"][complete], full["mean_test_score"][complete])
    assert all(curve is not None for curve in search.learning_curves_[complete[0]])


N_STEPS = {
    "scaled target of a Pipeline": 1,
    "Pipeline of a scaled target": 1,
    "Pipelines in a Pipeline": 2,
    "balanced classes": 1,
}


@pytest.mark.parametrize("name", N_STEPS)
@pytest.mark.parametrize("return_train_score", [False, True])
def test_steps_before_the_network_are_fitted_once_per_fold(name, return_train_score, monkeypatch):
    wrapped = WRAPPED[name]()
    fitted = []
    for kind in (StandardScaler, PCA):

        def counting(self, X, y=None, fit_transform=kind.fit_transform):
            fitted.append(X.shape[1])
            return fit_transform(self, X, y)

        monkeypatch.setattr(kind, "fit_transform", counting)
    options = {"cv": 3, "refit": False, "return_train_score": return_train_score}
    GridSearchNN(wrapped, grid_of(wrapped), **options).fit(*data_of(wrapped))
    # Scaled on the rows that it was trained on, a balanced one would be scored on repeated rows.
    n_times = 4 if name == "balanced classes" and return_train_score else 1
    of_features = [n_columns for n_columns in fitted if n_columns > 1]
    n_tried = int(n_times > 1)  # each fold finds out once that its rows cannot be shared
    assert len(of_features) == 3 * (n_times + n_tried) * N_STEPS[name]
