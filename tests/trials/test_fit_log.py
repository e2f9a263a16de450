"""The log of all jobs."""

import numpy as np

from sk_hpt._trials import FitLog, FitResult


def logged(*jobs, shown=range(10)):
    """Log jobs, given as trial, worker, finish time and seconds."""
    log = FitLog()
    for trial, worker, finish_time, seconds in jobs:
        log.record(
            FitResult(trial, 1, 0, 0, 0.5, finish_time=finish_time, worker=worker, seconds=seconds)
        )
    return log.columns(np.array(shown))


def test_jobs_are_in_the_order_of_their_starts_and_so_are_the_workers():
    log = logged((0, "b", 3.0, 1.0), (1, "a", 4.0, 3.0), (2, "b", 5.0, 2.0))
    assert list(log) == ["trial", "fold", "start", "end", "worker"]
    assert {name: column.tolist() for name, column in log.items()} == {
        "trial": [1, 0, 2],
        "fold": [1, 1, 1],
        "start": [1.0, 2.0, 3.0],
        "end": [4.0, 3.0, 5.0],
        "worker": [0, 1, 1],
    }


def test_jobs_whose_results_arrive_together_are_one_after_the_other():
    log = logged(*((i, "a", 8.0, 1.0 + i) for i in range(3)), (3, "b", 8.0, 5.0))
    assert log["trial"].tolist() == [0, 1, 3, 2]
    assert log["start"].tolist() == [2.0, 3.0, 3.0, 5.0]
    assert log["end"].tolist() == [3.0, 5.0, 8.0, 8.0]


def test_a_result_that_arrives_late_does_not_overlap_the_next_job():
    log = logged((0, "a", 2.0, 1.0), (1, "a", 2.5, 1.0), (2, "a", 9.0, 1.0))
    assert log["start"].tolist() == [0.5, 1.5, 8.0]
    assert log["end"].tolist() == [1.5, 2.5, 9.0]


def test_the_order_of_records_has_no_influence():
    rng = np.random.default_rng(0)
    jobs = [(i, "abc"[i % 3], t, 0.5) for i, t in enumerate(np.sort(rng.random(30)) * 9 + 9)]
    log = logged(*jobs, shown=range(30))
    shuffled = logged(*(jobs[i] for i in rng.permutation(30)), shown=range(30))
    for name, column in log.items():
        np.testing.assert_array_equal(shuffled[name], column)
    for worker in range(3):
        mine = log["worker"] == worker
        # up to rounding
        assert (np.diff(log["start"][mine]) >= 0.5 - 1e-9).all()


def test_only_trials_that_are_shown_have_entries():
    log = logged((0, "b", 1.0, 1.0), (2, "a", 2.0, 1.0), (7, "a", 3.0, 1.0), shown=[2, 5, 7])
    assert log["trial"].tolist() == [0, 2] and log["worker"].tolist() == [0, 0]


def test_jobs_without_a_worker_have_no_entry():
    log = logged((0, "", 1.0, 0.0))
    assert [len(column) for column in log.values()] == [0] * 5
