import os
import subprocess
import sys
import threading

import pytest

from sk_hpt._blas import BlasThreads

SCRIPT = """
import threading
from threadpoolctl import threadpool_info
from sk_hpt._blas import BlasThreads

def n_threads():
    return max(each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas")

def run(function):
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()

import numpy
before, owner = n_threads(), BlasThreads()
assert before > 1, before
other = owner.limited(2)
with owner.limited():
    assert n_threads() == 1
    run(other.__enter__)  # a search that begins in one thread, and ends in another
assert n_threads() == 1, "somebody still trains"
run(lambda: other.__exit__(None, None, None))
assert n_threads() == before, n_threads()
seen = []
def search():
    with owner.limited():
        seen.append(n_threads())
run(search)  # also after the main thread has had the limit
assert seen == [1] and n_threads() == before
with owner.unlimited():
    assert n_threads() == before
with owner.limited():
    with owner.unlimited():  # a wide network that trains alone
        assert n_threads() == before
        other = owner.limited()
        run(other.__enter__)  # until a search in another thread begins
        assert n_threads() == 1
        run(lambda: other.__exit__(None, None, None))
        assert n_threads() == before
    assert n_threads() == 1
with owner.limited(2), owner.unlimited():
    assert n_threads() == 1
assert n_threads() == before
assert not [each for each in threading.enumerate() if each.name == "sk_hpt BLAS"]
"""


def test_the_first_one_in_limits_and_the_last_one_out_restores():
    # In a process of its own, because the tests limit BLAS in this one.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    subprocess.run([sys.executable, "-P", "-c", SCRIPT], check=True, env=environment)


def test_an_exception_restores_too():
    owner = BlasThreads()
    with pytest.raises(ZeroDivisionError), owner.limited(), owner.unlimited():
        raise ZeroDivisionError
    assert not [each for each in threading.enumerate() if each.name == "sk_hpt BLAS"]


SEARCH = """
import warnings
from threadpoolctl import threadpool_info
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier
from sk_hpt import GridSearchNN

def n_threads():
    return max(each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas")

seen = []
def scorer(network, X, y):
    seen.append(n_threads())
    return 0.0

warnings.simplefilter("ignore")
before = n_threads()
search = GridSearchNN(MLPClassifier(max_iter=1), {"alpha": [1.0]}, cv=2, scoring=scorer)
for n_jobs in (None, 1, 2):
    search.set_params(n_jobs=n_jobs).fit(*load_iris(return_X_y=True))
assert before > 1 and set(seen) == {1}, seen
assert n_threads() == before
"""


def test_a_search_with_one_worker_limits_too():
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    subprocess.run([sys.executable, "-P", "-c", SEARCH], check=True, env=environment)


WIDE = """
import warnings
import numpy as np
from threadpoolctl import threadpool_info
from sklearn.neural_network import MLPClassifier
from sk_hpt import GridSearchNN
from sk_hpt._evaluation import runs

def n_threads():
    return max(each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas")

seen = {}
train = runs.NetworkRun._train

def watched(run, training, *arguments):
    seen.setdefault(training.network.hidden_layer_sizes, set()).add(n_threads())
    train(run, training, *arguments)

runs.NetworkRun._train = watched
warnings.simplefilter("ignore")
X, y = np.random.default_rng(0).normal(size=(400, 64)), np.arange(400) % 2
grid = {"hidden_layer_sizes": [(100,), (300, 300)]}
search = GridSearchNN(MLPClassifier(max_iter=1), grid, cv=2, refit=False)
search.fit(X, y)
assert seen == {(100,): {1}, (300, 300): {2}}, seen
seen.clear()
search.set_params(n_jobs=2).fit(X, y)
assert seen == {(100,): {1}, (300, 300): {1}}, seen
"""


def test_a_wide_network_that_trains_alone_has_all_threads():
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    subprocess.run([sys.executable, "-P", "-c", WIDE], check=True, env=environment)
