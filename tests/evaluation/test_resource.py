"""Parts of a resource: rows in the right proportions, values of the right parameter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from sk_hpt._evaluation import Problem, check_resource, max_resources
from sk_hpt._evaluation.resource import nested_rows, with_resources
from sk_hpt._trials import Job, Rung, Trial

CLASSIFIER = LogisticRegression()
FOREST = make_pipeline(PCA(), RandomForestClassifier(n_estimators=30))


def problem_of(estimator, y, resource="n_samples", groups=None, train=None):
    y = np.asarray(y)
    rows = np.arange(len(y))
    folds = [(rows if train is None else train, rows)]
    X = np.zeros((len(y), 2))
    return Problem(
        estimator, X, y, folds, None, {}, {}, native=True, resource=resource, groups=groups
    )


def rows_of(problem, n_rows):
    return nested_rows(problem, problem.folds[0][0], n_rows)


labels = st.lists(st.sampled_from("abc"), min_size=2, max_size=60)


@given(labels, st.data())
def test_rows_are_nested_and_in_their_order(y, data):
    groups = data.draw(st.none() | st.lists(st.integers(0, 4), min_size=len(y), max_size=len(y)))
    estimator = data.draw(st.sampled_from([CLASSIFIER, Ridge()]))
    train = data.draw(st.lists(st.booleans(), min_size=len(y), max_size=len(y)).filter(any))
    problem = problem_of(estimator, y, groups=groups, train=np.array(train))
    few, many = sorted(data.draw(st.tuples(*[st.integers(1, sum(train))] * 2)))
    fewer, more = rows_of(problem, few), rows_of(problem, many)
    assert set(fewer) <= set(more) <= set(np.flatnonzero(train))
    assert (np.diff(more) > 0).all()
    if groups is None:
        assert len(more) == many


@given(labels, st.data())
def test_classes_keep_their_proportions(y, data):
    n_rows = data.draw(st.integers(1, len(y)))
    taken = np.array(y)[rows_of(problem_of(CLASSIFIER, y), n_rows)]
    classes, sizes = np.unique(y, return_counts=True)
    counts = np.array([np.count_nonzero(taken == each) for each in classes])
    assert (np.abs(counts - n_rows * sizes / len(y)) < len(classes)).all()
    if n_rows >= len(classes):
        assert (counts > 0).all()


@given(st.lists(st.integers(0, 9), min_size=2, max_size=60), st.data())
def test_groups_are_whole(groups, data):
    n_rows = data.draw(st.integers(1, len(groups)))
    rows = rows_of(problem_of(CLASSIFIER, groups, groups=groups), n_rows)
    groups = np.array(groups)
    taken = np.unique(groups[rows])
    assert np.array_equal(rows, np.flatnonzero(np.isin(groups, taken)))
    assert len(rows) <= n_rows or len(taken) == 1
    # the next group would be too much
    left = [np.count_nonzero(groups == group) for group in set(groups) - set(taken)]
    assert not left or len(rows) + max(left) > n_rows


def test_rows_of_several_outputs_keep_the_combinations():
    y = np.array([[0, 0], [1, 1], [1, 0], [0, 1]] * 10)
    taken = y[rows_of(problem_of(CLASSIFIER, y), 8)]
    assert sorted(map(tuple, taken.tolist())) == sorted([(0, 0), (1, 1), (1, 0), (0, 1)] * 2)


def test_targets_that_cannot_be_compared_are_taken_at_random():
    y = np.array([1, "a", None, 2.5] * 5, dtype=object)
    assert len(rows_of(problem_of(CLASSIFIER, y), 7)) == 7


def test_rows_replace_the_training_rows_of_one_fold():
    rows = np.arange(10)
    problem = problem_of(Ridge(), rows)
    problem = Problem(
        **{**vars(problem), "folds": [(rows[:5], rows[5:]), (rows[5:], rows[:5])]},
    )
    job = Job(Trial(3, {"alpha": 1.0}, 5), 1, (Rung(0, 2),))
    smaller, fitted = with_resources(problem, job, 2)
    assert len(smaller.folds[1][0]) == 2 and smaller.folds[1][1] is problem.folds[1][1]
    assert smaller.folds[0] is problem.folds[0]
    assert fitted is job


def test_a_parameter_is_set():
    problem = problem_of(FOREST, [0, 1], "randomforestclassifier__n_estimators")
    job = Job(Trial(3, {"pca__whiten": True}, 30), 0, (Rung(0, 7),))
    same, fitted = with_resources(problem, job, 7)
    assert same is problem and fitted.fold == job.fold
    estimator = problem.candidate(fitted.trial.params)
    assert estimator[-1].n_estimators == 7 and estimator[0].whiten


@pytest.mark.parametrize(
    "estimator, resource, params, expected",
    [
        (FOREST, "randomforestclassifier__n_estimators", {}, 30),
        (
            FOREST,
            "randomforestclassifier__n_estimators",
            {"randomforestclassifier__n_estimators": np.int64(9)},
            9,
        ),
        (FOREST, "randomforestclassifier__n_estimators", {"randomforestclassifier": Ridge()}, None),
        (MLPClassifier(max_iter=12, solver="lbfgs"), "max_iter", {}, 12),
        (CLASSIFIER, "n_samples", {}, 4),
        (MLPClassifier(max_iter=12), None, {}, 12),
        (MLPClassifier(max_iter=12), None, {"max_iter": 7}, 7),
        (MLPClassifier(max_iter=12), None, {"max_iter": "many"}, None),
        (MLPClassifier(max_iter=12), None, {"solver": "lbfgs"}, None),
        (CLASSIFIER, None, {}, None),
    ],
)
def test_resource_in_full(estimator, resource, params, expected):
    problem = problem_of(estimator, [0, 1, 0, 1, 1], resource, train=[0, 1, 2, 3])
    assert max_resources(problem, params) == expected


@pytest.mark.parametrize("value", [None, 1.5, "many", True, 0, -1])
def test_a_resource_that_is_not_a_positive_int(value):
    problem = problem_of(CLASSIFIER, [0, 1], "max_iter")
    message = f"resource='max_iter' of Halving must be .* but max_iter={value!r}. Set it to an int"
    with pytest.raises(ValueError, match=message):
        max_resources(problem, {"max_iter": value})


def test_unknown_resources():
    for known in (None, "n_samples", "pca__n_components", "randomforestclassifier__max_depth"):
        check_resource(FOREST, known)
    message = "Cannot use resource=n_estimators which is not supported by estimator Pipeline. Give"
    with pytest.raises(ValueError, match=message):
        check_resource(FOREST, "n_estimators")
    with pytest.raises(ValueError, match="Cannot use resource=rows"):
        check_resource(Pipeline([("only", CLASSIFIER)]), "rows")
