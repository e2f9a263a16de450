import numpy as np
import pytest

from sk_hpt._proposers import WarmStart
from sk_hpt.space import Real, parse_space

SPACE = parse_space({"a": Real(0.0, 1.0)})
RESULTS = {
    "params": [{"a": 0.25}, {"a": 0.5}, {"a": 2.0}, {"a": 0.75}],
    "mean_test_score": np.array([1.0, 3.0, 9.0, np.nan]),
}


def test_trials_outside_of_the_space_or_without_a_score_are_ignored():
    earlier = WarmStart.from_results(RESULTS, "score", SPACE)
    assert len(earlier) == 2 and earlier.best_params == {"a": 0.5}
    assert earlier.X.tolist() == [[0.25], [0.5]] and earlier.losses.tolist() == [-1.0, -3.0]
    assert earlier.variance == 0.25**2


def test_losses_are_shifted_to_those_of_parameters_tried_again():
    earlier = WarmStart.from_results(RESULTS, "score", SPACE)
    X, losses, variances, complete = earlier.append_to(
        np.array([[0.5], [0.9]]),
        np.array([7.0, np.nan]),
        np.array([0.1, np.nan]),
        np.array([True, False]),
    )
    assert X.tolist() == [[0.5], [0.9], [0.25], [0.5]]
    np.testing.assert_array_equal(losses, [7.0, np.nan, 9.0, 7.0])
    np.testing.assert_array_equal(variances, [0.1, np.nan, 0.0625, 0.0625])
    assert complete.tolist() == [True, False, True, True]


@pytest.mark.parametrize("x, complete", [(0.9, True), (0.5, False)])
def test_no_shift_without_a_complete_trial_of_the_same_parameters(x, complete):
    earlier = WarmStart.from_results(RESULTS, "score", SPACE)
    now = np.array([[x]]), np.array([7.0]), np.array([0.1]), np.array([complete])
    assert earlier.append_to(*now)[1].tolist() == [7.0, -1.0, -3.0]


def test_without_any_score():
    nothing = WarmStart.from_results({**RESULTS, "mean_test_score": [np.nan] * 4}, "score", SPACE)
    assert len(nothing) == 0 and nothing.best_params is None
    now = np.array([[0.5]]), np.array([7.0]), np.array([0.1]), np.array([True])
    assert nothing.append_to(*now) is not None
    assert all(a is b for a, b in zip(nothing.append_to(*now), now, strict=True))


def test_results_without_the_metric():
    with pytest.raises(
        ValueError, match="columns \\['mean_test_score'\\] must have a column 'mean_test_f1'"
    ):
        WarmStart.from_results(RESULTS, "f1", SPACE)
