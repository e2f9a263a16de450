"""
Search over common hyperparameters
==================================

Most introductions to neural networks list these hyperparameters. The right column has their names
in scikit-learn:

============== ============================== ==================================
usual name     usual values                   scikit-learn
============== ============================== ==================================
neurons        10 to 100                      ``hidden_layer_sizes``
activation     relu, tanh, sigmoid, linear    ``activation`` (``logistic`` is the
                                              sigmoid, ``identity`` is linear)
optimizer      SGD, Adam, L-BFGS              ``solver``
learning rate  0.01 to 1                      ``learning_rate_init``
batch size     200 to 1000                    ``batch_size``
epochs         20 to 100                      ``max_iter``
============== ============================== ==================================

L-BFGS uses all the data at each step and finds the length of the step itself. Because it has no
batch size and no learning rate, it gets a subspace of its own. The example searches the space with
a grid and at random, prints the best trials sorted by loss, and plots the losses by solver.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import GridSearchNN, RandomSearchNN
from sk_hpt.space import HiddenLayers, Integer, Real

# max_iter is searched, so that some networks stop before they converge.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

PREFIX = "mlpclassifier__"
ACTIVATIONS = ["relu", "tanh", "logistic", "identity"]


def prefixed(space):
    """Return the space with the names that the parameters have in the Pipeline."""
    return {PREFIX + name: values for name, values in space.items()}


def print_by_loss(search, n_rows=10):
    """Print the best trials, one on each line, and the number of all trials."""
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
    print(f"... of {len(results['params'])} trials\n")


# %%
# The log-loss decides which trial is best. Nothing is refitted, because only the tables are needed.

X, y = load_digits(return_X_y=True)
pipeline = make_pipeline(StandardScaler(), MLPClassifier(random_state=0))
options = {"scoring": "neg_log_loss", "cv": 3, "n_jobs": 2, "refit": False, "verbose": 1}

# %%
# The grid has a few values of each hyperparameter, in all combinations. Networks that differ only
# in their number of epochs are trained once.

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
# The random search draws from the same ranges, with an eighth of the trials.

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

# %%
# The plot shows the losses of all trials, by solver. A network that gives all ten digits the same
# probability has a loss of log 10. Trials above this line are worse than that.

SOLVERS = ["adam", "sgd", "lbfgs"]


def losses_by_solver(search):
    """Return the solver of each trial as a number, and the losses."""
    solvers = [params[PREFIX + "solver"] for params in search.cv_results_["params"]]
    return np.array([SOLVERS.index(name) for name in solvers]), -search.cv_results_[
        "mean_test_score"
    ]


figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for label, search, shift in (("grid", grid, -0.12), ("random", random, 0.12)):
    places, losses = losses_by_solver(search)
    ax.scatter(places + shift, losses, s=18, alpha=0.6, label=f"{label} ({len(losses)} trials)")
ax.axhline(np.log(10), color="grey", linewidth=1)
ax.set(yscale="log", ylabel="mean log-loss", xticks=range(3), xticklabels=SOLVERS)
ax.set_yticks([0.2, 0.5, 1, 2, 5], ["0.2", "0.5", "1", "2", "5"])
ax.minorticks_off()
ax.legend()
plt.show()
