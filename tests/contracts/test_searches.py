"""Contract of all searches, independent of the proposer."""

import gc
import inspect
import re
import weakref

import numpy as np
import pytest
from joblib import parallel_config
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt._search.base import BaseSearchNN
from sk_hpt.space import Categorical, HiddenLayers, Integer, Real

pytestmark = pytest.mark.filterwarnings(
    f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning"
)

NETWORK = MLPClassifier((5,), max_iter=5, random_state=0)
SPACE_NAME = {
    GridSearchNN: "param_grid",
    RandomSearchNN: "param_distributions",
    BayesSearchNN: "search_spaces",
}
FEW = {
    GridSearchNN: {},
    RandomSearchNN: {"n_iter": 4, "random_state": 0},
    BayesSearchNN: {"n_iter": 4, "random_state": 0},
}


@pytest.fixture(params=SPACE_NAME, ids=lambda search: search.__name__)
def search_class(request):
    return request.param


def make(search_class, estimator=NETWORK, space=None, **options):
    return search_class(
        estimator, **{SPACE_NAME[search_class]: space, "cv": 2, **FEW[search_class], **options}
    )


def test_all_searches_are_tested():
    assert set(SPACE_NAME) == set(BaseSearchNN.__subclasses__())


def test_all_kinds_of_values(search_class, iris):
    space = {
        "hidden_layer_sizes": HiddenLayers((1, 2), (3, 6)),
        "alpha": Real(1e-3, 1.0, log=True),
        "batch_size": Integer(20, 40),
        "activation": Categorical(["relu", "tanh"]),
        "beta_1": [0.9, 0.95],
    }
    options = FEW[search_class]
    if search_class is GridSearchNN:
        space = {name: space[name] for name in ("hidden_layer_sizes", "activation", "beta_1")}
        space["hidden_layer_sizes"] = HiddenLayers((1, 1), (3, 4))
    search = make(search_class, NETWORK, space, **options).fit(*iris)
    assert search.best_params_.keys() == space.keys()
    assert len(search.cv_results_["params"]) == (8 if search_class is GridSearchNN else 4)


@pytest.mark.parametrize(
    "estimator",
    [
        NETWORK,
        MLPRegressor(hidden_layer_sizes=(5,), max_iter=5),
        make_pipeline(StandardScaler(), NETWORK),
    ],
)
def test_default_space(search_class, iris, estimator):
    X, y = iris
    if search_class is GridSearchNN:  # 100 points: too many for a test
        estimator = clone(estimator)
        inner = estimator[-1] if hasattr(estimator, "steps") else estimator
        inner.set_params(solver="lbfgs", max_iter=2)
    search = make(search_class, estimator, refit=False).fit(X[:60], y[:60])
    assert 4 <= len(search.cv_results_["params"]) <= 100
    assert any(name.endswith("hidden_layer_sizes") for name in search.best_params_)


def test_no_default_space_without_a_network(search_class, iris):
    with pytest.raises(ValueError, match="must be an MLPClassifier or MLPRegressor"):
        make(search_class, SVC()).fit(*iris)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
def test_results_do_not_depend_on_the_backend(search_class, iris, backend):
    space = {"alpha": [1e-3, 1e-1, 10.0], "hidden_layer_sizes": [(3,), (6,)]}
    alone = make(search_class, NETWORK, space).fit(*iris)
    with parallel_config(backend=backend, n_jobs=2):
        together = make(search_class, NETWORK, space).fit(*iris)
    for name, column in alone.cv_results_.items():
        if not name.endswith("_time"):
            np.testing.assert_array_equal(together.cv_results_[name], column)
    for one, other in zip(
        alone.best_estimator_.coefs_, together.best_estimator_.coefs_, strict=True
    ):
        np.testing.assert_array_equal(one, other)


INVALID_SPACES = [
    ({"alpha": Real(1, 0)}, ValueError, "'alpha'.*low=1.*Swap"),
    ({"alpha": Real(0, 1, log=True)}, ValueError, "'alpha'.*low=0.*log=False"),
    ({"hidden_layer_sizes": HiddenLayers(units=(0, 4))}, ValueError, "'hidden_layer_sizes'.*Raise"),
    ({"activation": Categorical([])}, ValueError, "'activation'.*non-empty"),
    ({"alfa": Real(0, 1)}, ValueError, "Invalid parameter 'alfa' for estimator MLPClassifier"),
    ([{"alpha": [1.0]}, {"alfa": [1.0]}], ValueError, "Invalid parameter 'alfa'"),
]


@pytest.mark.parametrize("space, error, message", INVALID_SPACES)
def test_fit_rejects_invalid_spaces(search_class, iris, space, error, message):
    search = make(search_class, NETWORK, space)
    with pytest.raises(error, match=message):
        search.fit(*iris)
    assert not hasattr(search, "cv_results_")


class Counting(ClassifierMixin, BaseEstimator):
    """Count the fits of all instances."""

    fits = 0

    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def fit(self, X, y):
        type(self).fits += 1
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


def test_unknown_names_are_found_before_the_first_fit(search_class, iris):
    Counting.fits = 0
    with pytest.raises(ValueError, match="Invalid parameter 'beta'"):
        make(search_class, Counting(), [{"alpha": [1, 2]}, {"beta": [1]}]).fit(*iris)
    assert Counting.fits == 0


@pytest.mark.filterwarnings("ignore:The total space of parameters 0 is smaller")
def test_without_a_space_no_fit_is_performed(search_class, iris):
    with pytest.raises(ValueError, match="No fits were performed"):
        make(search_class, Counting(), []).fit(*iris)


def test_each_fit_runs_once(search_class, iris):
    Counting.fits = 0
    make(search_class, Counting(), {"alpha": [1, 2, 3, 4]}).fit(*iris)
    assert Counting.fits == 4 * 2 + 1


def test_constructors_only_store(search_class):
    marker = object()
    parameters = inspect.signature(search_class).parameters
    search = search_class(**dict.fromkeys(parameters, marker))
    assert search.get_params(deep=False) == dict.fromkeys(parameters, marker)


def entries(search_class, section):
    """Return the entries of a section of the docstring: type and description by name."""
    docstring = inspect.getdoc(search_class)
    text = re.search(rf"^{section}\n-+\n(.*?)\n\n", docstring, re.MULTILINE | re.DOTALL)[1]
    found = re.findall(r"^(\w+) : (.+)\n((?:    .+\n?)+)", text, re.MULTILINE)
    return {name: (kind, description.strip()) for name, kind, description in found}


def test_docstring_describes_all_parameters(search_class):
    documented = entries(search_class, "Parameters")
    parameters = inspect.signature(search_class).parameters
    assert list(documented) == list(parameters)
    for name, (kind, _) in documented.items():
        if name != "estimator":
            default = eval(kind.split("default=")[1], {"np": np})
            assert repr(default) == repr(parameters[name].default), name


def test_docstring_describes_all_attributes(search_class, iris):
    fitted = make(search_class, NETWORK, {"alpha": [1e-3, 1e-1, 1.0, 10.0]}).fit(*iris)
    attributes = {name for name in vars(fitted) if name.endswith("_")}
    assert attributes <= entries(search_class, "Attributes").keys()


@pytest.mark.parametrize("section", ["Parameters", "Attributes"])
def test_entries_of_the_docstring_are_full_sentences(search_class, section):
    for name, (_, description) in entries(search_class, section).items():
        assert re.match(r"(?!It\b|Its\b|This\b)[A-Z0-9].*\.$", description, re.DOTALL), name


def test_fit_changes_no_parameter(search_class, iris):
    space = {"alpha": [1e-3, 1e-1, 10.0], "hidden_layer_sizes": [(3,), (6,)]}
    search = make(search_class, NETWORK, space)
    before = repr(search.get_params())
    search.fit(*iris)
    assert repr(search.get_params()) == before
    assert not hasattr(search.estimator, "coefs_")


def test_second_fit_gives_the_results_of_a_first(search_class, iris, cancer):
    search = make(search_class, NETWORK, {"alpha": [1e-3, 1e-1, 1.0, 10.0]}).fit(*cancer)
    search.fit(*iris)
    fresh = make(search_class, NETWORK, {"alpha": [1e-3, 1e-1, 1.0, 10.0]}).fit(*iris)
    for name, column in fresh.cv_results_.items():
        if not name.endswith("_time"):
            np.testing.assert_array_equal(search.cv_results_[name], column)


def test_no_attribute_remains_of_an_earlier_fit(search_class, iris):
    space = {"alpha": [1e-3, 1e-1, 1.0, 10.0]}
    search = make(search_class, NETWORK, space).fit(*iris)
    search.set_params(refit=False).fit(*iris)
    assert (
        vars(search).keys()
        == vars(make(search_class, NETWORK, space, refit=False).fit(*iris)).keys()
    )


def test_signature_includes_scikit_learns(search_class):
    from sklearn.model_selection import GridSearchCV, RandomizedSearchCV

    theirs = GridSearchCV if search_class is not RandomSearchNN else RandomizedSearchCV
    ours = inspect.signature(search_class).parameters
    for name, parameter in inspect.signature(theirs).parameters.items():
        if name in ("param_grid", "param_distributions"):
            name = SPACE_NAME[search_class]
        else:
            assert (
                ours[name].default is parameter.default or ours[name].default == parameter.default
            )
        assert ours[name].kind == parameter.kind


def test_data_are_released_after_fit(search_class):
    X, y = np.random.default_rng(0).normal(size=(60, 3)), np.arange(60) % 2
    alive = weakref.ref(X)
    search = make(search_class, Counting(), {"alpha": [1, 2, 3, 4]}).fit(X, y)
    del X
    gc.collect()
    assert alive() is None and search.best_index_ == 0


@pytest.mark.slow
@pytest.mark.parametrize("multi_fidelity", [None, "halving"])
@pytest.mark.parametrize("backend", ["sequential", "threading", "loky"])
@pytest.mark.parametrize("engine", ["auto", "sklearn"])
@pytest.mark.filterwarnings("ignore:Halving could not pause")
def test_fits_that_did_not_converge_are_counted(
    search_class, engine, backend, multi_fidelity, iris, tmp_path
):
    """One warning counts them; it is the same if the results come from a journal."""
    network = MLPClassifier(
        (5,), learning_rate_init=0.03, tol=0.01, n_iter_no_change=3, random_state=0
    )
    search = make(search_class, network, {"alpha": [0.01, 0.1], "max_iter": [5, 18, 200]})
    search.set_params(engine=engine, multi_fidelity=multi_fidelity, journal=tmp_path / "search.db")
    messages = []
    for _ in range(2):
        with (
            parallel_config(backend=backend, n_jobs=2),
            pytest.warns(ConvergenceWarning, match="reached max_iter") as caught,
        ):
            search.fit(*iris)
        messages.append(str(caught[0].message))
        assert len([w for w in caught if "fits reached max_iter" in str(w.message)]) == 1
        assert len([w for w in caught if w.category is ConvergenceWarning]) <= 2  # one of the refit
    assert messages[0] == messages[1]
    n_unconverged, n_fits = (int(word) for word in messages[0].split() if word.isdigit())
    # With halving, all of the few fits that go to their end may be without convergence.
    assert n_unconverged > 0 and (n_unconverged < n_fits or multi_fidelity)
