"""Tune a network with 20 trials: at random, and by Bayesian optimisation.

Takes about a minute on two cores.
"""

import warnings

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import BayesSearchNN, RandomSearchNN

# 50 epochs are enough to compare settings, not to converge.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

X, y = load_breast_cancer(return_X_y=True)
pipeline = make_pipeline(StandardScaler(), MLPClassifier(max_iter=50, random_state=0))
options = {"n_iter": 20, "scoring": "neg_log_loss", "cv": 3, "n_jobs": 2, "verbose": 1}

for search in (
    RandomSearchNN(pipeline, random_state=0, **options),  # both over the default space
    BayesSearchNN(pipeline, random_state=0, **options),
):
    print(f"\n{type(search).__name__}")
    search.fit(X, y)
    best_so_far = np.maximum.accumulate(search.cv_results_["mean_test_score"])
    for n_trials in (1, 5, 10, 20):
        print(f"  log-loss after {n_trials:2} trials: {-best_so_far[n_trials - 1]:.4f}")
    print(f"  best parameters: {search.best_params_}")

mean, std = search.surrogate_.predict([search.best_params_])
print(f"\nbelieved log-loss there: {-mean[0]:.4f} +- {std[0]:.4f}")
print(f"choosing 20 trials took {search.optimizer_time_:.2f} s")
