"""What every display keeps to."""

import numpy as np
import pytest
from matplotlib import pyplot
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.neural_network import MLPClassifier

from sk_hpt import BayesSearchNN, displays
from sk_hpt.space import Real

pytestmark = pytest.mark.filterwarnings(
    f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning"
)
each_display = pytest.mark.parametrize("name", displays.__all__)


@pytest.fixture(scope="module")
def search(iris):
    """A search for which all displays have something to show."""
    network = MLPClassifier((4,), max_iter=16, random_state=0)
    space = {"alpha": Real(1e-5, 1.0, log=True), "learning_rate_init": Real(1e-4, 0.1, log=True)}
    options = {"n_iter": 32, "cv": 2, "multi_fidelity": "halving", "random_state": 0}
    return BayesSearchNN(network, space, **options).fit(*iris)


def panels(display):
    return getattr(display, "axes_", None) or [display.ax_]


@each_display
def test_a_figure_is_drawn_from_a_search_and_again_from_the_stored_data(name, search):
    display = getattr(displays, name).from_search(search)
    assert panels(display)[0].figure is display.figure_
    first = display.figure_
    stored = {key: value for key, value in vars(display).items() if not key.endswith("_")}
    assert display.plot() is display and display.figure_ is not first
    assert all(getattr(display, key) is value for key, value in stored.items())
    images = []
    for figure in (first, display.figure_):
        figure.canvas.draw()
        images.append(np.asarray(figure.canvas.buffer_rgba()))
    np.testing.assert_array_equal(*images)
    assert np.ptp(images[0][..., :3]) > 0


@each_display
def test_axes_of_another_display_are_refused(name, search):
    display_class = getattr(displays, name)
    other_class = displays.ContourDisplay if name != "ContourDisplay" else displays.TimelineDisplay
    n_panels = len(panels(display_class.from_search(search)))
    ax = other_class.from_search(search).ax_
    before = len(ax.get_children())
    with pytest.raises(ValueError, match="cannot be drawn over it. Pass other axes"):
        display_class.from_search(search, ax=[ax] * n_panels if n_panels > 1 else ax)
    assert len(ax.get_children()) == before


@each_display
def test_nothing_is_black_on_black(name, search):
    with pyplot.style.context("dark_background"):
        display = getattr(displays, name).from_search(search)
        display.figure_.canvas.draw()
        texts = [each for each in display.figure_.findobj(pyplot.Text) if each.get_text().strip()]
    pixels = np.asarray(display.figure_.canvas.buffer_rgba())[..., :3].sum(axis=-1)
    assert np.median(pixels) < 200  # the background
    for text in texts:
        assert np.mean(pyplot.matplotlib.colors.to_rgb(text.get_color())) > 0.5, text


@each_display
def test_what_is_not_fitted_is_refused(name):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        getattr(displays, name).from_search(BayesSearchNN(MLPClassifier(), {"alpha": (0.1, 1.0)}))
