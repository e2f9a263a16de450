"""The pool of settings that the portfolio is learned from, and the tasks that they are trained on.

Every setting is trained on every task's hold-outs and scored at several numbers of epochs on the
way, with scikit-learn's own rule for when to stop.
"""

import json
import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor

from sk_hpt.training import start_run

sys.path.append(str(Path(__file__).parents[1]))  # for the folder `shared`
from shared.datasets import load

CACHE = Path(__file__).parents[1] / ".cache" / "portfolio_runs.jsonl"

CLASSIFICATION = [
    "australian", "banana", "bupa", "german", "heart", "ionosphere", "led7digit", "magic",
    "monk-2", "movement_libras", "optdigits", "pima", "ring", "segment", "sonar", "titanic",
    "twonorm", "wdbc", "wine",
]  # fmt: skip
# A numeric column is predicted from the others, where neither a line does it nor nothing.
REGRESSION = [
    "diabetes", "linnerud", "bupa@2", "german@1", "heart@7", "ionosphere@5", "magic@1",
    "movement_libras@44", "optdigits@26", "pima@7", "segment@17", "sonar@7", "twonorm@12",
    "wdbc@18", "wine@9", "wdbc@24",
]  # fmt: skip
LARGE = ["magic:6000", "ring:6000", "optdigits:5620", "banana:5300", "magic@1:6000"]
MOST_ROWS = 1000
EPOCHS = (5, 10, 20, 40, 80, 160, 320)
LBFGS_ITERATIONS = (20, 100)

HAND_PICKED = {
    "adam": [
        {},
        *({"learning_rate_init": rate} for rate in (3e-4, 3e-3, 1e-2, 3e-2)),
        *({"alpha": alpha} for alpha in (0.1, 1.0)),
        *({"alpha": alpha, "learning_rate_init": 1e-2} for alpha in (1e-2, 0.1, 1.0)),
        *({"batch_size": batch} for batch in (16, 32, 64)),
        *({"batch_size": 32, "learning_rate_init": rate} for rate in (3e-3, 1e-2)),
        {"activation": "tanh", "learning_rate_init": 1e-2},
        {"activation": "tanh", "batch_size": 32, "learning_rate_init": 3e-3},
        {"activation": "tanh", "batch_size": 32, "learning_rate_init": 1e-2, "alpha": 0.1},
        {"activation": "logistic", "batch_size": 32, "learning_rate_init": 1e-2},
        {"hidden_layer_sizes": (100, 50), "learning_rate_init": 3e-3},
        {"hidden_layer_sizes": (128, 64, 32), "learning_rate_init": 3e-3, "batch_size": 64},
        {"hidden_layer_sizes": (64, 64), "learning_rate_init": 3e-3, "batch_size": 32},
        {"hidden_layer_sizes": (200,), "learning_rate_init": 3e-3, "batch_size": 32},
        {"hidden_layer_sizes": (200, 200), "batch_size": 32, "alpha": 1e-2},
    ],
    "sgd": [
        {},
        *({"learning_rate_init": rate} for rate in (1e-2, 0.1)),
        {"learning_rate_init": 0.1, "batch_size": 32},
        {"learning_rate_init": 1e-2, "batch_size": 32},
        {"learning_rate_init": 0.1, "alpha": 0.1},
        {"learning_rate_init": 0.1, "learning_rate": "adaptive"},
        {"learning_rate_init": 0.1, "activation": "tanh", "batch_size": 32},
    ],
    "lbfgs": [
        {},
        *({"alpha": alpha} for alpha in (1e-2, 0.1, 1.0, 10.0)),
        {"activation": "tanh", "alpha": 1.0},
        {"hidden_layer_sizes": (20,), "alpha": 0.1},
        {"hidden_layer_sizes": (20,), "activation": "logistic", "alpha": 0.1},
    ],
}
N_RANDOM = {"adam": 170, "sgd": 48, "lbfgs": 40}
N_HOLD_OUTS = 2


@lru_cache
def pool(solver):
    """The settings of a solver: the hand-picked, then the random ones. Always the same.

    Adam's betas and epsilon stay as they are: random ones among the settings (50 more on one
    hold-out) changed no figure by more than 0.01, and few users search them.
    """
    rng = np.random.default_rng([ord(letter) for letter in solver])
    settings = [random_setting(solver, rng) for _ in range(N_RANDOM[solver])]
    return HAND_PICKED[solver] + settings


def random_setting(solver, rng):
    """Return random values of the parameters that are searched with this solver."""
    activations, shares = ["relu", "tanh", "logistic"], [0.5, 0.38, 0.12]
    setting = {
        "hidden_layer_sizes": random_shape(rng),
        "activation": str(rng.choice(activations, p=shares)),
        "alpha": log_uniform(rng, 1e-7, 10.0),
    }
    if solver != "lbfgs":
        setting["batch_size"] = round(log_uniform(rng, 8, 256))
    if solver == "adam":
        setting["learning_rate_init"] = log_uniform(rng, 1e-5, 1e-1)
    if solver == "sgd":
        setting["learning_rate_init"] = log_uniform(rng, 1e-4, 1.0)
        setting["momentum"] = expit_uniform(rng, 0.5, 0.99)
        schedules, shares = ["constant", "adaptive", "invscaling"], [0.5, 0.4, 0.1]
        setting["learning_rate"] = str(rng.choice(schedules, p=shares))
    return setting


def random_shape(rng):
    """One to three layers: of widths of their own, or each half as wide as the one before."""
    depth = int(rng.integers(1, 4))
    widths = [round(log_uniform(rng, 16, 256)) for _ in range(depth)]
    if rng.random() < 0.4:
        widths = [max(16, widths[0] // 2**layer) for layer in range(depth)]
    return tuple(widths)


def log_uniform(rng, low, high):
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def expit_uniform(rng, low, high):
    logit = rng.uniform(np.log(low / (1 - low)), np.log(high / (1 - high)))
    return float(1 / (1 + np.exp(-logit)))


def is_regression(task):
    return task.partition(":")[0] in REGRESSION


@lru_cache(maxsize=100)
def hold_out(task, fold):
    """X_train, X_test, y_train, y_test: two thirds and one third of at most MOST_ROWS rows."""
    X, y = load(task)
    if ":" not in task and len(X) > MOST_ROWS:
        rows = np.random.default_rng(0).permutation(len(X))[:MOST_ROWS]
        X, y = X[rows], y[rows]
    stratify = None if is_regression(task) else y
    parts = train_test_split(
        X.astype(np.float32), y, test_size=1 / 3, random_state=fold, stratify=stratify
    )
    if is_regression(task):
        parts[2] = parts[2].astype(np.float32)
    return parts


def score(network, X, y):
    """Losses, smaller is better: log-loss and error rate, or the mean squared error."""
    if isinstance(network, MLPRegressor):
        return [float(np.mean((network.predict(X).astype(float) - y) ** 2))]
    probability = network.predict_proba(X).astype(float)
    chosen = probability[np.arange(len(y)), np.searchsorted(network.classes_, y)]
    error = np.mean(network.classes_[probability.argmax(axis=1)] != y)
    return [float(-np.mean(np.log(np.clip(chosen, 1e-7, 1.0)))), float(error)]


def train(task, fold, solver, setting, epochs):
    """Scores at each number of epochs; None where training diverged."""
    X, X_test, y, y_test = hold_out(task, fold)
    network = (MLPRegressor if is_regression(task) else MLPClassifier)(
        **{"solver": solver, **setting}, max_iter=epochs[-1], random_state=fold
    )
    scores = []
    if solver == "lbfgs":  # its path does not depend on where it ends
        for max_iter in epochs:
            network.set_params(max_iter=max_iter)
            scores.append(score(network.fit(X, y), X_test, y_test))
        return scores
    run = start_run(network, X, y)
    for epoch in epochs:
        advanced = not run.finished
        run.advance(epoch)
        scores.append(score(run.estimator(), X_test, y_test) if advanced else scores[-1])
    return scores


def jobs():
    """(task, fold, solver, index of the setting, epochs) in the order of their use."""
    tasks = [task for pair in zip(CLASSIFICATION, REGRESSION, strict=False) for task in pair]
    tasks += CLASSIFICATION[len(REGRESSION) :]
    for fold in range(N_HOLD_OUTS):
        for solver in ("adam", "sgd", "lbfgs"):
            epochs = LBFGS_ITERATIONS if solver == "lbfgs" else EPOCHS
            for start in range(0, len(pool(solver)), 10):
                for task in tasks:
                    for index in range(start, min(start + 10, len(pool(solver)))):
                        yield task, fold, solver, index, epochs
        if fold == 0:
            for index in range(len(pool("adam"))):
                for task in LARGE:
                    yield task, fold, "adam", index, EPOCHS[:-1]


def done():
    """Return the stored scores: {(task, fold, solver, index): scores}."""
    if not CACHE.exists():
        return {}
    rows = (json.loads(line) for line in CACHE.read_text().splitlines() if line.endswith("}"))
    return {tuple(row["key"]): row["scores"] for row in rows}
