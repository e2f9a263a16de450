import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sk_hpt._trials import FitResult, LearningCurve, ResultsTable, Rung


def filled(scores, **options):
    """A table with the given scores, shape (n_trials, n_folds); None marks a failed fit."""
    table = ResultsTable(len(scores[0]), **options)
    table.add_trials([{"a": number} for number in range(len(scores))])
    for trial, row in enumerate(scores):
        for fold, score in enumerate(row):
            error = "Traceback" if score is None else None
            table.record(FitResult(trial, fold, 1.0, 2.0, score, error=error))
    return table


def test_means_ranks_and_ties():
    results = filled([[0.5, 0.7], [0.9, 0.9], [0.6, 0.6]]).to_cv_results(np.nan, False)
    assert results["rank_test_score"].tolist() == [2, 1, 2]
    assert results["mean_test_score"].tolist() == [0.6, 0.9, 0.6]
    assert results["std_test_score"][1] == 0.0
    assert results["mean_fit_time"].tolist() == [1.0] * 3


def test_failed_fits_get_the_error_score_and_rank_last():
    table = filled([[None, 0.7], [0.1, 0.1]])
    assert table.errors == ["Traceback"]
    results = table.to_cv_results(0.0, False)
    assert results["split0_test_score"].tolist() == [0.0, 0.1]
    with pytest.warns(UserWarning, match=r"One or more of the test scores are non-finite: \[nan"):
        results = table.to_cv_results(np.nan, False)
    assert results["rank_test_score"].tolist() == [2, 1]
    with pytest.warns(UserWarning, match="non-finite"):
        only_failures = filled([[0.1], [np.nan]]).to_cv_results(np.nan, False)
    assert only_failures["rank_test_score"].tolist() == [1, 2]


@given(
    shape=st.tuples(st.integers(1, 12), st.integers(1, 4)), random=st.randoms(use_true_random=False)
)
def test_the_order_of_arrival_makes_no_difference(shape, random):
    n_trials, n_folds = shape
    cells = [(trial, fold) for trial in range(n_trials) for fold in range(n_folds)]
    tables = []
    for shuffle in (lambda cells: None, random.shuffle):
        table, order = ResultsTable(n_folds), list(cells)
        table.add_trials([{"a": trial} for trial in range(n_trials)])
        shuffle(order)
        for trial, fold in order:
            table.record(FitResult(trial, fold, 0.0, 0.0, float(np.sin(trial * n_folds + fold))))
        tables.append(table.to_cv_results(np.nan, False))
    for name, column in tables[0].items():
        np.testing.assert_array_equal(tables[1][name], column)


def test_grows_round_by_round():
    table = ResultsTable(1)
    for number in range(20):
        (trial,) = table.add_trials([{"a": number}])
        assert trial.number == number and not table.is_done((number, 0))
        table.record(FitResult(number, 0, 0.0, 0.0, float(number)))
    assert table.fold_scores(table.trials)[:, 0].tolist() == list(range(20))
    assert table.best_mean_score() == 19.0 and table.n_done == 20


def test_scores_are_nan_until_they_are_known():
    table = ResultsTable(2)
    trials = table.add_trials([{}, {}])
    assert np.isnan(table.best_mean_score())
    table.record(FitResult(0, 0, 0.0, 0.0, 0.5))
    assert np.isnan(table.best_mean_score()) and np.isnan(table.fold_scores(trials)).sum() == 3
    table.record(FitResult(0, 1, 0.0, 0.0, 0.7))
    assert table.fold_scores(trials)[0].tolist() == [0.5, 0.7] and table.best_mean_score() == 0.6


def test_the_metric_that_decides():
    table = ResultsTable(1, metric="f")
    trials = table.add_trials([{}, {}])
    for number in range(2):
        table.record(FitResult(number, 0, 0.0, 0.0, {"right": 0.9, "f": 0.1 + number}))
    assert table.multimetric and table.metrics == ["right", "f"]
    assert table.fold_scores(trials).tolist() == [[0.1], [1.1]]
    undecided = ResultsTable(1)
    trials = undecided.add_trials([{}])
    undecided.record(FitResult(0, 0, 0.0, 0.0, {"right": 0.9}))
    assert np.isnan(undecided.fold_scores(trials)).all()
    deciding = ResultsTable(1, metric="f", must_decide=True)
    deciding.add_trials([{}])
    with pytest.raises(ValueError, match="returns the metrics \\['left', 'right'\\].*set refit"):
        deciding.record(FitResult(0, 0, 0.0, 0.0, {"right": 0.9, "left": 0.1}))


def test_a_thousand_equal_errors_are_kept_once():
    table = ResultsTable(1)
    table.add_trials([{}] * 1000)
    for number in range(1000):
        table.record(FitResult(number, 0, 0.0, 0.0, None, error="a long text" + "."))
    assert len({id(error) for error in table.errors}) == 1


def test_params_that_some_candidates_lack_are_masked():
    table = ResultsTable(1)
    table.add_trials([{"a": 1}, {"b": "x"}, {"b": [1, 2]}])
    for number in range(3):
        table.record(FitResult(number, 0, 0.0, 0.0, 0.0))
    results = table.to_cv_results(np.nan, False)
    assert results["param_a"].mask.tolist() == [False, True, True]
    assert results["param_a"].dtype.kind == "i" and results["param_b"].dtype == object
    assert results["param_b"].tolist() == [None, "x", [1, 2]]


def test_incomplete_trials_rank_last_even_among_failures():
    table = ResultsTable(2)
    trials = table.add_trials([{"a": i} for i in range(4)])
    for trial, fold, score in ((0, 0, 1.0), (1, 0, 0.1), (1, 1, 0.2), (2, 0, 0.3), (2, 1, 0.4)):
        table.record(FitResult(trial, fold, 1.0, 1.0, score, n_epochs=5))
    for fold in range(2):
        table.record(FitResult(3, fold, 1.0, 1.0, None, error="no"))
    table.prune(trials[:1])
    with pytest.warns(UserWarning, match="non-finite"):
        results = table.to_cv_results(np.nan, False, multi_fidelity=True)
    assert results["rank_test_score"].tolist() == [4, 2, 1, 3]
    assert results["status"].tolist() == ["pruned", "complete", "complete", "failed"]
    assert results["n_epochs"].tolist() == [5, 10, 10, 0]
    assert results["mean_fit_time"].tolist() == [1.0] * 4


def test_all_failures_and_one_that_is_incomplete():
    table = ResultsTable(1)
    table.add_trials([{"a": 0}, {"a": 1}, {"a": 2}])
    table.record(FitResult(0, 0, 1.0, 1.0, None, rung_scores={Rung(0, 3): 0.5}, n_epochs=3))
    table.record(FitResult(1, 0, 1.0, 1.0, float("nan")))
    with pytest.warns(UserWarning, match="non-finite"):
        results = table.to_cv_results(np.nan, False, multi_fidelity=True)
    # the third never began
    assert results["rank_test_score"].tolist() == [2, 1]
    assert results["status"].tolist() == ["unfinished", "complete"]


def test_without_multi_fidelity_only_complete_trials_are_shown():
    table = filled([[0.5, 0.6], [0.7, 0.8]])
    table.add_trials([{"a": 7}, {"a": 8}])
    table.record(FitResult(2, 0, 1.0, 1.0, 0.9))
    results = table.to_cv_results(np.nan, False)
    assert results["params"] == [{"a": 0}, {"a": 1}]
    assert results["rank_test_score"].tolist() == [2, 1]


def test_the_latest_curves_and_times_of_the_trials_that_are_shown():
    def curve(n_epochs):
        return LearningCurve(np.ones(n_epochs, np.float32))

    table = ResultsTable(2)
    table.add_trials([{"a": i} for i in range(4)])
    table.record(FitResult(2, 0, 1.0, 1.0, 0.5, curve=curve(2), finish_time=7.0))
    table.record(
        FitResult(
            0, 1, 1.0, 1.0, None, rung_scores={Rung(0, 3): 0.5}, curve=curve(3), finish_time=1.0
        )
    )
    table.record(FitResult(0, 1, 1.0, 1.0, 0.7, curve=curve(5), finish_time=4.0))
    table.record(FitResult(0, 0, 1.0, 1.0, None, error="killed", finish_time=3.0))
    found = table.learning_curves(multi_fidelity=True)
    assert [[each and len(each.loss) for each in folds] for folds in found] == [
        [None, 5],
        [2, None],
    ]
    assert table.finish_times(multi_fidelity=True).tolist() == [4.0, 7.0]
    assert len(table.learning_curves()) == len(table.finish_times()) == 1


def test_trials_that_are_cut_off_leave_nothing():
    table = ResultsTable(2)
    table.add_trials([{"a": 1}, {"a": 2}, {"a": 3}])
    table.record(FitResult(0, 0, 0.0, 0.0, 0.5))
    table.record(FitResult(0, 1, 0.0, 0.0, 0.5))
    table.record(FitResult(2, 0, 0.0, 0.0, None, error="broken"))
    table.record(FitResult(1, 0, 0.0, 0.0, 0.9, has_converged=False))
    table.cut(1)
    for late in (FitResult(1, 1, 0.0, 0.0, 0.9), FitResult(2, 1, 0.0, 0.0, None, error="late")):
        table.record(late)
    assert table.n_done == table.n_resolved == 2 and table.n_unconverged == 0
    assert table.errors == [] and table.n_complete == 1
    assert table.best_mean_score() == 0.5
    assert table.to_cv_results(np.nan, False)["params"] == [{"a": 1}]


def test_the_log_has_the_jobs_of_the_trials_that_are_shown():
    table = ResultsTable(1)
    table.add_trials([{"a": i} for i in range(4)])
    for number in (1, 3, 2):
        time = float(number)
        table.record(FitResult(number, 0, 0, 0, 0.5, finish_time=time, worker="w", seconds=1.0))
    assert table.fit_log()["trial"].tolist() == [0, 1, 2]
    assert table.fit_log()["end"].tolist() == [1.0, 2.0, 3.0]
    table.cut(3)
    table.record(FitResult(3, 0, 0, 0, 0.5, finish_time=4.0, worker="w", seconds=1.0))
    assert table.fit_log()["end"].tolist() == [1.0, 2.0]
