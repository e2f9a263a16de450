"""Fits over rungs against fits in one go."""

import pickle
import warnings

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import get_scorer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt._evaluation import FoldCache, NoCache, Problem, evaluate, refit
from sk_hpt._evaluation.shared_training import evaluate_together
from sk_hpt._reporting import Observer, ObserverError
from sk_hpt._stop_request import StopRequest, StopRequested
from sk_hpt._trials import Job, Rung, Trial
from sk_hpt.training._trajectory import Trajectory

pytestmark = pytest.mark.filterwarnings(
    f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning"
)

NETWORK = MLPClassifier((6,), max_iter=12, random_state=0)
HALFWAY, RUNG = Rung(0, 2, halfway=True), Rung(0, 5)
FOLD = (np.arange(200), np.arange(200, 300))
ESTIMATORS = {
    "bare": NETWORK,
    "early stopping": MLPClassifier((6,), max_iter=12, early_stopping=True, random_state=0),
    "stops by itself": MLPClassifier(
        (6,), tol=0.05, n_iter_no_change=2, learning_rate_init=0.03, random_state=0
    ),
    "Pipeline": make_pipeline(StandardScaler(), NETWORK),
    "network alone in a Pipeline": make_pipeline(NETWORK),
    "random Pipeline": make_pipeline(PCA(5, svd_solver="randomized"), NETWORK),
}


def problem_of(estimator, X, y, fit_params=None, **options):
    scorer = get_scorer("accuracy")
    return Problem(estimator, X, y, [FOLD], scorer, fit_params or {}, {}, native=True, **options)


def evaluated(problem, rungs=(), paused=None, params=None, cache=None, observer=None, stop=None):
    job = Job(Trial(0, params or {}), 0, rungs)
    return evaluate(
        problem,
        job,
        paused,
        cache or NoCache(),
        observer or Observer(),
        stop or StopRequest(),
    )


@pytest.mark.parametrize("make_cache", [FoldCache, NoCache])
@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("travels", [False, True])
def test_over_rungs_as_in_one_go(name, make_cache, travels, digits):
    problem = problem_of(ESTIMATORS[name], *digits, return_train_score=True)
    cache = make_cache()
    np.random.seed(0)  # for the random Pipeline, which draws from numpy's global generator
    whole, _ = evaluated(problem, cache=cache)
    np.random.seed(0)
    first, paused = evaluated(problem, (HALFWAY,), cache=cache)
    assert not first.is_complete and first.n_epochs == 2
    assert first.rung_scores.keys() == {HALFWAY} and first.error is None
    np.random.seed(1)
    if travels:
        paused = pickle.loads(pickle.dumps(paused))
    second, paused = evaluated(problem, (RUNG,), paused, cache=cache)
    if paused is not None:
        assert second.rung_scores.keys() == {RUNG} and second.n_epochs == 5
        assert second.fit_time >= first.fit_time and second.score_time >= first.score_time
        second, paused = evaluated(problem, (), paused, cache=cache)
    assert paused is None and second.is_complete
    assert second.test_scores == whole.test_scores and second.train_scores == whole.train_scores
    assert second.n_epochs == whole.n_epochs


def test_scores_on_a_rung_are_those_of_a_shorter_training(digits):
    problem = problem_of(NETWORK, *digits)
    result, _ = evaluated(problem, (HALFWAY, RUNG))
    for rung in (HALFWAY, RUNG):
        short, _ = evaluated(problem, params={"max_iter": rung.n_resources})
        assert result.rung_scores[rung] == short.test_scores


def test_two_rungs_at_the_same_epoch_have_the_same_scores(digits):
    rungs = (Rung(0, 5), Rung(1, 5, halfway=True))
    result, _ = evaluated(problem_of(NETWORK, *digits), rungs)
    assert result.rung_scores[rungs[0]] == result.rung_scores[rungs[1]]


def test_a_network_that_stops_before_a_rung_has_its_final_score_there(digits):
    problem, high = problem_of(ESTIMATORS["stops by itself"], *digits), Rung(1, 50)
    result, paused = evaluated(problem, (HALFWAY, high))
    assert paused is None and result.is_complete and 2 < result.n_epochs < 50
    assert result.rung_scores[high] == result.test_scores != result.rung_scores[HALFWAY]


def test_a_network_that_cannot_be_paused_is_trained_to_its_end(digits):
    X, y = digits
    result, paused = evaluated(problem_of(NETWORK, csr_matrix(X), y), (HALFWAY,))
    assert paused is None and result.is_complete and result.n_epochs == 12
    assert result.rung_scores == {HALFWAY: result.test_scores}


@pytest.mark.parametrize("make_cache", [FoldCache, NoCache])
@pytest.mark.parametrize("name", ["bare", "early stopping", "Pipeline"])
def test_a_paused_run_is_small(digits, name, make_cache):
    X, y = digits
    _, paused = evaluated(problem_of(ESTIMATORS[name], X, y), (HALFWAY, RUNG), cache=make_cache())
    n_weights = 64 * 6 + 6 + 6 * 10 + 10
    # weights and two moments, perhaps the best weights, and generators and attributes
    assert len(pickle.dumps(paused)) < 5 * 8 * n_weights + 12_000 < X.nbytes
    assert not paused.training.is_attached


def test_weights_of_samples_are_kept(digits):
    X, y = digits
    weights = np.random.default_rng(0).uniform(0.1, 2.0, len(X))
    problem = problem_of(NETWORK, X, y, {"sample_weight": weights})
    whole, _ = evaluated(problem)
    _, paused = evaluated(problem, (HALFWAY, RUNG))
    result, _ = evaluated(problem, (), paused)
    assert result.test_scores == whole.test_scores


def test_a_network_that_diverges_fails_on_its_rung(digits):
    problem = problem_of(MLPClassifier(solver="sgd", random_state=0), *digits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        result, paused = evaluated(problem, (HALFWAY, RUNG), params={"learning_rate_init": 1e200})
    assert paused is None and result.is_complete
    assert "Solver produced non-finite parameter weights" in result.error
    assert result.test_scores is None and result.n_epochs == 2


def test_a_network_that_diverges_after_its_last_rung_fails(digits):
    problem = problem_of(MLPClassifier((6,), max_iter=12, random_state=0), *digits)
    _, paused = evaluated(problem, (HALFWAY,))
    paused.training.network.coefs_[0][:] = np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        result, _ = evaluated(problem, (), paused)
    assert "Solver produced non-finite parameter weights" in result.error


@pytest.mark.parametrize("rungs", [(), (HALFWAY, RUNG)])
def test_bad_parameters_fail_as_in_a_fit(digits, rungs):
    result, paused = evaluated(problem_of(NETWORK, *digits), rungs, params={"alpha": -1.0})
    assert paused is None and "alpha" in result.error and result.n_epochs == 0


def test_or_they_are_raised(digits):
    with pytest.raises(ValueError, match="alpha"):
        evaluated(problem_of(NETWORK, *digits, error_score="raise"), params={"alpha": -1.0})


def test_a_network_that_overflows_is_trained_again_by_scikit_learn(digits, monkeypatch):
    problem = problem_of(NETWORK, *digits)
    usual, _ = evaluated(problem)
    advance = Trajectory.advance

    def overflowing(trajectory, to_epoch):
        advance(trajectory, to_epoch)
        trajectory.overflowed = to_epoch >= 3

    monkeypatch.setattr(Trajectory, "advance", overflowing)
    result, paused = evaluated(problem)
    assert paused is None and result.is_complete and result.n_epochs == 12
    assert result.test_scores == usual.test_scores
    paused, _ = evaluated(problem, (HALFWAY, RUNG))  # over rungs it goes on
    assert not paused.is_complete and paused.n_epochs == 5


class Heard(Observer):
    """Writes down what it is told, and may end the fit after some epochs."""

    def __init__(self, n_epochs=None):
        self.heard, self.n_epochs = [], n_epochs

    @property
    def asks_to_end_fit(self):
        return len([each for each in self.heard if each == "epoch ends"]) == self.n_epochs

    def evaluation_begins(self, job):
        self.heard.append("evaluation begins")

    def fit_begins(self, estimator, X, y, fit_params):
        self.heard.append("fit begins")

    def epoch_begins(self, network, epoch, last_epoch, jobs):
        self.heard.append((epoch, last_epoch, [(job.cell, limit) for job, limit in jobs]))

    def epoch_ends(self):
        if isinstance(self.heard[-1], tuple):
            self.heard.append("epoch ends")

    def training_ends(self):
        self.epoch_ends()

    def evaluation_ends(self, result):
        self.heard.append(("evaluation ends", result))


@pytest.mark.parametrize("name", ["bare", "Pipeline"])
def test_an_observer_hears_of_every_step(digits, name):
    observer = Heard()
    result, _ = evaluated(
        problem_of(ESTIMATORS[name], *digits), (HALFWAY, Rung(0, 3)), observer=observer
    )
    epochs = [each for n in range(3) for each in ((n, 3, [((0, 0), 12)]), "epoch ends")]
    assert observer.heard == [
        *("evaluation begins", "fit begins"),
        *epochs,
        ("evaluation ends", result),
    ]


@pytest.mark.parametrize("rungs", [(), (HALFWAY, RUNG)])
@pytest.mark.parametrize("n_epochs", [1, 2, 3])
def test_an_observer_may_end_a_fit_after_any_epoch(digits, rungs, n_epochs):
    observer = Heard(n_epochs)
    result, paused = evaluated(problem_of(NETWORK, *digits), rungs, observer=observer)
    assert observer.heard.count("epoch ends") == n_epochs
    assert observer.heard[-1] == ("evaluation ends", result)
    assert paused is None and result.is_complete and result.n_epochs == n_epochs
    expected = clone(NETWORK).set_params(max_iter=n_epochs)
    shorter, _ = evaluated(problem_of(expected, *digits))
    assert result.test_scores == shorter.test_scores
    assert set(result.rung_scores) == set(rungs)


class Fails(Heard):
    """Raises an error at one event."""

    def __init__(self, event, error):
        super().__init__()
        self.event, self.error = event, error

    def __getattribute__(self, name):
        if name == object.__getattribute__(self, "__dict__").get("event"):
            raise ObserverError(self.error)
        return super().__getattribute__(name)


@pytest.mark.parametrize("error", [ValueError("observed"), FloatingPointError("observed")])
@pytest.mark.parametrize("name", ["bare", "Pipeline"])
@pytest.mark.parametrize(
    "event",
    [
        *("evaluation_begins", "fit_begins", "epoch_begins"),
        *("epoch_ends", "training_ends", "evaluation_ends"),
    ],
)
def test_what_an_observer_raises_is_no_error_of_the_fit(digits, name, event, error):
    with pytest.raises(type(error), match="observed") as caught:
        evaluated(problem_of(ESTIMATORS[name], *digits), observer=Fails(event, error))
    assert caught.value is error


def test_what_an_observer_of_a_shared_training_raises_is_no_error_of_the_fits(digits):
    jobs = [Job(Trial(number, {"max_iter": 2 + number}), 0) for number in range(2)]
    error = ValueError("observed")
    observer = Fails("epoch_begins", error)
    observer.heard.append("begun")
    with pytest.raises(ValueError, match="observed") as caught:
        evaluate_together(problem_of(NETWORK, *digits), jobs, NoCache(), observer, StopRequest())
    assert caught.value is error


@pytest.mark.parametrize("native", [True, False])
def test_nothing_is_trained_once_the_end_is_requested(digits, native):
    stop = StopRequest()
    stop.request("timeout")
    problem, observer = problem_of(NETWORK, *digits), Heard()
    problem = type(problem)(**{**vars(problem), "native": native})
    with pytest.raises(StopRequested):
        evaluated(problem, observer=observer, stop=stop)
    assert observer.heard[2:] == [("evaluation ends", None)]


def test_a_refit_is_not_stopped_and_serves_no_job(digits):
    stop, observer, network = StopRequest(), Heard(), MLPClassifier((6,), max_iter=5)
    stop.request("timeout")
    refit(problem_of(network, *digits), network, observer, stop)
    assert network.n_iter_ == 5 and observer.heard[1] == (0, 5, [])


@pytest.mark.parametrize("is_interrupted", [True, False])
def test_ctrl_c_ends_the_training_of_a_refit_or_skips_it_after_an_interrupted_search(
    digits, is_interrupted
):
    class Interrupts(Observer):
        def epoch_begins(self, network, epoch, last_epoch, jobs):
            if epoch == 2:
                raise KeyboardInterrupt

    stop, network = StopRequest(), MLPClassifier((6,), max_iter=5, early_stopping=True)
    if is_interrupted:
        stop.request("interrupted")
        with pytest.raises(KeyboardInterrupt):
            refit(problem_of(network, *digits), network, Interrupts(), stop)
    else:
        with pytest.warns(UserWarning, match="Training interrupted by user"):
            refit(problem_of(network, *digits), network, Interrupts(), stop)
        assert network.n_iter_ == 2 and network.coefs_ is network._best_coefs


def test_an_observer_may_end_the_refit_after_an_epoch(digits):
    network = MLPClassifier((6,), max_iter=5, random_state=0)
    refit(problem_of(network, *digits), network, Heard(n_epochs=3), StopRequest())
    assert network.n_iter_ == 3
    expected = MLPClassifier((6,), max_iter=3, random_state=0).fit(*digits)
    np.testing.assert_array_equal(network.coefs_[0], expected.coefs_[0])


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"alpha": 0.5, "hidden_layer_sizes": (3, np.int64(4))},
        {"random_state": np.random.RandomState(3), "hidden_layer_sizes": [3]},
    ],
)
def test_candidates_are_clones_with_the_parameters_of_the_trial(params, digits):
    problem = problem_of(NETWORK, *digits)
    candidate = problem.candidate(params)
    expected = clone(NETWORK).set_params(**clone(params, safe=False))
    assert type(candidate) is type(expected) and vars(candidate).keys() == vars(expected).keys()
    assert repr(vars(candidate)) == repr(vars(expected)) or "random_state" in params
    candidate.set_params(alpha=7.0)
    assert problem.estimator.alpha == NETWORK.alpha and params.get("alpha") != 7.0
    for name in ("random_state", "hidden_layer_sizes"):
        value = params.get(name)
        if isinstance(value, (list, np.random.RandomState)):
            assert getattr(candidate, name) is not value
    with pytest.raises(ValueError, match="Invalid parameter 'alpa'"):
        problem.candidate({"alpa": 1.0})
