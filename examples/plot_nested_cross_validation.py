"""
Nested cross-validation
=======================

``best_score_`` is the highest of many noisy scores, so it is too optimistic. To measure how good
the result of a search is, cross-validate the search itself: an outer loop holds out rows that the
search does not see, and runs a new search for each of the outer folds.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import RandomSearchNN
from sk_hpt.space import HiddenLayers, Real

# 30 epochs are enough to compare trials, but not to converge.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

X, y = load_breast_cancer(return_X_y=True)
pipeline = make_pipeline(StandardScaler(), MLPClassifier(max_iter=30, random_state=0))
space = {
    "mlpclassifier__hidden_layer_sizes": HiddenLayers(n_layers=(1, 2), units=(4, 64)),
    "mlpclassifier__alpha": Real(1e-5, 10.0, log=True),
    "mlpclassifier__learning_rate_init": Real(1e-3, 1e-1, log=True),
}
inner = StratifiedKFold(5, shuffle=True, random_state=0)
search = RandomSearchNN(pipeline, space, n_iter=20, cv=inner, random_state=0)

# %%
# A search is an estimator, so scikit-learn's own ``cross_validate`` can be used.

outer = StratifiedKFold(5, shuffle=True, random_state=1)
nested = cross_validate(search, X, y, cv=outer, n_jobs=2, return_estimator=True)
best = [fitted.best_score_ for fitted in nested["estimator"]]
print(f"best_score_ of the five searches: {np.mean(best):.4f}")
print(f"score on held-out rows:           {nested['test_score'].mean():.4f}")

# %%
# The best parameters may differ between the outer folds. This is not an error, because nested
# cross-validation estimates the whole procedure, including the choice of the parameters. The
# network that you deploy comes from one more search, on all rows.

for fitted in nested["estimator"]:
    layers, alpha, rate = (fitted.best_params_[name] for name in space)
    print(f"layers {layers}, alpha {alpha:.2g}, learning rate {rate:.2g}")
final = search.fit(X, y)

# %%
# The bias is easiest to see if there is nothing to learn. Here the labels are random, so that the
# true accuracy of any network is 0.5. The best score rises with the number of trials nevertheless.
# An estimate from a hundred rows is noisy, so the plot shows the mean over eight repetitions.

rng = np.random.default_rng(0)
pipeline.set_params(mlpclassifier__max_iter=10)
so_far, nested = [], []
for _ in range(8):
    rows = rng.choice(len(X), 100, replace=False)
    coin = rng.permutation(100) % 2
    lucky = search.set_params(n_iter=50, refit=False).fit(X[rows], coin)
    so_far.append(np.maximum.accumulate(lucky.cv_results_["mean_test_score"]))
    search.set_params(n_iter=10, refit=True)
    nested.append(cross_validate(search, X[rows], coin, cv=outer)["test_score"].mean())

figure, ax = plt.subplots(figsize=(6.5, 4), layout="constrained")
ax.step(np.arange(1, 51), np.mean(so_far, axis=0), where="post", label="best_score_")
ax.axhline(0.5, color="grey", linewidth=1, label="true accuracy")
error = np.std(nested, ddof=1) / np.sqrt(8)
ax.errorbar(
    10, np.mean(nested), error, fmt="o", capsize=4, label="nested, 10 trials (± standard error)"
)
ax.set(xlabel="trials", ylabel="accuracy", title="Random labels")
ax.legend(loc="center right")
plt.show()
