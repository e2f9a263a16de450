"""Summary of a fitted search, for a terminal and for a notebook."""

import warnings
from html.parser import HTMLParser

import numpy as np
import pytest
from estimators import Scored, Sleeper
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt.space import Real

pytestmark = pytest.mark.filterwarnings(
    f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning"
)
X = np.zeros((8, 1))


def table(search):
    """Return the cells of the table, which are separated by at least two spaces."""
    lines = search.summary().split("\n\n")[1].splitlines()
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines]


def test_best_trial_comes_first():
    search = GridSearchNN(Scored(), {"value": [2.0, 7.0, 0.5]}, cv=2).fit(X)
    title, stop, _, heads, *rows = search.summary().splitlines()
    assert title == "GridSearchNN: hyperparameters value; 2 folds"
    assert stop.startswith("All 3 trials finished in ")
    assert heads.split("  ")[0] == "rank" and heads.endswith("value")
    assert [row.split()[-1] for row in rows] == ["7", "2", "0.5"]
    assert [row.split()[1] for row in rows] == [
        f"{score:.4g}" for score in np.sort(search.cv_results_["mean_test_score"])[::-1]
    ]


def test_at_most_ten_trials_are_shown():
    search = GridSearchNN(Scored(), {"value": np.arange(40.0)}, cv=2).fit(X)
    lines = search.summary().split("\n\n")[1].splitlines()
    assert len(lines) == 1 + 10 + 1 and lines[-1] == "... and 30 more"


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.FitFailedWarning", "ignore:.*non-finite")
def test_failed_trials_are_counted():
    search = GridSearchNN(Scored(), {"value": [2.0, -1.0]}, cv=2).fit(X)
    assert "; 1 failed." in search.summary()
    assert table(search)[-1][-1] == "-1"


@pytest.mark.parametrize("make", [RandomSearchNN, BayesSearchNN])
def test_pruned_trials_are_counted(make, iris):
    network = MLPClassifier((4,), max_iter=16, random_state=0)
    space = {"alpha": Real(1e-4, 10.0, log=True), "learning_rate_init": Real(1e-4, 0.1, log=True)}
    search = make(network, space, n_iter=12, cv=3, random_state=0, multi_fidelity="halving")
    search.fit(*iris)
    n_pruned = int(np.sum(search.cv_results_["status"] == "pruned"))
    assert f"; {n_pruned} pruned." in search.summary() and n_pruned
    heads, *rows = table(search)
    assert {"status", "epochs"} <= set(heads)
    assert rows[0][:1] == ["1"] and "complete" in rows[0]


@pytest.mark.slow
def test_timeout_is_named():
    search = GridSearchNN(Sleeper(), {"seconds": [0.0, 0.0, 5.0, 5.0]}, cv=2, timeout=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(X, np.arange(8) % 2)
    assert f"Stopped by timeout=1 s with {len(search.cv_results_['params'])} trials." in (
        search.summary()
    )


@pytest.mark.parametrize("refit", [False, "recall", lambda results: 1])
def test_several_metrics(refit, iris):
    search = GridSearchNN(
        MLPClassifier((4,), max_iter=5, random_state=0),
        {"alpha": [0.1, 1.0]},
        cv=2,
        scoring={"accuracy": "accuracy", "recall": "recall_macro"},
        refit=refit,
    ).fit(*iris)
    metric = "recall" if refit == "recall" else "accuracy"
    assert f"{metric} (mean +/- std)" in search.summary() and "alpha" in search._repr_html_()


def test_names_are_as_short_as_they_can_be_unique(iris):
    scalers = [("first", StandardScaler()), ("second", StandardScaler())]
    pipeline = Pipeline([*scalers, ("network", MLPClassifier((4,), max_iter=2, random_state=0))])
    space = {"first__with_std": [True], "second__with_std": [True], "network__alpha": [0.1, 1.0]}
    search = GridSearchNN(pipeline, space, cv=2).fit(*iris)
    names = search.summary().splitlines()[0].split("hyperparameters ")[1].split(";")[0]
    assert set(names.split(", ")) == {"first__with_std", "second__with_std", "alpha"}


def test_unfitted_search_has_no_summary():
    search = GridSearchNN(Scored(), {"value": [1.0]})
    with pytest.raises(NotFittedError, match="GridSearchNN instance is not fitted yet"):
        search.summary()
    assert "sk-hpt-summary" not in search._repr_html_()


class WellFormed(HTMLParser):
    """Collect the cells and check that tags are closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.texts = [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th"):
            self.texts.append(data)


def test_html_follows_the_diagram_and_is_escaped(iris):
    bad = "<script>alert('x' & 1)</script>"

    class Anything(Scored):
        def __init__(self, value=1.0, seconds=0.0, note=None):
            super().__init__(value, seconds)
            self.note = note

    search = GridSearchNN(Anything(), {"note": [bad, "plain"]}, cv=2).fit(X)
    diagram, _, table = search._repr_html_().partition('<div class="sk-hpt-summary"')
    theirs = GridSearchCV(Anything(), {"note": ["plain"]}, cv=2).fit(X)
    assert "sk-estimator" in diagram and "sk-estimator" in theirs._repr_html_()
    assert "<script>" not in table
    parser = WellFormed()
    parser.feed('<div class="sk-hpt-summary"' + table)
    assert parser.open == [] and any(text == bad for text in parser.texts)
    assert "sk-hpt-summary" in search._repr_mimebundle_()["text/html"]
    assert repr(search) == search._repr_mimebundle_()["text/plain"]


def comparison(search):
    """Return the lines between the reason for the end and the table."""
    return search.summary().split("\n\n")[0].splitlines()[2:]


def test_best_trial_is_compared_with_the_estimators_own_parameters(iris):
    network = MLPClassifier((4,), max_iter=30, learning_rate_init=1e-4, random_state=0)
    space = {"learning_rate_init": np.array([1e-4, 1e-1])}
    search = GridSearchNN(network, space, cv=5).fit(*iris)
    scores = np.array([search.cv_results_[f"split{i}_test_score"] for i in range(5)])
    difference = scores[:, 1] - scores[:, 0]
    error = difference.std(ddof=1) / np.sqrt(5)
    (line,) = comparison(search)
    assert line == (
        f"The best trial is {difference.mean():.3g} +/- {error:.2g} better by score than the "
        "estimator's own parameters."
    )
    assert "better by score than the estimator" in search._repr_html_()
    search.set_params(estimator__learning_rate_init=1e-1)
    assert comparison(search) == ["The estimator's own parameters are the best trial."]
    search.set_params(estimator__learning_rate_init=1e-2)
    assert comparison(search) == []


def test_own_parameters_of_a_default_space(cancer):
    """There, `batch_size="auto"` is a number of rows."""
    network = MLPClassifier((20,), max_iter=5, random_state=0)
    X, y = np.tile(cancer[0], (3, 1)), np.tile(cancer[1], 3)
    search = RandomSearchNN(network, n_iter=3, cv=2, random_state=0, initial_points=[{}])
    (line,) = comparison(search.fit(X, y))
    assert "own parameters" in line


def test_a_difference_within_the_noise_is_called_so():
    class Noisy(Scored):
        def score(self, X, y=None):
            return float(self.value * (1 + (len(X) == 3)))

    search = GridSearchNN(Noisy(1.0), {"value": [1.0, 1.1]}, cv=3).fit(X)
    (line,) = comparison(search)
    assert line.endswith("own parameters.")
    search.cv_results_["split0_test_score"][1] = 0.9
    (line,) = comparison(search)
    assert line.endswith("own parameters, which is within the noise.")


def test_trials_without_a_score_are_not_compared(iris):
    network = MLPClassifier((4,), max_iter=16, random_state=0)
    space = {"learning_rate_init": [1e-3, 1e-2, 1e-1, 1e-5, 1e-6]}
    search = GridSearchNN(network, space, cv=3, multi_fidelity="race").fit(*iris)
    (line,) = comparison(search)
    pruned = line == "A trial with the estimator's own parameters was pruned."
    assert pruned == (search.cv_results_["status"][0] == "pruned")
    search.set_params(estimator__learning_rate_init=1e-6)
    assert search.cv_results_["status"][4] == "pruned"
    assert comparison(search) == ["A trial with the estimator's own parameters was pruned."]
