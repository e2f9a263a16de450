import io
import threading
import time

import pytest

from sk_hpt import GridSearchNN
from sk_hpt._reporting import ProgressLine, progress_line
from sk_hpt._trials import FitResult, Job, ResultsTable, Trial


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
    monkeypatch.setattr(progress_line, "time", clock)
    return clock


def advance(line, table, clock, n_fits, seconds):
    for _ in range(n_fits):
        clock.now += seconds
        number = table.n_done
        table.record(FitResult(number, 0, 0.0, 0.0, 0.5 + number / 1000))
        line.result_arrived(table)


def table_of(n_trials):
    table = ResultsTable(1)
    table.add_trials([{}] * n_trials)
    return table


def begin_epoch(line, epoch, max_epochs, *trials):
    jobs = [(Job(Trial(number, {}), 0), max_epochs) for number in trials]
    line.epoch_begins("network", epoch, max_epochs, jobs)


def test_one_line_in_a_notebook(clock):
    OutStream = type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})
    stream, table = OutStream(), table_of(20)
    with ProgressLine(stream).searching(table, 20, True):
        pass
    assert stream.getvalue().startswith("\r") and stream.getvalue().count("\n") == 1


def test_plain_lines_where_there_is_no_terminal(clock):
    stream, table = io.StringIO(), table_of(100)
    line = ProgressLine(stream)
    with line.searching(table, 100, True):
        advance(line, table, clock, 100, seconds=1.0)
    lines = stream.getvalue().splitlines()
    assert lines[0] == "10/100 fits, best score 0.509, 1.5min left"
    assert lines[-1] == "100/100 fits, best score 0.599, 1.7min in all"
    assert len(lines) == 10 and "\r" not in stream.getvalue()


def test_slow_searches_are_reported_before_a_tenth_is_done(clock):
    stream, table = io.StringIO(), table_of(100)
    line = ProgressLine(stream)
    with line.searching(table, 100, True):
        advance(line, table, clock, 3, seconds=20.0)
        assert stream.getvalue().splitlines() == ["2/100 fits, best score 0.501, 32.7min left"]


def test_one_line_in_a_terminal(clock):
    stream, table = Terminal(), table_of(100)
    line = ProgressLine(stream)
    with line.searching(table, 100, True):
        advance(line, table, clock, 100, seconds=0.05)
    text = stream.getvalue()
    assert text.count("\n") == 1 and text.endswith("\n")
    shown = text[1:-1].split("\r")
    assert 20 <= len(shown) <= 30  # redrawn at most five times a second
    assert shown[-1].startswith("100/100 fits, best score 0.599, 5.0s in all")


def test_a_shorter_line_covers_the_longer_one_before(clock):
    stream, table = Terminal(), table_of(13)
    line = ProgressLine(stream)
    with line.searching(table, 13, True):
        advance(line, table, clock, 2, seconds=1000.0)
        advance(line, table, clock, 2, seconds=0.3)
        *_, longer, shorter = stream.getvalue().split("\r")
    assert longer == "3/13 fits, best score 0.502, 111.1min left"
    assert shorter == "4/13 fits, best score 0.503, 75.0min left "


def test_no_best_score_before_there_is_one(clock):
    stream, table = io.StringIO(), ResultsTable(2)
    table.add_trials([{}])
    line = ProgressLine(stream)
    with line.searching(table, 2, True):
        advance(line, table, clock, 1, seconds=1.0)
        assert stream.getvalue() == "1/2 fits, 1.0s left\n"


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


def test_a_running_fit_counts_as_the_fraction_that_is_done(clock):
    table, stream = table_of(4), io.StringIO()
    line = ProgressLine(stream)
    with line.searching(table, 4, True):
        begin_epoch(line, 50, 100, 1)
        advance(line, table, clock, 1, seconds=30.0)
        assert stream.getvalue() == "1.5/4 fits, best score 0.5, 50.0s left\n"


def test_a_training_that_serves_several_fits_counts_for_each(clock):
    table, stream = table_of(4), io.StringIO()
    line = ProgressLine(stream)
    with line.searching(table, 4, True):
        begin_epoch(line, 50, 100, 1, 2)
        advance(line, table, clock, 1, seconds=30.0)
        assert stream.getvalue().startswith("2.0/4 fits")


def test_a_fit_counts_as_done_only_when_its_result_is_there(clock):
    table, stream = table_of(4), io.StringIO()
    line = ProgressLine(stream)
    with line.searching(table, 4, True):
        line.epoch_begins("network", 30, 100, [(Job(Trial(1, {}), 0), 20)])
        advance(line, table, clock, 1, seconds=30.0)
        assert stream.getvalue().startswith("1.9/4 fits")  # 19 of its 20 epochs
        advance(line, table, clock, 1, seconds=30.0)
        assert stream.getvalue().splitlines()[1].startswith("2/4 fits")


def test_the_count_never_falls(clock):
    table, stream = table_of(2), Terminal()
    line = ProgressLine(stream)
    with line.searching(table, 2, True):
        begin_epoch(line, 5, 10, 1)
        advance(line, table, clock, 1, seconds=1.0)
        begin_epoch(line, 0, 10, 1)  # begun anew
        clock.now += 1.0
        line.result_arrived(table)
        shown = [part.split("/")[0] for part in stream.getvalue()[1:].split("\r")]
    assert shown == ["1.5", "1.5"]


def test_known_results_have_no_influence_on_the_time_left(clock):
    table, stream = table_of(100), io.StringIO()
    for number in range(80):
        table.record(FitResult(number, 0, 0.0, 0.0, 0.5))
    line = ProgressLine(stream)
    with line.searching(table, 100, True):
        line.results_known(80)
        advance(line, table, clock, 1, seconds=10.0)
        assert stream.getvalue() == "81/100 fits, best score 0.58, 3.2min left\n"


def test_the_line_moves_while_one_fit_trains(monkeypatch):
    monkeypatch.setattr(progress_line, "REDRAW_SECONDS", 0.001)
    table, stream = table_of(1), Terminal()
    line = ProgressLine(stream)
    with line.searching(table, 1, True):
        for epoch, part in ((10, "0.1/1 fits"), (90, "0.9/1 fits")):
            begin_epoch(line, epoch, 100, 0)
            for _ in range(5000):
                if part in stream.getvalue():
                    break
                time.sleep(0.001)
            assert part in stream.getvalue()
    assert not [each for each in threading.enumerate() if each.name == "sk_hpt progress"]


def test_an_error_gets_a_line_of_its_own(clock):
    table, stream = table_of(3), Terminal()
    line = ProgressLine(stream)
    with pytest.raises(ZeroDivisionError), line.searching(table, 3, True):
        advance(line, table, clock, 1, seconds=1.0)
        raise ZeroDivisionError
    assert stream.getvalue().endswith("left\n")
    assert not [each for each in threading.enumerate() if each.name == "sk_hpt progress"]


def test_a_search_that_ended_early_has_no_time_left(clock):
    table, stream = table_of(3), io.StringIO()
    with ProgressLine(stream).searching(table, 3, True):
        table.record(FitResult(0, 0, 0.0, 0.0, 0.5))
        clock.now += 2.0
    assert stream.getvalue() == "1/3 fits, best score 0.5, 2.0s in all\n"


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("multi_fidelity", [None, "halving"])
@pytest.mark.parametrize("values", [{"alpha": [0.1, 1.0, 2.0]}, {"max_iter": [4, 6, 8]}])
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_searches_count_their_epochs(iris, monkeypatch, capsys, values, multi_fidelity, n_jobs):
    from sklearn.neural_network import MLPClassifier

    told = []

    class Watched(ProgressLine):
        def epoch_begins(self, network, epoch, last_epoch, jobs):
            told.extend((job.cell, epoch, limit) for job, limit in jobs)
            super().epoch_begins(network, epoch, last_epoch, jobs)

    monkeypatch.setattr("sk_hpt._reporting.loggers.ProgressLine", Watched)
    network = MLPClassifier((3,), max_iter=8, tol=0.0, random_state=0)
    options = {"cv": 3, "verbose": 1, "multi_fidelity": multi_fidelity, "n_jobs": n_jobs}
    GridSearchNN(network, values, **options).fit(*iris)
    limits = [8, 8, 8] if "alpha" in values else [4, 6, 8]
    assert {(cell, limit) for cell, _, limit in told} == {
        ((trial, fold), limits[trial]) for trial in range(3) for fold in range(3)
    }
    assert all(epoch < 8 for _, epoch, _ in told)
    assert capsys.readouterr().out.splitlines()[-1].startswith("9/9 fits, best score ")


class OnlyWrites:
    """A replacement of standard output that can do no more."""

    def write(self, text):
        return len(text)


@pytest.mark.parametrize("stream", [OnlyWrites(), None])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_streams_that_only_write_and_no_stream_at_all(iris, monkeypatch, stream):
    from sklearn.svm import SVC

    monkeypatch.setattr("sys.stdout", stream)
    assert GridSearchNN(SVC(), {"C": [0.5, 1.0]}, cv=2, verbose=1).fit(*iris).best_score_ > 0.5
