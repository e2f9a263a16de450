"""Fits in parts against fits in one go."""

import pickle
import warnings

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sk_hpt._evaluation.parts import fit_and_score_part
from sk_hpt._evaluation.prefixes import Prefixes
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import get_scorer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt._evaluation import FoldEvaluation
from sk_hpt._reporting import Messages, NullTask
from sk_hpt._trials import Job, Rung, Trial

pytestmark = pytest.mark.filterwarnings(
    f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning"
)

NETWORK = MLPClassifier((6,), max_iter=12, random_state=0)
RUNGS = (Rung(2, 2), Rung(1, 5))
TRAIN, TEST = np.arange(200), np.arange(200, 300)
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


def evaluation_of(estimator, X, y, prefixes=None, **options):
    options = {"fit_params": {}, "score_params": {}, "return_train_score": False} | options
    return FoldEvaluation(
        estimator,
        X,
        y,
        scorer=get_scorer("accuracy"),
        error_score=np.nan,
        messages=Messages(0, 1, 1, np.nan),
        native=True,
        prefixes=prefixes,
        **options,
    )


def part(evaluation, rungs, paused, params=None):
    fit = Job(Trial(0, params or {}), 0, rungs)
    return fit_and_score_part(evaluation, fit, paused, TRAIN, TEST, NullTask())


@pytest.mark.parametrize("prefixes", [Prefixes(), None], ids=["shared", "alone"])
@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("travels", [False, True])
def test_in_parts_as_in_one_go(name, prefixes, travels, digits):
    evaluation = evaluation_of(ESTIMATORS[name], *digits, prefixes, return_train_score=True)
    np.random.seed(0)  # of the random Pipeline, which asks numpy's global generator
    whole = evaluation.fit_and_score(Job(Trial(0, {}), 0), TRAIN, TEST, NullTask())
    np.random.seed(0)
    first, paused = part(evaluation, RUNGS[:1], None)
    assert not first.is_complete and first.n_epochs == 2
    assert first.rung_scores.keys() == {2} and first.error is None
    np.random.seed(1)
    if travels:
        paused = pickle.loads(pickle.dumps(paused))
    second, paused = part(evaluation, RUNGS[1:], paused)
    if paused is not None:
        assert second.rung_scores.keys() == {1} and second.n_epochs == 5
        assert second.fit_time >= first.fit_time and second.score_time >= first.score_time
        second, paused = part(evaluation, (), paused)
    assert paused is None and second.is_complete
    assert second.test_scores == whole.test_scores and second.train_scores == whole.train_scores
    assert second.n_epochs == whole.n_epochs


def test_scores_on_a_rung_are_of_a_network_that_trained_so_far(digits):
    evaluation = evaluation_of(NETWORK, *digits)
    result, _ = part(evaluation, RUNGS, None)
    for rung in RUNGS:
        fit = Job(Trial(0, {"max_iter": rung.epoch}), 0)
        short = evaluation.fit_and_score(fit, TRAIN, TEST, NullTask())
        assert result.rung_scores[rung.below] == short.test_scores


def test_what_stops_before_a_rung_has_its_final_score_there(digits):
    evaluation = evaluation_of(ESTIMATORS["stops by itself"], *digits)
    result, paused = part(evaluation, (Rung(2, 2), Rung(1, 50)), None)
    assert paused is None and result.is_complete and 2 < result.n_epochs < 50
    assert result.rung_scores[1] == result.test_scores != result.rung_scores[2]


def test_what_cannot_be_paused_comes_to_its_end(digits):
    X, y = digits
    evaluation = evaluation_of(NETWORK, csr_matrix(X), y)
    result, paused = part(evaluation, (Rung(1, 2),), None)
    assert paused is None and result.is_complete and result.n_epochs == 12
    assert result.rung_scores == {1: result.test_scores}


def test_what_waits_is_small(digits):
    X, y = digits
    for prefixes in (Prefixes(), None):
        for name in ("bare", "early stopping", "Pipeline"):
            evaluation = evaluation_of(ESTIMATORS[name], X, y, prefixes)
            _, paused = part(evaluation, RUNGS, None)
            n_weights = 64 * 6 + 6 + 6 * 10 + 10
            # weights and two moments, perhaps the best weights, and generators and attributes
            assert len(pickle.dumps(paused)) < 5 * 8 * n_weights + 12_000 < X.nbytes
            assert not paused.run.is_attached


def test_weights_of_samples_are_kept(digits):
    X, y = digits
    weights = np.random.default_rng(0).uniform(0.1, 2.0, len(X))
    evaluation = evaluation_of(NETWORK, X, y, fit_params={"sample_weight": weights})
    whole = evaluation.fit_and_score(Job(Trial(0, {}), 0), TRAIN, TEST, NullTask())
    _, paused = part(evaluation, RUNGS, None)
    result, _ = part(evaluation, (), paused)
    assert result.test_scores == whole.test_scores


def test_a_network_that_diverges_fails_on_its_rung(digits):
    X, y = digits
    evaluation = evaluation_of(MLPClassifier(solver="sgd", random_state=0), X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        result, paused = part(evaluation, RUNGS, None, {"learning_rate_init": 1e200})
    assert paused is None and result.is_complete
    assert "Solver produced non-finite parameter weights" in result.error
    assert result.test_scores is None and result.n_epochs == 2


def test_bad_parameters_fail_as_in_a_fit(digits):
    evaluation = evaluation_of(NETWORK, *digits)
    result, paused = part(evaluation, RUNGS, None, {"alpha": -1.0})
    assert paused is None and "alpha" in result.error and result.n_epochs == 0


def test_max_epochs(digits):
    X, y = digits
    assert evaluation_of(NETWORK, X, y).max_epochs({}) == 12
    assert evaluation_of(NETWORK, X, y).max_epochs({"max_iter": 7}) == 7
    assert evaluation_of(NETWORK, X, y).max_epochs({"solver": "lbfgs"}) is None
    assert evaluation_of(NETWORK, X, y).max_epochs({"max_iter": "many"}) is None
    assert evaluation_of(PCA(), X, y).max_epochs({}) is None
