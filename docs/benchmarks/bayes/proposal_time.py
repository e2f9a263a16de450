"""How long does BayesSearchNN take to choose a trial, by observations and dimensions?

Told scores of a smooth function with noise, in a space of half real numbers, a quarter integers
and a quarter choices; one BLAS thread. "Learning" is a proposal for which the surrogate's
hyperparameters are learned again (each one up to 30 observations, then every fifth).

    python docs/benchmarks/bayes/proposal_time.py
"""

import argparse
import time

import numpy as np

from sk_hpt._proposers import BayesProposer
from sk_hpt._trials import Trial
from sk_hpt.space import Categorical, Integer, Real, parse_space

SIZES = [(25, 8), (50, 8), (100, 8), (200, 8), (300, 8), (50, 20), (500, 50)]
N_PROPOSALS = 10
"""Two of which learn."""


def space_of(n_dimensions):
    kinds = [
        Real(1e-4, 1.0, log=True),
        Real(0.0, 1.0),
        Integer(1, 100),
        Categorical(["a", "b", "c"]),
    ]
    return parse_space({f"x{i:02}": kinds[i % 4] for i in range(n_dimensions)})


def seconds_per_proposal(n, d, seed):
    """Seconds of each of the proposals that follow `n` observations."""
    space, rng = space_of(d), np.random.default_rng(seed)
    drawn = space.sample(n, seed)
    proposer = BayesProposer(space, n + N_PROPOSALS, random_state=seed, initial_points=drawn)
    weights = rng.normal(size=space.n_columns)

    def tell(number, params):
        score = -np.sum(weights * (space.encode(params) - 0.3) ** 2)
        proposer.tell([Trial(number, params)], score + 0.05 * rng.normal(size=(1, 1, 3)))

    for number, params in enumerate(proposer.ask(n)):
        tell(number, params)
    seconds = []
    for number in range(n, n + N_PROPOSALS):
        started = time.perf_counter()
        (params,) = proposer.ask(1)
        seconds.append(time.perf_counter() - started)
        tell(number, params)
    return seconds


def main():
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    print("| observations | dimensions | mean | learning | other |")
    print("| --- | --- | --- | --- | --- |")
    for n, d in SIZES:
        seconds = np.concatenate([seconds_per_proposal(n, d, seed)[1:] for seed in range(3)])
        learning = seconds > 1.5 * np.median(seconds) if n > 30 else np.full(len(seconds), True)
        cells = [seconds, seconds[learning], seconds[~learning]]
        print(
            f"| {n} | {d} |",
            " | ".join(f"{1e3 * c.mean():.0f} ms" if len(c) else "" for c in cells),
            "|",
        )


if __name__ == "__main__":
    main()
