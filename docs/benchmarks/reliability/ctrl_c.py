"""Measure the time from Ctrl-C to the end of `fit`.

Searches over large networks, with one and with two workers, are interrupted at random moments, and
must keep the trial that is complete. The best trial is not refitted, because that takes as long as
training it. The number of rows decides how long an epoch takes.

    python docs/benchmarks/reliability/ctrl_c.py [--rows 40000] [--times 5]
"""

import argparse
import os
import signal
import threading
import time
import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier

from sk_hpt import GridSearchNN


def seconds_to_return(n_jobs, n_rows, delay):
    """Return the seconds from the signal to the end of `fit`."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(n_rows, 100)), rng.integers(2, size=n_rows)
    network = MLPClassifier((100,), batch_size=64, tol=0.0, n_iter_no_change=10**6, max_iter=10**6)
    first, endless = {"max_iter": [1]}, {"max_iter": [10**6], "alpha": [1e-3, 1e-2, 1e-1]}
    search = GridSearchNN(network, [first, endless], cv=2, n_jobs=n_jobs, refit=False)
    sent = []

    def interrupt():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Timer(delay, interrupt).start()
    search.fit(X, y)
    assert search.stop_reason_ == "interrupted" and len(search.cv_results_["params"]) == 1
    return time.monotonic() - sent[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    network = MLPClassifier((100,), batch_size=64, max_iter=1)
    rng = np.random.default_rng(0)
    half = options.rows // 2
    started = time.monotonic()
    GridSearchNN(network, {"alpha": [1e-3]}, cv=[(np.arange(half), np.arange(9))], refit=False).fit(
        rng.normal(size=(options.rows, 100)), rng.integers(2, size=options.rows)
    )
    epoch = time.monotonic() - started
    print(f"an epoch takes about {epoch:.2f} s")
    for n_jobs in (1, 2):
        seconds = [
            seconds_to_return(n_jobs, options.rows, 6 * epoch + rng.uniform(0, epoch))
            for _ in range(options.times)
        ]
        print(
            f"n_jobs={n_jobs}: {np.median(seconds):.2f} s from Ctrl-C to the end of fit (median of "
            f"{len(seconds)}; at most {max(seconds):.2f} s)"
        )


if __name__ == "__main__":
    main()
