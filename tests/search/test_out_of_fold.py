"""The cross-validated score of an ensemble."""

import time

import numpy as np
import pytest
from estimators import NearestMean
from sklearn.base import clone, is_classifier
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.metrics import make_scorer, recall_score
from sklearn.model_selection import ShuffleSplit, cross_val_score, cross_validate
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt._search import out_of_fold
from sk_hpt._search.out_of_fold import OutOfFold, Recalled
from sk_hpt._trials import FitResult, ResultsTable, Trial

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

NETWORK = MLPClassifier((4,), max_iter=12, random_state=0)
PIPELINE = make_pipeline(StandardScaler(), NETWORK)
SPACE = {"alpha": [1e-4, 1e-1, 10.0], "learning_rate_init": [1e-3, 1e-2, 1e-1]}
DEEP_SPACE = {f"mlpclassifier__{name}": values for name, values in SPACE.items()}


def voting_of(search):
    """The ensemble, unfitted."""
    named = [
        (f"trial_{row}", clone(search.estimator).set_params(**search.cv_results_["params"][row]))
        for row in search.ensemble_indices_
    ]
    if is_classifier(search.estimator):
        return VotingClassifier(named, voting=search.best_estimator_.voting)
    return VotingRegressor(named)


def expected_score(search, X, y):
    return cross_val_score(voting_of(search), X, y, cv=search.cv, scoring=search.scoring).mean()


@pytest.mark.parametrize("multi_fidelity", [None, "race", "halving"])
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_it_is_the_score_of_the_ensemble_that_scikit_learn_fits(multi_fidelity, n_jobs, iris):
    X, y = iris[0], np.array(["setosa", "versicolor", "virginica"])[iris[1]]
    options = {"multi_fidelity": multi_fidelity, "n_jobs": n_jobs, "ensemble_size": 4}
    for make in (RandomSearchNN, BayesSearchNN):
        search = make(PIPELINE, DEEP_SPACE, n_iter=8, cv=3, random_state=0, **options).fit(X, y)
        assert search.ensemble_score_ == expected_score(search, X, y)


@pytest.mark.filterwarnings("ignore:The ensemble scores")
@pytest.mark.parametrize("scoring", ["neg_log_loss", "roc_auc_ovr"])
@pytest.mark.parametrize("engine", ["auto", "sklearn"])
def test_scores_of_probabilities(scoring, engine, iris):
    options = {"scoring": scoring, "engine": engine, "n_jobs": 2, "ensemble_size": 3}
    search = GridSearchNN(PIPELINE, DEEP_SPACE, cv=3, **options).fit(*iris)
    assert search.ensemble_score_ == expected_score(search, *iris)


def test_members_that_are_much_worse_than_the_best_trial(iris):
    grid = {"mlpclassifier__learning_rate_init": [1e-1, 1e-5, 1e-6]}
    search = GridSearchNN(PIPELINE, grid, cv=3, ensemble_size=3, scoring="neg_log_loss")
    with pytest.warns(
        UserWarning, match=r"The ensemble scores -\S+ on .* lower ensemble_size"
    ) as w:
        search.fit(*iris)
    assert f"scores {search.ensemble_score_:.4g} on the folds" in str(w[-1].message)
    assert f"the best trial alone {search.best_score_:.4g}." in str(w[-1].message)


def test_hard_votes(iris):
    X, y = iris[0], np.array(["setosa", "versicolor", "virginica"])[iris[1]]
    grid = {"C": np.logspace(-3, 1, 9).tolist()}
    search = GridSearchNN(LinearSVC(random_state=0), grid, cv=3, ensemble_size=3).fit(X, y)
    assert search.ensemble_score_ == expected_score(search, X, y)


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("n_jobs", [None, 2])
def test_regression(wrapped, n_jobs, diabetes):
    network = MLPRegressor(hidden_layer_sizes=(4,), max_iter=12, random_state=0)
    prefix = "regressor__" if wrapped else ""
    if wrapped:
        network = TransformedTargetRegressor(network, transformer=StandardScaler())
    # Networks that differ in `max_iter` are trained together.
    space = {prefix + name: values for name, values in {**SPACE, "max_iter": [6, 12]}.items()}
    search = GridSearchNN(network, space, cv=3, ensemble_size=3, n_jobs=n_jobs).fit(*diabetes)
    assert search.ensemble_score_ == expected_score(search, *diabetes)


def test_folds_without_one_of_the_classes(iris):
    """Only the training rows tell what the classes are."""
    X, y = iris
    order = np.argsort(y, kind="stable")
    folds = [(order[:100], order[100:130]), (np.r_[order[:40], order[60:]], order[40:60])]
    search = GridSearchNN(NETWORK, SPACE, cv=folds, ensemble_size=2).fit(X, y)
    assert search.ensemble_score_ == expected_score(search, X, y)


def test_weights_and_several_metrics(iris):
    X, y = iris
    weights = np.random.default_rng(0).uniform(size=len(y))
    options = {"scoring": ["accuracy", "f1_macro"], "refit": "f1_macro", "cv": 3}
    tree, space = DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2, 3]}
    search = GridSearchNN(tree, space, ensemble_size=2, **options).fit(X, y)
    expected = cross_validate(voting_of(search), X, y, cv=3, scoring=["accuracy", "f1_macro"])
    assert search.ensemble_score_ == expected["test_f1_macro"].mean()
    options |= {"scoring": "accuracy", "refit": True}
    weighted = GridSearchNN(tree, space, ensemble_size=2, **options)
    weighted.fit(X, y, sample_weight=weights)
    unweighted = GridSearchNN(tree, space, ensemble_size=2, **options).fit(X, y)
    assert weighted.ensemble_score_ != unweighted.ensemble_score_


def test_a_resumed_search_trains_what_it_needs(iris, tmp_path):
    def run(**options):
        search = RandomSearchNN(
            NETWORK,
            SPACE,
            n_iter=6,
            cv=3,
            random_state=0,
            journal=tmp_path / "search.db",
            **options,
        )
        return search.fit(*iris)

    assert not hasattr(run(), "ensemble_score_")
    first, again = run(ensemble_size=3), run(ensemble_size=3, n_jobs=2)
    assert first.ensemble_score_ == again.ensemble_score_ == expected_score(first, *iris)


def test_without_memory_members_are_trained_once_more(iris, monkeypatch):
    plain = GridSearchNN(PIPELINE, DEEP_SPACE, cv=3, ensemble_size=3).fit(*iris)
    monkeypatch.setattr(out_of_fold.OutOfFold.__init__, "__defaults__", (5000,))
    search = GridSearchNN(PIPELINE, DEEP_SPACE, cv=3, ensemble_size=3).fit(*iris)
    assert search.ensemble_score_ == plain.ensemble_score_


def test_only_the_best_trials_are_kept():
    table, kept = ResultsTable(2), OutOfFold(1)
    trials = table.add_trials([{}] * 4)
    for trial, score in zip(trials, [0.3, 0.1, 0.4, 0.2], strict=True):
        for fold in range(2):
            result = FitResult(trial.number, fold, 0.0, 0.0, score, predictions=np.zeros(5))
            table.record(result)
            kept.keep(result, table)
    missing = {job.trial.number for job in kept.missing(trials, 2)}
    assert missing == {1, 3}
    assert kept._n_bytes == 4 * np.zeros(5).nbytes


def test_of_equal_trials_the_first_are_kept(iris):
    trees = GridSearchNN(DecisionTreeClassifier(), {"random_state": range(30)}, ensemble_size=3)
    jobs = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OutOfFold, "complete", lambda self, members, runner, n_folds: jobs.extend(
            self.missing(members, n_folds)
        ))  # fmt: skip
        trees.set_params(estimator=DecisionTreeClassifier(max_depth=1)).fit(*iris)
    assert jobs == [] and trees.ensemble_indices_.tolist() == [0, 1, 2]


def test_the_limit_of_the_memory_holds():
    table, kept = ResultsTable(1), OutOfFold(50, max_bytes=1000)
    for trial in table.add_trials([{}] * 100):
        result = FitResult(trial.number, 0, 0.0, 0.0, 0.5, predictions=np.zeros(10))
        table.record(result)
        kept.keep(result, table)
        assert sum(each.nbytes for each in kept._kept.values()) <= 1000


def test_nothing_is_kept_without_an_ensemble(iris, monkeypatch):
    """Neither predicted nor kept."""
    results = []
    monkeypatch.setattr(OutOfFold, "keep", lambda self, result, table: results.append(result))
    GridSearchNN(NETWORK, SPACE, cv=3).fit(*iris)
    GridSearchNN(NETWORK, SPACE, cv=3, ensemble_size=3, refit=False).fit(*iris)
    assert len(results) == 54 and all(each.predictions is None for each in results)


def needs_a_network(estimator, X, y):
    """Score what has layers."""
    return estimator.score(X, y) + 0 * estimator.n_layers_


def test_a_scorer_that_only_knows_the_estimator(iris):
    search = GridSearchNN(NETWORK, SPACE, cv=3, ensemble_size=3, scoring=needs_a_network)
    with pytest.warns(UserWarning, match=r"(?s)Scoring failed.*n_layers_"):
        search.fit(*iris)
    assert np.isnan(search.ensemble_score_)
    assert "members scores" not in search.summary()


class Slow(NearestMean):
    """Takes its time."""

    def fit(self, X, y):
        time.sleep(0.05)
        return super().fit(X, y)


def test_a_search_that_is_stopped(iris, tmp_path):
    """What is there counts; nothing is trained once more."""
    options = {"cv": 3, "ensemble_size": 2, "journal": tmp_path / "search.db"}
    grid = {"power": np.linspace(1, 3, 1000).tolist()}
    search = GridSearchNN(Slow(), grid, timeout=1.0, **options)
    with pytest.warns(UserWarning, match="timeout=1"):
        search.fit(*iris)
    assert search.ensemble_score_ == expected_score(search, *iris)
    again = GridSearchNN(Slow(), grid, timeout=0.2, **options)
    with pytest.warns(UserWarning, match=r"timeout=0\.2"):
        again.fit(*iris)
    assert np.isnan(again.ensemble_score_)


def test_predictions_are_recalled_for_the_test_rows_only():
    recalled = Recalled(np.zeros(3))
    assert recalled.predict(np.zeros((3, 2))) is recalled.predictions
    with pytest.raises(ValueError, match="Only the test rows"):
        recalled.predict(np.zeros((2, 2)))


def test_repeated_and_random_splits(iris):
    cv = ShuffleSplit(4, random_state=0)
    options = {"scoring": make_scorer(recall_score, average="macro"), "ensemble_size": 3}
    search = GridSearchNN(NETWORK, SPACE, cv=cv, **options).fit(*iris)
    assert search.ensemble_score_ == expected_score(search, *iris)


def test_jobs_that_are_missing():
    members = [Trial(0, {}), Trial(5, {})]
    jobs = OutOfFold(2).missing(members, 2)
    assert [job.cell for job in jobs] == [(0, 0), (0, 1), (5, 0), (5, 1)]
