"""Names of workers, and how they share out their time."""

import os
import sys
import threading

import pytest

from sk_hpt._evaluation.worker import of_this_worker, worker_name
from sk_hpt._trials import FitResult


def name_in_new_thread():
    names = []
    thread = threading.Thread(target=lambda: names.extend([worker_name(), worker_name()]))
    thread.start()
    thread.join()
    assert names[0] == names[1]
    return names[0]


def test_each_thread_has_a_name_of_its_own():
    # The system gives the number of a thread that ended to the next one.
    names = [worker_name(), worker_name(), *(name_in_new_thread() for _ in range(20))]
    assert names[0] == names[1] and len(set(names)) == 21


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_does_not_have_the_name_of_its_parent():
    here = worker_name()
    reader, writer = os.pipe()
    if not (child := os.fork()):
        os.write(writer, worker_name().encode())
        os._exit(0)
    os.waitpid(child, 0)
    there = os.read(reader, 100).decode()
    os.close(reader), os.close(writer)
    assert len(there) == len(here) and there != here


def test_a_group_shares_its_time():
    results = [FitResult(number, 0, 1.0, 0.0, 0.5) for number in range(4)]
    shared = of_this_worker(results, 2.0)
    assert [(each.worker, each.seconds) for each in shared] == [(worker_name(), 0.5)] * 4
    assert shared == results  # neither is compared
    assert of_this_worker([], 2.0) == []
