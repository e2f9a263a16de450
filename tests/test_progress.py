import io

import pytest

from sk_hpt import GridSearchNN, _progress
from sk_hpt._progress import NullProgress, ProgressLine
from sk_hpt._results import ResultsTable
from sk_hpt._trial import FoldResult


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
    monkeypatch.setattr(_progress, "time", clock)
    return clock


def advance(progress, table, clock, n_fits, seconds):
    for _ in range(n_fits):
        clock.now += seconds
        number = table.n_done
        table.append(FoldResult(number, 0, 0.0, 0.0, 0.5 + number / 1000))
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
    shown = text.strip().split("\r")
    assert 20 <= len(shown) <= 30  # redrawn five times a second at the most
    widths = [len(part) for part in text[1:-1].split("\r")]
    assert all(len(b.rstrip()) <= w for b, w in zip(shown[1:], widths[1:], strict=True))
    assert shown[-1].startswith("100/100 fits, best score 0.599, 5.0s in all")


def test_a_shorter_line_covers_the_longer_one_before(clock):
    stream, table = Terminal(), table_of(3)
    progress = ProgressLine(3, stream)
    advance(progress, table, clock, 1, seconds=100.0)
    advance(progress, table, clock, 1, seconds=0.3)
    first, second = stream.getvalue()[1:].split("\r")
    assert len(second) >= len(first)


def test_no_best_score_before_there_is_one(clock):
    stream, table = io.StringIO(), ResultsTable(2)
    table.enroll([{}])
    progress = ProgressLine(2, stream)
    advance(progress, table, clock, 1, seconds=1.0)
    assert stream.getvalue() == "1/2 fits, 1.0s left\n"


def test_silence():
    NullProgress().update(table_of(1))
    NullProgress().close(table_of(1))


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
