import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from sklearn.exceptions import ConvergenceWarning, FitFailedWarning

from sk_hpt._reporting import (
    NOT_CONVERGED,
    convergence_counted,
    report_convergence,
    report_failures,
)


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


def test_filters_of_the_process_are_left_alone_by_other_threads():
    before = list(warnings.filters)

    def look():
        with convergence_counted():
            assert warnings.filters == before

    with ThreadPoolExecutor(1) as pool:
        pool.submit(look).result()
