import pickle

import numpy as np
import pytest
from sklearn.utils import check_random_state

from sk_hpt.training._trajectory import Trajectory


def start(shuffle=True, adam=True, dtype=np.float64):
    rng = np.random.default_rng(0)
    shapes = [(6, 5), (5, 3), (5,), (3,)]
    weights = [rng.normal(size=shape).astype(dtype) for shape in shapes]
    zeros = [[np.zeros_like(weight) for weight in weights] for _ in range(2)]
    constants = {"adam": adam, "alpha": 0.01}
    constants |= (
        {"beta_1": 0.9, "beta_2": 0.99, "epsilon": 1e-8}
        if adam
        else {"momentum": 0.9, "nesterov": True}
    )
    return Trajectory(
        rng.normal(size=(50, 6)).astype(dtype),
        np.eye(3, dtype=dtype)[rng.integers(0, 3, 50)],
        None,
        weights,
        zeros[0],
        zeros[1] if adam else zeros[0],
        ("relu", "softmax", "log_loss"),
        16,
        constants,
        0.01,
        check_random_state(0) if shuffle else None,
    )


def assert_same(one, other):
    assert one.epoch == other.epoch and one.loss_curve == other.loss_curve
    for name in ("weights", "first", "second"):
        for a, b in zip(getattr(one, name), getattr(other, name), strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "options", [{}, {"shuffle": False}, {"adam": False}, {"dtype": np.float32}]
)
@pytest.mark.parametrize("pauses", [[20], [1, 2, 20], [7, 13, 20]])
def test_continues_exactly(options, pauses):
    at_once, in_parts = start(**options), start(**options)
    at_once.advance(20)
    for epoch in pauses:
        in_parts.advance(epoch)
        assert in_parts.epoch == len(in_parts.loss_curve) == epoch
    assert_same(at_once, in_parts)


@pytest.mark.parametrize("options", [{}, {"adam": False}])
def test_continues_exactly_after_a_pickle(options):
    at_once, travelling = start(**options), start(**options)
    at_once.advance(20)
    for epoch in (5, 11, 20):
        travelling = pickle.loads(pickle.dumps(travelling))
        travelling.advance(epoch)
    assert_same(at_once, travelling)


def test_a_copy_goes_its_own_way():
    run = start()
    run.advance(3)
    copy = pickle.loads(pickle.dumps(run))
    run.advance(9)
    assert copy.epoch == 3 and not np.array_equal(copy.weights[0], run.weights[0])
    copy.advance(9)
    assert_same(run, copy)


def test_the_past_is_past():
    run = start()
    run.advance(5)
    weights = run.weights[0].copy()
    run.advance(5)
    run.advance(2)
    assert run.epoch == 5
    np.testing.assert_array_equal(run.weights[0], weights)


def test_weights_that_sum_to_zero():
    run = start()
    run.sample_weight = np.zeros(50)
    with pytest.raises(ZeroDivisionError, match="Weights sum to zero, can't be normalized"):
        run.advance(1)
