"""
Custom scoring
==============

Accuracy counts every error the same, but a missed tumour costs more than a false alarm. A search
accepts every scorer of scikit-learn, your own scorers, and several scorers at once.
"""

import warnings

import matplotlib.pyplot as plt
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

# 40 epochs are enough to compare trials, but not to converge.
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
# The score is the cost per patient. A missed tumour costs as much as ten false alarms, so an alarm
# pays off if the probability of a tumour is above 1/11. A scorer is called with a fitted estimator
# and data, and larger values are better. (``make_scorer`` of scikit-learn makes a scorer from a
# function of true and predicted values.)


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
# All metrics are measured on the same fits. The best trial depends on the metric.

results = search.cv_results_
for name in scoring:
    best = np.argmin(results[f"rank_test_{name}"])
    shown = ", ".join(
        f"{other} {abs(results[f'mean_test_{other}'][best]):.3f}" for other in scoring
    )
    print(f"best by {name}: {shown}")

# %%
# A high accuracy does not imply a low cost. The trials at the top of the plot raise an alarm for
# every patient, and one of them has an accuracy above 0.9.

figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
accuracies, costs = results["mean_test_accuracy"], -results["mean_test_cost"]
ax.scatter(accuracies, costs, color="grey", label="trials")
for name, marker in (("cost", "D"), ("accuracy", "s"), ("log_loss", "^")):
    best = np.argmin(results[f"rank_test_{name}"])
    ax.scatter(accuracies[best], costs[best], s=60, marker=marker, label=f"best by {name}")
ax.set(xlabel="mean accuracy", ylabel="mean cost per patient")
ax.legend()

# %%
# ``score`` of a search is the metric that decides, here the cost. For comparison, the second line
# is the cost of the same network with the usual threshold of 1/2.

missed, false_alarms = confusion_matrix(y_test, search.predict(X_test))[[0, 1], [1, 0]]
usual = (10 * missed + false_alarms) / len(y_test)
print(f"cost on held-out rows: {-search.score(X_test, y_test):.3f}")
print(f"with a threshold of 1/2: {usual:.3f}")

# %%
# ``refit`` can also be a function that receives ``cv_results_`` and returns the row of the best
# trial. This one prefers smooth networks: it takes the strongest penalty whose cost is within one
# standard error of the lowest cost.


def smoothest_of_the_good(results):
    mean, std = results["mean_test_cost"], results["std_test_cost"]
    best = np.argmax(mean)
    good = mean >= mean[best] - std[best] / np.sqrt(5)
    penalties = results["param_mlpclassifier__alpha"].data.astype(float)
    return int(np.argmax(np.where(good, penalties, -np.inf)))


search.set_params(refit=smoothest_of_the_good).fit(X_train, y_train)
print(f"alpha = {search.best_params_['mlpclassifier__alpha']:.3g}")
print(f"cost on held-out rows: {-minus_cost(search, X_test, y_test):.3f}")
plt.show()
