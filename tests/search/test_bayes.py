"""BayesSearchNN: spaces, proposals and the surrogate."""

import itertools
import warnings

import numpy as np
import pytest
from scipy import stats
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, ParameterGrid
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sk_hpt import BayesSearchNN, RandomSearchNN
from sk_hpt.space import HiddenLayers, Integer, Real, default_space

pytestmark = pytest.mark.filterwarnings(
    f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning"
)

NETWORK = MLPClassifier((5,), max_iter=5, random_state=0)
SPACE = {"alpha": (1e-4, 10.0, "log-uniform"), "hidden_layer_sizes": [(3,), (6,)]}


def tried(search):
    return search.cv_results_["params"]


def fitted(X_y, space=SPACE, estimator=NETWORK, **options):
    options = {"n_iter": 8, "cv": 2, "random_state": 0, **options}
    return BayesSearchNN(estimator, space, **options).fit(*X_y)


@pytest.mark.parametrize(
    "scoring, refit", [(None, True), (["accuracy", "neg_log_loss"], "neg_log_loss")]
)
@pytest.mark.parametrize("weighted", [False, True])
def test_results_equal_those_of_a_grid_search_over_the_same_trials(
    assert_same_results, cancer, scoring, refit, weighted
):
    X, y = cancer
    params = {"sample_weight": np.linspace(1, 2, len(y))} if weighted else {}
    options = {"cv": 3, "scoring": scoring, "refit": refit, "return_train_score": True}
    ours = BayesSearchNN(NETWORK, SPACE, n_iter=8, random_state=0, **options).fit(X, y, **params)
    grid = [{name: [value] for name, value in params.items()} for params in tried(ours)]
    theirs = GridSearchCV(NETWORK, grid, **options).fit(X, y, **params)
    assert_same_results(theirs.cv_results_, ours.cv_results_)
    assert ours.best_index_ == theirs.best_index_ and ours.best_score_ == theirs.best_score_
    for mine, other in zip(ours.best_estimator_.coefs_, theirs.best_estimator_.coefs_, strict=True):
        np.testing.assert_array_equal(mine, other)


def test_all_spellings_of_scikit_optimize(iris):
    from skopt import space as skopt_space

    space = {
        "alpha": (1e-4, 1.0, "log-uniform"),
        "beta_1": (0.5, 0.9),
        "batch_size": (10, 40),
        "validation_fraction": (0.1, 0.2, "uniform"),
        "activation": ["relu", "tanh"],
        "learning_rate_init": skopt_space.Real(1e-4, 1e-1, prior="log-uniform"),
        "n_iter_no_change": skopt_space.Integer(5, 20),
        "learning_rate": skopt_space.Categorical(["constant", "adaptive"]),
        "power_t": stats.uniform(0.1, 0.5),
        "hidden_layer_sizes": [(3,), (4, 4)],
    }
    for params in tried(fitted(iris, space, n_iter=6)):
        assert 1e-4 <= params["alpha"] <= 1 and 0.5 <= params["beta_1"] <= 0.9
        assert type(params["batch_size"]) is int and 10 <= params["batch_size"] <= 40
        assert type(params["n_iter_no_change"]) is int
        assert 1e-4 <= params["learning_rate_init"] <= 0.1
        assert params["learning_rate"] in ("constant", "adaptive")
        assert params["hidden_layer_sizes"] in [(3,), (4, 4)]


def test_tuples_of_numbers_are_ranges(iris):
    space = {"alpha": (1e-3, 1e-1)}
    chosen = RandomSearchNN(NETWORK, space, n_iter=2, cv=2, random_state=0).fit(*iris)
    assert {params["alpha"] for params in tried(chosen)} == {1e-3, 1e-1}
    assert len({params["alpha"] for params in tried(fitted(iris, space, n_iter=5))}) == 5
    words = {"activation": ("relu", "tanh")}
    assert {params["activation"] for params in tried(fitted(iris, words, n_iter=2))} == set(
        words["activation"]
    )


def test_default_space(iris):
    search = fitted(iris, None, n_iter=3)
    assert tried(search)[0].keys() == default_space(NETWORK).keys()


def test_subspaces_share_the_trials(iris):
    space = [
        {"activation": ["relu"], "alpha": Real(1e-4, 1.0, log=True)},
        {"activation": ["tanh"], "hidden_layer_sizes": HiddenLayers((1, 2), (3, 9))},
    ]
    search = fitted(iris, space, n_iter=12)
    assert len(tried(search)) == 12
    assert {params["activation"] for params in tried(search)} == {"relu", "tanh"}


def test_pairs_of_space_and_n_iter_are_searched_in_sequence(iris):
    space = [({"alpha": (1e-4, 1.0)}, 3), {"batch_size": (10, 40)}, ({"beta_1": (0.5, 0.9)}, 2)]
    search = fitted(iris, space, n_iter=4)
    assert [list(params) for params in tried(search)] == (
        [["alpha"]] * 3 + [["batch_size"]] * 4 + [["beta_1"]] * 2
    )
    mean, std = search.surrogate_.predict(tried(search))
    assert np.isfinite(mean).all() and (std >= 0).all()
    with pytest.raises(
        ValueError, match="n_iter=0 must be an integer of at least 1.*trials of the search space"
    ):
        fitted(iris, [({"alpha": (1e-4, 1.0)}, 0)])


@pytest.mark.parametrize("n_points", [1, 3])
def test_trials_do_not_depend_on_n_jobs(iris, n_points):
    alone = fitted(iris, n_points=n_points, n_iter=10)
    together = fitted(iris, n_points=n_points, n_iter=10, n_jobs=2)
    assert tried(alone) == tried(together)
    np.testing.assert_array_equal(
        alone.cv_results_["mean_test_score"], together.cv_results_["mean_test_score"]
    )
    assert tried(alone) != tried(fitted(iris, n_points=n_points, n_iter=10, random_state=1))


def test_default_params_of_the_network_are_evaluated_early(iris):
    space = {"alpha": Real(1e-5, 10.0, log=True), "learning_rate_init": Real(1e-4, 1e-1, log=True)}
    own = {"alpha": NETWORK.alpha, "learning_rate_init": NETWORK.learning_rate_init}
    assert own in tried(fitted(iris, space, n_iter=2))
    piped = make_pipeline(StandardScaler(), NETWORK)
    space = {f"mlpclassifier__{name}": dimension for name, dimension in space.items()}
    own = {f"mlpclassifier__{name}": value for name, value in own.items()}
    assert own in tried(fitted(iris, space, piped, n_iter=2))
    assert {"C": 1.0} in tried(fitted(iris, {"C": (0.1, 100.0, "log-uniform")}, SVC(), n_iter=2))


@pytest.mark.slow
def test_finds_a_better_penalty_than_random_search(cancer):
    """On average over seeds, for an estimator without a portfolio."""
    space = {"C": Real(1e-6, 1e6, log=True), "gamma": Real(1e-8, 1e4, log=True)}
    best = {BayesSearchNN: [], RandomSearchNN: []}
    for search_class, scores in best.items():
        for seed in range(4):
            search = search_class(
                SVC(), space, n_iter=15, cv=3, random_state=seed, refit=False
            ).fit(*cancer)
            scores.append(search.best_score_)
    assert np.mean(best[BayesSearchNN]) > np.mean(best[RandomSearchNN])


def test_surrogate_and_optimizer_time(cancer):
    search = fitted(cancer, n_iter=15)
    assert 0 < search.optimizer_time_ < 60
    mean, std = search.surrogate_.predict(tried(search))
    assert mean.shape == std.shape == (15,)
    scores = search.cv_results_["mean_test_score"]
    assert np.corrcoef(mean, scores)[0, 1] > 0.5
    with pytest.raises(ValueError, match="must lie in the space that was searched"):
        search.surrogate_.predict([{"alpha": 100.0, "hidden_layer_sizes": (3,)}])


def test_small_space_is_searched_completely(iris):
    space = {"alpha": [1e-3, 1.0], "hidden_layer_sizes": [(3,), (4,)], "batch_size": (20, 21)}
    with pytest.warns(UserWarning, match="total space of parameters 8 is smaller than n_iter=50"):
        search = fitted(iris, space, n_iter=50)
    every = ParameterGrid({**space, "batch_size": [20, 21]})
    assert sorted(map(repr, tried(search))) == sorted(map(repr, every))
    with pytest.warns(UserWarning, match="total space of parameters 2 is smaller than n_iter=3"):
        assert len(tried(fitted(iris, {"alpha": [0.1, 0.2, 0.1]}, n_iter=3))) == 2


@pytest.mark.parametrize("space", [{"alpha": [0.1]}, {"alpha": (0.1, 0.1)}, {}])
def test_spaces_of_one_point(iris, space):
    with pytest.warns(UserWarning, match="total space of parameters 1 is smaller"):
        assert len(tried(fitted(iris, space, n_iter=3))) == 1


def test_trials_are_distinct(iris):
    space = {"batch_size": Integer(10, 40), "activation": ["relu", "tanh"]}
    trials = tried(fitted(iris, space, n_iter=40, cv=2))
    assert len({tuple(params.items()) for params in trials}) == 40


class Sometimes(SVC):
    """Fail for large C."""

    def fit(self, X, y):
        if self.C > 1:
            raise ValueError("too large")
        return super().fit(X, y)


@pytest.mark.parametrize("error_score", [np.nan, 0.0])
def test_failed_trials_are_rows_and_later_avoided(iris, error_score):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search = fitted(
            iris, {"C": Real(1e-3, 1e3, log=True)}, Sometimes(), n_iter=16, error_score=error_score
        )
    failed = np.array([params["C"] > 1 for params in tried(search)])
    assert 0 < failed.sum() < 8 and search.best_params_["C"] <= 1
    scores = search.cv_results_["mean_test_score"]
    assert (np.isnan(scores) if np.isnan(error_score) else scores == 0)[failed].all()


def test_first_trials_all_fail(iris):
    class Never(SVC):
        n_fits = 0

        def fit(self, X, y):
            Never.n_fits += 1
            if Never.n_fits <= 8:
                raise ValueError("not yet")
            return super().fit(X, y)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search = fitted(iris, {"C": Real(1e-3, 1e3, log=True)}, Never(), n_iter=8)
    assert np.isnan(search.cv_results_["mean_test_score"][:4]).all()
    assert np.isfinite(search.best_score_)


def test_constant_scores(iris):
    search = fitted(iris, n_iter=10, scoring=constant)
    assert search.best_score_ == 1.0 and len({repr(params) for params in tried(search)}) == 10


def constant(estimator, X, y):
    return 1.0


def test_extreme_bounds(iris):
    space = {"C": Real(1e-300, 1e300, log=True), "tol": Real(1e-300, 1e300)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search = fitted(iris, space, SVC(max_iter=100), n_iter=12)
    assert np.isfinite(search.best_score_)


def test_refit_names_the_metric_to_optimise(iris):
    metrics = ["accuracy", "neg_log_loss"]
    for refit in (False, lambda results: 0, True):
        with pytest.raises(
            ValueError,
            match="one of the metrics.*'accuracy', 'neg_log_loss'.*learns from one metric",
        ):
            fitted(iris, scoring=metrics, refit=refit)
    with pytest.raises(ValueError, match="returns the metrics \\['a', 'b'\\].*set refit"):
        fitted(iris, scoring=lambda estimator, X, y: {"a": 1.0, "b": 0.0}, refit=False)
    search = fitted(iris, scoring=metrics, refit="neg_log_loss")
    assert search.best_score_ == search.cv_results_["mean_test_neg_log_loss"].max()
    mean, _ = search.surrogate_.predict([search.best_params_])
    assert mean[0] < 0


class Draws:
    """Distribution that can only be sampled."""

    def rvs(self, random_state=None):
        return 0.1


@pytest.mark.parametrize(
    "space, error, message",
    [
        ({"alpha": Draws()}, TypeError, "'alpha'.*can only be sampled.*frozen"),
        ({"alpha": (1.0, 0.1)}, ValueError, "'alpha': low=1.0 of .* must be at most high=0.1"),
        (
            {"alpha": (0.0, 1.0, "log-uniform")},
            ValueError,
            "'alpha': low=0.0 of .* must be above 0",
        ),
        ("alpha", ValueError, "'search_spaces' parameter of BayesSearchNN must be"),
        ([("alpha", 3)], TypeError, "is not a dict"),
    ],
)
def test_invalid_spaces(iris, space, error, message):
    with pytest.raises(error, match=message):
        fitted(iris, space)


def test_clone_finds_the_same_trials(iris):
    search = fitted(iris)
    assert tried(clone(search).fit(*iris)) == tried(search)


class SmoothInWidths(BaseEstimator):
    """Scores are smooth in the logarithms of three widths; the optimum is not in the list."""

    def __init__(self, hidden_layer_sizes=(10,)):
        self.hidden_layer_sizes = hidden_layer_sizes

    def fit(self, X, y=None):
        return self

    def score(self, X, y=None):
        return -float(np.sum((np.log(self.hidden_layer_sizes) - np.log((37, 61, 20))) ** 2))


def test_shapes_in_a_list_are_searched_by_their_widths():
    shapes = list(itertools.product((10, 15, 22, 33, 47, 68, 100), repeat=3))
    X, y = np.zeros((8, 1)), [0, 1] * 4
    search = BayesSearchNN(
        SmoothInWidths(), {"hidden_layer_sizes": shapes}, n_iter=30, cv=2, random_state=0
    ).fit(X, y)
    best = max(SmoothInWidths(shape).score(X) for shape in shapes)
    assert search.best_score_ > best - 0.1  # unrelated names lose 0.5 and more
