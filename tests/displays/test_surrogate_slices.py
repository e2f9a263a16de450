"""The plot of the surrogate along each parameter."""

import sys

import numpy as np
import pytest
from scipy.stats import loguniform
from sklearn.exceptions import FitFailedWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sk_hpt import BayesSearchNN
from sk_hpt.displays import SurrogateSliceDisplay
from sk_hpt.space import HiddenLayers, Integer, Real

pyplot = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(scope="module")
def search(iris):
    space = {
        "svc__C": Real(0.01, 100.0, log=True),
        "svc__kernel": ["rbf", "poly", None],
        "svc__degree": Integer(1, 4),
        "svc__coef0": [0.0],
        "standardscaler": [StandardScaler(), "passthrough"],
    }
    model = make_pipeline(StandardScaler(), SVC())
    search = BayesSearchNN(model, space, n_iter=12, cv=3, random_state=1)
    # SVC(kernel=None) fails.
    with (
        pytest.warns(FitFailedWarning),
        pytest.warns(UserWarning, match="non-finite"),
        pytest.warns(UserWarning, match="refuses svc__kernel=None"),
    ):
        return search.fit(*iris)


def draw(search, **options):
    display = SurrogateSliceDisplay.from_search(search, **options)
    display.figure_.canvas.draw()
    assert np.ptp(np.asarray(display.figure_.canvas.buffer_rgba())[..., :3]) > 0
    return display


def by_label(display):
    return {each.label: each for each in display.slices}


def test_slices_equal_the_predictions_of_the_surrogate(search):
    slices = by_label(draw(search))
    assert set(slices) == {"C", "kernel", "degree", "standardscaler"}  # coef0 may not vary
    best, numbers, kernels = search.best_params_, slices["C"], slices["kernel"]
    assert numbers.is_log and numbers.choices is None and numbers.best_x == best["svc__C"]
    assert numbers.x[0] == pytest.approx(0.01) and numbers.x[-1] == pytest.approx(100)
    mean, std = search.surrogate_.predict([{**best, "svc__C": x} for x in numbers.x])
    np.testing.assert_array_equal(numbers.mean, mean)
    np.testing.assert_array_equal(numbers.std, std)
    assert kernels.choices == ["rbf", "poly", "None"]
    expected = search.surrogate_.predict(
        [{**best, "svc__kernel": kernel} for kernel in ("rbf", "poly", None)]
    )
    np.testing.assert_array_equal([kernels.mean, kernels.std], expected)
    assert kernels.choices[int(kernels.best_x)] == best["svc__kernel"]
    assert slices["degree"].x.tolist() == [1, 2, 3, 4]
    at_best = numbers.mean[list(numbers.x).index(numbers.best_x)]
    assert at_best == pytest.approx(search.best_score_, abs=0.05)


def test_trials_are_at_their_values(search):
    slices = by_label(draw(search))
    scores = search.cv_results_["mean_test_score"]
    rows = np.flatnonzero(np.isfinite(scores))
    assert 0 < len(rows) < len(scores)  # some failed
    params = [search.cv_results_["params"][row] for row in rows]
    np.testing.assert_array_equal(slices["C"].trials_x, [each["svc__C"] for each in params])
    for each in slices.values():
        np.testing.assert_array_equal(each.trials_y, scores[rows])
    scaler = slices["standardscaler"]
    steps = [scaler.choices[int(x)] for x in scaler.trials_x]
    assert steps == [str(each["standardscaler"]) for each in params]


def test_axes_and_labels(search):
    display = draw(search, color="black")
    assert [ax.get_xlabel() for ax in display.axes_] == [each.label for each in display.slices]
    assert display.figure_.get_supylabel() == "mean test score (accuracy)"
    panel = display.axes_[list(by_label(display)).index("C")]
    assert panel.get_xscale() == "log" and len(display.bands_) == len(display.lines_) == 4
    assert display.lines_[0].get_color() == "black"
    texts = {text.get_text() for text in display.figure_.legends[0].get_texts()}
    assert {"expected score", "± 2 standard deviations", "best trial", "trials"} <= texts


def test_some_parameters_on_given_axes(search):
    _, axes = pyplot.subplots(1, 3)
    display = draw(search, parameters=["degree", "svc__C"], ax=axes[:2])
    assert [each.label for each in display.slices] == ["degree", "C"]
    assert display.axes_ == list(axes[:2])
    assert axes[0].get_ylabel() == "mean test score (accuracy)"
    assert draw(search, parameters=["kernel"], ax=axes[2]).axes_ == [axes[2]]
    with pytest.raises(ValueError, match="ax has 1 axes, and must have 4"):
        draw(search, ax=axes[0])
    with pytest.raises(ValueError, match=r"parameters=\['gamma'\] must be among"):
        draw(search, parameters=["gamma"])


def test_conditional_spaces_show_the_part_of_the_best_trial(iris):
    space = [
        {"kernel": ["rbf"], "C": (0.1, 10.0, "log-uniform"), "gamma": (0.01, 1.0)},
        {"kernel": ["sigmoid"], "coef0": (50.0, 60.0)},
    ]
    search = BayesSearchNN(SVC(), space, n_iter=10, cv=3, random_state=0).fit(*iris)
    slices = by_label(draw(search))
    assert list(slices) == ["C", "gamma"]
    assert 0 < len(slices["C"].trials_x) < 10


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_shapes_of_networks_are_the_ones_that_were_tried(iris):
    space = {"hidden_layer_sizes": HiddenLayers((1, 2), (2, 9)), "activation": ["relu", "tanh"]}
    network = MLPClassifier(max_iter=2, random_state=0)
    spaces = [(space, 8), ({"hidden_layer_sizes": [(99,)]}, 1)]
    search = BayesSearchNN(network, spaces, cv=2, random_state=0).fit(*iris)
    tried = [each["hidden_layer_sizes"] for each in search.cv_results_["params"]]
    best = search.best_params_["hidden_layer_sizes"]
    if best == (99,):
        with pytest.raises(ValueError, match="a single candidate"):
            draw(search)
        return
    shapes = by_label(draw(search))["hidden_layer_sizes"]
    assert shapes.choices[int(shapes.best_x)] == str(best)
    # The surrogate of one space does not predict shapes of the other.
    assert set(shapes.choices) == {str(shape) for shape in tried} - {"(99,)"}


def test_a_log_uniform_distribution_has_a_logarithmic_axis_however_short(iris):
    search = BayesSearchNN(SVC(), {"C": loguniform(1.0, 20.0)}, n_iter=3, random_state=0).fit(*iris)
    assert draw(search).slices[0].is_log


@pytest.mark.parametrize("n_trials", [1, 5])
def test_few_trials(iris, n_trials):
    search = BayesSearchNN(SVC(), {"C": (0.1, 10.0)}, n_iter=n_trials, random_state=0).fit(*iris)
    (only,) = draw(search).slices
    assert len(only.trials_x) == n_trials


def test_bad_input(iris):
    with pytest.raises(NotFittedError):
        draw(BayesSearchNN(SVC(), {"C": (0.1, 1.0)}))
    grid = GridSearchCV(SVC(), {"C": [0.1, 1.0]}).fit(*iris)
    with pytest.raises(ValueError, match="GridSearchCV has no surrogate_"):
        draw(grid)
    nothing = BayesSearchNN(SVC(), {"C": [1.0]}, n_iter=1, random_state=0).fit(*iris)
    with pytest.raises(ValueError, match="a single candidate"):
        draw(nothing)
    nothing.cv_results_["mean_test_score"] = np.array([np.nan])
    with pytest.raises(ValueError, match=r"No trial of this search has a score \(0 of 1\)"):
        draw(nothing)


def test_without_matplotlib(monkeypatch, search):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"sk_hpt\[plots\]"):
        SurrogateSliceDisplay.from_search(search)
