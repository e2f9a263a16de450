"""Results as the rows of a journal."""

from sk_hpt._trials import FitResult
from sk_hpt.journal._file import Row
from sk_hpt.journal._records import JournalState, encode_result
from sk_hpt.journal._values import to_text


def read_back(content):
    state = JournalState()
    state.apply(Row("result", to_text(content)))
    (result,) = state.results[1].values()
    return result


def test_the_worker_of_a_result_is_stored():
    content = encode_result(FitResult(1, 0, 0.5, 0.1, 0.9, worker="a1b2", seconds=0.75))
    result = read_back(content)
    assert (result.worker, result.seconds) == ("a1b2", 0.75)


def test_rows_without_a_worker_are_read():
    content = encode_result(FitResult(1, 0, 0.5, 0.1, 0.9))
    assert not {"worker", "seconds"} & set(content)
    result = read_back(content)
    assert (result.worker, result.seconds) == ("", 0.0)
