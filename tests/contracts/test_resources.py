"""The contract of halving over any resource, in every search."""

from functools import partial
from importlib import import_module
from itertools import count

import numpy as np
import pytest
from estimators import NearestMean
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import log_loss, make_scorer
from sklearn.model_selection import GroupKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt.fidelity import Halving
from sk_hpt.journal import read

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

SEARCHES = {
    "grid": GridSearchNN,
    "random": partial(RandomSearchNN, n_iter=12, random_state=0),
    "bayes": partial(BayesSearchNN, n_iter=12, random_state=0),
}
FOREST = make_pipeline(StandardScaler(), RandomForestClassifier(n_estimators=12, random_state=0))
BOOSTING = HistGradientBoostingClassifier(max_iter=8, min_samples_leaf=5, random_state=0)
LBFGS = MLPClassifier((4,), solver="lbfgs", max_iter=16, random_state=0)
ADAM = make_pipeline(StandardScaler(), MLPClassifier((4,), max_iter=9, random_state=0))
FOREST_SPACE = {
    "randomforestclassifier__max_depth": [1, 2, 3, 6],
    "randomforestclassifier__max_features": [1, 2, 3, 4],
}
NETWORK_SPACE = {"alpha": [1e-4, 1e-2, 1.0, 10.0], "hidden_layer_sizes": [(2,), (4,), (8,), (9,)]}
CASES = {
    "trees": (FOREST, "randomforestclassifier__n_estimators", FOREST_SPACE, 12),
    "boosting": (
        BOOSTING,
        "max_iter",
        {"learning_rate": [0.01, 0.1, 0.5, 1.0], "max_leaf_nodes": [2, 3, 5, 9]},
        8,
    ),
    "iterations": (LBFGS, "max_iter", NETWORK_SPACE, 16),
    "rows": (
        ADAM,
        "n_samples",
        {f"mlpclassifier__{name}": values for name, values in NETWORK_SPACE.items()},
        100,
    ),
}


@pytest.fixture(params=SEARCHES)
def make(request):
    search = SEARCHES[request.param]
    return lambda *args, **options: search(*args, **{"cv": 3, **options})


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


def scores_of(search):
    return {name: values for name, values in search.cv_results_.items() if "time" not in name}


def assert_same(results, expected):
    assert results.keys() == expected.keys()
    for name, values in results.items():
        assert_array_equal(values, expected[name], name)


def test_complete_trials_equal_those_of_a_full_search(make, case, iris):
    estimator, resource, space, in_full = case
    search = make(estimator, space, multi_fidelity=Halving(resource=resource)).fit(*iris)
    results = search.cv_results_
    complete = results["status"] == "complete"
    assert 0 < np.count_nonzero(complete) < len(complete)
    # each of these was fitted on its rung, and in full on every fold
    rung = round(in_full / 4)
    assert set(results["n_resources"][complete]) == {rung + 3 * in_full}
    pruned = results["n_resources"][~complete]
    assert set(pruned) <= {rung, rung + in_full, rung + 2 * in_full}
    full = GridSearchNN(estimator, space, cv=3).fit(*iris)
    rows = [full.cv_results_["params"].index(each) for each in results["params"]]
    for name in (f"split{fold}_test_score" for fold in range(3)):
        assert_array_equal(results[name][complete], full.cv_results_[name][rows][complete])
        done = np.isfinite(results[name])
        assert_array_equal(results[name][done], full.cv_results_[name][rows][done])
    best = clone(estimator).set_params(**search.best_params_).fit(*iris)
    assert_array_equal(best.predict_proba(iris[0]), search.predict_proba(iris[0]))


@pytest.mark.slow
@pytest.mark.parametrize("resource", ["n_samples", "randomforestclassifier__n_estimators"])
def test_results_do_not_depend_on_the_workers(make, resource, iris):
    search = make(FOREST, FOREST_SPACE, multi_fidelity=Halving(resource=resource))
    one = clone(search).set_params(n_jobs=1).fit(*iris)
    two = clone(search).set_params(n_jobs=2).fit(*iris)
    assert_same(scores_of(two), scores_of(one))


@pytest.mark.parametrize("n_scored", [1, 12, 14])
def test_a_search_is_resumed_from_its_journal(make, case, iris, tmp_path, monkeypatch, n_scored):
    """It was stopped on the rungs, or after them."""
    estimator, resource, space, _ = case
    options = {"multi_fidelity": Halving(resource=resource), "refit": False}
    expected = make(estimator, space, **options).fit(*iris)
    search = make(estimator, space, journal=tmp_path / "search.db", **options)
    module = import_module("sk_hpt._evaluation.evaluate")
    score, calls = module.test_scores, count()

    def interrupted(*args):
        if next(calls) == n_scored:
            raise KeyboardInterrupt
        return score(*args)

    with monkeypatch.context() as patch:
        patch.setattr(module, "test_scores", interrupted)
        with pytest.raises(KeyboardInterrupt):
            search.fit(*iris)
    search.fit(*iris)
    assert_same(scores_of(search), scores_of(expected))
    trials = read(tmp_path / "search.db")
    for name in ("n_resources", "rung0_n_resources", "rung0_test_score"):
        assert [trial[name] for trial in trials] == expected.cv_results_[name].tolist()


def test_searched_values_have_rungs_of_their_own(make, iris):
    """A trial with more trees has more of them on its rung."""
    name = "randomforestclassifier__n_estimators"
    space = {name: [4, 8, 12, 16], "randomforestclassifier__max_depth": [1, 2, 3]}
    search = make(FOREST, space, multi_fidelity=Halving(resource=name), refit=False).fit(*iris)
    results = search.cv_results_
    own = results[f"param_{name}"].data.astype(int)
    complete = results["status"] == "complete"
    assert_array_equal(results["n_resources"][complete], (own // 4 + 3 * own)[complete])
    assert set(results["n_resources"][~complete] % (own // 4)[~complete]) <= {0}


def test_several_rungs_and_halfway(make, iris):
    options = {"cv": 3, "refit": False}
    plain = Halving(2, n_rungs=2, resource="max_iter")
    trend = Halving(2, n_rungs=2, trend=0.5, resource="max_iter")
    for halving, amounts in ((plain, {2 + 4 + 3 * 8}), (trend, {1 + 2 + 2 + 4 + 3 * 8})):
        search = make(BOOSTING, CASES["boosting"][2], multi_fidelity=halving, **options).fit(*iris)
        complete = search.cv_results_["status"] == "complete"
        assert set(search.cv_results_["n_resources"][complete]) == amounts


def test_whole_groups_are_taken(make, iris):
    groups = np.repeat(np.arange(30), 5)
    seen = []

    class Seeing(NearestMean):
        def fit(self, X, y):
            seen.append(y)
            return super().fit(X, y)

    halving = Halving(resource="n_samples")
    X, _ = iris
    space = {"power": list(range(1, 13))}
    search = make(Seeing(), space, multi_fidelity=halving, refit=False)
    search.set_params(cv=GroupKFold(3)).fit(X, groups, groups=groups)
    sizes = {len(y) for y in seen}
    assert sizes == {25, 100}
    for y in seen:
        assert set(np.unique(y, return_counts=True)[1]) == {5}


def test_every_class_is_on_every_rung(make):
    X, y = load_iris(return_X_y=True)
    X, y = X[:110], y[:110]  # ten rows of the last class
    scorer = make_scorer(log_loss, greater_is_better=False, response_method="predict_proba")
    space = {"max_depth": [1, 2, 3, 4], "max_leaf_nodes": [2, 3, 4]}
    halving = Halving(n_rungs=2, resource="n_samples")
    search = make(
        DecisionTreeClassifier(), space, multi_fidelity=halving, scoring=scorer, error_score="raise"
    )
    assert search.fit(X, y).best_score_ < 0


def test_weights_follow_the_rows(make, iris):
    X, y = iris
    halving = Halving(resource="n_samples")
    search = make(
        DecisionTreeClassifier(random_state=0),
        {"max_depth": [1, 2, 3, 4], "max_leaf_nodes": [2, 3, 4]},
        multi_fidelity=halving,
        error_score="raise",
    )
    weights = np.random.default_rng(0).uniform(size=len(y))
    assert "pruned" in search.fit(X, y, sample_weight=weights).cv_results_["status"]


def test_the_resource_is_checked_before_any_training(make, iris, monkeypatch):
    module = import_module("sk_hpt._evaluation.evaluate")
    monkeypatch.setattr(module, "begin_run", None)  # so that nothing can train
    space = {"max_depth": list(range(1, 13))}
    for resource, message in (
        ("trees", "Cannot use resource=trees which is not supported by estimator DecisionTree"),
        ("criterion", "resource='criterion' of Halving .* but criterion='gini'"),
        ("max_leaf_nodes", "but max_leaf_nodes=None. Set it to an int"),
    ):
        search = make(DecisionTreeClassifier(), space, multi_fidelity=Halving(resource=resource))
        with pytest.raises(ValueError, match=message):
            search.fit(*iris)
    search = make(DecisionTreeClassifier(), space, multi_fidelity=Halving(resource=3))
    with pytest.raises(TypeError, match="resource=3 of Halving must be the name of a parameter"):
        search.fit(*iris)


def test_what_users_see(iris, capsys):
    halving = Halving(resource="max_iter")
    grid = CASES["boosting"][2]
    search = GridSearchNN(BOOSTING, grid, cv=3, multi_fidelity=halving, verbose=3).fit(*iris)
    lines = capsys.readouterr().out.splitlines()
    assert sum("PAUSE" in line and "with n_resources=2" in line for line in lines) == 16
    assert " resources " in search.summary().splitlines()[3]


def test_time_is_up_between_fits(make, iris):
    halving = Halving(resource="n_samples")
    search = make(BOOSTING, CASES["boosting"][2], multi_fidelity=halving, timeout=1e-9)
    with pytest.raises(ValueError, match="timeout"):
        search.fit(*iris)


def test_epochs_of_skorch(make, iris):
    torch, skorch = pytest.importorskip("torch"), pytest.importorskip("skorch")
    X, y = iris[0].astype(np.float32), iris[1]

    class Network(torch.nn.Sequential):
        def __init__(self, n_units=5):
            torch.manual_seed(0)
            super().__init__(
                torch.nn.Linear(4, n_units), torch.nn.ReLU(), torch.nn.Linear(n_units, 3)
            )

    network = skorch.NeuralNetClassifier(
        Network, criterion=torch.nn.CrossEntropyLoss, max_epochs=8, train_split=None, verbose=0
    )
    space = {"module__n_units": [2, 4, 8], "lr": [1e-3, 1e-2, 1e-1, 1.0]}
    halving = Halving(resource="max_epochs")
    search = make(network, space, multi_fidelity=halving, error_score="raise").fit(X, y)
    results = search.cv_results_
    complete = results["status"] == "complete"
    assert set(results["n_resources"][complete]) == {2 + 3 * 8}
    full = GridSearchNN(network, space, cv=3).fit(X, y).cv_results_
    rows = [full["params"].index(each) for each in results["params"]]
    assert_array_equal(
        results["mean_test_score"][complete], full["mean_test_score"][rows][complete]
    )
    assert len(search.best_estimator_.history) == 8
