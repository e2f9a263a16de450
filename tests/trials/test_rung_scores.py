"""Scores on the rungs, and their columns in ``cv_results_``."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from sk_hpt import GridSearchNN, RandomSearchNN
from sk_hpt._trials import FitResult, ResultsTable, Rung
from sk_hpt.fidelity import Halving

pytestmark = pytest.mark.filterwarnings(
    f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning"
)
NETWORK = MLPClassifier((4,), max_iter=16, random_state=0)
SPACE = {"alpha": [1e-4, 0.1, 10.0], "learning_rate_init": [1e-3, 1e-2, 1e-1]}


def table_of(*results, n_folds=1, n_levels=2, **options):
    table = ResultsTable(n_folds, n_levels=n_levels, **options)
    table.add_trials([{"a": i} for i in range(1 + max(each.trial for each in results))])
    for result in results:
        table.record(result)
    return table


def rung_columns(table):
    results = table.to_cv_results(np.nan, False, multi_fidelity=True)
    return {name: values.tolist() for name, values in results.items() if name.startswith("rung")}


def on(*rungs, trial=0, fold=0, end=None, **options):
    """A result with scores on rungs, given as (level, epochs, score)."""
    scores = {Rung(level, epochs): score for level, epochs, score in rungs}
    n_epochs = max(epochs for _, epochs, _ in rungs)
    return FitResult(
        trial, fold, 1.0, 1.0, end, rung_scores=scores, **{"n_epochs": n_epochs, **options}
    )


def test_a_column_of_epochs_and_one_of_scores_for_each_rung():
    table = table_of(on((0, 5, 0.25)), on((0, 5, 0.5), trial=1), on((1, 10, 0.75), trial=1))
    np.testing.assert_equal(
        rung_columns(table),
        {
            "rung0_n_epochs": [5.0, 5.0],
            "rung0_test_score": [0.25, 0.5],
            "rung1_n_epochs": [np.nan, 10.0],
            "rung1_test_score": [np.nan, 0.75],
        },
    )
    names = list(table.to_cv_results(np.nan, False, multi_fidelity=True))
    assert names[-5:] == ["status", *rung_columns(table)]


def test_the_score_is_the_mean_over_the_folds_that_were_scored():
    table = table_of(on((0, 5, 0.25)), on((0, 5, 0.75), fold=2), n_folds=3)
    assert rung_columns(table) == {"rung0_n_epochs": [5.0], "rung0_test_score": [0.5]}


def test_a_network_that_stops_by_itself_has_its_final_score_on_higher_rungs():
    table = table_of(on((0, 8, 0.5), (1, 16, 0.9), trial=1), on((0, 8, 0.7), end=0.7, n_epochs=6))
    columns = rung_columns(table)
    assert columns["rung0_n_epochs"] == [6.0, 8.0] and columns["rung1_n_epochs"] == [6.0, 16.0]
    assert columns["rung1_test_score"] == [0.7, 0.9]
    # without a trial that was scored on the second rung there are no columns for this rung
    alone = table_of(on((0, 8, 0.7), end=0.7, n_epochs=6))
    assert list(rung_columns(alone)) == ["rung0_n_epochs", "rung0_test_score"]


def test_checkpoints_halfway_have_no_column():
    halfway = FitResult(0, 0, 1.0, 1.0, None, rung_scores={Rung(0, 2, True): 0.1}, n_epochs=2)
    assert rung_columns(table_of(halfway)) == {}


def test_the_metric_that_decides():
    scores = {"right": 0.9, "f": 0.1}
    table = table_of(on((0, 5, scores)), on((1, 9, scores), end=scores), metric="f")
    assert rung_columns(table)["rung0_test_f"] == [0.1]
    assert not any("right" in name for name in rung_columns(table))


def test_columns_of_a_search(iris):
    halving = Halving(factor=2, n_rungs=2, min_promoted=2)
    search = GridSearchNN(NETWORK, SPACE, cv=3, multi_fidelity=halving, refit=False).fit(*iris)
    results = search.cv_results_
    assert results["rung0_n_epochs"].tolist() == [4.0] * 9
    reached = np.isfinite(results["rung1_test_score"])
    assert reached.sum() == 5  # the better half
    np.testing.assert_array_equal(results["rung1_n_epochs"][reached], 8.0)
    assert np.isnan(results["rung1_n_epochs"][~reached]).all()
    assert set(results["status"][~reached]) == {"pruned"}
    # The score on a rung is the score of a network that was trained for as many epochs.
    network = clone(NETWORK).set_params(max_iter=4)
    short = GridSearchNN(network, SPACE, cv=3, refit=False).fit(*iris)
    np.testing.assert_array_equal(
        results["rung0_test_score"], short.cv_results_["split0_test_score"]
    )


def test_the_name_of_another_resource(iris):
    forest = RandomForestClassifier(n_estimators=8, random_state=0)
    halving = Halving(resource="n_estimators")
    space = {"max_depth": [1, 2, 3, 4], "max_features": [1, 2]}
    search = GridSearchNN(forest, space, cv=2, multi_fidelity=halving, refit=False).fit(*iris)
    assert search.cv_results_["rung0_n_resources"].tolist() == [2.0] * 8
    assert np.isfinite(search.cv_results_["rung0_test_score"]).all()
    assert "rung0_n_epochs" not in search.cv_results_


@pytest.mark.parametrize("multi_fidelity", [None, "race", Halving(n_rungs=0)])
def test_searches_without_rungs_have_no_columns(multi_fidelity, iris):
    options = {"n_iter": 3, "cv": 2, "refit": False, "random_state": 0}
    search = RandomSearchNN(NETWORK, SPACE, multi_fidelity=multi_fidelity, **options).fit(*iris)
    assert not any(name.startswith("rung") for name in search.cv_results_)
