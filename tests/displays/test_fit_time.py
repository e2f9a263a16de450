"""The plot of scores against fit times."""

import numpy as np
import pytest
from found import found
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

from sk_hpt import GridSearchNN
from sk_hpt.displays import FitTimeDisplay

COMPLETE, ON_RUNG = "trial", "incomplete: score on the highest rung"


def timed(scores, times, status=None, **columns):
    params = [{"a": i} for i in range(len(scores))]
    return found(params, scores, status, mean_fit_time=np.array(times), **columns)


def draw(search, **options):
    display = FitTimeDisplay.from_search(search, **options)
    display.figure_.canvas.draw()
    return display


def legend(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def test_the_line_is_the_best_score_up_to_a_fit_time():
    display = draw(timed([0.7, 0.5, 0.6, 0.9], [3.0, 1.0, 4.0, 5.0]))
    assert display.line_.get_xydata().tolist() == [[1, 0.5], [3, 0.7], [4, 0.7], [5, 0.9]]
    assert display.trials_[COMPLETE].get_xdata().tolist() == [3, 1, 4, 5]
    assert display.ax_.get_xlabel() == "mean fit time (seconds)"
    assert display.ax_.get_xscale() == "linear"
    assert legend(display) == ["best with at most this fit time", "trial"]


def test_times_of_different_magnitude_have_a_logarithmic_axis():
    display = draw(timed([0.7, 0.5, 0.6], [0.01, 10.0, 1.0]), color="black")
    assert display.ax_.get_xscale() == "log"
    assert display.trials_[COMPLETE].get_color() == display.line_.get_color() == "black"


def test_pruned_trials_are_not_the_best():
    rungs = {"rung0_test_score": np.array([0.1, 0.95])}
    display = draw(timed([0.7, np.nan], [2.0, 1.0], ["complete", "pruned"], **rungs))
    np.testing.assert_array_equal(display.best, [0.7, np.nan])
    assert display.trials_[ON_RUNG].get_xydata().tolist() == [[1, 0.95]]


@pytest.mark.parametrize("search_class", [GridSearchNN, GridSearchCV])
def test_searches(search_class, iris):
    search = search_class(SVC(), {"C": [0.1, 1.0]}).fit(*iris)
    display = draw(search)
    np.testing.assert_array_equal(display.fit_times, search.cv_results_["mean_fit_time"])
    with pytest.raises(ValueError, match="shows scores against fit times already"):
        draw(search, ax=display.ax_)
