import numpy as np
import pytest

from sk_hpt._surrogate import Encoding, fit_surrogate, propose
from sk_hpt._surrogate.acquisition import log_expected_improvement


def lattice(n):
    return (np.arange(n) + 0.5) / n


def to_levels(columns):
    """Return a snap function that knows only the levels."""

    def snap(X):
        X = X.copy()
        for column, levels in enumerate(columns.levels):
            if levels is not None:
                nearest = np.abs(X[:, [column]] - levels).argmin(axis=1)
                X[:, column] = levels[nearest]
        return X

    return snap


def start(columns, n, seed=0):
    X = to_levels(columns)(np.random.default_rng(seed).uniform(size=(n, columns.n_columns)))
    return X, np.sum((X - 0.4) ** 2, axis=1)


MIXED = Encoding(
    (None, lattice(3), lattice(200), lattice(4)), np.array([False, False, False, True])
)
FINITE = Encoding((lattice(3), lattice(4)), np.array([False, True]))
LARGE = Encoding((lattice(200),) * 3, np.array([False] * 3))
CONTINUOUS = Encoding((None, None), np.zeros(2, dtype=bool))


def fitted(X, y, columns):
    return fit_surrogate(X, y, np.zeros(len(y)), columns, np.random.default_rng(0))


@pytest.mark.parametrize("columns", [MIXED, FINITE, LARGE, CONTINUOUS])
def test_a_proposal_is_snapped_and_new(columns):
    snap = to_levels(columns)
    X, y = start(columns, 8)
    surrogate = fitted(X, y, columns)
    for seed in range(3):
        x = propose(surrogate, snap, X, np.random.default_rng(seed))
        assert np.array_equal(snap(x[None])[0], x)
        assert np.abs(X - x).max(axis=1).min() > 1e-6
        X = np.vstack([X, x])
        surrogate = surrogate.fantasize(x)


def test_no_other_point_of_a_lattice_is_better():
    columns, snap = LARGE, to_levels(LARGE)
    X, y = start(columns, 12)
    surrogate = fitted(X, y, columns)
    x = propose(surrogate, snap, X, np.random.default_rng(0))
    others = snap(np.random.default_rng(1).uniform(size=(20_000, 3)))
    values = log_expected_improvement(*surrogate.predict(others), surrogate.best)
    found = log_expected_improvement(*surrogate.predict(x[None]), surrogate.best)
    assert found[0] > values.max() - 1e-2


def test_a_finite_space_is_tried_in_full_and_then_none_is_returned():
    snap = to_levels(FINITE)
    X, y = start(FINITE, 1)
    for _ in range(11):
        x = propose(fitted(X, y, FINITE), snap, X, np.random.default_rng(0))
        X, y = np.vstack([X, x]), np.append(y, np.sum((x - 0.4) ** 2))
    assert len(np.unique(X.round(6), axis=0)) == 12
    assert propose(fitted(X, y, FINITE), snap, X, np.random.default_rng(0)) is None


def test_the_same_seed_gives_the_same_point():
    X, y = start(MIXED, 10)
    surrogate = fitted(X, y, MIXED)
    one, other = (
        propose(surrogate, to_levels(MIXED), X, np.random.default_rng(3)) for _ in range(2)
    )
    assert np.array_equal(one, other)


def test_proposals_differ_from_pending_points():
    X, y = start(CONTINUOUS, 8)
    surrogate, proposals = fitted(X, y, CONTINUOUS), []
    for _ in range(4):
        x = propose(surrogate, lambda X: X, X, np.random.default_rng(0))
        proposals.append(x)
        surrogate, X = surrogate.fantasize(x), np.vstack([X, x])
    distances = np.abs(np.array(proposals)[:, None] - proposals).max(axis=2)
    assert distances[np.triu_indices(4, 1)].min() > 0.01


def test_inactive_columns_keep_the_neutral_value():
    """The second column is active only if the first is above one half."""
    columns = Encoding((lattice(2), None, None), np.array([True, False, False]))

    def snap(X):
        X = to_levels(columns)(X)
        X[:, 1] = np.where(X[:, 0] > 0.5, X[:, 1], 0.5)
        return X

    rng = np.random.default_rng(0)
    X = snap(rng.uniform(size=(12, 3)))
    y = np.where(X[:, 0] > 0.5, 3.0, (X[:, 2] - 0.2) ** 2)
    x = propose(fitted(X, y, columns), snap, X, rng)
    assert x[0] == 0.25 and x[1] == 0.5
    y = np.where(X[:, 0] > 0.5, (X[:, 1] - 0.9) ** 2, 3.0)
    x = propose(fitted(X, y, columns), snap, X, rng)
    assert x[0] == 0.75 and x[1] != 0.5


def test_one_constant_column():
    columns = Encoding((np.array([0.5]),), np.array([False]))
    X = np.array([[0.5]])
    surrogate = fitted(X, np.array([1.0]), columns)
    assert propose(surrogate, to_levels(columns), X, np.random.default_rng(0)) is None
