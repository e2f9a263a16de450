"""Measure how the time of an epoch depends on the layers and the batches of a network.

Times epochs of 288 networks in the engine, and fits the coefficients that
`sk_hpt._networks.training_cost` has. The error is relative, so that small networks count as much as
large ones.

    OPENBLAS_NUM_THREADS=1 python docs/benchmarks/engine/epoch_cost.py
"""

import argparse
import time
from itertools import pairwise, product

import numpy as np
from scipy.optimize import nnls
from sklearn.neural_network import MLPClassifier

from sk_hpt._networks import training_cost
from sk_hpt.training import start_run

DATA = ((1000, 10, 2), (1000, 40, 11), (3000, 60, 10))
"""Numbers of rows, features and classes."""

SHAPES = ((16,), (64,), (256,), (32, 32), (128, 64), (64, 64, 64), (256, 256), (128, 128, 128))
ACTIVATIONS = ("relu", "tanh", "logistic")
BATCHES = (16, 32, 100, 256)
N_REPEATS, N_EPOCHS = 3, 2
TERMS = {
    "row": "us a row",
    "outputs": "us a row and output",
    "hidden": "us a row and hidden unit",
    "smooth": "us a row and hidden unit that is neither relu nor identity",
    "weights": "us a row and weight",
    "layers": "us a batch and hidden layer",
    "updates": "us a batch and weight",
}


def terms(n, d, k, shape, activation, batch):
    """The factors of the coefficients in TERMS, for one network."""
    widths = [d, *shape, k]
    weights = sum(a * b for a, b in pairwise(widths))
    units, n_batches = sum(shape), np.ceil(n / batch)
    smooth = n * units * (activation != "relu")
    return n, n * k, n * units, smooth, n * weights, n_batches * len(shape), n_batches * weights


def seconds(network, X, y):
    """The least mean processor time of an epoch."""
    run = start_run(network, X, y)
    run.advance(1)
    best = np.inf
    for repeat in range(N_REPEATS):
        started = time.process_time()
        run.advance(1 + N_EPOCHS * (repeat + 1))
        best = min(best, (time.process_time() - started) / N_EPOCHS)
    return best


def main():
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    rng = np.random.default_rng(0)
    rows, times, predicted = [], [], []
    for n, d, k in DATA:
        X, y = rng.normal(size=(n, d)), rng.integers(k, size=n)
        for shape, activation, batch in product(SHAPES, ACTIVATIONS, BATCHES):
            n_epochs = 1 + N_REPEATS * N_EPOCHS
            network = MLPClassifier(
                shape, activation=activation, batch_size=batch, max_iter=n_epochs, random_state=0
            )
            rows.append(terms(n, d, k, shape, activation, batch))
            times.append(seconds(network, X, y))
            network.set_params(max_iter=1)
            predicted.append(training_cost(network, n, d, k if k > 2 else 1))
    A, t = np.array(rows, dtype=float), 1e6 * np.array(times)
    coefficients, _ = nnls(A / t[:, np.newaxis], np.ones(len(t)))
    for (name, unit), value in zip(TERMS.items(), coefficients, strict=True):
        print(f"{name:>10}: {value:.5f} {unit}")
    shares = (0.05, 0.25, 0.5, 0.75, 0.95)
    for title, of in (("fitted now", A @ coefficients), ("training_cost", np.array(predicted))):
        quantiles = " ".join(f"{ratio:.2f}" for ratio in np.quantile(of / t, shares))
        print(f"{title} / time, quantiles {shares}: {quantiles}")


if __name__ == "__main__":
    main()
