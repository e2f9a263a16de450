"""
Pictures of a search
====================

What did a search do, what did it find, and which hyperparameters mattered? Five pictures of one
Bayesian search answer that, each with one call.
"""

import warnings

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from sk_hpt import BayesSearchNN
from sk_hpt.displays import (
    LearningCurvesDisplay,
    OptimizationHistoryDisplay,
    ParallelCoordinatesDisplay,
    ParameterImportanceDisplay,
    SurrogateSliceDisplay,
)

warnings.simplefilter("ignore", ConvergenceWarning)  # 30 epochs are few on purpose
X, y = load_digits(return_X_y=True)
X, y = X[:800] / 16, y[:800]
search = BayesSearchNN(
    MLPClassifier(max_iter=30, random_state=0),
    {
        "hidden_layer_sizes": [(16,), (64,), (32, 32)],
        "activation": ["relu", "tanh"],
        "learning_rate_init": (1e-4, 1e-1, "log-uniform"),
        "alpha": (1e-6, 1.0, "log-uniform"),
    },
    n_iter=30,
    cv=3,
    n_jobs=2,
    random_state=0,
)
search.fit(X, y)
print(search.summary())

# %%
# **How it went**: each trial, and the best so far. ``over="time"`` has seconds below; another
# search is drawn over it with ``ax=`` and ``name=``.

OptimizationHistoryDisplay.from_search(search)

# %%
# **How the networks learned**: training loss by epoch, a mean over the folds, the three best
# highlighted.

LearningCurvesDisplay.from_search(search)

# %%
# **Which hyperparameters mattered**: the share of the variance that each explains by itself.

ParameterImportanceDisplay.from_search(search)

# %%
# **Which settings did well**: each trial is a line through its values, and ends at its score.

ParallelCoordinatesDisplay.from_search(search)

# %%
# **What the search believes**: the surrogate's mean along each hyperparameter through the best
# setting, and two standard deviations to each side.

SurrogateSliceDisplay.from_search(search)
plt.show()
