"""All trials on parallel axes: where they are, and the picture."""

import sys

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sk_hpt import GridSearchNN
from sk_hpt.displays import ParallelCoordinatesDisplay
from sk_hpt.displays._coordinates import BELOW, number_ticks

matplotlib = pytest.importorskip("matplotlib.pyplot").matplotlib
matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def closed():
    yield
    matplotlib.pyplot.close("all")


def found(params, scores, status=None, **columns):
    """A fitted search that has tried these settings."""
    search = GridSearchCV(SVC(), {})
    search.cv_results_ = {"params": params, "mean_test_score": np.array(scores, float), **columns}
    if status is not None:
        search.cv_results_["status"] = np.array(status, dtype=object)
        search.cv_results_["split0_test_score"] = search.cv_results_["mean_test_score"]
    return search


def draw(search, **options):
    display = ParallelCoordinatesDisplay.from_search(search, **options)
    display.figure_.canvas.draw()
    assert np.ptp(np.asarray(display.figure_.canvas.buffer_rgba())[..., :3]) > 0
    return display


def texts(display):
    return [text.get_text() for text in display.ax_.texts]


def legend(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def test_numbers_lie_in_proportion_and_on_logarithms_where_right():
    values = np.array([0.0, 1.0, 2.0, 5.0, 10.0])
    params = [{"x": float(x), "rate": 10.0 ** (x - 10), "far": 1.0 + x} for x in values]
    display = draw(found(params, values))
    for column in display.positions.T:
        np.testing.assert_allclose(column, values / 10)
    x, rate, _, score = display.ticks
    assert x == score == [(i / 5, str(2 * i)) for i in range(6)]
    assert (0.0, "1e-10") in rate and (1.0, "1") in rate


@pytest.mark.parametrize(
    "low, high, labels",
    [
        (-0.013, 0.013, ["-0.01", "-0.005", "0", "0.005", "0.01"]),
        (-1e6, -2e5, ["-1e6", "-800000", "-600000", "-400000", "-200000"]),
        (16, 250, ["50", "100", "150", "200", "250"]),
    ],
)
def test_ticks_at_round_numbers(low, high, labels):
    assert [text for _, text in number_ticks(low, high, is_log=False)] == labels


def test_ticks_of_few_and_of_many_decades():
    assert [text for _, text in number_ticks(0.1, 1.1, is_log=True)] == ["2", "5", "10"]
    assert len(number_ticks(-40, 0, is_log=True)) <= 10


def test_levels_are_evenly_spaced_and_the_better_trials_higher_on_them():
    params = [{"kind": kind, "size": size} for kind in "cba" for size in (8, 16, 64)]
    scores = np.arange(9.0)
    display = draw(found(params, scores))
    assert display.labels[:2] == ["kind", "size"]
    assert display.ticks[0] == [(0.0, "a"), (0.5, "b"), (1.0, "c")]
    assert display.ticks[1] == [(0.0, "8"), (0.5, "16"), (1.0, "64")]
    for column, levels in zip(display.positions.T[:2], ([1, 0.5, 0], [0, 0.5, 1]), strict=True):
        rows = column.reshape(3, 3) if levels[0] else column.reshape(3, 3).T
        np.testing.assert_allclose(rows.mean(axis=1), levels)
        assert (np.diff(rows) > 0).all() and np.ptp(rows, axis=1).max() < 0.1


def test_long_lists_of_shapes_have_some_labels():
    rng = np.random.default_rng(0)
    shapes = [tuple(rng.integers(8, 999, size=rng.integers(1, 4)).tolist()) for _ in range(200)]
    display = draw(found([{"hidden_layer_sizes": each} for each in shapes], rng.random(200)))
    assert len(display.ticks[0]) <= 9
    ordered = sorted(set(shapes), key=lambda shape: (len(shape), shape))
    positions = {shape: row[0] for shape, row in zip(shapes, display.positions, strict=True)}
    placed = [positions[shape] for shape in ordered]
    assert placed == sorted(placed)


def test_numbers_among_other_things_and_what_is_not_set():
    params = [{"x": x} for x in [*np.linspace(1, 2, 21).tolist(), None, "auto", True]]
    params.append({"y": StandardScaler()})
    display = draw(found(params, np.arange(25.0)))
    assert display.positions[24, 0] == BELOW
    np.testing.assert_allclose(display.positions[:24, 1], BELOW, atol=0.05)
    below = {text for place, text in display.ticks[0] if place < 0.15}
    assert below == {"None", "auto", "True", "not set"}
    assert display.positions[:21, 0].min() > 0.15 and display.positions[20, 0] == 1
    assert "StandardScaler()" in texts(display)


def test_constant_parameters_are_left_out_unless_there_is_nothing_else():
    assert draw(found([{"a": 1, "b": 1}, {"a": 2, "b": 1}], [1, 2])).labels[:-1] == ["a"]
    one = draw(found([{"a": 1, "b": (3, 4)}], [0.5]))
    assert one.labels[:-1] == ["a", "b"] and legend(one) == ["best trial"]
    assert one.ticks == [[(0.5, "1")], [(0.5, "(3, 4)")], [(0.5, "0.5")]]


def test_the_best_is_red_and_the_others_are_drawn_in_order():
    scores = [0.3, 0.9, 0.1, 0.5, 0.2]
    display = draw(found([{"x": i} for i in range(5)], scores), cmap="viridis_r")
    order = [path.vertices[0, 1] for path in display.lines_.get_paths()]
    np.testing.assert_allclose(order, [0.5, 1.0, 0.0, 0.75, 0.25])
    assert display.best_.get_ydata().tolist() == [0.25, 1.0]
    assert display.best_.get_linewidth() > 2 and display.lines_.cmap.name == "viridis_r"
    assert legend(display) == ["best trial", "other trials, darker is better"]


def test_pruned_and_failed_trials():
    status = ["complete", "pruned", "failed", "pruned", "complete"]
    scores = [0.5, 0.9, np.nan, np.nan, 0.4]
    display = draw(found([{"x": i} for i in range(5)], scores, status))
    assert display.best == 0
    assert len(display.lines_.get_paths()) == 3
    assert [path.vertices.tolist() for path in display.failed_.get_paths()] == [
        [[0, 0.5]], [[0, 0.75]],
    ]  # fmt: skip
    assert legend(display)[2:] == ["pruned or unfinished: score so far", "2 without a score"]
    failed = draw(found([{"x": i} for i in range(5)], [1, 2, np.nan, 3, 4]))
    assert legend(failed)[-1] == "1 failed"


def test_a_trial_that_diverged_does_not_flatten_the_others():
    scores = [-1e6, 0.5, 0.6, 0.7, 0.8, 0.9]
    display = draw(found([{"x": i} for i in range(6)], scores))
    assert display.positions[0, -1] == 0 and display.positions[1, -1] > 0.2
    assert display.ticks[-1][0][1].startswith("≤ ")


@pytest.mark.parametrize("n_trials", [5, 500])
def test_any_number_of_trials(n_trials):
    rng = np.random.default_rng(0)
    params = [
        {
            "mlpclassifier__alpha": float(10 ** rng.uniform(-6, 1)),
            "mlpclassifier__hidden_layer_sizes": tuple(rng.integers(8, 99, size=2).tolist()),
            "mlpclassifier__activation": str(rng.choice(["relu", "tanh"])),
            "scaler__alpha": rng.random(),
        }
        for _ in range(n_trials)
    ]
    display = draw(found(params, rng.random(n_trials)))
    assert display.labels[0] == "mlpclassifier__alpha" and display.labels[1] == "hidden_layer_sizes"
    assert len(display.lines_.get_paths()) == n_trials
    assert np.all(np.abs(display.positions - 0.5) < 0.6)


def test_a_search_of_ours(iris):
    search = GridSearchNN(SVC(), {"C": [0.1, 1.0, 10.0], "kernel": ["rbf", "linear"]}, cv=3)
    _, ax = matplotlib.pyplot.subplots()
    display = draw(search.fit(*iris), ax=ax)
    assert display.ax_ is ax and display.best == search.best_index_
    assert {"C", "kernel", "mean test score\n(accuracy)", "rbf"} <= set(texts(display))


def test_bad_input():
    with pytest.raises(NotFittedError):
        draw(GridSearchNN(SVC(), {}))
    with pytest.raises(ValueError, match="All 2 trials failed"):
        draw(found([{"x": 1}, {"x": 2}], [np.nan, np.nan]))
    search = found([{"x": 1}, {"x": 2}], [1, 2], mean_test_other=np.array([4.0, 3.0]))
    search.refit = False
    with pytest.raises(ValueError, match="give metric="):
        draw(search)
    assert draw(search, metric="other").best == 0


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"sk_hpt\[plots\]"):
        ParallelCoordinatesDisplay.from_search(found([{"x": 1}, {"x": 2}], [1, 2]))
