"""
Plots of a search
=================

Plots of a Bayesian search, and of searches that are compared with it, show how the searches
proceeded, what they found and which hyperparameters mattered. Each takes one call.
"""

import warnings

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from sk_hpt import BayesSearchNN, RandomSearchNN
from sk_hpt.displays import (
    ContourDisplay,
    FitTimeDisplay,
    LearningCurvesDisplay,
    OptimizationHistoryDisplay,
    ParallelCoordinatesDisplay,
    ParameterImportanceDisplay,
    RungScoresDisplay,
    ScoreDistributionDisplay,
    SurrogateSliceDisplay,
    TimelineDisplay,
    TrialSlicesDisplay,
)
from sk_hpt.space import Real

warnings.simplefilter("ignore", ConvergenceWarning)  # 30 epochs are not enough
X, y = load_digits(return_X_y=True)
X, y = X[:800] / 16, y[:800]
network = MLPClassifier(max_iter=30, random_state=0)
space = {
    "hidden_layer_sizes": [(16,), (64,), (32, 32)],
    "activation": ["relu", "tanh"],
    "learning_rate_init": Real(1e-4, 1e-1, log=True),
    "alpha": Real(1e-6, 1.0, log=True),
}
options = {"n_iter": 30, "cv": 3, "n_jobs": 2, "random_state": 0}
search = BayesSearchNN(network, space, **options).fit(X, y)
random = RandomSearchNN(network, space, **options).fit(X, y)
halving = RandomSearchNN(network, space, multi_fidelity="halving", **options).fit(X, y)
print(search.summary())

# %%
# **Optimization history**: the score of each trial, and the best score so far. The horizontal axis
# is the time if you pass ``over="time"``.

OptimizationHistoryDisplay.from_search(search)

# %%
# **Comparison of searches**: ``from_searches`` draws the histories of several searches, and the
# distributions of their scores.

OptimizationHistoryDisplay.from_searches({"Bayesian": search, "random": random})

# %%

ScoreDistributionDisplay.from_searches({"Bayesian": search, "random": random})

# %%
# **Scores on rungs**: which trials a halving search pruned, on which rung and with which score.

RungScoresDisplay.from_search(halving)

# %%
# **Fit times**: the score of each trial against its mean fit time.

FitTimeDisplay.from_search(search)

# %%
# **Timeline**: when each fit ran, with one row per worker. A fit that paused on rungs has several
# bars.

TimelineDisplay.from_search(halving)

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
# **Slices of the trials**: the score of each trial against each hyperparameter.

TrialSlicesDisplay.from_search(search)

# %%
# **Contour**: the score that the surrogate predicts over two hyperparameters.

ContourDisplay.from_search(search, parameters=["alpha", "learning_rate_init"])

# %%
# **Surrogate slices**: the score that the surrogate predicts along each hyperparameter, with all
# others as in the best trial, and a band of two standard deviations to each side.

SurrogateSliceDisplay.from_search(search)
plt.show()
