"""A network that trained natively is the network that scikit-learn would have trained.

Not only its predictions: every attribute, to the last bit, and every warning.
"""

import io
import warnings
from contextlib import redirect_stdout, suppress

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.neural_network import MLPClassifier, MLPRegressor

from sk_hpt.training._native_fit import begin
from sk_hpt.training._validated_data import validate_once

SOLVERS = {
    "adam": {"solver": "adam"},
    "adam, other constants": {"beta_1": 0.7, "beta_2": 0.9, "epsilon": 1e-6, "alpha": 0.3},
    "sgd": {"solver": "sgd"},
    "invscaling": {"solver": "sgd", "learning_rate": "invscaling", "momentum": 0.3},
    "adaptive": {
        "solver": "sgd",
        "learning_rate": "adaptive",
        "nesterovs_momentum": False,
        "tol": 0.1,
        "n_iter_no_change": 2,
    },
}
SHAPES = {
    "one layer": {"hidden_layer_sizes": (9,)},
    "deep, odd batches": {"hidden_layer_sizes": (7, 1, 3), "batch_size": 33},
    "early stopping": {"early_stopping": True, "n_iter_no_change": 2, "hidden_layer_sizes": (5,)},
    "unshuffled": {"shuffle": False, "hidden_layer_sizes": (8,)},
    "one large batch": {"batch_size": 5000, "hidden_layer_sizes": (6,)},
}
TARGETS = ["classes", "binary", "multilabel", "values", "several values", "counts"]


def same(one, other, path="network"):
    """Equal in type and to the last bit, all the way down."""
    assert type(one) is type(other), path
    if isinstance(one, np.ndarray):
        np.testing.assert_array_equal(other, one, strict=True, err_msg=path)
    elif isinstance(one, (list, tuple)):
        assert len(one) == len(other), path
        for index, (a, b) in enumerate(zip(one, other, strict=True)):
            same(a, b, f"{path}[{index}]")
    elif isinstance(one, np.random.RandomState):
        same(one.get_state(), other.get_state(), path)
    elif hasattr(one, "__dict__"):
        assert vars(one).keys() == vars(other).keys(), path
        for name in vars(one):
            same(vars(one)[name], vars(other)[name], f"{path}.{name}")
    else:
        assert one == other or one != one, path


def fit_natively(network, X, y, data=None, **params):
    begin(network, X, y, params, lambda run: run.advance(network.max_iter), data=data, strict=True)


def fit_both(network, X, y, data=None, **params):
    """Fit a clone through scikit-learn and one natively, and compare all there is."""
    fitted, heard = [], []
    for native in (False, True):
        each = clone(network)
        out = io.StringIO()
        with warnings.catch_warnings(record=True) as caught, redirect_stdout(out):
            warnings.simplefilter("always")
            try:
                if native:
                    fit_natively(each, X, y, data, **params)
                else:
                    each.fit(X, y, **params)
                error = None
            except Exception as raised:
                error = repr(raised)
        fitted.append(each)
        messages = sorted((w.category.__name__, str(w.message)) for w in caught)
        heard.append((messages, out.getvalue(), error))
    assert heard[1] == heard[0]
    same(*fitted)
    return fitted[1]


@pytest.fixture(params=TARGETS)
def problem(request, digits):
    X, y = digits
    values = X[:, 10] * 3 + y
    targets = {
        "classes": (MLPClassifier, y),
        "binary": (MLPClassifier, y % 2),
        "multilabel": (MLPClassifier, np.stack([y > 4, y % 2], axis=1)),
        "values": (MLPRegressor, values),
        "several values": (MLPRegressor, np.stack([values, values**2], axis=1)),
        "counts": (MLPRegressor, y),
    }
    network, target = targets[request.param]
    return network, X, target


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("solver", SOLVERS)
def test_solvers(problem, solver, weighted, dtype):
    network, X, y = problem
    weights = np.random.default_rng(0).integers(1, 4, len(y)).astype(dtype)
    estimator = network(hidden_layer_sizes=(9,), max_iter=6, random_state=1, **SOLVERS[solver])
    target = y.astype(dtype) if y.dtype.kind == "f" else y
    fit_both(estimator, X.astype(dtype), target, sample_weight=weights if weighted else None)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(problem, shape, activation, dtype):
    network, X, y = problem
    estimator = network(activation=activation, max_iter=5, random_state=1, **SHAPES[shape])
    target = y.astype(dtype) if y.dtype.kind == "f" else y
    fit_both(estimator, X.astype(dtype), target)


@pytest.mark.parametrize("order", ["C", "F", "strided"])
@pytest.mark.parametrize("shuffle", [True, False])
def test_layouts(digits, order, shuffle):
    X, y = digits
    X = np.repeat(X, 2, axis=1)[:, ::2] if order == "strided" else np.asarray(X, order=order)
    fit_both(MLPClassifier((9,), max_iter=4, random_state=0, shuffle=shuffle), X, y)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("weighted", [False, True])
def test_poisson_loss(digits, dtype, weighted):
    X, y = digits
    weights = np.linspace(0.5, 2, len(y)).astype(dtype) if weighted else None
    network = MLPRegressor(loss="poisson", hidden_layer_sizes=(9,), max_iter=6, random_state=0)
    fit_both(network, X.astype(dtype), y.astype(dtype), sample_weight=weights)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_data_validated_before(problem, shape, weighted, order, dtype):
    network, X, y = problem
    X, y = np.asarray(X, dtype, order=order), y.astype(dtype) if y.dtype.kind == "f" else y
    rows = np.random.default_rng(0).permutation(len(X))[:200]
    estimator = network(max_iter=5, random_state=1, **SHAPES[shape])
    data = validate_once(estimator, X, rows, y[rows])
    assert data.X is X
    params = {"sample_weight": np.linspace(1, 2, 200).astype(dtype)} if weighted else {}
    fit_both(estimator, X[rows], y[rows], data, **params)


def test_data_validated_before_for_scikit_learn(digits):
    X, y = digits
    network = MLPClassifier((5,), max_iter=3, random_state=0, alpha=np.float32(0.1))
    fit_both(network, X[50:], y[50:], validate_once(network, X, np.arange(50, len(X)), y[50:]))


def test_data_that_each_fit_has_to_see(digits):
    X, y = digits
    missing = X.copy()
    missing[3, 3] = np.nan
    many = np.minimum(np.arange(len(y)), 2 * len(y) // 3)
    for X_bad, y_bad in [(X, y[:, None]), (missing, y), (X.astype(int), y), (X, many), (X, y[:-1])]:
        assert validate_once(MLPClassifier(), X_bad, None, y_bad) is None
    assert validate_once(MLPClassifier(), X, np.zeros(len(X) + 1, dtype=int), y) is None
    assert validate_once(MLPRegressor(), X, None, many) is not None
    assert validate_once(MLPClassifier(), X, None, y).attributes.keys() == {
        "n_features_in_",
        "classes_",
        "_label_binarizer",
    }


@pytest.mark.parametrize("early_stopping", [False, True])
def test_warnings_of_numbers_that_overflow(digits, early_stopping):
    X, _ = digits
    network = MLPRegressor(hidden_layer_sizes=(5,), solver="sgd", learning_rate_init=1e6)
    network.set_params(random_state=np.random.RandomState(0), early_stopping=early_stopping)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with suppress(ValueError):  # as scikit-learn's fit raises
            fit_natively(network, X, X[:, 10] * 1e3)
    assert RuntimeWarning in {each.category for each in caught}
    network.set_params(random_state=np.random.RandomState(0))
    fit_both(network, X, X[:, 10] * 1e3)


def test_what_is_printed(digits):
    fit_both(MLPClassifier((5,), max_iter=5, verbose=True, random_state=0), *digits)
    network = MLPClassifier((5,), solver="sgd", learning_rate="adaptive", tol=1.0, verbose=True)
    fit_both(network.set_params(n_iter_no_change=1, max_iter=30, random_state=0), *digits)


def test_errors(digits):
    X, y = digits
    few = MLPClassifier(early_stopping=True, validation_fraction=0.001, random_state=0)
    fit_both(few, X, y)
    fit_both(MLPClassifier(max_iter=0), X, y)
    wild = MLPRegressor(hidden_layer_sizes=(5,), solver="sgd", learning_rate_init=1e6)
    fit_both(wild.set_params(max_iter=9, random_state=0), X, X[:, 0] * 1e6)
    weights = np.zeros(len(y))
    fit_both(MLPClassifier((5,), max_iter=2, random_state=0), X, y, sample_weight=weights)


@pytest.mark.parametrize(
    "X_type, y_type, weight_type",
    [(np.float32, np.float64, None), (np.float32, int, None), (np.float32, np.float32, np.float64)],
)
def test_mixed_types_go_through_scikit_learn(digits, X_type, y_type, weight_type):
    X, y = digits
    weights = None if weight_type is None else np.ones(len(y), dtype=weight_type)
    network = MLPRegressor(hidden_layer_sizes=(5,), max_iter=3, random_state=0)
    fit_both(network, X.astype(X_type), y.astype(y_type), sample_weight=weights)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("seed", range(5))
def test_poisson_loss_of_targets_that_are_true_or_false(dtype, seed):
    X = np.random.default_rng(seed).normal(size=(60, 4)).astype(dtype)
    network = MLPRegressor("poisson", (5,), max_iter=20, tol=0.0, n_iter_no_change=1, batch_size=10)
    fit_both(network.set_params(learning_rate_init=0.01, random_state=seed), X, X[:, 0] > 0)


@pytest.mark.parametrize(
    "params",
    [
        {"activation": "softmax"},
        {"activation": "exp"},
        {"activation": np.array(["relu"])},
        {"learning_rate": "constant ", "solver": "sgd"},
    ],
    ids=str,
)
def test_values_that_the_engine_does_not_know_go_through_scikit_learn(digits, params):
    X, y = digits
    with config_context(skip_parameter_validation=True):
        fit_both(MLPClassifier((30,), max_iter=3, random_state=0, **params), X, y)


def test_numpy_scalars_as_parameters(digits):
    X, y = digits
    network = MLPClassifier((5,), max_iter=3, random_state=0, alpha=np.float64(0.1))
    fit_both(network, X, y)
    fit_both(network, X.astype(np.float32), y)
    fit_both(network.set_params(batch_size=np.int64(17), beta_1=np.float32(0.5)), X, y)


@pytest.mark.parametrize("seed", range(3))
def test_batches_larger_than_the_chunks_in_which_numpy_may_sum(seed):
    """numpy 2.0 sums 8,192 numbers at a time, newer versions all together."""
    X = np.random.default_rng(seed).normal(size=(9000, 3))
    network = MLPRegressor(
        hidden_layer_sizes=(4,), batch_size=9000, max_iter=4, early_stopping=bool(seed)
    )
    fit_both(network.set_params(random_state=seed), X, X[:, 0] - X[:, 1])
