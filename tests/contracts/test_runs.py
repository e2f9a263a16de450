"""The contract of every run."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sk_hpt._evaluation import NoCache, PreparedFold, Problem, runs
from sk_hpt._evaluation.resource_run import ResourceRun
from sk_hpt._networks import find_network
from sk_hpt._trials import Job, Rung, Trial
from sk_hpt.training._shared_run import StoppingRule

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

NETWORK = MLPClassifier((6,), max_iter=8, random_state=0)
ESTIMATORS = {
    "NetworkRun": NETWORK,
    "NetworkRun of a Pipeline": make_pipeline(StandardScaler(), NETWORK),
    "RefitRun": NETWORK,
    "SharedNetworkRun": NETWORK,
    "ResourceRun": SVC(),
    "ResourceRun of a network": NETWORK,
    "SingleStepRun": SVC(),
    "SingleStepRun of a network": NETWORK,
}


@pytest.fixture(params=ESTIMATORS)
def run(request, digits):
    X, y = digits
    estimator, name = ESTIMATORS[request.param], request.param.split()[0]
    if name == "ResourceRun":
        rows = np.arange(len(X))
        options = {"native": True, "resource": "n_samples"}
        problem = Problem(estimator, X, y, [(rows, rows)], None, {}, {}, **options)
        return ResourceRun(problem, Job(Trial(0, {}), 0, (Rung(0, 100),)), NoCache())
    run = getattr(runs, name)(clone(estimator), PreparedFold(X, y, X, y, None), {})
    run.rules = [StoppingRule(8, 1e-4, 10)]
    return run


def descendants(kind):
    return {kind} | {each for child in kind.__subclasses__() for each in descendants(child)}


def test_every_run_is_tested_here():
    kinds = {kind for kind in descendants(runs.Run) if kind is not runs.Run}
    assert {kind.__name__ for kind in kinds} == {name.split()[0] for name in ESTIMATORS}


def never(epoch):
    pass


def test_at_the_end_it_is_the_estimator_that_scikit_learn_fits(run, digits):
    X, y = digits
    expected = clone(run.estimator).fit(X, y)
    run.advance(None, never)
    if not isinstance(run, runs.SharedNetworkRun):  # its networks are taken one by one
        assert run.is_finished
    fitted = run.fitted()
    assert type(fitted) is type(expected) and repr(fitted) == repr(expected)
    np.testing.assert_array_equal(fitted.predict(X), expected.predict(X))


def test_before_each_step_the_number_of_epochs_is_told(run):
    told = []
    run.advance(None, lambda epoch: told.append((epoch, run.reached)))
    has_epochs = find_network(run.estimator)[1] and not isinstance(run, runs.SingleStepRun)
    n_steps = 8 if has_epochs else 1
    assert told == [(step, step) for step in range(n_steps)]


def test_nothing_is_trained_after_an_exception_before_a_step(run):
    class Stop(Exception):
        pass

    def stop(epoch):
        raise Stop

    with pytest.raises(Stop):
        run.advance(None, stop)
    assert run.reached == 0 and not run.is_finished


def test_only_a_run_that_trains_epoch_by_epoch_has_a_network(run):
    has_steps = not isinstance(run, (runs.SingleStepRun, ResourceRun))
    assert (run.network is not None) == has_steps


def test_a_run_that_is_left_can_be_finished(run, digits):
    cannot = isinstance(run, (runs.SharedNetworkRun, runs.SingleStepRun))
    if cannot or not find_network(run.estimator)[1]:
        pytest.skip("it cannot be left")
    X, y = digits
    run.advance(None, lambda epoch: epoch == 3)
    assert run.reached == 3 and not run.is_finished
    run.finish()
    assert run.reached == 3 and run.is_finished
    expected = clone(run.estimator)
    expected.set_params(**{n: 3 for n in expected.get_params() if n.endswith("max_iter")})
    expected.fit(X, y)
    np.testing.assert_array_equal(run.fitted().predict_proba(X), expected.predict_proba(X))
    np.testing.assert_array_equal(run.estimator.predict_proba(X), expected.predict_proba(X))


@pytest.mark.parametrize("until", [1, 3])
def test_a_pause_changes_nothing(run, until, digits):
    X, y = digits
    if isinstance(run, runs.SharedNetworkRun):
        pytest.skip("it is trained for all of its networks at once")
    expected = clone(run.estimator).fit(X, y)
    if isinstance(run, ResourceRun):
        until *= 30  # rows
    run.advance(until, never)
    if isinstance(run, runs.SingleStepRun):
        assert run.is_finished  # it has no rungs
        return
    if not isinstance(run, ResourceRun):  # its fits are its own
        assert run.reached == until
    assert not run.is_finished
    run.advance(None, never)
    np.testing.assert_array_equal(run.fitted().predict(X), expected.predict(X))
