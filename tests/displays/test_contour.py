"""The plot of the score over two parameters."""

import numpy as np
import pytest
from found import found
from matplotlib import pyplot
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

from sk_hpt import BayesSearchNN
from sk_hpt.displays import ContourDisplay
from sk_hpt.space import Real


def draw(search, **options):
    display = ContourDisplay.from_search(search, **options)
    display.figure_.canvas.draw()
    return display


def plane(n=30, seed=0):
    """Trials whose score is a plane over two numbers."""
    X = np.random.default_rng(seed).random((n, 2))
    params = [{"a": float(a), "b": float(b), "kind": "xy"[i % 2]} for i, (a, b) in enumerate(X)]
    return found(params, 2 * X[:, 0] - X[:, 1])


def test_between_the_trials_scores_are_interpolated():
    search = plane()
    display = draw(search)
    assert (display.x.label, display.y.label, display.is_predicted) == ("a", "b", False)
    expected = 2 * display.x.values - display.y.values[:, np.newaxis]
    known = np.isfinite(display.scores)
    assert 0.5 < known.mean() < 1  # blank outside of the trials
    np.testing.assert_allclose(display.scores[known], expected[known])
    np.testing.assert_array_equal(display.trial_scores, search.cv_results_["mean_test_score"])
    assert display.best == np.argmax(display.trial_scores)
    assert display.colorbar_.ax.get_ylabel() == "interpolated mean test score (accuracy)"
    assert display.trials_.get_xdata().tolist() == [
        each["a"] for each in search.cv_results_["params"]
    ]


def test_the_order_of_the_parameters():
    display = draw(plane(), parameters=["b", "a"], cmap="viridis", levels=4)
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("b", "a")
    assert display.contours_.get_cmap().name == "viridis"


def test_trials_at_the_same_point_stand_for_their_mean():
    params = [{"a": a, "b": b, "c": c} for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    display = draw(found(params, [each["c"] for each in params]), parameters=["a", "b"])
    np.testing.assert_allclose(display.scores, 0.5)


def test_logarithmic_axes_and_trials_without_a_score():
    rng = np.random.default_rng(0)
    params = [
        {"C": 10.0 ** rng.uniform(-3, 3), "degree": int(rng.integers(1, 9))} for _ in range(40)
    ]
    scores = np.array([np.log10(each["C"]) for each in params])
    scores[:4] = np.nan
    display = draw(found(params, scores))
    assert display.x.is_log and display.ax_.get_xscale() == "log" and not display.y.is_log
    assert len(display.trial_scores) == 36
    known = np.isfinite(display.scores)
    expected = np.broadcast_to(np.log10(display.x.values), display.scores.shape)
    np.testing.assert_allclose(display.scores[known], expected[known])


def test_a_surrogate_predicts_the_scores(iris):
    space = {
        "C": Real(0.01, 100.0, log=True),
        "gamma": Real(1e-3, 1.0, log=True),
        "kernel": ["rbf"],
    }
    search = BayesSearchNN(SVC(), space, n_iter=6, cv=3, random_state=0).fit(*iris)
    display = draw(search)
    assert display.is_predicted and np.isfinite(display.scores).all()
    x, y = display.x.values, display.y.values
    assert (x[0], x[-1]) == pytest.approx((0.01, 100.0))
    points = [{**search.best_params_, "C": x[3], "gamma": y[7]}]
    assert display.scores[7, 3] == pytest.approx(search.surrogate_.predict(points)[0][0])
    assert display.colorbar_.ax.get_ylabel().startswith("expected mean")
    assert display.best == search.best_index_


def test_searches_of_scikit_learn(iris):
    grid = {"C": [0.1, 1.0, 10.0], "gamma": [0.01, 0.1, 1.0]}
    display = draw(GridSearchCV(SVC(), grid, cv=3).fit(*iris))
    assert np.isfinite(display.scores).all() and len(display.trial_scores) == 9


def test_bad_input():
    search = plane()
    with pytest.raises(ValueError, match=r"parameters=\['a', 'kind'\] must be two .* \['a', 'b'\]"):
        draw(search, parameters=["a", "kind"])
    with pytest.raises(ValueError, match=r"parameters=\['a', 'a'\] must be two different"):
        draw(search, parameters=["a", "a"])
    with pytest.raises(ValueError, match="parameters=None must be two different numeric"):
        draw(found([{"a": i} for i in range(4)], range(4)))
    line = found([{"a": i, "b": 2 * i} for i in range(5)], range(5))
    with pytest.raises(ValueError, match="must span an area, and the 5 trials .* lie on a line"):
        draw(line)
    _, ax = pyplot.subplots()
    draw(search, ax=ax)
    with pytest.raises(ValueError, match="shows a contour already"):
        draw(search, ax=ax)
