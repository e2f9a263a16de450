"""The plot of all trials on parallel coordinates."""

import sys

import numpy as np
import pytest
from found import found
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sk_hpt.displays import ParallelCoordinatesDisplay
from sk_hpt.displays._parallel_coordinates_data import NOT_SET_POSITION, _level_texts
from sk_hpt.space import Real


def draw(search, **options):
    display = ParallelCoordinatesDisplay.from_search(search, **options)
    display.figure_.canvas.draw()
    assert np.ptp(np.asarray(display.figure_.canvas.buffer_rgba())[..., :3]) > 0
    return display


def legend(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def texts(display, axis):
    return [text for _, text in display.ticks[axis]]


def test_numbers_are_between_the_smallest_and_the_largest():
    display = draw(found([{"a": a} for a in (0.0, 10.0, 2.5)], [0.1, 0.2, 0.3]))
    np.testing.assert_allclose(display.positions, [[0, 0], [1, 0.5], [0.25, 1]])
    assert display.labels == ["a", "mean test score (accuracy)"]
    assert ("2", 0.2) in [(text, round(place, 9)) for place, text in display.ticks[0]]
    assert display.best == 2
    np.testing.assert_allclose(display.best_.get_ydata(), [0.25, 1.0])


def test_numbers_that_are_even_in_logarithms_have_a_logarithmic_axis():
    rates = [1e-4, 1e-3, 1e-2, 1e-1, 1.0]
    display = draw(found([{"rate": rate} for rate in rates], range(5)))
    np.testing.assert_allclose(display.positions[:, 0], [0, 0.25, 0.5, 0.75, 1])
    assert texts(display, 0) == ["0.0001", "0.001", "0.01", "0.1", "1"]


def test_trials_with_the_same_level_are_spread_and_the_better_ones_higher():
    params = [{"kind": kind} for kind in ("rbf", "poly", "rbf", "rbf")]
    display = draw(found(params, [0.3, 0.5, 0.4, np.nan]))
    places = display.positions[:, 0]
    assert places[1] == 0.0 and texts(display, 0) == ["poly", "rbf"]
    assert places[2] > places[0] > places[3] and np.ptp(places[[0, 2, 3]]) < 0.1


def test_a_parameter_that_a_trial_does_not_have_is_below_the_axis():
    params = [{"solver": "sgd", "momentum": 0.1 * i} for i in range(5)] + [{"solver": "adam"}] * 2
    display = draw(found(params, range(7)))
    assert display.labels[:2] == ["solver", "momentum"]
    assert (display.positions[:5, 1] >= 0).all()
    np.testing.assert_allclose(display.positions[5:, 1], NOT_SET_POSITION, atol=0.05)
    assert texts(display, 1)[-1] == "not set"
    assert display.ax_.get_ylim()[0] < NOT_SET_POSITION


def test_better_trials_are_darker_and_drawn_later():
    display = draw(found([{"a": a} for a in range(4)], [0.2, 0.4, 0.1, 0.3]))
    assert display.lines_.get_array().tolist() == sorted(display.lines_.get_array())
    luminance = display.lines_.get_edgecolors()[:, :3].sum(axis=1)
    assert (np.diff(luminance) < 0).all()
    assert legend(display) == ["best trial", "other trials, darker is better"]
    assert display.best_.get_zorder() > display.lines_.get_zorder()


def test_failed_and_pruned_trials():
    params = [{"a": a} for a in range(5)]
    status = ["complete", "failed", "pruned", "pruned", "complete"]
    display = draw(found(params, [0.5, np.nan, 0.9, np.nan, 0.4], status))
    assert display.best == 0
    assert len(display.lines_.get_paths()) == 3 and len(display.failed_.get_paths()) == 2
    assert all(len(path.vertices) == 1 for path in display.failed_.get_paths())
    assert legend(display)[2:] == ["pruned or unfinished: score so far", "2 without a score"]
    assert legend(draw(found(params, [1, 2, 3, 4, np.nan])))[-1] == "1 failed"


def test_pruned_trials_lead_to_their_scores_on_rungs():
    status = ["complete", "pruned", "pruned", "complete"]
    rungs = {"rung0_test_score": np.array([0.1, 0.2, np.nan, 0.3])}
    search = found([{"a": a} for a in range(4)], [0.6, np.nan, np.nan, 0.4], status, **rungs)
    display = draw(search)
    np.testing.assert_allclose(display.positions[:, -1], [1, 0, np.nan, 0.5])
    assert len(display.lines_.get_paths()) == 3 and len(display.failed_.get_paths()) == 1
    assert display.best == 0


def test_one_plot_for_each_axes():
    search = found([{"a": a} for a in range(4)], range(4))
    display = draw(search)
    with pytest.raises(ValueError, match="shows parallel coordinates already.*Pass other axes"):
        draw(search, ax=display.ax_)


def test_ticks_of_values_from_a_logarithmic_range():
    """A grid over three decades has uneven numbers, and values may lie close to each other."""
    grid = np.geomspace(1e-4, 0.1, 5)
    display = draw(found([{"rate": rate} for rate in np.repeat(grid, 3)], range(15)))
    assert texts(display, 0) == ["0.0001", "0.000562", "0.00316", "0.0178", "0.1"]
    assert _level_texts([0.12341, 0.12342, 7.0]) == ["0.12341", "0.12342", "7"]
    search = found([{"rate": rate} for rate in (0.0112, 0.0131, 0.0188)], range(3))
    search.param_distributions = {"rate": Real(1e-4, 1.0, log=True)}
    assert texts(draw(search), 0) == ["0.012", "0.014", "0.016", "0.018"]


def test_a_score_far_below_the_others_is_at_the_end_of_the_axis():
    display = draw(found([{"a": a} for a in range(6)], [0.9, 0.91, 0.92, 0.93, -1e5, 0.9]))
    assert display.positions[4, -1] == 0.0 < display.positions[[0, 5], -1].min()
    assert texts(display, -1)[0].startswith("≤ 0.8")


def test_mixed_types():
    mixed = [None, "auto", 0.5, 2, True, (3, 4), StandardScaler(), len]
    display = draw(found([{"x": each, "same": 1} for each in mixed], range(8)))
    assert len(set(display.positions[:, 0])) == 8
    assert {"None", "auto", "0.5", "(2,)", "True", "(3, 4)", "StandardScaler()", "len"} == set(
        texts(display, 0)
    )
    numbers = [{"gamma": g} for g in ["scale", *np.linspace(1, 2, 30)]]
    display = draw(found(numbers, range(31)))
    assert display.positions[0, 0] == 0.0 and display.positions[1:, 0].min() == 0.2


def test_a_single_trial_and_no_parameter():
    display = draw(found([{"a": 1, "b": "x"}], [0.5]))
    assert display.positions.tolist() == [[0.5, 0.5, 0.5]]
    draw(found([{}], [0.5]))


def test_labels_leave_out_the_steps_of_a_pipeline():
    params = [{"mlp__a": i, "one__b": i, "two__b": -i} for i in range(3)]
    display = draw(found(params, range(3)))
    assert display.labels[:3] == ["a", "one__b", "two__b"]


def test_five_hundred_trials_of_shapes():
    rng = np.random.default_rng(0)
    params = [
        {"hidden_layer_sizes": tuple(rng.integers(8, 256, rng.integers(1, 4)).tolist()), "x": x}
        for x in rng.random(500)
    ]
    display = draw(found(params, rng.random(500)))
    assert len(display.ticks[0]) <= 9 and display.lines_.get_alpha() == 0.25
    depths = np.array([len(each["hidden_layer_sizes"]) for each in params])
    places = display.positions[:, 0]
    assert places[depths == 1].max() < places[depths == 2].min()


def test_bad_input(monkeypatch):
    with pytest.raises(NotFittedError):
        ParallelCoordinatesDisplay.from_search(GridSearchCV(SVC(), {}))
    with pytest.raises(ValueError, match=r"No trial of this search has a score \(0 of 2\)"):
        ParallelCoordinatesDisplay.from_search(found([{}, {}], [np.nan] * 2))
    search = found([{"a": 1}, {"a": 2}], [1, 2], mean_test_other=np.array([2.0, 1.0]))
    search.refit = False
    with pytest.raises(ValueError, match=r"metric=None must be one of .* Pass metric="):
        ParallelCoordinatesDisplay.from_search(search)
    assert draw(search, metric="other").best == 0
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"sk_hpt\[plots\]"):
        ParallelCoordinatesDisplay.from_search(found([{"a": 1}], [1.0]))
