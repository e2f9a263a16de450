"""Searches on a dask cluster of processes, against searches at home."""

import os
import signal
import threading
import time

import kills
import numpy as np
import pytest
from estimators import Sleeper
from joblib import parallel_config
from sklearn.neural_network import MLPClassifier

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt._evaluation import Problem

distributed = pytest.importorskip("distributed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings(
        "ignore::sklearn.exceptions.ConvergenceWarning",
        # what dask and its event loops say of themselves
        "ignore::DeprecationWarning",
        "ignore::pytest.PytestUnraisableExceptionWarning",
        "ignore::ResourceWarning",
        "ignore:Sending large graph",
    ),
]

NETWORK = MLPClassifier((5,), max_iter=16, random_state=0)
SPACE = {"alpha": [1e-4, 1e-1, 10.0], "learning_rate_init": [1e-3, 1e-2, 1e-1]}


@pytest.fixture(scope="module")
def cluster():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


SEARCHES = {
    "grid": lambda **options: GridSearchNN(NETWORK, SPACE, cv=3, **options),
    "random": lambda **options: RandomSearchNN(
        NETWORK, SPACE, n_iter=7, cv=3, random_state=0, **options
    ),
    "bayes": lambda **options: BayesSearchNN(
        NETWORK, SPACE, n_iter=8, n_points=4, cv=3, random_state=0, **options
    ),
}


@pytest.mark.parametrize("multi_fidelity", [None, "race", "halving"])
@pytest.mark.parametrize("name", SEARCHES)
def test_a_cluster_finds_what_is_found_at_home(name, multi_fidelity, cluster, iris):
    at_home = SEARCHES[name](multi_fidelity=multi_fidelity).fit(*iris)
    with parallel_config(backend="dask"):
        away = SEARCHES[name](multi_fidelity=multi_fidelity).fit(*iris)
    assert kills.differences(at_home, away) == []
    for one, other in zip(at_home.best_estimator_.coefs_, away.best_estimator_.coefs_, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", SEARCHES)
def test_a_journal_of_a_search_on_a_cluster(name, cluster, iris, tmp_path):
    """It goes on at home, and nothing is trained twice."""
    journal = tmp_path / "search.db"
    at_home = SEARCHES[name](multi_fidelity="halving").fit(*iris)
    with parallel_config(backend="dask"):
        SEARCHES[name](multi_fidelity="halving", journal=journal).fit(*iris)
    with kills.Fits() as fits:
        again = SEARCHES[name](multi_fidelity="halving", journal=journal).fit(*iris)
    assert fits.done == []
    assert kills.differences(at_home, again) == []


def test_the_data_travel_once(cluster, iris, monkeypatch):
    pickled = []
    reduce_ex = Problem.__reduce_ex__

    def counted(self, protocol):
        pickled.append(threading.get_ident())
        return reduce_ex(self, protocol)

    monkeypatch.setattr(Problem, "__reduce_ex__", counted)
    X = np.repeat(iris[0], 200, axis=1)
    search = GridSearchNN(NETWORK, SPACE, cv=3, refit=False)
    with parallel_config(backend="dask"):
        search.fit(X, iris[1])
    assert 1 <= len(pickled) <= 4 < 27  # once to be sent, and where dask looks at it


def test_a_killed_worker_loses_nothing(cluster, iris):
    search = GridSearchNN(Sleeper(), {"seconds": np.linspace(0.2, 0.3, 10).tolist()}, cv=2)
    victim = next(iter(cluster.run(os.getpid).values()))
    killer = threading.Timer(1.5, os.kill, (victim, signal.SIGKILL))
    killer.start()
    with parallel_config(backend="dask"):
        search.fit(*iris)
    killer.join()
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert victim not in cluster.run(os.getpid).values()


def test_a_timeout_ends_a_search_on_a_cluster(cluster, iris):
    search = GridSearchNN(
        Sleeper(), {"seconds": np.linspace(0.2, 0.3, 100).tolist()}, cv=2, timeout=4
    )
    started = time.monotonic()
    with parallel_config(backend="dask"), pytest.warns(UserWarning, match="stopped by timeout=4 s"):
        search.fit(*iris)
    assert search.stop_reason_ == "timeout" and time.monotonic() - started < 25
