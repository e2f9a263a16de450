"""The plot of the scores on rungs."""

import numpy as np
import pytest
from found import found
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC

from sk_hpt import GridSearchNN
from sk_hpt.displays import RungScoresDisplay
from sk_hpt.fidelity import Halving

nan = np.nan


def draw(search, **options):
    display = RungScoresDisplay.from_search(search, **options)
    display.figure_.canvas.draw()
    return display


def on_rungs(rungs, finals, status, unit="n_epochs"):
    """A search with scores on rungs, one row for each trial."""
    columns = {}
    for level, scores in enumerate(np.transpose(rungs)):
        spent = np.where(np.isfinite(scores), 5.0 * 2**level, nan)
        columns |= {f"rung{level}_{unit}": spent, f"rung{level}_test_score": scores}
    return found([{"a": i} for i in range(len(finals))], finals, status, **columns)


def legend(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def test_each_trial_leads_to_where_it_was_pruned():
    rungs = [[0.5, 0.7], [0.4, nan], [0.6, 0.6], [nan, nan], [0.3, nan]]
    status = ["complete", "pruned", "pruned", "failed", "unfinished"]
    display = draw(on_rungs(rungs, [0.9, nan, 0.65, nan, nan], status))
    assert display.best_.get_xydata().tolist() == [[0, 0.5], [1, 0.7], [2, 0.9]]
    paths = [path.vertices.tolist() for path in display.lines_["pruned"].get_paths()]
    assert paths == [[[0, 0.4]], [[0, 0.6], [1, 0.6], [2, 0.65]]]
    assert display.ends_["pruned"].get_xydata().tolist() == [[0, 0.4], [2, 0.65]]
    assert display.n_pruned.tolist() == [1, 0, 1]
    assert "failed" not in display.lines_  # it has no score
    assert legend(display) == ["best trial", "complete", "pruned", "unfinished"]
    labels = [label.get_text() for label in display.ax_.get_xticklabels()]
    assert labels == ["rung 0\n5 epochs\n1 pruned", "rung 1\n10 epochs", "end\n1 pruned"]


def test_rungs_with_different_amounts_of_another_resource():
    search = on_rungs([[0.5], [0.6]], [0.7, 0.8], ["complete"] * 2, unit="n_resources")
    search.cv_results_["rung0_n_resources"] = np.array([2.0, 3.0])
    assert draw(search).rung_labels == ["rung 0\n2 to 3 of the resource", "end"]


@pytest.mark.filterwarnings(f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning")
def test_a_halving_search_with_several_metrics(iris):
    network = MLPClassifier((4,), max_iter=16, random_state=0)
    space = {"alpha": [1e-4, 0.1, 10.0], "learning_rate_init": [1e-3, 1e-2, 1e-1]}
    halving = Halving(n_rungs=2, min_promoted=1)
    options = {"cv": 3, "scoring": ["neg_log_loss", "accuracy"], "refit": "accuracy"}
    search = GridSearchNN(network, space, multi_fidelity=halving, **options).fit(*iris)
    display = draw(search, linewidths=3)
    np.testing.assert_array_equal(display.scores[:, 0], search.cv_results_["rung0_test_accuracy"])
    assert display.best == search.best_index_ and display.n_pruned[0] == 4
    assert display.n_pruned.sum() == np.sum(search.cv_results_["status"] == "pruned")
    assert display.scores[display.best, -1] == search.best_score_
    assert display.lines_["pruned"].get_linewidths().tolist() == [3]


def test_bad_input(iris):
    with pytest.raises(ValueError, match="GridSearchNN has no scores on rungs.*'halving'"):
        draw(GridSearchNN(SVC(), {"C": [1.0]}).fit(*iris))
    display = draw(on_rungs([[0.5], [0.6]], [0.7, 0.8], ["complete"] * 2))
    with pytest.raises(ValueError, match="shows the scores on rungs already"):
        display.plot(display.ax_)
