"""scikit-learn's callbacks see the tasks that they see of GridSearchCV."""

import warnings
from collections import Counter

import joblib
import numpy as np
import pytest
from recorder import Asks, Breaks, Recorder, StopsFits
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import GridSearchNN, RandomSearchNN

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

NETWORK = MLPClassifier((5,), max_iter=5, random_state=0)
GRID = {"alpha": [0.1, 1.0, 10.0]}
LEAF = "candidate-split-evaluation"


def watched(search, X, y, **params):
    recorder = Recorder()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The estimator .* does not support callbacks")
        search.set_callbacks(recorder).fit(X, y, **params)
    return recorder.counts()


@pytest.fixture(autouse=True)
def needs_callbacks():
    if not hasattr(GridSearchNN(NETWORK), "set_callbacks"):
        pytest.skip("scikit-learn has callbacks from 1.9 on")


def all_but_epochs(counts):
    """Without what networks tell of themselves, which scikit-learn's do not."""
    return Counter({told: count for told, count in counts.items() if told[1] != "MLPClassifier"})


ESTIMATORS = {
    "bare": (NETWORK, GRID),
    "pipeline": (
        make_pipeline(StandardScaler(), NETWORK),
        {"mlpclassifier__alpha": [0.1, 1.0]},
    ),
    "logistic": (LogisticRegression(), {"C": [0.1, 1.0]}),
}


@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize("refit", [True, False])
@pytest.mark.parametrize("name", ESTIMATORS)
def test_same_tasks(iris, name, refit, n_jobs):
    estimator, grid = ESTIMATORS[name]
    options = {"cv": 3, "refit": refit, "n_jobs": n_jobs}
    theirs = watched(GridSearchCV(estimator, grid, **options), *iris)
    assert all_but_epochs(watched(GridSearchNN(estimator, grid, **options), *iris)) == theirs
    through_scikit_learn = GridSearchNN(estimator, grid, engine="sklearn", **options)
    assert watched(through_scikit_learn, *iris) == theirs


def test_same_tasks_of_random_search(iris):
    options = {"cv": 2, "n_iter": 2, "random_state": 0}
    X, y = iris
    weights = np.ones(len(y))
    theirs = watched(RandomizedSearchCV(NETWORK, GRID, **options), X, y, sample_weight=weights)
    ours = watched(RandomSearchNN(NETWORK, GRID, **options), X, y, sample_weight=weights)
    assert all_but_epochs(ours) == theirs


def test_callbacks_of_the_inner_estimator(iris):
    def count(search_class):
        recorder = Recorder()
        del Recorder.max_propagation_depth  # one that stays where it is set
        try:
            inner = LogisticRegression().set_callbacks(recorder)
            search_class(inner, {"C": [0.1, 1.0]}, cv=2).fit(*iris)
        finally:
            Recorder.max_propagation_depth = None
        return recorder.counts()

    assert count(GridSearchNN) == count(GridSearchCV) != Counter()


def test_no_warning_for_estimators_without_callbacks(iris):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ConvergenceWarning)
        for estimator, grid in ESTIMATORS.values():
            search = GridSearchNN(estimator, grid, cv=2).set_callbacks(Recorder())
            search.fit(*iris)


@pytest.mark.parametrize("name", ["bare", "pipeline"])
@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_every_epoch_of_a_network_is_a_task(iris, name, backend):
    estimator, grid = ESTIMATORS[name]
    search = GridSearchNN(estimator, grid, cv=2, n_jobs=2)
    with joblib.parallel_config(backend):
        counts = watched(search, *iris)
    n_fits = 2 * len(search.cv_results_["params"]) + 1
    for hook in ("begin", "end"):
        tasks = Counter()
        for (told, estimator_name, task, number, n_subtasks, *_), count in counts.items():
            if told == hook and estimator_name == "MLPClassifier":
                tasks[task, n_subtasks, number if task == "epoch" else None] += count
        epochs = {("epoch", 0, epoch): n_fits for epoch in range(5)}
        assert tasks == {("fit", 5, None): n_fits, **epochs}


def test_epochs_are_within_the_fit_of_their_network(iris):
    recorder = Recorder()
    search = GridSearchNN(NETWORK, {"max_iter": [2]}, cv=[([0, 60, 120], [1])], refit=False)
    search.set_callbacks(recorder).fit(*iris)
    around_one_epoch = [("begin", "epoch"), ("end", "epoch")]
    assert [(hook, task) for hook, _, task, *_ in recorder.record] == [
        *(("setup", "fit"), ("begin", "fit"), ("begin", "search")),
        *(("begin", "candidate-split-evaluation"), ("begin", "fit")),
        *around_one_epoch,
        *around_one_epoch,
        *(("end", "fit"), ("end", "candidate-split-evaluation")),
        *(("end", "search"), ("end", "fit"), ("teardown", "fit")),
    ]


def test_a_network_that_stops_early_tells_of_the_epochs_that_it_had(iris):
    network = MLPClassifier((5,), tol=10.0, n_iter_no_change=3, random_state=0)
    search = GridSearchNN(network, {"alpha": [1.0]}, cv=2)
    counts = watched(search, *iris)
    n_epochs = sum(curve.loss.size for curve in search.learning_curves_[0])
    n_epochs += search.best_estimator_.n_iter_
    told = Counter()
    for (hook, _, task, *_), count in counts.items():
        told[hook, task] += count
    assert told["begin", "epoch"] == told["end", "epoch"] == n_epochs < 30


@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize("multi_fidelity", ["race", "halving"])
def test_each_epoch_of_a_network_that_pauses_is_told_once(iris, multi_fidelity, n_jobs):
    network = MLPClassifier((5,), max_iter=27, random_state=0)
    grid = {"alpha": [0.1, 1.0, 10.0, 100.0]}
    search = GridSearchNN(network, grid, cv=2, multi_fidelity=multi_fidelity, n_jobs=n_jobs)
    counts = watched(search, *iris)
    curves = [curve for folds in search.learning_curves_ for curve in folds if curve is not None]
    n_epochs = sum(curve.loss.size for curve in curves) + search.best_estimator_.n_iter_
    told = Counter()
    for (hook, _, task, *_), count in counts.items():
        told[hook, task] += count
    assert told["begin", "epoch"] == told["end", "epoch"] == n_epochs
    assert any(curve.loss.size < 27 for curve in curves) or multi_fidelity == "race"


@pytest.mark.parametrize("name, depth", [("bare", 0), ("pipeline", 1), ("pipeline", 0)])
def test_no_epochs_where_a_callback_does_not_look_so_deep(iris, monkeypatch, name, depth):
    monkeypatch.setattr(Recorder, "max_propagation_depth", depth)
    estimator, grid = ESTIMATORS[name]
    counts = watched(GridSearchNN(estimator, grid, cv=2), *iris)
    assert counts and all_but_epochs(counts) == counts


def test_being_watched_changes_nothing(iris):
    options = {"cv": 2, "n_jobs": 2}
    for estimator, grid in (ESTIMATORS["bare"], ESTIMATORS["pipeline"]):
        alone = GridSearchNN(estimator, grid, **options).fit(*iris)
        seen = GridSearchNN(estimator, grid, **options).set_callbacks(Recorder()).fit(*iris)
        for key in ("mean_test_score", "std_test_score"):
            np.testing.assert_array_equal(seen.cv_results_[key], alone.cv_results_[key])
        assert vars(seen.best_estimator_).keys() == vars(alone.best_estimator_).keys()


def test_progress_bar(iris, capsys):
    pytest.importorskip("rich")
    from sklearn.callback import ProgressBar

    search = GridSearchNN(NETWORK, GRID, cv=2)
    search.set_callbacks(ProgressBar()).fit(*iris)
    shown = capsys.readouterr().out
    assert "GridSearchNN - search" in shown
    assert "MLPClassifier - fit" in shown
    search.set_callbacks(ProgressBar(max_propagation_depth=0)).fit(*iris)
    shown = capsys.readouterr().out
    assert "GridSearchNN - search" in shown
    assert "MLPClassifier - fit" not in shown


def test_what_travels_to_a_worker_does_not_grow(iris):
    """Each context brings its ancestors along but not its siblings."""
    import pickle

    from sk_hpt._reporting import SearchCallbacks

    X, y = iris
    search = GridSearchNN(NETWORK, GRID).set_callbacks(Recorder())
    callbacks = SearchCallbacks(search)
    searching = callbacks.searching(None, 1000, True)
    with callbacks.fitting(X, y, {}, refit=True), searching:
        sizes = [len(pickle.dumps(callbacks.for_job(number))) for number in range(1000)]
    assert sizes[-1] < sizes[0] + 100
    del search._callback_fit_ctx, search._skl_callbacks_to_teardown


def test_a_failing_fit_still_ends_its_tasks(iris):
    recorder = Recorder()
    search = GridSearchNN(NETWORK, {"alpha": [-1.0]}, cv=2).set_callbacks(recorder)
    with pytest.raises(ValueError, match="All the 2 fits failed"):
        search.fit(*iris)
    hooks = Counter((hook, task) for hook, _, task, *_ in recorder.record)
    assert hooks["end", "candidate-split-evaluation"] == 2
    assert hooks["teardown", "fit"] == 1


def sequence(recorder):
    """Tasks in order, without what networks tell of themselves."""
    return [told for told in recorder.record if told[1] != "MLPClassifier"]


@pytest.mark.parametrize("name", ["bare", "pipeline"])
@pytest.mark.parametrize("tasks", [("epoch",), ("fit", "search", "refit-with-best-params")])
def test_a_search_goes_on_as_in_scikit_learn_where_another_level_is_to_stop(iris, name, tasks):
    estimator, grid = ESTIMATORS[name]
    told = []
    for search_class in (GridSearchCV, GridSearchNN):
        recorder = Asks(*tasks)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The estimator .* does not support callbacks")
            search = search_class(estimator, grid, cv=2).set_callbacks(recorder).fit(*iris)
        told.append(sequence(recorder))
    assert told[0] == told[1] and search.stop_reason_ == "completed"


@pytest.mark.parametrize("n_jobs, backend", [(1, "threading"), (2, "threading"), (2, "loky")])
@pytest.mark.parametrize("name", ["bare", "pipeline"])
def test_after_an_epoch_a_callback_stops_this_fit_alone(iris, name, n_jobs, backend):
    estimator, grid = ESTIMATORS[name]
    search = GridSearchNN(estimator, grid, cv=2).set_callbacks(Asks("epoch", number=2))
    with joblib.parallel_config(backend, n_jobs=n_jobs):
        search.fit(*iris)
    short = clone(estimator)
    short.set_params(**{name: 3 for name in short.get_params() if name.endswith("max_iter")})
    theirs = GridSearchCV(short, grid, cv=2).fit(*iris)
    for key in ("mean_test_score", "split0_test_score"):
        np.testing.assert_array_equal(search.cv_results_[key], theirs.cv_results_[key])
    X, _ = iris
    np.testing.assert_array_equal(search.predict_proba(X), theirs.predict_proba(X))
    assert {curve.loss.size for folds in search.learning_curves_ for curve in folds} == {3}
    assert search.stop_reason_ == "completed"


@pytest.mark.parametrize("multi_fidelity", ["race", "halving"])
@pytest.mark.parametrize("n_epochs", [1, 3, 5, 9])
def test_after_an_epoch_a_callback_stops_a_fit_that_pauses(iris, multi_fidelity, n_epochs):
    network = MLPClassifier((5,), max_iter=27, random_state=0)
    grid = {"alpha": [0.1, 1.0, 10.0, 100.0]}
    search = GridSearchNN(network, grid, cv=2, multi_fidelity=multi_fidelity)
    search.set_callbacks(StopsFits(n_epochs)).fit(*iris)
    sizes = {curve.loss.size for folds in search.learning_curves_ for curve in folds if curve}
    assert max(sizes) == n_epochs == search.best_estimator_.n_iter_
    assert search.stop_reason_ == "completed"


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_after_an_evaluation_a_callback_stops_the_search(iris, n_jobs):
    search = GridSearchNN(NETWORK, {"alpha": [0.1] * 20}, cv=2, n_jobs=n_jobs)
    with pytest.warns(UserWarning, match="stopped by a callback"):
        search.set_callbacks(Asks(LEAF, number=3)).fit(*iris)
    assert search.stop_reason_ == "callback"
    assert 1 <= len(search.cv_results_["params"]) < 20
    assert search.best_estimator_.n_iter_ == 5


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("error", [ValueError("here"), FloatingPointError("here")])
@pytest.mark.parametrize("hook", ["begin", "end"])
@pytest.mark.parametrize(
    "task, owner",
    [
        ("epoch", "MLPClassifier"),
        ("fit", "MLPClassifier"),
        (LEAF, "GridSearchNN"),
        ("refit-with-best-params", "GridSearchNN"),
    ],
)
def test_what_a_callback_raises_is_the_error_of_the_search(iris, task, owner, hook, error, n_jobs):
    search = GridSearchNN(NETWORK, GRID, cv=2, n_jobs=n_jobs)
    recorder = Breaks(hook, task, owner, error)
    with pytest.raises(type(error), match="here") as caught:
        search.set_callbacks(recorder).fit(*iris)
    assert caught.value is error and not hasattr(search, "best_estimator_")
    assert recorder.record[-1][:3] == ("teardown", "GridSearchCV", "fit")


def test_an_error_at_the_end_of_an_evaluation_is_told_as_in_scikit_learn(iris, monkeypatch):
    monkeypatch.setattr(Recorder, "max_propagation_depth", 0)
    told = []
    for search_class in (GridSearchCV, GridSearchNN):
        recorder = Breaks("end", LEAF, search_class.__name__, ValueError("here"))
        with pytest.raises(ValueError, match="^here$"):
            search_class(NETWORK, GRID, cv=2).set_callbacks(recorder).fit(*iris)
        told.append(recorder.record)
    assert told[0] == told[1]


@pytest.mark.parametrize("multi_fidelity", ["race", "halving"])
def test_every_part_of_a_fit_is_a_task(iris, multi_fidelity):
    search = GridSearchNN(
        NETWORK, {"alpha": [0.1, 1.0, 10.0, 100.0]}, cv=3, multi_fidelity=multi_fidelity
    )
    counts = watched(search, *iris)
    parts = [told for told in counts if told[2] == "candidate-split-evaluation"]
    ends = {told[3] for told in parts if told[0] == "end"}
    assert ends == {told[3] for told in parts if told[0] == "begin"} == set(range(len(ends)))
    assert all(counts[told] == 1 for told in parts) and len(ends) >= 6


def test_parts_after_what_cannot_be_made_again_are_tasks_too(iris):
    """A paused fit keeps its rows where a step before the network draws at random."""
    noisy = make_pipeline(Nystroem(n_components=5), MLPClassifier((5,), max_iter=9, random_state=0))
    grid = {"mlpclassifier__alpha": [0.1, 1.0, 10.0, 100.0]}
    search = GridSearchNN(noisy, grid, cv=2, multi_fidelity="halving")
    counts = watched(search, *iris)
    told = {hook: {t[3] for t in counts if t[:3:2] == (hook, LEAF)} for hook in ("begin", "end")}
    assert told["begin"] == told["end"]
    # Of the first part of each fit the Pipeline tells, and the search of those that go on.
    told_by_pipelines = {t[3] for t in counts if t[:3] == ("end", "Pipeline", "fit")}
    assert told_by_pipelines >= {0, 1, 2, 3} and len(told["end"] - told_by_pipelines) >= 4


def test_the_progress_bar_lives_with_unknown_totals(iris, capsys):
    from sklearn.callback import ProgressBar

    search = GridSearchNN(NETWORK, GRID, cv=3, multi_fidelity="halving")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The estimator .* does not support callbacks")
        search.set_callbacks(ProgressBar()).fit(*iris)
    shown = capsys.readouterr().out
    assert "GridSearchNN - search" in shown and "MLPClassifier - fit" in shown
