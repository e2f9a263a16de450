"""
A score of your own
===================

Accuracy counts every error alike. Where a missed tumour costs more than a false alarm, say so: any
scorer of scikit-learn will do, of your own making too, and several at once.
"""

import warnings

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import RandomSearchNN
from sk_hpt.space import HiddenLayers, Real

# 40 epochs are enough to compare settings, not to converge.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

X, y = load_breast_cancer(return_X_y=True)  # 0 is malignant
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
pipeline = make_pipeline(StandardScaler(), MLPClassifier(max_iter=40, random_state=0))
space = {
    "mlpclassifier__hidden_layer_sizes": HiddenLayers(n_layers=(1, 2), units=(4, 64)),
    "mlpclassifier__alpha": Real(1e-5, 10.0, log=True),
    "mlpclassifier__learning_rate_init": Real(1e-4, 1e-1, log=True),
}

# %%
# A cost per patient: a missed tumour costs ten false alarms, so it pays to raise the alarm where
# the probability of a tumour is above 1/11. A scorer is a callable of a fitted estimator and data,
# and larger is better. (For a function of true and predicted values there is scikit-learn's
# ``make_scorer``.)


def minus_cost(estimator, X, y):
    alarm = estimator.predict_proba(X)[:, 0] > 1 / 11
    missed, false_alarms = (y == 0) & ~alarm, (y == 1) & alarm
    return -(10 * missed.sum() + false_alarms.sum()) / len(y)


scoring = {
    "cost": minus_cost,
    "accuracy": "accuracy",
    "log_loss": "neg_log_loss",
}
search = RandomSearchNN(
    pipeline, space, n_iter=30, scoring=scoring, refit="cost", n_jobs=2, random_state=0
)
search.fit(X_train, y_train)

# %%
# All metrics were measured on the same fits. Each has its own winner.

results = search.cv_results_
for name in scoring:
    best = np.argmin(results[f"rank_test_{name}"])
    shown = ", ".join(
        f"{other} {abs(results[f'mean_test_{other}'][best]):.3f}" for other in scoring
    )
    print(f"best by {name}: {shown}")

# %%
# ``score`` of a search is the metric that decided. Beside it the same network's cost with the usual
# threshold of a half.

missed, false_alarms = confusion_matrix(y_test, search.predict(X_test))[[0, 1], [1, 0]]
usual = (10 * missed + false_alarms) / len(y_test)
print(f"cost on held-out rows: {-search.score(X_test, y_test):.3f}")
print(f"with a threshold of 1/2: {usual:.3f}")

# %%
# ``refit`` can decide by a rule too: it gets ``cv_results_`` and returns the row to take. Here the
# strongest penalty, for a smoother network, whose cost is within a standard error of the least.


def smoothest_of_the_good(results):
    mean, std = results["mean_test_cost"], results["std_test_cost"]
    best = np.argmax(mean)
    good = mean >= mean[best] - std[best] / np.sqrt(5)
    penalties = results["param_mlpclassifier__alpha"].data.astype(float)
    return int(np.argmax(np.where(good, penalties, -np.inf)))


search.set_params(refit=smoothest_of_the_good).fit(X_train, y_train)
print(f"alpha = {search.best_params_['mlpclassifier__alpha']:.3g}")
print(f"cost on held-out rows: {-minus_cost(search, X_test, y_test):.3f}")
