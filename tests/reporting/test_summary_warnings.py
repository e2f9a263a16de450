import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from sklearn.exceptions import ConvergenceWarning, FitFailedWarning

from sk_hpt._reporting import (
    NOT_CONVERGED,
    convergence_counted,
    report_convergence,
    report_early_end,
    report_failures,
)
from sk_hpt._trials import FitResult, ResultsTable


def test_says_nothing_of_success():
    report_failures([], 4, 0.0)


def test_groups_equal_errors():
    with pytest.warns(FitFailedWarning) as caught:
        report_failures(["first", "second", "first"], 4, 0.0)
    text = str(caught[0].message)
    assert "3 fits failed out of a total of 4" in text and "set to 0.0" in text
    assert "2 fits failed with the following error:\nfirst" in text
    assert "1 fits failed with the following error:\nsecond" in text


def test_raises_if_nothing_succeeded():
    with pytest.raises(ValueError, match="All the 2 fits failed"):
        report_failures(["first", "first"], 2, 0.0)


def test_says_once_what_did_not_converge():
    with pytest.warns(ConvergenceWarning, match="3 of 8 fits reached max_iter") as caught:
        report_convergence(3, 8)
    assert len(caught) == 1
    report_convergence(0, 8)
    warnings.filterwarnings("ignore", NOT_CONVERGED)
    report_convergence(3, 8)


@pytest.mark.parametrize(
    "action, is_heard", [("default", False), ("always", False), ("ignore", False), ("error", True)]
)
def test_networks_do_not_warn_one_by_one(action, is_heard):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter(action)
        heard = False
        with convergence_counted():
            try:
                warnings.warn(f"{NOT_CONVERGED} (3) reached", ConvergenceWarning, stacklevel=1)
            except ConvergenceWarning:
                heard = True
            if action == "always":
                warnings.warn("lbfgs failed to converge", ConvergenceWarning, stacklevel=1)
    assert heard == is_heard
    assert [str(w.message) for w in caught] == ["lbfgs failed to converge"] * (action == "always")


def test_warnings_are_counted_in_threads_too():
    warnings.simplefilter("always", ConvergenceWarning)

    def warn():
        with convergence_counted() as unconverged:
            warnings.warn(f"{NOT_CONVERGED} (3) reached", ConvergenceWarning, stacklevel=1)
        return unconverged.n_warnings

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(warn).result() == 1


def test_a_search_within_a_search_does_not_warn_by_itself():
    warnings.simplefilter("error")
    warnings.simplefilter("always", ConvergenceWarning)
    with convergence_counted() as unconverged:
        report_convergence(3, 8)
    assert unconverged.n_warnings == 1


@pytest.fixture
def table():
    """Two trials, of which the first is complete."""
    table = ResultsTable(1)
    table.add_trials([{"alpha": 0.1}, {"alpha": 1.0}])
    table.record(FitResult(0, 0, 0.0, 0.0, 0.5))
    return table


@pytest.mark.parametrize("reason", ["timeout", "interrupted", "callback"])
@pytest.mark.parametrize("refit", [True, False])
@pytest.mark.parametrize("journal", [None, "search.db"])
def test_an_early_end_says_what_follows_and_how_to_go_on(table, reason, refit, journal):
    with pytest.warns(UserWarning, match="1 of 60 trials is complete") as caught:
        report_early_end(table, reason, 60, 2.5, refit, journal)
    text = str(caught[0].message)
    assert ("timeout=2.5 s" in text) == (reason == "timeout")
    assert ("refitting the best one" in text) == refit
    assert ("Press Ctrl-C again to skip the refit" in text) == (refit and reason == "interrupted")
    assert ("refit=False skips it" in text) == (refit and reason != "interrupted")
    assert ("with the same journal to continue" in text) == (journal is not None)
    assert ('journal="search.db"' in text) == (journal is None)


def test_without_a_complete_trial_the_error_names_the_journal_too():
    with pytest.raises(ValueError, match=r"before any trial .* Run .* with the same journal"):
        report_early_end(ResultsTable(2), "timeout", 60, 2.5, True, "search.db")
