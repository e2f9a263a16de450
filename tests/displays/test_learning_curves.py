"""The plot of the learning curves."""

import sys

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sk_hpt import GridSearchNN, RandomSearchNN
from sk_hpt.displays import LearningCurvesDisplay
from sk_hpt.displays._learning_curves_data import mean_curve
from sk_hpt.fidelity import Halving

pyplot = pytest.importorskip("matplotlib.pyplot")

pytestmark = pytest.mark.filterwarnings(
    f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning"
)
NETWORK = MLPClassifier((4,), max_iter=16, random_state=0)
SPACE = {"alpha": [1e-4, 0.1, 10.0], "learning_rate_init": [1e-3, 1e-2, 1e-1]}
STOPPED, FAILED = "pruned or unfinished", "failed"


def rendered(display):
    display.figure_.canvas.draw()
    assert np.ptp(np.asarray(display.figure_.canvas.buffer_rgba())[..., :3]) > 0
    return display


def draw(search, **options):
    return rendered(LearningCurvesDisplay.from_search(search, **options))


def made(losses, scores=None, status=None, validation=None):
    n_trials = len(losses)
    scores = np.arange(n_trials, dtype=float) if scores is None else np.array(scores)
    return LearningCurvesDisplay(
        losses=[None if each is None else np.array(each, dtype=float) for each in losses],
        validation=validation or [None] * n_trials,
        scores=scores,
        status=np.array(status or ["complete"] * n_trials, dtype=object),
        labels=[f"trial {i}" for i in range(n_trials)],
    )


def legend(display):
    ax = display.axes_[0]
    found = ax.get_legend() or display.figure_.legends[0]
    return [text.get_text() for text in found.get_texts()]


def test_the_best_stand_out_and_the_others_end_where_they_were_stopped():
    losses = [[3, 2, 1], [3, 2], [4, 4, 3], [5], None]
    scores = [0.5, np.nan, 0.9, np.nan, 0.95]
    status = ["complete", "pruned", "complete", "failed", "complete"]
    display = rendered(made(losses, scores, status).plot(n_best=1))
    assert display.best_ == [2]
    assert display.lines_[0][0].get_ydata().tolist() == [4, 4, 3]
    assert display.lines_[0][0].get_xdata().tolist() == [1, 2, 3]
    assert len(display.others_[0].get_paths()) == 3
    assert {mark: line.get_xydata().tolist() for mark, line in display.ends_[0].items()} == {
        STOPPED: [[2, 2]], FAILED: [[1, 5]],
    }  # fmt: skip
    assert legend(display) == ["0.9: trial 2", STOPPED, FAILED, "3 other trials"]
    assert display.axes_[0].get_yscale() == "linear"


def test_the_best_is_on_top():
    display = made([[3, 2], [3, 1]]).plot()
    best, next_best = display.lines_[0]
    drawn = display.axes_[0].lines
    assert list(drawn).index(best) > list(drawn).index(next_best)
    assert best.get_ydata().tolist() == [3, 1] and display.best_ == [1, 0]


@pytest.mark.parametrize("early_stopping", [False, True])
def test_validation_scores_have_their_own_panel(iris, early_stopping):
    network = MLPClassifier((4,), max_iter=9, early_stopping=early_stopping, random_state=0)
    search = GridSearchNN(
        make_pipeline(StandardScaler(), network), {"mlpclassifier__alpha": [1, 2]}
    )
    display = draw(search.fit(*iris))
    names = [ax.get_ylabel() for ax in display.axes_]
    assert names == ["training loss", "validation accuracy"][: 1 + early_stopping]
    assert legend(display)[0].endswith("alpha=1") or legend(display)[0].endswith("alpha=2")
    if early_stopping:
        curves = [curve.validation for curve in search.learning_curves_[search.best_index_]]
        expected = mean_curve(curves)
        np.testing.assert_array_equal(display.lines_[1][0].get_ydata(), expected)
        _, axes = pyplot.subplots(1, 2)
        assert draw(search, ax=axes).axes_ == list(axes)
        _, ax = pyplot.subplots()
        assert draw(search, ax=ax).axes_ == [ax]


def test_a_regressor(iris):
    network = MLPRegressor(hidden_layer_sizes=(4,), max_iter=9, early_stopping=True, random_state=0)
    X, y = iris
    display = draw(GridSearchNN(network, {"alpha": [1.0, 2.0]}, cv=3).fit(X, y * 1.0))
    assert display.axes_[1].get_ylabel() == "validation R²"


def test_a_search_that_prunes(iris):
    fidelity = Halving(n_folds=2, min_promoted=1)
    options = {"n_iter": 9, "cv": 3, "multi_fidelity": fidelity, "random_state": 0}
    search = RandomSearchNN(NETWORK, SPACE, **options).fit(*iris)
    display = draw(search, linewidth=3)
    status = search.cv_results_["status"]
    assert display.best_[0] == search.best_index_
    assert set(status[display.best_]) == {"complete"}
    ends = display.ends_[0][STOPPED].get_xdata()
    assert sorted(ends) == sorted(
        len(display.losses[row]) for row in np.flatnonzero(status == "pruned")
    )
    assert display.lines_[0][0].get_linewidth() == 3


@pytest.mark.parametrize("n_trials", [1, 5, 500])
def test_any_number_of_trials(n_trials):
    rng = np.random.default_rng(0)
    losses = [np.geomspace(2, rng.uniform(1e-3, 1), rng.integers(2, 30)) for _ in range(n_trials)]
    display = rendered(made(losses).plot())
    assert len(display.best_) == min(n_trials, 3)
    assert len(display.others_[0].get_paths()) == max(n_trials - 3, 0)


def test_the_axis_ends_before_losses_that_diverge():
    losses = [[2.0, 0.1]] * 5 + [[2.0, 1e30, np.inf]]
    display = rendered(made(losses, scores=[*range(5), np.nan]).plot())
    assert display.axes_[0].get_ylim()[1] == 10.0 and display.axes_[0].get_yscale() == "log"


def test_bad_input(iris):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        draw(GridSearchNN(NETWORK, SPACE))
    with pytest.raises(ValueError, match="No trial of this search has a learning curve"):
        draw(GridSearchNN(SVC(), {"C": [1.0]}).fit(*iris))
    with pytest.raises(ValueError, match="GridSearchCV has no learning_curves_"):
        draw(GridSearchCV(SVC(), {"C": [1.0]}).fit(*iris))
    search = GridSearchNN(NETWORK, {"alpha": [0.1, 1.0]}, scoring=["accuracy", "roc_auc_ovr"])
    with pytest.raises(ValueError, match="metric=None must be one of"):
        draw(search.set_params(refit=False).fit(*iris))
    search.cv_results_["mean_test_accuracy"][:] = np.nan
    with pytest.raises(ValueError, match=r"No trial of this search has a score \(0 of 2\)"):
        draw(search, metric="accuracy")


def test_without_matplotlib(monkeypatch):
    for module in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=r"pip install \"sk_hpt\[plots\]\""):
        made([[1.0]]).plot()
