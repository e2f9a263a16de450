"""The plot of the distribution of scores."""

import numpy as np
import pytest
from found import found
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

from sk_hpt import GridSearchNN
from sk_hpt.displays import OptimizationHistoryDisplay, ScoreDistributionDisplay


def searched(scores, status=None):
    return found([{"a": i} for i in range(len(scores))], scores, status)


def legend(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def test_each_score_has_the_share_of_trials_up_to_it():
    display = ScoreDistributionDisplay.from_search(searched([0.4, 0.1, 0.3, 0.3]))
    assert display.scores.tolist() == [0.1, 0.3, 0.3, 0.4]
    assert display.shares.tolist() == [0.25, 0.75, 0.75, 1.0]
    assert display.line_.get_xydata()[0].tolist() == [0.1, 0.0]
    assert display.ax_.get_xlabel() == "mean test score (accuracy)"
    assert legend(display) == ["4 trials"]


def test_only_complete_trials_count():
    status = ["complete", "pruned", "failed", "complete"]
    display = ScoreDistributionDisplay.from_search(searched([0.4, 0.9, np.nan, 0.3], status))
    assert display.scores.tolist() == [0.3, 0.4] and display.n_trials == 4
    assert legend(display) == ["2 complete of 4 trials"]


def test_several_searches_by_name(iris):
    grid = {"C": [0.1, 1.0]}
    searches = {
        "ours": GridSearchNN(SVC(), grid).fit(*iris),
        "theirs": GridSearchCV(SVC(), grid).fit(*iris),
    }
    display = ScoreDistributionDisplay.from_searches(searches, linewidth=3)
    (other,) = display.others
    assert legend(display) == ["ours: 2 trials", "theirs: 2 trials"]
    np.testing.assert_array_equal(display.scores, other.scores)
    assert display.line_.get_color() != other.line_.get_color() and other.ax_ is display.ax_
    assert other.line_.get_linewidth() == 3


def test_a_few_poor_trials_do_not_take_up_the_axis():
    display = ScoreDistributionDisplay.from_search(searched([-1e6, *np.linspace(0.5, 0.9, 20)]))
    assert 0 < display.ax_.get_xlim()[0] < 0.5
    worse = ScoreDistributionDisplay.from_search(searched([0.1, 0.2]), ax=display.ax_)
    assert worse.ax_.get_xlim()[0] < 0.1


def test_bad_input():
    with pytest.raises(ValueError, match=r"No trial of this search is complete \(0 of 2\)"):
        ScoreDistributionDisplay.from_search(searched([0.5, 0.4], ["pruned"] * 2))
    other = searched([0.5])
    other.scoring = "recall"
    with pytest.raises(ValueError, match="must have scores of the same metric"):
        ScoreDistributionDisplay.from_searches({"a": searched([0.4]), "b": other})
    history = OptimizationHistoryDisplay.from_search(searched([0.4]))
    with pytest.raises(ValueError, match="shows the history over trials"):
        ScoreDistributionDisplay.from_search(searched([0.4]), ax=history.ax_)
