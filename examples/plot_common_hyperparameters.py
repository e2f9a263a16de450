"""
The common hyperparameters
==========================

The table of hyperparameters that every introduction shows, in the network's own names:

============== ============================== ==================================
usual name     usual values                   here
============== ============================== ==================================
neurons        10 to 100                      ``hidden_layer_sizes``
activation     relu, tanh, sigmoid, linear    ``activation`` (``logistic`` is the
                                              sigmoid, ``identity`` is linear)
optimizer      SGD, Adam, L-BFGS              ``solver``
learning rate  0.01 to 1                      ``learning_rate_init``
batch size     200 to 1000                    ``batch_size``
epochs         20 to 100                      ``max_iter``
============== ============================== ==================================

L-BFGS sees all the data at each step and finds the length of the step itself, so that batch
size and learning rate mean nothing to it: it has a sub-space of its own. The settings are
searched by a grid and at random, and printed sorted by loss.
"""

import warnings

from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import GridSearchNN, RandomSearchNN
from sk_hpt.space import HiddenLayers, Integer, Real

# max_iter is searched: that some networks are stopped before they converge is the point.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

PREFIX = "mlpclassifier__"
ACTIVATIONS = ["relu", "tanh", "logistic", "identity"]


def prefixed(space):
    """The space of the network in the Pipeline."""
    return {PREFIX + name: values for name, values in space.items()}


def print_by_loss(search, n_rows=10):
    """The best settings, one a line, and how many there were."""
    results = search.cv_results_
    columns = ["hidden_layer_sizes", "activation", "solver"]
    columns += ["learning_rate_init", "batch_size", "max_iter"]
    rows = [["loss", *columns]]
    for index in (-results["mean_test_score"]).argsort()[:n_rows]:
        params = results["params"][index]
        values = [params.get(PREFIX + name, "-") for name in columns]
        shown = [f"{value:.3g}" if isinstance(value, float) else str(value) for value in values]
        rows.append([f"{-results['mean_test_score'][index]:.4f}", *shown])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
    print(f"... of {len(results['params'])} settings\n")


# %%
# The log-loss decides, and nothing is refitted: the tables are what is wanted.

X, y = load_digits(return_X_y=True)
pipeline = make_pipeline(StandardScaler(), MLPClassifier(random_state=0))
options = {"scoring": "neg_log_loss", "cv": 3, "n_jobs": 2, "refit": False, "verbose": 1}

# %%
# A grid: a few values of each, in all combinations. Networks that differ only in their number of
# epochs share one training.

grid = GridSearchNN(
    pipeline,
    [
        prefixed(
            {
                "hidden_layer_sizes": [(10,), (100,)],
                "activation": ACTIVATIONS,
                "solver": ["adam", "sgd"],
                "learning_rate_init": [0.01, 0.1, 1.0],
                "batch_size": [200, 1000],
                "max_iter": [20, 100],
            }
        ),
        prefixed(
            {
                "hidden_layer_sizes": [(10,), (100,)],
                "activation": ACTIVATIONS,
                "solver": ["lbfgs"],
                "max_iter": [20, 100],
            }
        ),
    ],
    **options,
)
print_by_loss(grid.fit(X, y))

# %%
# At random, from the same ranges, with an eighth of the trials.

random = RandomSearchNN(
    pipeline,
    [
        prefixed(
            {
                "hidden_layer_sizes": HiddenLayers(n_layers=(1, 1), units=(10, 100)),
                "activation": ACTIVATIONS,
                "solver": ["adam", "sgd"],
                "learning_rate_init": Real(0.01, 1.0, log=True),
                "batch_size": Integer(200, 1000, log=True),
                "max_iter": Integer(20, 100),
            }
        ),
        prefixed(
            {
                "hidden_layer_sizes": HiddenLayers(n_layers=(1, 1), units=(10, 100)),
                "activation": ACTIVATIONS,
                "solver": ["lbfgs"],
                "max_iter": Integer(20, 100),
            }
        ),
    ],
    n_iter=40,
    random_state=0,
    **options,
)
print_by_loss(random.fit(X, y))
