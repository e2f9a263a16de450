"""The lines that a search prints; parity with scikit-learn's is tested in tests/parity."""

import pytest
from estimators import Scored

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt._reporting import Announcement, Observer, Observers
from sk_hpt._trials import ResultsTable


def test_known_fits_are_announced_once_before_the_first_job(capsys):
    announcement = Announcement(3, 30, "search.db")
    observers = Observers([announcement])
    with observers.searching(ResultsTable(3), 90, True):
        observers.results_known(12)
        observers.results_known(6)
        assert "read from" not in capsys.readouterr().out
        assert type(announcement.for_job(0)) is Observer
        observers.for_job(1)
        assert capsys.readouterr().out == "18 of 90 fits read from search.db\n"
    assert not capsys.readouterr().out


@pytest.mark.parametrize("verbose", [0, 1, 2])
@pytest.mark.parametrize("search_class", [GridSearchNN, RandomSearchNN, BayesSearchNN])
def test_a_resumed_search_says_how_much_it_knows(search_class, verbose, tmp_path, capsys):
    budget = {} if search_class is GridSearchNN else {"n_iter": 4, "random_state": 0}
    path = tmp_path / "search.db"
    space = {"value": [1.0, 2.0, 3.0, 4.0]}
    options = {"cv": 3, "refit": False, "journal": path, **budget}
    search_class(Scored(), space, **options).fit([[0.0]] * 6)
    capsys.readouterr()
    search_class(Scored(), space, verbose=verbose, **options).fit([[0.0]] * 6)
    lines = capsys.readouterr().out.splitlines()
    said = [line for line in lines if "read from" in line]
    assert said == ([f"12 of 12 fits read from {path}"] if verbose else [])
    if verbose == 1:
        assert lines[2].startswith("12/12 fits")


def test_a_partly_known_search_says_so_before_it_fits(tmp_path, capsys):
    path = tmp_path / "search.db"
    options = {"cv": 3, "refit": False, "journal": path, "random_state": 0}
    for n_iter in (2, 4):
        search = RandomSearchNN(Scored(), {"value": [1.0, 2.0, 3.0, 4.0]}, n_iter=n_iter, **options)
        search.set_params(verbose=2).fit([[0.0]] * 6)
    lines = capsys.readouterr().out.splitlines()[7:]
    assert lines[1] == f"6 of 12 fits read from {path}" and len(lines) == 8
