"""The plot of the trials against each parameter."""

import numpy as np
import pytest
from found import found
from matplotlib import pyplot
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

from sk_hpt import GridSearchNN
from sk_hpt.displays import TrialSlicesDisplay

COMPLETE, FAILED = "trial", "failed"
ON_RUNG = "incomplete: score on the highest rung"


def draw(search, **options):
    display = TrialSlicesDisplay.from_search(search, **options)
    display.figure_.canvas.draw()
    return display


def legend(display):
    return [text.get_text() for text in display.figure_.legends[0].get_texts()]


def test_numbers_and_choices():
    params = [{"a": a, "kind": kind} for a in (1, 2, 5) for kind in ("q", "p")]
    display = draw(found(params, range(6)))
    numbers, choices = display.slices
    assert numbers.x.tolist() == [1, 1, 2, 2, 5, 5] and numbers.choices is None
    assert choices.choices == ["p", "q"]
    np.testing.assert_allclose(choices.x, [0.75, -0.25, 1.0, 0.0, 1.25, 0.25])
    assert display.best == 5
    points = display.trials_[0][COMPLETE].get_xydata().tolist()
    assert points == [[1, 0], [1, 1], [2, 2], [2, 3], [5, 4], [5, 5]]
    assert legend(display) == ["best trial", "trial"]
    assert [ax.get_xlabel() for ax in display.axes_] == ["a", "kind"]
    assert display.figure_.get_supylabel() == "mean test score (accuracy)"


def test_a_logarithmic_axis_and_many_choices():
    params = [{"rate": 10.0 ** (i % 5), "shape": (i, i + 1)} for i in range(1, 21)]
    rate, shape = (display := draw(found(params, range(20)))).slices
    assert rate.is_log and display.axes_[0].get_xscale() == "log"
    assert len(shape.choices) == 20 and sum(map(bool, shape.choices)) == 7


def test_trials_that_lack_a_parameter_are_not_on_its_axis():
    params = [{"a": i, **({"b": 0.1 * i} if i % 2 else {})} for i in range(6)]
    display = draw(found(params, range(6)))
    np.testing.assert_allclose(display.slices[1].x, [np.nan, 0.1, np.nan, 0.3, np.nan, 0.5])
    assert len(display.trials_[1][COMPLETE].get_xdata()) == 3


def test_pruned_and_failed_trials():
    status = ["complete", "pruned", "failed", "complete"]
    rungs = {"rung0_test_score": np.array([0.1, 0.2, np.nan, 0.3])}
    search = found([{"a": a} for a in range(4)], [0.6, np.nan, np.nan, 0.4], status, **rungs)
    display = draw(search, color="black")
    assert display.trials_[0][ON_RUNG].get_xydata().tolist() == [[1, 0.2]]
    assert display.trials_[0][FAILED].get_xdata().tolist() == [2]
    assert display.trials_[0][COMPLETE].get_color() == "black"


def test_all_panels_have_the_same_limits():
    params = [{"a": i, **({"b": i} if i < 3 else {})} for i in range(20)]
    display = draw(found(params, [0.9, 0.91, 0.92, *np.linspace(0.8, 0.9, 16), -1e6]))
    assert display.axes_[0].get_ylim() == display.axes_[1].get_ylim()
    assert display.axes_[0].get_ylim()[0] > 0.5
    assert legend(display)[-1] == "1 trial is below the plot"


@pytest.mark.parametrize("search_class", [GridSearchNN, GridSearchCV])
def test_some_parameters_on_given_axes(search_class, iris):
    search = search_class(SVC(), {"C": [0.1, 1.0], "gamma": [0.1, 1.0]}).fit(*iris)
    _, ax = pyplot.subplots()
    display = draw(search, parameters=["gamma"], ax=ax)
    assert display.axes_ == [ax] and ax.get_ylabel() == "mean test score (accuracy)"
    np.testing.assert_array_equal(display.scores, search.cv_results_["mean_test_score"])
    with pytest.raises(ValueError, match="shows slices of trials already"):
        draw(search, parameters=["gamma"], ax=ax)
    with pytest.raises(
        ValueError, match=r"parameters=\['degree'\] must be among .* 'degree' is not"
    ):
        draw(search, parameters=["degree"])
    with pytest.raises(ValueError, match="ax has 1 axes, and must have 2"):
        draw(search, ax=pyplot.subplots()[1])
