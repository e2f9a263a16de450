"""The plot of the parameter importance, and the shares of the variance behind it."""

import numpy as np
import pytest
from found import found
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sk_hpt.displays import ParameterImportanceDisplay


def random_params(n, d=3, seed=0):
    X = np.random.default_rng(seed).random((n, d))
    return X, [{f"x{i}": float(x) for i, x in enumerate(row)} for row in X]


def draw(search, **options):
    display = ParameterImportanceDisplay.from_search(search, **options)
    display.figure_.canvas.draw()
    assert np.ptp(np.asarray(display.figure_.canvas.buffer_rgba())[..., :3]) > 0
    return display


def by_label(display):
    return dict(zip(display.labels, display.importances, strict=True))


def test_a_sum_is_shared_by_the_squares_of_its_slopes():
    X, params = random_params(300)
    display = draw(found(params, 4 * X[:, 0] + 2 * X[:, 1]), pairs=True)
    shares = by_label(display)
    assert shares["x0"] == pytest.approx(0.8, abs=0.05)
    assert shares["x1"] == pytest.approx(0.2, abs=0.05)
    assert shares["x2"] < 0.01 and display.rest < 0.03
    assert display.explained > 0.95 and display.n_trials == 300


@pytest.mark.slow
def test_interactions_are_in_the_rest_or_listed_as_pairs():
    X, params = random_params(500)
    search = found(params, (X[:, 0] - 0.5) * (X[:, 1] - 0.5))
    assert draw(search).rest > 0.7
    display = draw(search, pairs=True)
    assert by_label(display)["x0 & x1"] > 0.7 and display.rest < 0.2


def test_depth_of_shapes_and_conditional_parameters():
    rng = np.random.default_rng(0)
    params = []
    for i in range(60):
        each = {"net__hidden_layer_sizes": (int(rng.integers(4, 99)),) * int(rng.integers(1, 4))}
        each |= (
            {"net__solver": "sgd", "net__momentum": rng.random()}
            if i % 2
            else {"net__solver": "adam"}
        )
        params.append(each)
    depth = np.array([len(each["net__hidden_layer_sizes"]) for each in params])
    shares = by_label(draw(found(params, depth)))
    assert list(shares) == ["hidden_layer_sizes", "solver", "momentum"]
    assert shares["hidden_layer_sizes"] > 0.95
    scores = [each.get("net__momentum", 5.0) for each in params]
    shares = by_label(draw(found(params, scores)))
    assert shares["momentum"] + shares["solver"] > 0.9


def subspaces(n=60, seed=0):
    """Trials of two sub-spaces, whose parameters have no effect."""
    rng = np.random.default_rng(seed)
    return [
        {"C": rng.random(), "gamma": rng.random()}
        if i % 2
        else {"C": rng.random(), "degree": int(rng.integers(2, 9)), "coef0": rng.random()}
        for i in range(n)
    ]


def test_a_difference_between_subspaces_is_not_the_effect_of_their_parameters():
    params = subspaces()
    display = draw(found(params, ["gamma" in each for each in params]))
    shares = by_label(display)
    assert set(shares) == {"C", "gamma", "degree", "coef0", "sub-space"}
    assert shares["sub-space"] > 0.95 and max(shares["gamma"], shares["degree"]) < 0.02
    # a parameter that decides which others there are stands for the choice
    kernels = [{"kernel": "rbf" if "gamma" in each else "poly", **each} for each in params]
    shares = by_label(draw(found(kernels, ["gamma" in each for each in params])))
    assert shares["kernel"] > 0.95 and "sub-space" not in shares


def test_an_effect_inside_of_a_subspace_is_that_of_its_parameter():
    params = subspaces(120)
    shares = by_label(draw(found(params, [each.get("gamma", 0.5) for each in params])))
    assert max(shares, key=shares.get) == "gamma"


def test_mixed_types_and_constants():
    mixed = [None, "auto", 0.5, 2, True, (3, 4), StandardScaler(), StandardScaler(with_std=False)]
    params = [{"mixed": each, "same": 1, "b": b} for each in mixed for b in (True, False)]
    display = draw(found(params, np.arange(16) // 2 == 1))
    assert display.labels == ["mixed", "b"]
    assert by_label(display)["mixed"] > 0.9


def test_failed_and_pruned_trials_are_left_out():
    X, params = random_params(30)
    scores = X[:, 0].copy()
    scores[:5] = np.nan
    assert draw(found(params, scores)).n_trials == 25
    status = np.where(np.arange(30) < 18, "pruned", "complete").astype(object)
    status[:5] = "failed"
    assert draw(found(params, scores, status)).n_trials == 12
    status[25:] = "pruned"  # seven are too few
    assert draw(found(params, scores, status)).n_trials == 25


def test_a_trial_that_diverged_does_not_dominate():
    X, params = random_params(100)
    scores = X[:, 0].copy()
    scores[X[:, 1].argmax()] = -1e6
    assert by_label(draw(found(params, scores)))["x0"] > 0.7


def test_several_searches_are_side_by_side():
    X, params = random_params(40)
    first = draw(found(params, X[:, 0]), name="one")
    other = [{"x0": each["x0"], "y": each["x1"]} for each in params]
    second = draw(found(other, X[:, 1]), name="two", ax=first.ax_)
    rows = [text.get_text() for text in first.ax_.get_yticklabels()]
    assert set(rows[:2]) == {"x0", "y"} and rows[-1] == "rest (interactions)"
    assert len(first.ax_.patches) == 4 + 3
    assert first.bars_[0].get_height() == pytest.approx(0.4)
    assert first.bars_[0].get_facecolor() != second.bars_[0].get_facecolor()
    names = [text.get_text() for text in first.ax_.get_legend().get_texts()]
    assert names[0].startswith("one: 40 trials") and names[1].startswith("two: 40 trials")
    right = first.ax_.get_xlim()[1]
    assert all(bar.get_width() < right for display in (first, second) for bar in display.bars_)


def test_several_searches_by_name():
    X, params = random_params(20)
    searches = {"one": found(params, X[:, 0]), "two": found(params, X[:, 1])}
    display = ParameterImportanceDisplay.from_searches(searches, n_trees=20)
    (other,) = display.others
    assert other.ax_ is display.ax_ and display.shares.shape == other.shares.shape == (20, 3)
    names = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert [name.split(":")[0] for name in names] == ["one", "two"]
    assert display.bars_[0].get_height() == pytest.approx(0.4)


def test_axes_can_be_cleared_and_used_again():
    X, params = random_params(40)
    first = draw(found(params, X[:, 0]))
    colour = first.bars_[0].get_facecolor()
    first.ax_.clear()
    again = draw(found(params, X[:, 1]), ax=first.ax_)
    assert len(again.ax_.patches) == 4 and again.bars_[0].get_height() == pytest.approx(0.8)
    assert again.bars_[0].get_facecolor() == colour


def test_error_bars_move_with_their_bars():
    import matplotlib

    X, params = random_params(40)
    with matplotlib.rc_context({"errorbar.capsize": 3}):
        first = draw(found(params, X[:, 0] + X[:, 1]))
        draw(found(params, X[:, 1]), ax=first.ax_)
    _, caps, (errors,) = first.bars_.errorbar
    centres = [bar.get_y() + bar.get_height() / 2 for bar in first.bars_]
    np.testing.assert_allclose([segment[:, 1] for segment in errors.get_segments()],
                               np.transpose([centres, centres]))  # fmt: skip
    assert len(caps) == 2
    for cap in caps:
        np.testing.assert_allclose(cap.get_ydata(), centres)


def test_rows_are_sorted_and_in_percent():
    X, params = random_params(40)
    display = draw(found(params, X[:, 2] + 0.3 * X[:, 1]), color="k")
    rows = [text.get_text() for text in display.ax_.get_yticklabels()]
    assert rows == ["x2", "x1", "x0", "rest (interactions)"]
    assert display.ax_.get_xlabel() == "share of the variance of the mean test score (accuracy), %"
    assert sum(bar.get_width() for bar in display.bars_) == pytest.approx(100)
    assert display.bars_[0].get_facecolor() == (0, 0, 0, 1)


def test_random_state_determines_the_shares():
    X, params = random_params(20)
    search = found(params, X[:, 0] + X[:, 1])
    one, two, three = (draw(search, random_state=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.shares, two.shares)
    assert (one.shares != three.shares).any()


@pytest.mark.parametrize(
    "params, scores, says",
    [
        ([{"a": 1}], [1.0], "at least 10 trials with a score, and has 1"),
        ([{"a": i} for i in range(9)], range(9), "has 9: these are too few to tell which"),
        ([{"a": i} for i in range(10)], [1.0] * 10, "All trials have the same score"),
        ([{"a": 1}] * 10, range(10), "All trials have the same parameters"),
        (
            [{"a": i} for i in range(9)],
            [np.nan] * 9,
            r"No trial of this search has a score \(0 of 9\)",
        ),
    ],
)
def test_bad_input(params, scores, says):
    with pytest.raises(ValueError, match=says):
        ParameterImportanceDisplay.from_search(found(params, scores))


def test_unfitted_and_several_metrics():
    with pytest.raises(NotFittedError):
        ParameterImportanceDisplay.from_search(GridSearchCV(SVC(), {}))
    X, params = random_params(20)
    search = found(params, X[:, 0], mean_test_other=X[:, 1])
    search.refit = False
    with pytest.raises(ValueError, match=r"metric=None must be one of .* Pass metric="):
        ParameterImportanceDisplay.from_search(search)
    assert by_label(draw(search, metric="other"))["x1"] > 0.8


def test_without_matplotlib(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    X, params = random_params(20)
    with pytest.raises(ImportError, match=r"sk_hpt\[plots\]"):
        ParameterImportanceDisplay.from_search(found(params, X[:, 0]))
