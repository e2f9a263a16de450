import io
import threading
import time

import pytest

from sk_hpt import GridSearchNN
from sk_hpt._reporting import Epochs, NullProgress, ProgressLine, progress
from sk_hpt._trials import FitResult, ResultsTable


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that only moves when told."""

    class Clock:
        now = 100.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def advance(progress, table, clock, n_fits, seconds):
    for _ in range(n_fits):
        clock.now += seconds
        number = table.n_done
        table.append(FitResult(number, 0, 0.0, 0.0, 0.5 + number / 1000))
        progress.update(table)


def table_of(n_trials):
    table = ResultsTable(1)
    table.enroll([{}] * n_trials)
    return table


def test_plain_lines_where_there_is_no_terminal(clock):
    stream, table = io.StringIO(), table_of(100)
    progress = ProgressLine(100, stream)
    advance(progress, table, clock, 100, seconds=1.0)
    progress.close(table)
    lines = stream.getvalue().splitlines()
    assert lines[0] == "10/100 fits, best score 0.509, 1.5min left"
    assert lines[-1] == "100/100 fits, best score 0.599, 1.7min in all"
    assert len(lines) == 10 and "\r" not in stream.getvalue()


def test_slow_searches_are_heard_of_before_a_tenth_is_done(clock):
    stream, table = io.StringIO(), table_of(100)
    advance(ProgressLine(100, stream), table, clock, 3, seconds=20.0)
    assert stream.getvalue().splitlines() == ["2/100 fits, best score 0.501, 32.7min left"]


def test_one_line_in_a_terminal(clock):
    stream, table = Terminal(), table_of(100)
    progress = ProgressLine(100, stream)
    advance(progress, table, clock, 100, seconds=0.05)
    progress.close(table)
    text = stream.getvalue()
    assert text.count("\n") == 1 and text.endswith("\n")
    shown = text[1:-1].split("\r")
    assert 20 <= len(shown) <= 30  # redrawn at most five times a second
    assert shown[-1].startswith("100/100 fits, best score 0.599, 5.0s in all")


def test_a_shorter_line_covers_the_longer_one_before(clock):
    stream, table = Terminal(), table_of(13)
    progress = ProgressLine(13, stream)
    advance(progress, table, clock, 2, seconds=1000.0)
    advance(progress, table, clock, 2, seconds=0.3)
    *_, longer, shorter = stream.getvalue().split("\r")
    assert longer == "3/13 fits, best score 0.502, 111.1min left"
    assert shorter == "4/13 fits, best score 0.503, 75.0min left "


def test_no_best_score_before_there_is_one(clock):
    stream, table = io.StringIO(), ResultsTable(2)
    table.enroll([{}])
    progress = ProgressLine(2, stream)
    advance(progress, table, clock, 1, seconds=1.0)
    assert stream.getvalue() == "1/2 fits, 1.0s left\n"


def test_silence(capfd):
    progress, table = NullProgress(), table_of(1)
    with progress.watching(table):
        progress.recall(1)
        progress.update(table)
    progress.close(table)
    assert capfd.readouterr() == ("", "")


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_verbose_1(iris, capsys):
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier((3,), max_iter=3, random_state=0)
    search = GridSearchNN(network, {"alpha": [0.1, 1.0]}, cv=3, verbose=1).fit(*iris)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Fitting 3 folds for each of 2 candidates, totalling 6 fits"
    assert lines[-1].startswith(f"6/6 fits, best score {search.best_score_:.4g}, ")
    GridSearchNN(network, {"alpha": [0.1]}, cv=3).fit(*iris)
    assert capsys.readouterr().out == ""


def underway(limits, n_asked):
    epochs = Epochs()
    poll = epochs.counted(limits, lambda: False)
    for _ in range(n_asked):
        assert poll() is False
    return epochs


def test_a_fit_underway_counts_as_the_part_that_is_done(clock):
    table, stream = table_of(4), io.StringIO()
    # Before the 51st epoch 50 are done.
    progress = ProgressLine(4, stream, underway({(1, 0): 100}, 51))
    advance(progress, table, clock, 1, seconds=30.0)
    assert stream.getvalue() == "1.5/4 fits, best score 0.5, 50.0s left\n"


def test_the_line_never_runs_backwards(clock):
    table, stream, epochs = table_of(2), Terminal(), Epochs()
    poll = epochs.counted({(1, 0): 10}, lambda: False)
    for _ in range(6):
        poll()
    progress = ProgressLine(2, stream, epochs)
    advance(progress, table, clock, 1, seconds=1.0)
    epochs.counted({(1, 0): 10}, lambda: False)()  # begun anew
    clock.now += 1.0
    progress.update(table)
    shown = [part.split("/")[0] for part in stream.getvalue()[1:].split("\r")]
    assert shown == ["1.5", "1.5"]


def test_recalled_fits_say_nothing_of_the_pace(clock):
    table, stream = table_of(100), io.StringIO()
    for number in range(80):
        table.append(FitResult(number, 0, 0.0, 0.0, 0.5))
    progress = ProgressLine(100, stream)
    progress.recall(80)
    advance(progress, table, clock, 1, seconds=10.0)
    assert stream.getvalue() == "81/100 fits, best score 0.58, 3.2min left\n"


def test_the_line_moves_while_one_fit_trains(monkeypatch):
    monkeypatch.setattr(progress, "REDRAW_SECONDS", 0.001)
    table, stream, epochs = table_of(1), Terminal(), Epochs()
    poll = epochs.counted({(0, 0): 100}, lambda: False)
    with ProgressLine(1, stream, epochs).watching(table):
        for n_asked, part in ((11, "0.1/1 fits"), (91, "0.9/1 fits")):
            while poll.n_asked < n_asked:
                poll()
            for _ in range(5000):
                if part in stream.getvalue():
                    break
                time.sleep(0.001)
            assert part in stream.getvalue()
    assert not [each for each in threading.enumerate() if each.name == "sk_hpt progress"]


def test_an_error_gets_a_line_of_its_own(clock):
    table, stream = table_of(3), Terminal()
    progress = ProgressLine(3, stream)
    with pytest.raises(ZeroDivisionError), progress.watching(table):
        advance(progress, table, clock, 1, seconds=1.0)
        raise ZeroDivisionError
    assert stream.getvalue().endswith("\n")


def test_a_search_that_ended_early_has_no_time_left(clock):
    table, stream = table_of(3), io.StringIO()
    progress = ProgressLine(3, stream)
    with progress.watching(table):
        table.append(FitResult(0, 0, 0.0, 0.0, 0.5))
        clock.now += 2.0
    progress.close(table)
    assert stream.getvalue() == "1/3 fits, best score 0.5, 2.0s in all\n"


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("multi_fidelity", [None, "halving"])
@pytest.mark.parametrize("values", [{"alpha": [0.1, 1.0, 2.0]}, {"max_iter": [4, 6, 8]}])
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_searches_count_their_epochs(iris, monkeypatch, capsys, values, multi_fidelity, n_jobs):
    from sklearn.neural_network import MLPClassifier

    counted = []

    class Kept(Epochs):
        def counted(self, limits, should_stop, done=0):
            counted.append((limits, super().counted(limits, should_stop, done)))
            return counted[-1][1]

    monkeypatch.setattr("sk_hpt._search.base.Epochs", Kept)
    network = MLPClassifier((3,), max_iter=8, tol=0.0, random_state=0)
    options = {"cv": 3, "verbose": 1, "multi_fidelity": multi_fidelity, "n_jobs": n_jobs}
    GridSearchNN(network, values, **options).fit(*iris)
    assert {cell for limits, _ in counted for cell in limits} == {
        (trial, fold) for trial in range(3) for fold in range(3)
    }
    assert all(0 < poll.n_asked <= max(limits.values()) for limits, poll in counted)
    assert capsys.readouterr().out.splitlines()[-1].startswith("9/9 fits, best score ")
