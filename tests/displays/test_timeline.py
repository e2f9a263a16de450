"""The timeline of the trials."""

import numpy as np
import pytest
from found import found
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC

from sk_hpt import GridSearchNN
from sk_hpt.displays import TimelineDisplay
from sk_hpt.displays._timeline_data import rows_without_overlap


def draw(search, **options):
    display = TimelineDisplay.from_search(search, **options)
    display.figure_.canvas.draw()
    return display


def timed(scores, times, ends, status):
    times = np.array(times, dtype=float)
    search = found(
        [{"a": i} for i in range(len(scores))],
        scores,
        status,
        mean_fit_time=times,
        mean_score_time=times * 0,
    )
    search.cv_results_["split1_test_score"] = np.array(scores, dtype=float)
    search.finish_times_ = np.array(ends, dtype=float)
    return search


def test_rows_are_as_few_as_possible_and_do_not_overlap():
    assert rows_without_overlap(np.array([0.0, 1, 2, 2]), np.array([2.0, 3, 4, 5])).tolist() == [
        *(0, 1, 0, 2)
    ]
    rng = np.random.default_rng(0)
    starts = rng.random(50)
    ends = starts + rng.random(50) / 5
    rows = rows_without_overlap(starts, ends)
    for row in np.unique(rows):
        mine = np.flatnonzero(rows == row)[np.argsort(starts[rows == row])]
        assert (ends[mine][:-1] <= starts[mine][1:]).all()
    most = max(np.sum((starts <= t) & (t < ends)) for t in starts)
    assert rows.max() + 1 == most


def test_bars_end_with_the_last_fit_and_are_as_long_as_all_fits():
    status = ["complete", "pruned", "complete", "failed"]
    display = draw(timed([0.5, np.nan, 0.7, np.nan], [1, 2, 3, 1], [2, 4, 10, 11], status))
    assert display.starts.tolist() == [0, 2, 4, 10] and display.ends.tolist() == [2, 4, 10, 11]
    assert display.rows.tolist() == [0, 0, 0, 0]
    assert list(display.bars_) == ["best trial", "complete", "pruned", "failed"]
    (best,) = display.bars_["best trial"]
    assert (best.get_x(), best.get_width()) == (4, 6)
    assert "not workers" in display.ax_.get_ylabel()
    assert display.ax_.get_xlabel() == "time since the search began (seconds)"


@pytest.mark.filterwarnings(f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning")
def test_a_search_that_prunes(iris):
    network = MLPClassifier((4,), max_iter=16, random_state=0)
    space = {"alpha": [1e-4, 0.1, 10.0], "learning_rate_init": [1e-3, 1e-2, 1e-1]}
    search = GridSearchNN(network, space, cv=3, multi_fidelity="halving").fit(*iris)
    display = draw(search, height=0.5)
    np.testing.assert_array_equal(display.ends, search.finish_times_)
    assert (display.starts >= 0).all() and (display.starts < display.ends).all()
    n_bars = {name: len(bars) for name, bars in display.bars_.items()}
    assert sum(n_bars.values()) == 9
    assert n_bars["pruned"] == np.sum(search.cv_results_["status"] == "pruned")
    assert display.bars_["pruned"][0].get_height() == 0.5


def test_bad_input(iris):
    with pytest.raises(ValueError, match="GridSearchCV has no finish_times_"):
        draw(GridSearchCV(SVC(), {"C": [1.0]}).fit(*iris))
    display = draw(GridSearchNN(SVC(), {"C": [1.0]}).fit(*iris))
    with pytest.raises(ValueError, match="shows a timeline already"):
        display.plot(display.ax_)
