"""Learning curves of random settings, recorded once so that rules can be replayed without training.

For each data set and draw: random settings of a small network, five folds, and after every epoch
the test accuracy and log-likelihood. A network that stops early keeps its last scores.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier

from sk_hpt.space import HiddenLayers, Integer, Real, parse_space
from sk_hpt.training import start_run

sys.path.append(str(Path(__file__).parents[1]))  # for the folder `shared`
from shared.datasets import load

CHOSEN_ON = {"segment": 2310, "optdigits": 2000, "magic": 3000}
CONFIRMED_ON = {"twonorm": 2400, "german": 1000, "ring": 2400}
ROWS = CHOSEN_ON | CONFIRMED_ON
N_SETTINGS, N_FOLDS = 81, 5
EPOCHS = {1: 54, 2: 54, 3: 200}
"""Epochs of each draw of settings; the third has scikit-learn's default. A run's curve does not
depend on how long it might go on, so its first 81 epochs are those of ``max_iter=81``."""

CACHE = Path(__file__).parents[1] / ".cache" / "curves"
EXPORT = Path(__file__).parent / "curves.npz"
EXPORTED = {
    54: (1, 2, 3, 4, 5, 6, 7, 9, 14, 18, 27, 36, 54),
    200: (1, 2, 3, 4, 6, 7, 11, 12, 17, 22, 25, 33, 34, 50, 67, 100, 200),
}
"""Epochs whose scores are exported, by those of a draw: rungs and checkpoints of the rules."""

_COMMON = {
    "hidden_layer_sizes": HiddenLayers(n_layers=(1, 3), units=(16, 256)),
    "activation": ["relu", "tanh", "logistic"],
    "alpha": Real(1e-6, 1.0, log=True),
    "learning_rate_init": Real(1e-4, 1e-1, log=True),
    "batch_size": Integer(16, 256, log=True),
}
SPACE = parse_space(
    [
        _COMMON | {"solver": ["adam"]},
        _COMMON
        | {
            "solver": ["sgd"],
            "learning_rate": ["constant", "adaptive", "invscaling"],
            "momentum": stats.uniform(0.5, 0.49),
        },
    ]
)


@dataclass(frozen=True)
class Curves:
    """Scores of the settings of one draw on one data set, larger is better.

    Attributes
    ----------
    accuracy, log_loss : ndarray of shape (n_settings, n_folds, n_epochs)
        After each epoch, NaN where training broke. ``log_loss`` is negative, as scikit-learn's
        scorer has it.
    n_epochs : ndarray of shape (n_settings, n_folds)
        Epochs that were trained; fewer than the most where the network stopped by itself.
    """

    accuracy: np.ndarray
    log_loss: np.ndarray
    n_epochs: np.ndarray


def record_fold(network, X, y, train, test, n_epochs):
    """Curves of one network on one fold, shape (2, n_epochs), and the epochs that it trained."""
    curves = np.full((2, n_epochs), np.nan)
    run = start_run(network, X[train], y[train])
    while not run.finished:
        run.advance(run.epoch + 1)
        probabilities = run.network._forward_pass_fast(X[test], check_input=False)
        if probabilities.shape[1] == 1:
            probabilities = np.hstack([1 - probabilities, probabilities])
        if not np.isfinite(probabilities).all():
            break
        likelihood = probabilities[np.arange(len(test)), y[test]]
        curves[:, run.epoch - 1 :] = np.array(
            [
                np.mean(probabilities.argmax(axis=1) == y[test]),
                np.mean(np.log(np.clip(likelihood, np.finfo(float).eps, 1))),
            ]
        )[:, np.newaxis]
    return curves, run.epoch


def record(name, draw):
    """All curves of one data set and draw; settings that were recorded before are not repeated."""
    X, y = load(f"{name}:{ROWS[name]}")
    y = np.unique(y, return_inverse=True)[1]
    folds = list(StratifiedKFold(N_FOLDS, shuffle=True, random_state=0).split(X, y))
    settings = SPACE.sample(N_SETTINGS, draw)
    curves = np.empty((N_SETTINGS, N_FOLDS, 2, EPOCHS[draw]))
    n_epochs = np.empty((N_SETTINGS, N_FOLDS), dtype=int)
    for i, params in enumerate(settings):
        network = MLPClassifier(max_iter=EPOCHS[draw], random_state=0, **params)
        for fold, (train, test) in enumerate(folds):
            curves[i, fold], n_epochs[i, fold] = record_fold(
                network, X, y, train, test, EPOCHS[draw]
            )
    return Curves(*np.moveaxis(curves, 2, 0), n_epochs)


def recorded(name, draw):
    """Curves of one data set and draw: of the cache, or exported, or recorded now."""
    path = CACHE / f"{name}-{draw}.npz"
    if not path.exists() and EXPORT.exists():
        exported = from_export(name, draw)
        if exported is not None:
            return exported
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path, **vars(record(name, draw)))
    with np.load(path) as arrays:
        return Curves(arrays["accuracy"], arrays["log_loss"], arrays["n_epochs"])


def from_export(name, draw):
    """Curves as they were exported, or None: constant between the epochs that were."""
    with np.load(EXPORT) as arrays:
        if f"{name}-{draw}" not in arrays:
            return None
        scores, n_epochs = arrays[f"{name}-{draw}"], arrays[f"{name}-{draw}-epochs"]
    epochs = np.arange(1, EPOCHS[draw] + 1)
    nearest = np.searchsorted(EXPORTED[EPOCHS[draw]], epochs, side="right") - 1
    errors, log_loss = np.moveaxis(scores[nearest].astype(float), 0, -1)
    return Curves(1 - errors, -log_loss, n_epochs.astype(int))
