"""
Plots of a search
=================

Five plots of one Bayesian search show how the search proceeded, what it found and which
hyperparameters mattered. Each takes one call.
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

warnings.simplefilter("ignore", ConvergenceWarning)  # 30 epochs are not enough
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
# **Optimization history**: the score of each trial, and the best score so far. The horizontal axis
# is the time if you pass ``over="time"``. To compare searches, plot another one on the same axes
# with ``ax=`` and ``name=``.

OptimizationHistoryDisplay.from_search(search)

# %%
# **Learning curves**: the training loss by epoch, as the mean over the folds. The three best trials
# are highlighted.

LearningCurvesDisplay.from_search(search)

# %%
# **Parameter importance**: the share of the variance of the score that each hyperparameter
# explains.

ParameterImportanceDisplay.from_search(search)

# %%
# **Parallel coordinates**: each trial is a line through the values of its hyperparameters to its
# score.

ParallelCoordinatesDisplay.from_search(search)

# %%
# **Surrogate slices**: the score that the surrogate predicts along each hyperparameter, with all
# others as in the best trial, and a band of two standard deviations to each side.

SurrogateSliceDisplay.from_search(search)
plt.show()
