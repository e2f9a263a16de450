"""Searches that prune trials."""

import threading
from collections import Counter

import numpy as np
import pytest
from joblib import parallel_config
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, FitFailedWarning
from sklearn.model_selection import GroupKFold, ShuffleSplit
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt._proposers import RandomProposer
from sk_hpt.fidelity import Halving, Race
from sk_hpt.journal._base import Journal
from sk_hpt.space import Real
from sk_hpt.training._engine_check import engine_works
from sk_hpt.training._trajectory import Trajectory

pytestmark = pytest.mark.filterwarnings(
    f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning"
)

NETWORK = MLPClassifier((5,), max_iter=18, random_state=0)
SPACE = {
    "alpha": [1e-4, 1e-1, 10.0],
    "learning_rate_init": [1e-3, 1e-2, 1e-1],
    "hidden_layer_sizes": [(3,), (9,)],
}
MULTI_FIDELITY = ["race", "halving", Race(min_folds=2), Halving(factor=3, n_rungs=2, n_folds=2)]
each_multi_fidelity = pytest.mark.parametrize("multi_fidelity", MULTI_FIDELITY, ids=repr)


@pytest.fixture(params=["grid", "random", "bayes", "bayes by four", "bayes in two spaces"])
def make(request):
    def grid(estimator=NETWORK, space=SPACE, **options):
        return GridSearchNN(estimator, space, **{"cv": 3, **options})

    def random(estimator=NETWORK, space=SPACE, **options):
        options = {"cv": 3, "n_iter": 12, "random_state": 0, **options}
        return RandomSearchNN(estimator, space, **options)

    def bayes(estimator=NETWORK, space=SPACE, **options):
        options = {"cv": 3, "n_iter": 10, "random_state": 0, **options}
        return BayesSearchNN(estimator, space, **options)

    def by_four(estimator=NETWORK, space=SPACE, **options):
        return bayes(estimator, space, n_points=4, **options)

    def in_two_spaces(estimator=NETWORK, space=SPACE, n_iter=10, **options):
        return bayes(estimator, [(space, n_iter), (space, 5)], **options)

    makers = {"grid": grid, "random": random, "bayes": bayes, "bayes by four": by_four}
    return {**makers, "bayes in two spaces": in_two_spaces}[request.param]


def rounds(monkeypatch):
    """Return a list that gets the number of trials of each round."""
    sizes, begin_round = [], Journal.begin_round

    def counting(self, trials):
        sizes.append(len(trials))
        begin_round(self, trials)

    monkeypatch.setattr(Journal, "begin_round", counting)
    return sizes


RANGES = {"alpha": Real(1e-4, 10.0, log=True), "learning_rate_init": Real(1e-4, 0.1, log=True)}


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize(
    "multi_fidelity, n_iter, n_points, expected",
    [
        (None, 4, 1, [1] * 4),
        ("race", 4, 1, [1] * 4),
        ("race", 8, 3, [3, 3, 2]),
        ("halving", 37, 1, [1, 4, 1, 10, *[4] * 5, 1]),
        ("halving", 20, 1, [1, 4, 1, 4, 4, 4, 2]),
        ("halving", 9, 1, [1, 3, 4, 1]),
        (Halving(n_rungs=1), 9, 3, [3, 1, 4, 1]),
        ("halving", 24, 8, [8, 4, 8, 4]),
        ("halving", 1, 1, [1]),
    ],
)
def test_rounds_of_a_bayesian_search(
    multi_fidelity, n_iter, n_points, expected, n_jobs, iris, monkeypatch
):
    sizes = rounds(monkeypatch)
    options = {"n_iter": n_iter, "n_points": n_points, "n_jobs": n_jobs, "cv": 3}
    BayesSearchNN(
        NETWORK, RANGES, multi_fidelity=multi_fidelity, random_state=0, refit=False, **options
    ).fit(*iris)
    assert sizes == expected


def test_each_of_several_spaces_has_first_rounds(iris, monkeypatch):
    sizes = rounds(monkeypatch)
    spaces = [({"alpha": (1e-4, 1.0)}, 8), ({"learning_rate_init": (1e-3, 0.1)}, 12)]
    BayesSearchNN(NETWORK, spaces, multi_fidelity="halving", cv=3, refit=False).fit(*iris)
    assert sizes == [1, 3, 4, 1, 4, 1, 4, 2]


def test_few_trials_of_the_first_rounds_are_trained_to_the_end(iris):
    options = {"n_iter": 16, "cv": 3, "random_state": 0, "refit": False}
    search = BayesSearchNN(NETWORK, RANGES, multi_fidelity="halving", **options).fit(*iris)
    first, *others = search.cv_results_["n_epochs"][:5]
    # The first one is complete. Of the other four at most three are promoted: one by one, the next
    # two would be trained to the end at once.
    assert first == 3 * NETWORK.max_iter and 1 <= others.count(2) <= 3


def trajectories(monkeypatch):
    """Return a list that gets the number of epochs of each training run."""
    assert engine_works()  # which trains some, the first time
    epochs, lock, advance = [], threading.Lock(), Trajectory.advance

    def counting(self, to_epoch):
        before = self.epoch
        advance(self, to_epoch)
        with lock:
            epochs.append(self.epoch - before)

    monkeypatch.setattr(Trajectory, "advance", counting)
    return epochs


@pytest.mark.slow
@each_multi_fidelity
def test_results_are_consistent(make, multi_fidelity, iris, monkeypatch):
    epochs = trajectories(monkeypatch)
    search = make(multi_fidelity=multi_fidelity, refit=False).fit(*iris)
    results = search.cv_results_
    assert sum(epochs) == results["n_epochs"].sum()  # none was trained twice
    n_trials = len(results["params"])
    complete = results["status"] == "complete"
    assert set(results["status"]) <= {"complete", "pruned"} and complete.any()
    if n_trials > 10:
        assert not complete.all()
    splits = np.array([results[f"split{fold}_test_score"] for fold in range(3)]).T
    assert np.array_equal(np.isfinite(splits).all(axis=1), complete)
    assert np.array_equal(np.isfinite(results["mean_test_score"]), complete)
    ranks = results["rank_test_score"]
    assert ranks[complete].max() <= complete.sum()
    assert (ranks[~complete] == complete.sum() + 1).all()
    assert ranks[search.best_index_] == 1 and complete[search.best_index_]
    assert search.best_params_ == results["params"][search.best_index_]
    assert search.best_score_ == results["mean_test_score"][complete].max()
    assert np.isfinite(results["mean_fit_time"]).all()
    assert results["n_epochs"].dtype == np.int64 and (results["n_epochs"][complete] > 0).all()


@pytest.mark.slow
@each_multi_fidelity
def test_complete_trials_equal_those_of_a_full_search(make, multi_fidelity, iris):
    search = make(multi_fidelity=multi_fidelity).fit(*iris)
    results = search.cv_results_
    full = GridSearchNN(
        NETWORK, [{k: [v] for k, v in params.items()} for params in results["params"]], cv=3
    ).fit(*iris)
    for fold in range(3):
        ours = results[f"split{fold}_test_score"]
        known = np.isfinite(ours)
        np.testing.assert_array_equal(
            ours[known], full.cv_results_[f"split{fold}_test_score"][known]
        )
    refitted = clone(NETWORK).set_params(**search.best_params_).fit(*iris)
    for one, other in zip(search.best_estimator_.coefs_, refitted.coefs_, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
@pytest.mark.parametrize("multi_fidelity", ["race", "halving"])
def test_results_do_not_depend_on_the_backend(make, multi_fidelity, iris, backend):
    alone = make(multi_fidelity=multi_fidelity).fit(*iris)
    with parallel_config(backend=backend, n_jobs=2):
        together = make(multi_fidelity=multi_fidelity).fit(*iris)
    for name, column in alone.cv_results_.items():
        if not name.endswith("_time"):
            np.testing.assert_array_equal(together.cv_results_[name], column)


def test_full_search_has_no_extra_columns(make, iris):
    assert not {"n_epochs", "status"} & make().fit(*iris).cv_results_.keys()


@pytest.mark.slow
@pytest.mark.parametrize("multi_fidelity", ["race", "halving"])
def test_one_of_several_metrics_decides(make, multi_fidelity, iris):
    options = {"scoring": ["accuracy", "neg_log_loss"], "multi_fidelity": multi_fidelity}
    search = make(refit="neg_log_loss", **options).fit(*iris)
    one = make(scoring="neg_log_loss", multi_fidelity=multi_fidelity).fit(*iris)
    np.testing.assert_array_equal(search.cv_results_["status"], one.cv_results_["status"])
    np.testing.assert_array_equal(
        search.cv_results_["mean_test_neg_log_loss"], one.cv_results_["mean_test_score"]
    )
    for name in ("accuracy", "neg_log_loss"):
        assert search.cv_results_[f"rank_test_{name}"].argmin() in np.flatnonzero(
            search.cv_results_["status"] == "complete"
        )
    for refit in (False, lambda results: 0):
        with pytest.raises(
            ValueError, match=r"refit=.* must be the name.*'accuracy', 'neg_log_loss'.*one metric"
        ):
            make(refit=refit, **options).fit(*iris)


def test_callable_refit_must_return_a_complete_trial(make, iris):
    def best(results):
        return int(np.nanargmax(results["mean_test_score"]))

    search = make(multi_fidelity="halving", refit=best).fit(*iris)
    assert search.cv_results_["status"][search.best_index_] == "complete"

    def pruned(results):
        return int(np.argmax(results["status"] == "pruned"))

    with pytest.raises(ValueError, match='must return.*trained in full.*"complete"'):
        make(multi_fidelity="halving", refit=pruned).fit(*iris)


def best_by_argmax(results):
    return int(np.argmax(results["mean_test_score"]))


def simplest_of_the_good(results):
    """Balance the score and the complexity, as in scikit-learn's example."""
    means, stds = results["mean_test_score"], results["std_test_score"]
    good = np.flatnonzero(means >= np.max(means - stds))
    return int(good[np.argmax(results["param_alpha"][good])])


@pytest.mark.parametrize("refit", [best_by_argmax, simplest_of_the_good])
def test_a_callable_refit_is_told_of_pruned_trials(make, refit, iris):
    search = make(multi_fidelity="halving", refit=refit)
    with pytest.raises(ValueError, match=rf"{refit.__name__}.* NaNs .*pruned.*np\.nanargmax"):
        search.fit(*iris)


def test_other_errors_of_a_callable_refit_are_its_own(iris):
    with pytest.raises(KeyError, match="mine"):
        GridSearchNN(NETWORK, {"alpha": [0.1, 1.0]}, refit=lambda results: results["mine"]).fit(
            *iris
        )


def test_weights_and_groups(make, iris):
    X, y = iris
    weights = np.random.default_rng(0).uniform(0.1, 2, len(X))
    groups = np.arange(len(X)) % 6
    search = make(multi_fidelity="halving", cv=GroupKFold(3), refit=False)
    search.fit(X, y, sample_weight=weights, groups=groups)
    best = GridSearchNN(
        NETWORK, {k: [v] for k, v in search.best_params_.items()}, cv=GroupKFold(3), refit=False
    ).fit(X, y, sample_weight=weights, groups=groups)
    assert search.best_score_ == best.best_score_


@pytest.mark.parametrize("multi_fidelity", ["race", "halving"])
def test_estimators_without_epochs_are_pruned_between_folds(make, multi_fidelity, iris):
    search = make(SVC(), {"C": np.logspace(-4, 2, 12).tolist()}, multi_fidelity=multi_fidelity)
    results = search.fit(*iris).cv_results_
    assert set(results["n_epochs"]) == {0}
    assert set(results["status"]) == {"complete", "pruned"}
    assert np.isfinite(results["split0_test_score"]).all()


def test_networks_with_and_without_epochs_in_one_search(make, iris):
    space = {"solver": ["adam", "lbfgs"], "alpha": [1e-4, 1e-2, 1.0, 10.0]}
    if "n_iter" in make().get_params():
        search = make(NETWORK, space, multi_fidelity="halving", n_iter=8)
    else:
        search = make(NETWORK, space, multi_fidelity="halving")
    results = search.fit(*iris).cv_results_
    lbfgs = results["param_solver"] == "lbfgs"
    assert np.isfinite(results["split0_test_score"][lbfgs.filled(False)]).all()
    assert (results["status"] == "complete").any()


def test_max_iter_is_searched(make, iris, monkeypatch):
    epochs = trajectories(monkeypatch)
    space = {"max_iter": [1, 4, 12, 36], "alpha": [1e-4, 1e-1, 1.0]}
    search = make(NETWORK, space, multi_fidelity="halving", refit=False).fit(*iris)
    results = search.cv_results_
    assert sum(epochs) <= results["n_epochs"].sum()  # those that only differ in it share some
    whole = results["status"] == "complete"
    assert np.array_equal(results["n_epochs"][whole], 3 * results["param_max_iter"][whole].data)


def test_early_stopped_networks_are_complete(make, iris):
    network = MLPClassifier(
        (5,), early_stopping=True, tol=0.1, n_iter_no_change=2, max_iter=60, random_state=0
    )
    search = make(network, multi_fidelity="halving").fit(*iris)
    assert (search.cv_results_["n_epochs"] < 3 * 60).all()
    assert (search.cv_results_["status"] == "complete").any()


def test_regression_in_a_pipeline(make, diabetes):
    pipeline = make_pipeline(
        StandardScaler(), MLPRegressor(hidden_layer_sizes=(5,), max_iter=18, random_state=0)
    )
    space = {f"mlpregressor__{name}": values for name, values in SPACE.items()}
    search = make(pipeline, space, multi_fidelity="halving").fit(*diabetes)
    assert (search.cv_results_["n_epochs"] <= 54).all()
    assert (search.cv_results_["status"] == "pruned").any()
    search.predict(diabetes[0])


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore:One or more of the test scores")
@pytest.mark.parametrize("multi_fidelity", ["race", "halving"])
@pytest.mark.parametrize("error_score", [np.nan, 0.0])
def test_failed_trials_are_marked_and_not_chosen(make, multi_fidelity, error_score, iris):
    network = MLPClassifier((5,), solver="sgd", max_iter=18, random_state=0)
    space = {"learning_rate_init": [1e-2, 1e-1, 1e200, 1e250], "alpha": [1e-4, 1e-3, 1e-2]}
    search = make(network, space, multi_fidelity=multi_fidelity, error_score=error_score)
    with pytest.warns(FitFailedWarning):
        search.fit(*iris)
    results = search.cv_results_
    failed = results["param_learning_rate_init"].data.astype(float) > 1
    assert failed.any() and (results["status"][failed] == "failed").all()
    assert (results["status"][~failed] != "failed").all()
    assert results["status"][search.best_index_] == "complete"


def test_race_with_one_fold_prunes_nothing(make, iris):
    folds = ShuffleSplit(1, random_state=0)
    search = make(cv=folds, multi_fidelity="race").fit(*iris)
    assert set(search.cv_results_["status"]) == {"complete"}
    assert "pruned" in make(cv=folds, multi_fidelity="halving").fit(*iris).cv_results_["status"]


def test_first_of_equal_trials_is_best(iris):
    space = {"random_state": [0, 0, 0, 0], "max_iter": [18]}
    for multi_fidelity in ("race", "halving"):
        search = GridSearchNN(NETWORK, space, cv=3, multi_fidelity=multi_fidelity).fit(*iris)
        assert search.best_index_ == 0


def test_clone_and_nested_cross_validation(iris):
    from sklearn.model_selection import cross_val_score

    search = GridSearchNN(NETWORK, {"alpha": [1e-4, 1.0]}, cv=2, multi_fidelity=Halving(factor=2))
    assert clone(search).multi_fidelity == Halving(factor=2)
    assert np.isfinite(cross_val_score(search, *iris, cv=2)).all()


def test_verbose_output_names_the_epochs(iris, capsys):
    GridSearchNN(NETWORK, SPACE, cv=3, multi_fidelity="halving", verbose=3).fit(*iris)
    out = capsys.readouterr().out
    assert "totalling at most 54 fits" in out
    lines = Counter(line.split("]")[0] for line in out.splitlines() if line.startswith("[CV"))
    assert lines["[CV 1/3"] >= 18 and "epochs" in out


@pytest.mark.filterwarnings("ignore:One or more of the test scores")
def test_proposer_gets_no_scores_of_trials_that_failed_after_a_rung(iris, monkeypatch):
    heard = []
    monkeypatch.setattr(RandomProposer, "learns", True)  # one that does not is not told
    monkeypatch.setattr(
        RandomProposer, "tell", lambda self, trials, scores: heard.append(np.array(scores))
    )
    advance = Trajectory.advance

    def breaks_later(self, to_epoch):
        """Let the fastest learners, promoted at epoch 15, diverge before the next rung."""
        advance(self, to_epoch)
        if self.rate == 0.1 and self.epoch > 20:
            self.weights[0][:] = np.nan

    monkeypatch.setattr(Trajectory, "advance", breaks_later)
    space = {"learning_rate_init": [1e-4, 1e-3, 0.1], "alpha": [1e-4, 1e-2]}
    network = MLPClassifier((5,), solver="sgd", max_iter=60, random_state=0)
    options = {"n_iter": 6, "cv": 3, "random_state": 0, "multi_fidelity": Halving(n_rungs=2)}
    with pytest.warns(FitFailedWarning, match="non-finite"):
        search = RandomSearchNN(network, space, **options).fit(*iris)
    (scores,) = heard
    assert scores.shape == (6, 5, 3)
    failed = search.cv_results_["param_learning_rate_init"].data == 0.1
    assert (search.cv_results_["status"][failed] == "failed").all() and failed.sum() == 2
    assert (search.cv_results_["n_epochs"][failed] == 30).all()
    assert np.isnan(scores[failed]).all() and np.isfinite(scores[~failed][:, 0, 0]).all()
