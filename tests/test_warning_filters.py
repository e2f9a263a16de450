import pickle
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.exceptions import ComplexWarning
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.utils.parallel import Parallel, delayed

from sk_hpt import GridSearchNN
from sk_hpt._warning_filters import OURS, current_filters, filters_kept, silenced

pytestmark = pytest.mark.skipif(
    bool(getattr(sys.flags, "context_aware_warnings", False)),
    reason="the filters of each thread are its own",
)


@pytest.fixture(autouse=True)
def filters():
    """The filters of the process; a test that fails leaves none behind."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        yield warnings.filters


def in_another_thread(function):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def overlap(*filter_arguments, between=lambda: None):
    """Leave two contexts in the wrong order, as threads do; the filter of the first one stays."""
    first, second = warnings.catch_warnings(), warnings.catch_warnings()
    first.__enter__()
    warnings.simplefilter(*filter_arguments)
    between()
    second.__enter__()
    first.__exit__(None, None, None)
    second.__exit__(None, None, None)


@pytest.mark.parametrize("left", [("ignore",), ("error", ComplexWarning)])
def test_what_threads_leave_behind_is_removed(filters, left):
    before = list(filters)
    with filters_kept():
        overlap(*left)
        assert len(warnings.filters) > len(before) + 1
    assert warnings.filters is filters and filters == before


def test_a_filter_that_lands_in_the_list_itself_is_removed(filters):
    before = list(filters)
    with filters_kept():
        warnings.simplefilter("error", ComplexWarning)
    assert warnings.filters is filters and filters == before


def test_a_search_that_begins_while_a_thread_validates_data(filters):
    before, begun, is_over = list(filters), threading.Event(), threading.Event()

    def second():
        with filters_kept():
            begun.set()
            is_over.wait(60)

    thread = threading.Thread(target=second)

    def start_second():
        thread.start()
        begun.wait(60)

    with filters_kept():
        overlap("error", ComplexWarning, between=start_second)
    is_over.set()
    thread.join()
    assert warnings.filters is filters and filters == before


def test_what_the_user_adds_meanwhile_stays(filters):
    with filters_kept():
        warnings.filterwarnings("ignore", "mine")
        overlap("ignore")
    assert [action for action, *_ in filters[:2]] == ["ignore", "default"]
    assert warnings.filters is filters


def test_a_context_of_the_user_that_has_ended_is_not_entered_again(filters):
    before, begun, is_over = list(filters), threading.Event(), threading.Event()

    def other_search():
        with filters_kept():
            begun.set()
            is_over.wait(60)

    other = threading.Thread(target=other_search)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with filters_kept():
            other.start()
            begun.wait(60)
    is_over.set()
    other.join()
    assert warnings.filters is filters and filters == before


def test_nothing_is_added_for_good(filters):
    before = list(filters)
    with filters_kept(), silenced("quiet"):
        assert warnings.filters is filters and len(filters) == len(before) + 1
    assert filters == before
    with pytest.raises(ZeroDivisionError), filters_kept():
        raise ZeroDivisionError
    assert filters == before


def test_a_thread_silences_itself_alone():
    def warn():
        with warnings.catch_warnings(record=True) as caught:
            for message in ("quiet please", "loud"):
                warnings.warn(message, stacklevel=1)
        return [str(each.message) for each in caught]

    with silenced("quiet") as silence:
        assert in_another_thread(warn) == ["quiet please", "loud"]
        assert silence.n_warnings == 0
        assert warn() == ["loud"]
        assert silence.n_warnings == 1
    assert warn() == ["quiet please", "loud"]


def test_the_innermost_silence_counts():
    with silenced("quiet") as outer, silenced("quiet") as inner:
        warnings.warn("quiet please", stacklevel=1)
    assert (outer.n_warnings, inner.n_warnings) == (0, 1)


def warn_in_worker():
    warnings.warn("quiet please", ConvergenceWarning, stacklevel=1)
    return "done"


def test_scikit_learn_can_copy_the_filters_to_its_workers(filters):
    with silenced("quiet") as silence, warnings.catch_warnings(record=True) as caught:
        parallel = Parallel(n_jobs=2, backend="threading")
        assert parallel([delayed(warn_in_worker)()]) == ["done"]
        assert pickle.loads(pickle.dumps(OURS))[1].match("quiet please") is None
    assert [str(each.message) for each in caught] == ["quiet please"]
    assert silence.n_warnings == 0
    assert OURS not in current_filters()


def test_tasks_that_scikit_learn_runs_in_the_same_thread_are_silenced(filters):
    with silenced("quiet") as silence, warnings.catch_warnings(record=True) as caught:
        assert Parallel()([delayed(warn_in_worker)() for _ in range(2)]) == ["done", "done"]
    assert caught == [] and silence.n_warnings == 2


def leaves_a_filter_behind(estimator, X, y):
    overlap("ignore")
    return 1.0


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_search_leaves_the_filters_as_they_were(filters, n_jobs):
    before, X, y = list(filters), np.eye(12), np.arange(12) % 2
    network = MLPClassifier((2,), max_iter=500, tol=10.0, n_iter_no_change=1, random_state=0)
    search = GridSearchNN(network, {"alpha": [0.1, 1.0]}, cv=2, scoring=leaves_a_filter_behind)
    in_another_thread(lambda: search.set_params(n_jobs=n_jobs).fit(X, y))
    assert warnings.filters is filters and filters == before
