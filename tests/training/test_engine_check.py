import pickle
import subprocess
import sys
import threading
import warnings

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import GridSearchNN
from sk_hpt._networks import native_network
from sk_hpt.training import _engine_check, start_run
from sk_hpt.training._engine_check import trains_natively
from sk_hpt.training._native_fit import begin
from sk_hpt.training._trajectory import Trajectory

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
NETWORK = MLPClassifier((5,), max_iter=3, random_state=0)


class Derived(MLPClassifier):
    """A subclass may override anything."""


class DerivedPipeline(Pipeline):
    """So may this one."""


def test_who_qualifies():
    network = MLPRegressor(solver="sgd")
    for estimator in (
        network,
        make_pipeline(StandardScaler(), network),
        Pipeline([("n", network)]),
    ):
        assert native_network(estimator) is network
        assert trains_natively(estimator)
    for estimator in (
        MLPClassifier(solver="lbfgs"),
        Derived(),
        Ridge(),
        make_pipeline(StandardScaler(), Ridge()),
        make_pipeline(network, StandardScaler()),
        DerivedPipeline([("n", network)]),
        None,
        "passthrough",
    ):
        assert native_network(estimator) is None
        assert not trains_natively(estimator)


def test_nothing_of_ours_stays_on_the_network(digits):
    X, y = digits
    network = MLPClassifier((5,), max_iter=3)
    seen = []

    def drive(run):
        seen.append((type(run.network), set(vars(run.network))))
        run.advance(3)

    begin(network, X, y, {}, drive)
    ((kind, attributes),) = seen
    assert kind is MLPClassifier and not attributes & {"_fit_stochastic", "_validate_input"}
    assert vars(network).keys() == vars(MLPClassifier((5,), max_iter=3).fit(X, y)).keys()
    with pytest.raises(ValueError, match="inconsistent"):
        begin(network, X, y[:-1], {}, drive)
    assert len(seen) == 1 and not vars(network).keys() & {"_fit_stochastic", "_validate_input"}


def test_the_best_estimator_needs_no_sk_hpt(digits, tmp_path):
    X, y = digits
    pipeline = make_pipeline(StandardScaler(), NETWORK)
    search = GridSearchNN(pipeline, {"mlpclassifier__alpha": [0.1, 1.0]}, cv=2).fit(X, y)
    assert type(search.best_estimator_) is Pipeline
    assert type(search.best_estimator_[-1]) is MLPClassifier
    path = tmp_path / "best.pickle"
    path.write_bytes(pickle.dumps((search.best_estimator_, X, search.predict(X))))
    script = f"""
import pickle, sys
sys.modules["sk_hpt"] = None  # importing it fails
best, X, expected = pickle.load(open({str(path)!r}, "rb"))
assert (best.predict(X) == expected).all()
"""
    subprocess.run([sys.executable, "-P", "-c", script], check=True)


@pytest.fixture
def afresh():
    """Let the engine be checked again, now and after the test."""
    _engine_check._checked.cache_clear()
    yield
    _engine_check._checked.cache_clear()


def searched(X, y):
    return GridSearchNN(NETWORK, {"alpha": [0.1, 1.0]}, cv=2).fit(X, y)


@pytest.mark.parametrize("trouble", ["not built", "other bits"])
def test_without_the_engine_scikit_learn_trains_and_it_is_said_once(
    digits, afresh, monkeypatch, trouble
):
    native = searched(*digits)
    _engine_check._checked.cache_clear()
    if trouble == "not built":
        monkeypatch.setitem(sys.modules, "sk_hpt.training._engine", None)
    else:
        monkeypatch.setattr(np, "array_equal", lambda *arrays: False)
    with pytest.warns(UserWarning, match="native training engine is not used") as caught:
        through_sklearn = searched(*digits)
    assert len([w for w in caught if "engine" in str(w.message)]) == 1
    monkeypatch.undo()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "Stochastic Optimizer")
        searched(*digits)
    for one, other in zip(
        native.best_estimator_.coefs_, through_sklearn.best_estimator_.coefs_, strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_it_works_here(afresh):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _engine_check.engine_works()


@pytest.mark.parametrize("network_class", [MLPClassifier, MLPRegressor])
def test_a_tool_that_replaces_fit_sees_neither_the_check_nor_a_run(
    afresh, monkeypatch, network_class
):
    seen = []
    monkeypatch.setattr(network_class, "fit", lambda *args, **params: seen.append(args))
    assert _engine_check.engine_works()
    run = start_run(network_class(), np.eye(8), np.arange(8) % 2)
    run.advance(2)
    assert run.epoch == 2 and seen == []


@pytest.mark.parametrize(
    "hit", [(MLPClassifier, "_backprop"), (Trajectory, "advance")], ids=["scikit-learn", "native"]
)
def test_ctrl_c_during_the_check_is_heard_and_proves_nothing(digits, afresh, monkeypatch, hit):
    def interrupted(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(*hit, interrupted)
        with pytest.raises(KeyboardInterrupt):
            searched(*digits)
    assert _engine_check.engine_works()


def test_the_check_is_made_once_however_many_threads_ask(afresh, monkeypatch):
    checks, gate = [], threading.Barrier(4)

    def find_problem():
        checks.append(1)
        return ""

    def ask():
        gate.wait()
        assert _engine_check.engine_works()

    monkeypatch.setattr(_engine_check, "_find_problem", find_problem)
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert checks == [1]
