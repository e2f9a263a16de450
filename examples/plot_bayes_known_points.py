"""
Bayesian search with and without known points
=============================================

:class:`~sk_hpt.BayesSearchNN` chooses each trial from the scores of the trials before it. The first
trials are parameters that did well on many data sets, or parameters that you know to be good: from
a paper, from a colleague, or from the same search on last month's data.
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

# 50 epochs are enough to compare trials, but not to converge.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

X, y = load_breast_cancer(return_X_y=True)
pipeline = make_pipeline(StandardScaler(), MLPClassifier(max_iter=50, random_state=0))
options = {"n_iter": 20, "scoring": "neg_log_loss", "cv": 3, "n_jobs": 2, "random_state": 0}

# %%
# Without a space, every search uses :func:`~sk_hpt.space.default_space`.

at_random = RandomSearchNN(pipeline, **options).fit(X, y)
learned = BayesSearchNN(pipeline, **options).fit(X, y)

# %%
# The parameters in ``initial_points`` are tried first, exactly as you give them. Each point must
# set every parameter that is searched.

known = {
    "mlpclassifier__hidden_layer_sizes": (100,),
    "mlpclassifier__activation": "tanh",
    "mlpclassifier__alpha": 0.1,
    "mlpclassifier__batch_size": 32,
    "mlpclassifier__learning_rate_init": 0.003,
}
given = BayesSearchNN(pipeline, initial_points=[known], **options).fit(X, y)

# %%
# The results of an earlier search can be initial points as well. The best trial of the earlier
# search is tried first. Its scores also go into the surrogate, but with more noise, because the
# data have changed. Here the earlier search used a third of the rows.

X_before, _, y_before, _ = train_test_split(X, y, train_size=1 / 3, stratify=y, random_state=0)
before = BayesSearchNN(pipeline, **options).fit(X_before, y_before)
informed = BayesSearchNN(pipeline, initial_points=before.cv_results_, **options).fit(X, y)

# %%
# The plot shows how the four searches proceed. One search of each kind does not show which is best;
# :doc:`the comparison on ten data sets with ten seeds </bayes>` does.

searches = {
    "random": at_random,
    "Bayes, default initial design": learned,
    "Bayes, one known point": given,
    "Bayes, after a search on a third of the rows": informed,
}
figure, ax = plt.subplots(figsize=(7, 5), layout="constrained")
for label, search in searches.items():
    OptimizationHistoryDisplay.from_search(search, ax=ax, name=label)

# %%
# The surrogate predicts the score of any parameters in the space.

mean, std = learned.surrogate_.predict([learned.best_params_, known])
for name, m, s in zip(("best", "known"), mean, std, strict=True):
    print(f"{name}: predicted log-loss {-m:.4f} ± {s:.4f}")
print(f"measured: {-learned.best_score_:.4f} and {-given.cv_results_['mean_test_score'][0]:.4f}")
print(f"choosing 20 trials took {learned.optimizer_time_:.2f} s")

plt.show()
