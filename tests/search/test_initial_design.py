"""Initial design of RandomSearchNN and BayesSearchNN."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from sk_hpt import BayesSearchNN, RandomSearchNN
from sk_hpt._networks import training_cost
from sk_hpt._proposers import portfolio_points
from sk_hpt._search.initial_design import count_classes, fastest_first, own_points
from sk_hpt.space import Real, parse_space

pytestmark = pytest.mark.filterwarnings(
    f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning"
)

NETWORK = MLPClassifier((5,), max_iter=5, random_state=0)
SPACE = {"alpha": Real(1e-4, 10.0, log=True), "hidden_layer_sizes": [(3,), (6,)]}
POINTS = [
    {"alpha": 0.5, "hidden_layer_sizes": (3,)},
    {"hidden_layer_sizes": (6,), "alpha": 0.25},
    {"alpha": 0.5, "hidden_layer_sizes": (3,)},
]


@pytest.fixture(params=[RandomSearchNN, BayesSearchNN], ids=lambda search: search.__name__)
def search(request, iris):
    def fit(points, space=SPACE, **options):
        options = {"n_iter": 6, "cv": 2, "random_state": 0, "refit": False, **options}
        return request.param(NETWORK, space, initial_points=points, **options).fit(*iris)

    return fit


def test_given_points_are_evaluated_first(search):
    tried = search(POINTS[:2]).cv_results_["params"]
    assert tried[:2] == POINTS[:2] and len(tried) == 6
    assert len({repr(sorted(params.items())) for params in tried}) == 6


def test_random_draws_stay_what_they_are(iris):
    def tried(points):
        search = RandomSearchNN(NETWORK, SPACE, n_iter=6, cv=2, random_state=0, refit=False)
        return search.set_params(initial_points=points).fit(*iris).cv_results_["params"]

    assert tried(POINTS[:2])[2:] == tried(None)[:4]
    assert tried(tried(None)[3:]) == tried(None)[3:] + tried(None)[:3]


def test_repeated_points_are_evaluated_once(iris):
    tried = (
        BayesSearchNN(NETWORK, SPACE, n_iter=6, cv=2, random_state=0, initial_points=POINTS)
        .fit(*iris)
        .cv_results_["params"]
    )
    assert tried[:2] == POINTS[:2] and tried[2] != POINTS[0]


@pytest.mark.parametrize("as_table", [dict, pd.DataFrame])
def test_best_trial_of_an_earlier_search_is_evaluated_first(search, as_table):
    earlier = search(None)
    again = search(as_table(earlier.cv_results_), random_state=1)
    assert again.cv_results_["params"][0] == earlier.best_params_
    assert again.best_score_ >= earlier.best_score_


def test_an_earlier_search_informs_the_surrogate(cancer):
    """Trials are as good as the earlier ones, none of which was evaluated again."""
    options = {"n_iter": 12, "cv": 2, "random_state": 0, "scoring": "neg_log_loss"}
    space = {"learning_rate_init": Real(1e-6, 1.0, log=True)}
    earlier = RandomSearchNN(NETWORK, space, **options | {"n_iter": 20}).fit(*cancer)
    informed = BayesSearchNN(NETWORK, space, **options, initial_points=earlier.cv_results_)
    informed.fit(*cancer)
    assert informed.best_score_ >= earlier.best_score_
    scores = informed.cv_results_["mean_test_score"]
    assert np.median(scores) > np.median(earlier.cv_results_["mean_test_score"])


def test_results_of_another_metric_or_without_params(search):
    earlier = search(None, scoring=["accuracy", "neg_log_loss"], refit="accuracy")
    with pytest.raises(
        ValueError, match="mean_test_accuracy.* must have a column 'mean_test_score'"
    ):
        search(earlier.cv_results_)
    with pytest.raises(ValueError, match="initial_points=\\{.*must have the key 'params'"):
        search({"alpha": [1.0]})


def test_earlier_trials_outside_the_space_are_left_out(search):
    earlier = search(None)
    narrow = {**SPACE, "alpha": Real(1e3, 1e4, log=True)}
    tried = search(earlier.cv_results_, space=narrow).cv_results_["params"]
    assert len(tried) == 6 and all(params["alpha"] >= 1e3 for params in tried)


@pytest.mark.parametrize(
    "points, error, message",
    [
        ([{"alpha": 100.0, "hidden_layer_sizes": (3,)}], ValueError, "alpha=100.0 is not in Real"),
        ([{"alpha": 1.0, "hidden_layer_sizes": (4,)}], ValueError, "hidden_layer_sizes=\\(4,\\)"),
        ([{"alpha": 100.0}], ValueError, "but alpha=100.0 is not in Real"),
        (
            [POINTS[0], {**POINTS[0], "beta_1": 0.5}],
            ValueError,
            "initial_points\\[1\\]=\\{'alpha': 0.5.* must set parameters of the space",
        ),
        (
            [0.5],
            TypeError,
            "initial_points\\[0\\]=0.5 must be a dict of parameters, not of type float",
        ),
        ("alpha", ValueError, "'initial_points' parameter of"),
    ],
)
def test_bad_points(search, points, error, message):
    with pytest.raises(error, match=message):
        search(points)


@pytest.mark.parametrize("make", [RandomSearchNN, BayesSearchNN])
def test_what_a_point_leaves_out_is_the_estimators_own(make, cancer):
    """As far as it lies in the space: `batch_size="auto"` is a number of rows there."""
    network = MLPClassifier((20,), alpha=0.5, max_iter=5, random_state=0)
    points = [{}, {"alpha": 1e-3}]
    search = make(network, initial_points=points, n_iter=4, cv=2, random_state=0)
    first, second = search.fit(*cancer).cv_results_["params"][:2]
    assert first["alpha"] == 0.5 and first["hidden_layer_sizes"] == (20,)
    assert first["activation"] == "relu" and isinstance(first["batch_size"], int)
    assert second == {**first, "alpha": 1e-3}


def test_a_point_is_in_the_first_sub_space_that_has_its_parameters(iris):
    space = [{"alpha": [0.1]}, {"beta_1": [0.8, 0.9], "solver": ["adam"]}]
    search = RandomSearchNN(NETWORK, space, initial_points=[{"beta_1": 0.8}], n_iter=2, cv=2)
    params = search.fit(*iris).cv_results_["params"]
    assert params[0] == {"beta_1": 0.8, "solver": "adam"}


def test_own_values_that_no_point_of_the_space_has(search):
    message = "but the estimator's own activation='relu' is not in .* widen the space"
    with pytest.raises(ValueError, match=message):
        search([{"alpha": 1.0}], space={**SPACE, "activation": ["tanh", "logistic"]})


def test_none_can_be_the_estimators_own(iris):
    space = {"max_depth": [None, 1], "criterion": ["gini", "entropy"]}
    search = RandomSearchNN(DecisionTreeClassifier(), space, initial_points=[{}], n_iter=2, cv=2)
    params = search.fit(*iris).cv_results_["params"]
    assert params[0] == {"max_depth": None, "criterion": "gini"}


def test_own_parameters_lie_in_the_space():
    space = parse_space([{"alpha": Real(0.1, 1.0)}, {"beta_1": [0.9], "shuffle": ["never"]}])
    assert own_points(space, MLPClassifier(alpha=5.0)) == [{"alpha": 1.0}]
    assert own_points(space, MLPClassifier(alpha=0.5)) == [{"alpha": 0.5}]


@pytest.mark.parametrize("y, expected", [
    ([0, 1, 1], 2), (["a", "b", "c"], 3), (pd.Series(["a", "b", "c", "a"]), 3), (None, 2),
    (np.array([[1], [2], [5]]), 3), (np.array([[0, 1, 1], [1, 0, 0]]), 2),
    (sparse.csr_array(np.eye(3, dtype=int)), 2), (pd.DataFrame({"target": [1, 2, 3]}), 3),
])  # fmt: skip
def test_count_classes(y, expected):
    assert count_classes(y) == expected


@pytest.mark.parametrize("n_classes", [2, 3])
def test_portfolio_suits_the_number_of_classes(iris, n_classes):
    X, y = iris
    X, y = X[y < n_classes], y[y < n_classes]
    search = BayesSearchNN(NETWORK, SPACE, n_iter=2, cv=2, random_state=0, refit=False)
    tried = search.fit(X, y).cv_results_["params"]
    expected = {n: portfolio_points(parse_space(SPACE), NETWORK, len(X), n)[:2] for n in (2, 3)}
    assert tried == expected[n_classes] and expected[2] != expected[3]


def test_initial_design_tries_the_pipelines_own_step_and_each_other_one(iris):
    """Estimators compare unequal, and the middle of the choices is a different step."""
    pipeline = make_pipeline(StandardScaler(), MLPClassifier((4,), max_iter=2, random_state=0))
    steps = [StandardScaler(), None, "passthrough", StandardScaler(with_mean=False)]
    space = {"standardscaler": steps, "mlpclassifier__alpha": (1e-4, 1.0, "log-uniform")}
    search = BayesSearchNN(pipeline, space, n_iter=8, cv=2, random_state=0).fit(*iris)
    tried = [params["standardscaler"] for params in search.cv_results_["params"]]
    assert tried[1] is steps[0]
    assert all(any(each is step for each in tried) for step in steps)


@pytest.mark.parametrize(
    "targets",
    [[["a"], ["a", "b"]], [{"a"}, {"b"}], [{"a": 1}, {"b": 1}], [[1, 0], [0, 1]]],
    ids=str,
)
def test_targets_that_are_not_labels_count_as_two_classes(targets):
    assert count_classes(targets) == 2


class Wide(MLPClassifier):
    """A network with parameters of its own in place of scikit-learn's."""

    def __init__(self, width=8, alpha=1e-4):
        super().__init__(max_iter=5, random_state=0)
        self.width, self.alpha = width, alpha

    def fit(self, X, y):
        self.hidden_layer_sizes = (self.width,)
        return super().fit(X, y)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_network_with_other_parameters_begins_with_its_own(iris):
    space = {"width": (4, 32), "alpha": (1e-5, 1.0, "log-uniform")}
    search = BayesSearchNN(Wide(), space, n_iter=4, cv=2, random_state=0).fit(*iris)
    assert search.cv_results_["params"][0] == {"width": 8, "alpha": 1e-4}


def test_without_rows_scikit_learn_raises():
    with pytest.raises(ValueError, match="0 sample"):
        BayesSearchNN(MLPClassifier(), {"alpha": [0.1, 1.0]}, n_iter=2).fit(np.empty((0, 3)), [])


def test_results_of_a_search_whose_refit_names_its_only_metric(iris):
    options = {"scoring": "accuracy", "refit": "accuracy", "n_iter": 3, "cv": 2, "random_state": 0}
    space = {"C": (1e-2, 1e2, "log-uniform")}
    first = BayesSearchNN(SVC(), space, **options).fit(*iris)
    again = BayesSearchNN(SVC(), space, initial_points=first.cv_results_, **options).fit(*iris)
    assert again.cv_results_["params"][0] == first.best_params_


def durations(points, prefix=""):
    """Return how long the networks of points train, if only their shapes and batches matter."""
    networks = [
        MLPClassifier(**{name.removeprefix(prefix): value for name, value in point.items()})
        for point in points
    ]
    return [training_cost(network, 150, 4, 3) for network in networks]


WIDE = {
    "hidden_layer_sizes": [(4,), (16,), (64,), (64, 64)],
    "batch_size": [8, 16, 32],
    "alpha": Real(1e-6, 1.0, log=True),
}


@pytest.mark.parametrize("prefix", ["", "mlpclassifier__"])
def test_halving_begins_with_the_networks_that_train_fastest(prefix, iris):
    network = MLPClassifier((16,), max_iter=8, random_state=0)
    estimator = make_pipeline(StandardScaler(), network) if prefix else network
    space = {prefix + name: values for name, values in WIDE.items()}
    learned = portfolio_points(parse_space(space), estimator, 150, 3)
    options = {"n_iter": 40, "cv": 2, "random_state": 0, "refit": False, "timeout": 60}
    first = {}
    for multi_fidelity in (None, "race", "halving"):
        search = BayesSearchNN(estimator, space, multi_fidelity=multi_fidelity, **options)
        tried = search.set_params(n_iter=40 if multi_fidelity == "halving" else 10).fit(*iris)
        first[multi_fidelity] = tried.cv_results_["params"][: len(learned)]
    assert first[None] == first["race"] == learned[:10]
    halved, best, others = (
        durations(points, prefix) for points in (first["halving"], learned[1:6], learned[6:])
    )
    assert first["halving"][0] == learned[0]
    assert halved[1:] == sorted(best) + sorted(others) != best + others


def test_points_that_cost_the_same_stay_in_their_order():
    points = [{"alpha": alpha} for alpha in (0.1, 0.3, 0.2)]
    assert fastest_first(points, MLPClassifier(), np.zeros((9, 2)), 2) == points
    assert fastest_first(points, MLPClassifier(), [[1.0]] * 9, 2) == points
    assert fastest_first([{"C": 1.0}], SVC(), np.zeros((9, 2)), 2) == [{"C": 1.0}]
