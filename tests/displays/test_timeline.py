"""The timeline of the fits."""

import numpy as np
import pytest
from found import found
from joblib import parallel_config
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC

from sk_hpt import GridSearchNN
from sk_hpt.displays import TimelineDisplay


def draw(search, **options):
    display = TimelineDisplay.from_search(search, **options)
    display.figure_.canvas.draw()
    return display


def logged(scores, status, trials, starts, ends, workers):
    search = found([{"a": i} for i in range(len(scores))], scores, status)
    search.fit_log_ = {
        "trial": np.array(trials, dtype=int),
        "fold": np.zeros(len(trials), dtype=int),
        "start": np.array(starts, dtype=float),
        "end": np.array(ends, dtype=float),
        "worker": np.array(workers, dtype=int),
    }
    return search


def test_each_fit_has_a_bar_in_the_row_of_its_worker():
    status = ["complete", "pruned", "complete", "failed"]
    fits = {"trials": [0, 1, 2, 2, 3], "workers": [0, 1, 1, 0, 2]}
    times = {"starts": [0, 0, 2, 2.5, 4], "ends": [2, 2, 10, 3, 11]}
    display = draw(logged([0.5, np.nan, 0.7, np.nan], status, **fits, **times))
    assert list(display.bars_) == ["best trial", "complete", "pruned", "failed"]
    bars = {
        name: [(bar.get_y() + bar.get_height() / 2, bar.get_x(), bar.get_width()) for bar in bars]
        for name, bars in display.bars_.items()
    }
    assert bars == {
        "best trial": [(1, 2, 8), (0, 2.5, 0.5)],
        "complete": [(0, 0, 2)],
        "pruned": [(1, 0, 2)],
        "failed": [(2, 4, 7)],
    }
    ax = display.ax_
    assert ax.get_ylabel() == "worker"
    bottom, top = ax.get_ylim()
    shown = [
        tick.get_text() for tick in ax.get_yticklabels() if top < tick.get_position()[1] < bottom
    ]
    assert shown == ["0", "1", "2"]
    assert ax.get_xlabel() == "time since the search began (seconds)"


@pytest.mark.filterwarnings(f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning")
def test_a_search_that_prunes(iris):
    network = MLPClassifier((4,), max_iter=16, random_state=0)
    space = {"alpha": [1e-4, 0.1, 10.0], "learning_rate_init": [1e-3, 1e-2, 1e-1]}
    search = GridSearchNN(network, space, cv=3, multi_fidelity="halving")
    with parallel_config(backend="threading", n_jobs=2):
        search.fit(*iris)
    display = draw(search, height=0.5)
    for name, column in (("trials", "trial"), ("starts", "start"), ("ends", "end")):
        np.testing.assert_array_equal(getattr(display, name), search.fit_log_[column])
    assert (display.starts >= 0).all() and (display.starts < display.ends).all()
    assert display.ends.max() <= search.finish_times_.max() + 1e-9
    assert set(display.workers) <= {0, 1}
    for worker in (0, 1):
        mine = display.workers == worker
        assert (display.ends[mine][:-1] <= display.starts[mine][1:] + 1e-9).all()
    n_bars = {name: len(bars) for name, bars in display.bars_.items()}
    assert sum(n_bars.values()) == len(display.trials) > 9
    pruned = np.flatnonzero(search.cv_results_["status"] == "pruned")
    assert n_bars["pruned"] == np.isin(display.trials, pruned).sum() > 0
    assert display.bars_["pruned"][0].get_height() == 0.5


def test_bad_input(iris):
    with pytest.raises(ValueError, match="GridSearchCV has no fit_log_. Use a search of sk_hpt"):
        draw(GridSearchCV(SVC(), {"C": [1.0]}).fit(*iris))
    with pytest.raises(ValueError, match="fit_log_ .* at least one fit"):
        draw(logged([0.5], ["complete"], [], [], [], []))
    display = draw(GridSearchNN(SVC(), {"C": [1.0]}).fit(*iris))
    with pytest.raises(ValueError, match="shows a timeline already"):
        display.plot(display.ax_)
