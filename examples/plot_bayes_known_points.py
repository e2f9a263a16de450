"""
Bayesian search, with and without known settings
================================================

:class:`~sk_hpt.BayesSearchNN` chooses each trial by what the trials before it have scored. It
opens with settings that did well on many data sets, or with settings that you know: from a paper,
from a colleague, or from the same search on last month's data.
"""

import warnings

import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import BayesSearchNN, RandomSearchNN
from sk_hpt.displays import OptimizationHistoryDisplay

# 50 epochs are enough to compare settings, not to converge.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

X, y = load_breast_cancer(return_X_y=True)
pipeline = make_pipeline(StandardScaler(), MLPClassifier(max_iter=50, random_state=0))
options = {"n_iter": 20, "scoring": "neg_log_loss", "cv": 3, "n_jobs": 2, "random_state": 0}

# %%
# No space is given: all searches take :func:`~sk_hpt.space.default_space`.

at_random = RandomSearchNN(pipeline, **options).fit(X, y)
learned = BayesSearchNN(pipeline, **options).fit(X, y)

# %%
# A list of settings is tried first, to the bit as you give them. Each names every parameter that
# is searched.

known = {
    "mlpclassifier__hidden_layer_sizes": (100,),
    "mlpclassifier__activation": "tanh",
    "mlpclassifier__alpha": 0.1,
    "mlpclassifier__batch_size": 32,
    "mlpclassifier__learning_rate_init": 0.003,
}
given = BayesSearchNN(pipeline, initial_points=[known], **options).fit(X, y)

# %%
# The results of an earlier search are known points too: its best setting is tried first, and its
# scores inform the surrogate, with more noise, for the data have changed. Here the earlier search
# saw a third of the rows.

X_before, _, y_before, _ = train_test_split(X, y, train_size=1 / 3, stratify=y, random_state=0)
before = BayesSearchNN(pipeline, **options).fit(X_before, y_before)
informed = BayesSearchNN(pipeline, initial_points=before.cv_results_, **options).fit(X, y)

# %%
# One search of each says little about which is best; :doc:`ten data sets and ten seeds </bayes>`
# say more. What it shows is how they go.

searches = {
    "at random": at_random,
    "Bayes, opened as learned": learned,
    "Bayes, one known setting": given,
    "Bayes, after a search on a third": informed,
}
figure, ax = plt.subplots(figsize=(7, 5), layout="constrained")
for label, search in searches.items():
    OptimizationHistoryDisplay.from_search(search, ax=ax, name=label)

# %%
# The surrogate says what it believes of any setting.

mean, std = learned.surrogate_.predict([learned.best_params_, known])
for name, m, s in zip(("best", "known"), mean, std, strict=True):
    print(f"{name}: log-loss {-m:.4f} ± {s:.4f} expected")
print(f"measured: {-learned.best_score_:.4f} and {-given.cv_results_['mean_test_score'][0]:.4f}")
print(f"choosing 20 trials took {learned.optimizer_time_:.2f} s")

plt.show()
