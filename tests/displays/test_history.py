"""The plot of the optimization history."""

import sys

import numpy as np
import pytest
from sklearn.exceptions import FitFailedWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

from sk_hpt import GridSearchNN
from sk_hpt.displays import OptimizationHistoryDisplay

COMPLETE, INCOMPLETE = "trial", "incomplete: mean of the scored folds"
ON_RUNG = "incomplete: score on the highest rung"
NO_SCORE, FAILED = "pruned or unfinished, without a score", "failed"


class Found(GridSearchNN):
    """A search whose results are given, with a row of fold scores for each trial."""

    def __init__(self, folds, status=None, times=None, refit=True, **metrics):
        self.folds, self.status, self.times, self.refit = folds, status, times, refit
        self.estimator, self.scoring, self.metrics = SVC(), None, metrics

    def find(self):
        columns = {"score": self.folds, **self.metrics}
        if self.metrics:
            del columns["score"]
        self.cv_results_ = {"params": [{"C": i} for i in range(len(self.folds))]}
        for metric, rows in columns.items():
            folds = np.array(rows, dtype=float)
            for i in range(folds.shape[1]):
                self.cv_results_[f"split{i}_test_{metric}"] = folds[:, i]
            self.cv_results_[f"mean_test_{metric}"] = folds.mean(axis=1)
        if self.status is not None:
            self.cv_results_["status"] = np.array(self.status, dtype=object)
        self.finish_times_ = np.array(self.times or np.arange(1.0, len(self.folds) + 1))
        return self


def found(*args, **kwargs):
    return Found(*args, **kwargs).find()


def draw(search, **options):
    display = OptimizationHistoryDisplay.from_search(search, **options)
    display.figure_.canvas.draw()
    return display


def legend(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def is_blank(display):
    return np.ptp(np.asarray(display.figure_.canvas.buffer_rgba())[..., :3]) == 0


def test_best_so_far_rises_at_each_better_trial():
    display = draw(found([[0.2, 0.4], [0.1, 0.1], [0.5, 0.7], [0.4, 0.6]]))
    np.testing.assert_allclose(display.scores, [0.3, 0.1, 0.6, 0.5])
    np.testing.assert_allclose(display.best, [0.3, 0.3, 0.6, 0.6])
    assert display.positions.tolist() == [1, 2, 3, 4]
    assert display.ax_.get_xlabel() == "trial"
    assert display.ax_.get_ylabel() == "mean test score (accuracy)"
    assert legend(display) == ["best so far", "trial"] and not is_blank(display)


def test_over_time_trials_are_at_their_finish_times():
    display = draw(found([[0.2], [0.5], [0.4], [0.9]], times=[30.0, 50.0, 20.0, 50.0]), over="time")
    np.testing.assert_array_equal(display.best, [0.4, 0.9, 0.4, 0.9])
    x, y = display.line_.get_data()
    assert list(x) == [20, 30, 50, 50] and list(y) == [0.4, 0.4, 0.9, 0.9]
    assert display.ax_.get_xlabel() == "time since the search began (seconds)"


@pytest.mark.parametrize(
    "longest, unit, tick",
    [(0.25, "milliseconds", "50"), (90.0, "seconds", "20"), (3600.0, "minutes", "10"),
     (40000.0, "hours", "2")],
)  # fmt: skip
def test_time_has_a_unit_that_suits_its_length(longest, unit, tick):
    display = draw(found([[0.2], [0.5]], times=[0.1, longest]), over="time")
    assert unit in display.ax_.get_xlabel()
    labels = [label.get_text() for label in display.ax_.get_xticklabels()]
    assert tick in labels, labels


def test_pruned_and_failed_trials_have_their_own_markers():
    nan = np.nan
    rows = [[0.6, 0.8], [0.9, nan], [nan, nan], [nan, nan], [0.5, 0.5]]
    status = ["complete", "pruned", "pruned", "failed", "unfinished"]
    display = draw(found(rows, status))
    assert {mark: line.get_xdata().tolist() for mark, line in display.trials_.items()} == {
        COMPLETE: [1], INCOMPLETE: [2, 5], NO_SCORE: [3], FAILED: [4],
    }  # fmt: skip
    # a pruned trial with a better score, of fewer folds, is not the best
    np.testing.assert_allclose(display.scores[[1, 4]], [0.9, 0.5])
    np.testing.assert_allclose(display.best, [0.7] * 5)
    assert legend(display) == ["best so far", COMPLETE, INCOMPLETE, NO_SCORE, FAILED]


def test_before_the_first_complete_trial_there_is_no_best():
    display = draw(found([[np.nan], [0.5], [0.4]], ["pruned", "complete", "complete"]))
    np.testing.assert_array_equal(display.best, [np.nan, 0.5, 0.5])
    assert display.line_.get_xdata().tolist() == [2, 3]


def test_several_searches_on_the_same_axes():
    one = draw(found([[0.1], [np.nan]]), name="grid")
    two = draw(found([[0.2], [np.nan]]), name="random", ax=one.ax_)
    three = draw(found([[0.3], [0.4]]), ax=one.ax_, color="black", linewidth=1)
    assert two.ax_ is one.ax_ and three.line_.get_color() == "black"
    assert len({each.line_.get_color() for each in (one, two, three)}) == 3
    assert legend(one) == [
        "grid: best so far", "random: best so far", "best so far", "trial", "failed",
    ]  # fmt: skip
    # the markers of failed trials of two searches do not hide each other
    assert one.trials_[FAILED].get_ydata() != two.trials_[FAILED].get_ydata()
    # a colour that is in use is not given to another search, and is free again without its line
    four = draw(found([[0.3], [0.4]]), ax=one.ax_, color="#009e73")
    assert draw(found([[0.1]]), ax=one.ax_).line_.get_color() not in ("#009e73", "black")
    four.line_.remove()
    assert draw(found([[0.1]]), ax=one.ax_).line_.get_color() == "#009e73"
    assert one.plot().line_.get_label() == "grid: best so far" and one.ax_ is not two.ax_


def test_pruned_trials_show_their_scores_on_rungs():
    nan = np.nan
    search = found([[0.6, 0.8], [nan, nan], [nan, nan], [nan, nan], [0.7, nan]],
                   ["complete", "pruned", "pruned", "failed", "pruned"])  # fmt: skip
    search.cv_results_ |= {
        "rung0_test_score": np.array([0.3, 0.2, 0.1, 0.2, 0.3]),
        "rung1_test_score": np.array([0.4, 0.5, nan, 0.2, 0.4]),
    }
    display = draw(search)
    assert display.trials_[ON_RUNG].get_xydata().tolist() == [[2, 0.5], [3, 0.1]]
    np.testing.assert_array_equal(display.rung_scores, [nan, 0.5, 0.1, nan, nan])
    assert NO_SCORE not in display.trials_ and legend(display)[-1] == "1 trial is below the plot"
    np.testing.assert_allclose(display.best, 0.7)


def test_every_trial_is_visible():
    """Two of five trials are much worse; arrows stand for one that is below the plot."""
    two = draw(found([[0.95], [0.94], [0.95], [0.3], [0.2]]))
    assert two.ax_.get_ylim()[0] < 0.2 and legend(two) == ["best so far", "trial"]
    one = draw(found([[0.95], [0.94], [0.95], [0.94], [0.2]]))
    assert one.ax_.get_ylim()[0] > 0.9 and legend(one)[-1] == "1 trial is below the plot"
    arrows = [line for line in one.ax_.lines if line.get_gid() == "below the plot"]
    assert [line.get_xdata().tolist() for line in arrows] == [[5]]
    # the line does not cover the trials on it
    assert one.trials_[COMPLETE].get_zorder() > one.line_.get_zorder()
    # on the axes with another search, whose trials are worse, none is below
    draw(found([[0.2], [0.3], [0.25]]), ax=one.ax_)
    assert not [line for line in one.ax_.lines if line.get_gid() == "below the plot"]


def test_histories_share_axes_only_if_these_mean_the_same():
    search = found([[0.2], [0.4]])
    display = draw(search)
    with pytest.raises(ValueError, match="shows the history over trials of the mean test score .*"
                       "and the history over time"):  # fmt: skip
        draw(search, over="time", ax=display.ax_)
    search.scoring = "recall"
    with pytest.raises(ValueError, match=r"history over trials of the mean test score \(recall\) "
                       "cannot be drawn over it"):  # fmt: skip
        draw(search, ax=display.ax_)
    assert len(display.ax_.lines) == 2  # nothing was drawn
    display.ax_.clear()
    assert draw(search, over="time", ax=display.ax_).ax_ is display.ax_


def test_several_searches_by_name():
    searches = {"grid": found([[0.1], [0.3]]), "random": found([[0.2], [0.1]], times=[9.0, 4.0])}
    display = OptimizationHistoryDisplay.from_searches(searches, over="time", linewidth=3)
    (other,) = display.others
    assert other.ax_ is display.ax_ and other.positions.tolist() == [9, 4]
    assert legend(display) == ["grid: best so far", "random: best so far", "trial"]
    assert display.line_.get_color() != other.line_.get_color()
    assert display.line_.get_linewidth() == other.line_.get_linewidth() == 3
    again = display.plot()
    assert again.ax_ is other.ax_ and len(again.ax_.get_legend().get_texts()) == 3


def test_searches_that_cannot_be_compared():
    one, two = found([[0.1], [0.3]]), found([[0.2]])
    two.scoring = "recall"
    with pytest.raises(
        ValueError, match=r"searches=\['a', 'b'\] must have scores of the same metric"
    ):
        OptimizationHistoryDisplay.from_searches({"a": one, "b": two})
    with pytest.raises(ValueError, match="searches={} must have at least one"):
        OptimizationHistoryDisplay.from_searches({})
    with pytest.raises(TypeError, match="must be a dict of fitted searches by their names"):
        OptimizationHistoryDisplay.from_searches([one])


def test_a_few_poor_trials_do_not_take_up_the_vertical_axis():
    scores = [[-1e6], [-1e5], *([-1.0 - i / 20] for i in range(20))]
    display = draw(found(scores))
    assert display.ax_.get_ylim()[0] > -4 and "2 trials are below the plot" in legend(display)
    everything = draw(found([[0.88], [0.5], [0.1], [0.1]]))
    assert everything.ax_.get_ylim()[0] < 0.1


@pytest.mark.parametrize("n_trials", [1, 5, 500])
def test_any_number_of_trials(n_trials):
    rng = np.random.default_rng(0)
    status = rng.choice(["complete", "pruned", "failed"], n_trials)
    status[0] = "complete"
    scores = np.where(status == "complete", rng.random(n_trials), np.nan)
    display = draw(found(scores[:, np.newaxis], list(status)))
    assert sum(len(line.get_xdata()) for line in display.trials_.values()) == n_trials
    assert not is_blank(display)


def test_the_deciding_metric_or_another_one():
    metrics = {"f": [[0.1], [0.3]], "g": [[0.9], [0.7]]}
    rows = [[0.0], [0.0]]
    assert draw(found(rows, refit="f", **metrics)).scores.tolist() == [0.1, 0.3]
    assert draw(found(rows, refit="f", **metrics), metric="g").scores.tolist() == [0.9, 0.7]
    with pytest.raises(ValueError, match=r"metric=None must be one of \['f', 'g'\]"):
        draw(found(rows, refit=False, **metrics))
    with pytest.raises(ValueError, match="metric='h' must be one of"):
        draw(found(rows, refit="f", **metrics), metric="h")


def test_searches_of_sk_hpt_and_scikit_learn(iris):
    theirs = GridSearchCV(SVC(), {"C": [0.1, 1.0, -1.0]}, cv=3)
    ours = GridSearchNN(SVC(), {"C": [0.1, 1.0, -1.0]}, cv=3)
    for search in (theirs, ours):
        with pytest.warns((UserWarning, FitFailedWarning)):
            search.fit(*iris)
    one, other = draw(theirs), draw(ours)
    np.testing.assert_array_equal(one.best, other.best)
    assert one.trials_[FAILED].get_xdata().tolist() == [3]
    assert draw(ours, over="time").positions.tolist() == ours.finish_times_.tolist()
    with pytest.raises(ValueError, match="over='time' must be 'trials' for GridSearchCV"):
        draw(theirs, over="time")


def test_without_a_complete_trial_all_scores_are_shown():
    display = draw(found([[0.9], [0.1], [-5.0]], ["pruned", "unfinished", "pruned"]))
    assert np.isnan(display.best).all() and display.ax_.get_ylim()[0] < -5


def test_bad_input(iris):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        draw(GridSearchNN(SVC(), {"C": [1.0]}))
    with pytest.raises(ValueError, match=r"No trial of this search has a score \(0 of 2\)"):
        draw(found([[np.nan], [np.nan]]))
    with pytest.raises(ValueError, match="over='epochs' must be 'trials' or 'time'"):
        draw(found([[0.1]]), over="epochs")


def test_without_matplotlib(monkeypatch):
    for module in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=r"pip install \"sk_hpt\[plots\]\""):
        OptimizationHistoryDisplay.from_search(found([[0.1]]))
