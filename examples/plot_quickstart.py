"""
Quickstart
==========

Tune a neural network on handwritten digits, first with a grid search and then with a random search.
"""

# sphinx_gallery_thumbnail_path = 'images/display_parallel_coordinates.png'

import warnings

from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import GridSearchNN, RandomSearchNN
from sk_hpt.space import HiddenLayers, Real

# 30 epochs are enough to compare trials, but not to converge.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)

# %%
# The scaler is part of the Pipeline, so that each fold is scaled with its own training rows.

network = MLPClassifier(max_iter=30, random_state=0)
pipeline = Pipeline([("scale", StandardScaler()), ("net", network)])

# %%
# A grid search tries every combination.

grid = GridSearchNN(
    pipeline,
    {
        "net__hidden_layer_sizes": [(50,), (100,), (50, 50)],
        "net__alpha": [1e-4, 1e-1],
        "net__learning_rate_init": [1e-3, 1e-2],
    },
    cv=3,
    n_jobs=2,
    verbose=1,
)
grid.fit(X_train, y_train)

# %%
# A random search draws from ranges. The number of trials is up to you, and does not depend on the
# number of parameters.

random = RandomSearchNN(
    pipeline,
    {
        "net__hidden_layer_sizes": HiddenLayers(n_layers=(1, 2), units=(16, 128)),
        "net__activation": ["relu", "tanh"],
        "net__alpha": Real(1e-6, 1.0, log=True),
        "net__learning_rate_init": Real(1e-4, 3e-2, log=True),
    },
    n_iter=12,
    random_state=0,
    cv=3,
    n_jobs=2,
    verbose=1,
)
random.fit(X_train, y_train)

# %%
# A fitted search predicts with the best network, refitted on all the training rows. Use the
# held-out rows to measure how good the network is, because ``best_score_`` is the highest of many
# scores and therefore too optimistic.

for search in (grid, random):
    print(f"\n{type(search).__name__}")
    for name, value in search.best_params_.items():
        print(f"  {name} = {value}")
    print(f"  cross-validated accuracy: {search.best_score_:.4f}")
    print(f"  held-out accuracy:        {search.score(X_test, y_test):.4f}")
