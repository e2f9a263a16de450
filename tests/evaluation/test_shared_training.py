import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import GridSearchNN
from sk_hpt._evaluation import NoCache, Problem
from sk_hpt._evaluation.shared_training import MAX_GROUP_SIZE, group_jobs
from sk_hpt._trials import Job, Trial
from sk_hpt.training._trajectory import Trajectory

NETWORK = MLPClassifier((6,), random_state=0)
EPOCHS = {"max_iter": [3, 9, 6], "alpha": [1e-3, 1.0], "tol": [1e-4, 0.2]}


@pytest.fixture
def epochs_trained(monkeypatch):
    """Counts the epochs of all runs."""
    advance, counts = Trajectory.advance, []

    def counting(run, to_epoch):
        counts.append(to_epoch - run.epoch)
        advance(run, to_epoch)

    monkeypatch.setattr(Trajectory, "advance", counting)
    return counts


@pytest.mark.slow
@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize(
    "params",
    [
        {"solver": "adam"},
        {"solver": "sgd"},
        {"solver": "sgd", "learning_rate": "invscaling", "learning_rate_init": 0.5},
    ],
    ids=["adam", "sgd", "invscaling"],
)
def test_scores_are_those_of_separate_fits(assert_parity, iris, params, n_jobs):
    network = MLPClassifier((6,), random_state=0, **params)
    grid = {**EPOCHS, "n_iter_no_change": [1, 3]}
    options = {"cv": 3, "n_jobs": n_jobs, "return_train_score": True}
    assert_parity(
        GridSearchCV(network, grid, **options), GridSearchNN(network, grid, **options), *iris
    )


def test_regression_and_pipeline(assert_parity, diabetes):
    pipeline = make_pipeline(
        StandardScaler(), MLPRegressor(hidden_layer_sizes=(6,), random_state=0)
    )
    grid = {f"mlpregressor__{name}": values for name, values in EPOCHS.items()}
    assert_parity(GridSearchCV(pipeline, grid), GridSearchNN(pipeline, grid), *diabetes)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_grid_over_epochs_costs_its_longest(iris, epochs_trained):
    grid = {"max_iter": [3, 9, 6], "alpha": [1e-3, 1.0]}
    GridSearchNN(NETWORK, grid, cv=2, refit=False).fit(*iris)
    assert sum(epochs_trained) == 9 * 2 * 2


@pytest.mark.parametrize(
    "params",
    [
        {"early_stopping": True},
        {"solver": "sgd", "learning_rate": "adaptive"},
        {"random_state": None},
        {"verbose": True},
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_what_cannot_be_shared_is_not(iris, epochs_trained, params):
    network = MLPClassifier((6,), random_state=0).set_params(**params)
    GridSearchNN(network, {"max_iter": [2, 3]}, cv=2, refit=False).fit(*iris)
    assert sum(epochs_trained) == (2 + 3) * 2


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    "values",
    [
        {"max_iter": list(np.arange(3, 10, 3))},
        {"max_iter": [9], "learning_rate": ["constant", "adaptive", "invscaling"]},
        {"max_iter": [9], "momentum": [0.1, 0.9], "power_t": [0.5, 1]},
        {"max_iter": [9], "solver": ["sgd"], "beta_1": [0.5, 0.9], "n_iter_no_change": [10, 20]},
    ],
    ids=str,
)
def test_parameters_that_are_never_read_cost_nothing(iris, epochs_trained, values):
    solver = values.pop("solver", ["adam"])[0]
    network = MLPClassifier((6,), solver=solver, random_state=0)
    search = GridSearchNN(network, values, cv=2, refit=False).fit(*iris)
    assert sum(epochs_trained) == 9 * 2
    theirs = GridSearchCV(network, values, cv=2, refit=False).fit(*iris)
    for fold in range(2):
        name = f"split{fold}_test_score"
        np.testing.assert_array_equal(search.cv_results_[name], theirs.cv_results_[name])


@pytest.mark.parametrize(
    "grid",
    [
        {"learning_rate": ["constant", "never"]},
        {"momentum": [0.5, 1.5]},
        {"solver": ["adam", "sgd"], "learning_rate": ["constant", "invscaling"]},
        {"solver": ["sgd", "adam"], "momentum": [0.1, 0.9], "beta_1": [0.5, 0.9]},
    ],
    ids=str,
)
def test_parameters_that_are_not_read_are_checked_all_the_same(assert_parity, iris, grid):
    network = MLPClassifier((6,), max_iter=5, random_state=0)
    options = {"cv": 2, "error_score": 0.0}
    assert_parity(
        GridSearchCV(network, grid, **options), GridSearchNN(network, grid, **options), *iris
    )


UNSEEDED = {
    "network": MLPClassifier((6,), max_iter=5),
    "network in a Pipeline": make_pipeline(StandardScaler(), MLPClassifier((6,), max_iter=5)),
    "step before the network": make_pipeline(
        PCA(3, svd_solver="randomized"), MLPClassifier((6,), max_iter=5, random_state=0)
    ),
}


@pytest.mark.parametrize("name", UNSEEDED)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_fits_that_cannot_share_keep_the_order_of_scikit_learn(iris, name):
    """They draw from numpy's global generator, so another order gives other numbers."""
    estimator = UNSEEDED[name]
    parameter = next(each for each in estimator.get_params() if each.endswith("max_iter"))
    scores = []
    for search_class in (GridSearchCV, GridSearchNN):
        np.random.seed(0)
        search = search_class(estimator, {parameter: [3, 5]}, cv=3, refit=False).fit(*iris)
        scores.append([search.cv_results_[f"split{fold}_test_score"] for fold in range(3)])
    np.testing.assert_array_equal(scores[1], scores[0])


@pytest.mark.parametrize(
    "bad", [{"max_iter": [3, 0]}, {"tol": [-1.0, 0.1]}, {"max_iter": [2, "3"]}]
)
def test_wrong_values_fail_alone(assert_parity, iris, bad):
    network = MLPClassifier((6,), max_iter=3, random_state=0)
    options = {"cv": 2, "error_score": 0.0}
    assert_parity(
        GridSearchCV(network, bad, **options), GridSearchNN(network, bad, **options), *iris
    )


@pytest.mark.filterwarnings("ignore:overflow|invalid|divide:RuntimeWarning")
def test_networks_that_diverge_fail_alone(iris):
    X, y = iris
    network = MLPRegressor(
        hidden_layer_sizes=(6,), solver="sgd", learning_rate_init=10.0, random_state=0
    )
    grid = {"max_iter": [1, 200], "n_iter_no_change": [500]}
    searches = [
        search(network, grid, cv=2, error_score=-9.0, refit=False, scoring="r2")
        for search in (GridSearchCV, GridSearchNN)
    ]
    results = []
    for search in searches:
        with pytest.warns(Warning):
            results.append(search.fit(X, y * 1e3).cv_results_["mean_test_score"])
    np.testing.assert_array_equal(results[1], results[0])
    assert results[0][1] == -9.0


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_scorer_sees_the_stock_class(iris):
    seen = []

    def scorer(network, X, y):
        seen.append((type(network), network.max_iter, network.n_iter_, network.momentum))
        return 1.0

    grid = {"max_iter": [2, 4], "momentum": [0.1]}
    GridSearchNN(NETWORK, grid, cv=2, scoring=scorer, refit=False).fit(*iris)
    assert sorted(seen, key=repr) == [
        *[(MLPClassifier, 2, 2, 0.1)] * 2,
        *[(MLPClassifier, 4, 4, 0.1)] * 2,
    ]


def test_groups():
    trials = [
        Trial(number, params)
        for number, params in enumerate(
            [
                {"max_iter": 3, "alpha": 1.0},
                {"max_iter": 9, "alpha": 1.0},
                {"max_iter": 9, "alpha": 1},
                {"alpha": 1.0},
                {"max_iter": 9, "alpha": [1.0]},
            ]
        )
    ]
    jobs = [Job(trial, fold) for trial in trials for fold in range(2)]
    problem = Problem(NETWORK, None, None, [], None, {}, {}, native=True)
    grouped = group_jobs(jobs, problem, NoCache(), lambda job: False)
    groups = [[job.cell for job in group] for group in grouped]
    assert sorted(cell for group in groups for cell in group) == [
        (t, f) for t in range(5) for f in range(2)
    ]
    assert [group for group in groups if len(group) > 1] == [[(0, 0), (1, 0)], [(0, 1), (1, 1)]]


def test_a_group_that_is_full_waits_for_no_other_job():
    asked = []

    def jobs():
        for number in range(10**6):
            asked.append(number)
            yield Job(Trial(number, {"tol": 1.0 / (1 + number)}), 0)

    problem = Problem(NETWORK, None, None, [], None, {}, {}, native=True)
    first = next(group_jobs(jobs(), problem, NoCache(), lambda job: False))
    assert len(first) == len(asked) == MAX_GROUP_SIZE
