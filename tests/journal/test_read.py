"""The trials of a journal, for reading."""

import threading

import numpy as np
import pandas as pd
import pytest
from estimators import Scored
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import SVC

from sk_hpt import GridSearchNN, RandomSearchNN
from sk_hpt.fidelity import Halving
from sk_hpt.journal import read

X = np.arange(24.0).reshape(12, 2)
Y = np.arange(12) % 2


@pytest.mark.filterwarnings(
    f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning",
)
def test_records_agree_with_cv_results(tmp_path, iris):
    from kills import NETWORK

    path = tmp_path / "search.db"
    search = RandomSearchNN(
        NETWORK,
        {"alpha": [1e-4, 1e-2, 1.0], "activation": ["relu", "tanh"]},
        n_iter=6,
        cv=3,
        scoring=["accuracy", "neg_log_loss"],
        refit="accuracy",
        multi_fidelity=Halving(min_promoted=1),
        return_train_score=True,
        random_state=0,
        journal=path,
    ).fit(*iris)
    table, expected = pd.DataFrame(read(path)), pd.DataFrame(search.cv_results_)
    assert set(table["status"]) == {"complete", "pruned"}
    shared = [name for name in expected if name in table]
    assert {"split2_test_accuracy", "mean_train_neg_log_loss", "n_epochs", "status"} <= set(shared)
    assert {name for name in expected if name.startswith("rung")} <= set(shared)
    assert {"rung2_n_epochs", "rung2_test_accuracy"} <= set(shared)
    assert table["rung0_test_neg_log_loss"].notna().all()  # a journal has all metrics there
    for name in ["params", *shared]:
        assert table[name].tolist() == expected[name].tolist() or np.array_equal(
            table[name], expected[name], equal_nan=True
        ), name


@pytest.mark.filterwarnings("ignore")
def test_failures_and_objects(tmp_path):
    path = tmp_path / "search.db"
    GridSearchNN(Scored(), {"value": [1.0, -1.0]}, cv=2, journal=path).fit(X)
    good, bad = read(path)
    assert good["status"] == "complete" and good["error"] is None
    assert bad["status"] == "failed" and "below zero" in bad["error"]
    path = tmp_path / "objects.db"
    GridSearchNN(SVC(), {"kernel": ["rbf", np.dot], "C": [1]}, cv=2, journal=path).fit(X, Y)
    assert [
        read(path)[0]["param_kernel"],
        "function dot" in read(path)[1]["params"]["kernel"],
    ] == ["rbf", True]


def test_while_the_search_runs(tmp_path):
    path = tmp_path / "search.db"
    seen = []
    started, go_on = threading.Event(), threading.Event()

    def score(estimator, X, y=None):
        if estimator.value == 2.0:
            started.set()
            assert go_on.wait(30)
        return estimator.value

    search = GridSearchNN(Scored(), {"value": [1.0, 2.0]}, cv=2, journal=path, scoring=score)
    thread = threading.Thread(target=search.fit, args=(X,))
    thread.start()
    assert started.wait(30)
    for _ in range(300):
        seen = read(path)
        if len(seen) == 2 and seen[0]["status"] == "complete":
            break
        threading.Event().wait(0.1)
    go_on.set()
    thread.join()
    assert [trial["status"] for trial in seen] == ["complete", "unfinished"]
    assert [trial["status"] for trial in read(path)] == ["complete", "complete"]


def test_a_file_that_does_not_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist. Give the path"):
        read(tmp_path / "nothing.db")
