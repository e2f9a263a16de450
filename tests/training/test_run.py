import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.neural_network import MLPClassifier, MLPRegressor

from sk_hpt.training import start_run

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

NETWORKS = {
    "adam": MLPClassifier((6,), max_iter=20, random_state=0),
    "sgd": MLPClassifier(
        (6,), solver="sgd", learning_rate="invscaling", max_iter=20, random_state=0
    ),
    "adaptive": MLPClassifier(
        (6,), solver="sgd", learning_rate="adaptive", tol=0.1, n_iter_no_change=2, max_iter=20,
        random_state=0,
    ),
    "early stopping": MLPClassifier((6,), early_stopping=True, max_iter=20, random_state=0),
    "stops by itself": MLPClassifier(
        (6,), tol=1.0, n_iter_no_change=3, max_iter=20, random_state=0
    ),
    "regression": MLPRegressor(hidden_layer_sizes=(6,), max_iter=20, random_state=0),
}  # fmt: skip


@pytest.fixture(params=NETWORKS)
def network(request):
    return NETWORKS[request.param]


def assert_as_fitted(run, network, X, y):
    """The run's network is what scikit-learn's fit makes."""
    trained, fitted = run.estimator(), clone(network).fit(X, y)
    assert type(trained) is type(network)
    for name in ("coefs_", "intercepts_"):
        for a, b in zip(getattr(trained, name), getattr(fitted, name), strict=True):
            np.testing.assert_array_equal(a, b, strict=True)
    for name in ("n_iter_", "t_", "loss_", "loss_curve_", "best_loss_", "validation_scores_"):
        assert getattr(trained, name) == getattr(fitted, name), name


@pytest.mark.parametrize("pauses", [[20], [1, 7, 20], [13, 50]])
def test_however_it_is_paused_it_is_scikit_learns_fit(network, digits, pauses):
    run = start_run(network, *digits)
    assert run.epoch == 0
    for epoch in pauses:
        run.advance(epoch)
    assert run.finished
    assert_as_fitted(run, network, *digits)


def test_it_continues_after_a_pickle(network, digits):
    run = start_run(network, *digits)
    for epoch in (3, 8, 20):
        run = pickle.loads(pickle.dumps(run))
        run.advance(epoch)
    assert_as_fitted(run, network, *digits)


LAYOUTS = {
    "reversed columns": lambda X: X[:, ::-1],
    "reversed columns in Fortran order": lambda X: np.asfortranarray(X)[:, ::-1],
    "every second column": lambda X: np.repeat(np.asfortranarray(X), 2, axis=1)[:, ::2],
    "every second row": lambda X: np.asfortranarray(np.repeat(X, 2, axis=0))[::2],
    "one row for all columns": lambda X: np.broadcast_to(X[:, :1], X.shape),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("early_stopping", [False, True])
def test_it_continues_after_a_pickle_with_the_same_layout(layout, early_stopping, digits):
    # Without shuffling a batch is a view of X, whose layout numpy's products depend on.
    X, y = digits
    X = LAYOUTS[layout](X)
    network = MLPClassifier(
        (11, 5), shuffle=False, early_stopping=early_stopping, max_iter=8, random_state=3
    )
    run = start_run(network, X, y)
    run.advance(3)
    run = pickle.loads(pickle.dumps(run))
    run.advance(8)
    assert_as_fitted(run, network, X, y)


def test_on_the_way_it_is_a_fit_of_so_many_epochs(digits):
    X, y = digits
    network = NETWORKS["adam"]
    run = start_run(network, X, y)
    for epoch in (2, 9):
        run.advance(epoch)
        shorter = clone(network).set_params(max_iter=epoch)
        assert_as_fitted(run, shorter, X, y)
        assert not run.finished


def test_epochs_are_counted_before_each_and_leaving_the_loop_pauses(network, digits):
    run = start_run(network, *digits)
    for epoch in run.epochs(20):
        assert epoch == run.epoch
        if epoch == 3:
            break
    assert run.epoch == 3
    assert len(list(run.epochs(5))) <= 2 and list(run.epochs(5)) == []
    run.advance(20)
    assert_as_fitted(run, network, *digits)


def test_an_estimator_is_a_copy(digits):
    run = start_run(NETWORKS["adam"], *digits)
    run.advance(2)
    early = run.estimator()
    weights = early.coefs_[0].copy()
    run.advance(9)
    np.testing.assert_array_equal(early.coefs_[0], weights)


def test_it_warns_only_at_the_end(digits):
    run = start_run(NETWORKS["adam"], *digits)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run.advance(19)
    with pytest.warns(match=r"Maximum iterations \(20\) reached"):
        run.advance(20)


def test_the_network_itself_is_never_touched(digits):
    network = MLPClassifier((6,), max_iter=5)
    start_run(network, *digits).advance(5)
    assert not hasattr(network, "coefs_")


def test_what_does_not_train_natively(digits):
    X, y = digits
    for network in (MLPClassifier(solver="lbfgs"), MLPClassifier(beta_1=np.float32(0.9))):
        with pytest.raises(ValueError, match="does not train natively on these data. Use its fit"):
            start_run(network, X, y)
    with pytest.raises(ValueError, match="inconsistent"):
        start_run(MLPClassifier(), X, y[:-1])
