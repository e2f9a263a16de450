import os
import subprocess
import sys
import threading

import pytest

from sk_hpt._blas import SingleBlasThread

SCRIPT = """
import threading
from threadpoolctl import threadpool_info
from sk_hpt._blas import SingleBlasThread

def n_threads():
    return max(each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas")

def run(function):
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()

import numpy
before, owner = n_threads(), SingleBlasThread()
assert before > 1, before
with owner:
    assert n_threads() == 1
    run(owner.__enter__)  # a search that begins in one thread, and ends in another
assert n_threads() == 1, "somebody still trains"
run(lambda: owner.__exit__(None, None, None))
assert n_threads() == before, n_threads()
seen = []
def search():
    with owner:
        seen.append(n_threads())
run(search)  # also after the main thread has had the limit
assert seen == [1] and n_threads() == before
assert not [each for each in threading.enumerate() if each.name == "sk_hpt BLAS"]
"""


def test_the_first_one_in_limits_and_the_last_one_out_restores():
    # In a process of its own, because the tests limit BLAS in this one.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    subprocess.run([sys.executable, "-P", "-c", SCRIPT], check=True, env=environment)


def test_an_exception_restores_too():
    owner = SingleBlasThread()
    with pytest.raises(ZeroDivisionError), owner:
        raise ZeroDivisionError
    assert not [each for each in threading.enumerate() if each.name == "sk_hpt BLAS"]
