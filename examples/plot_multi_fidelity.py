"""
Early stopping of poor trials with halving
==========================================

This example runs the same 27 trials twice. The first search trains all of them completely on every
fold. The second uses halving, which compares the networks during training and continues only with
the better half. Trials that are trained completely have exactly the same scores in both searches.
"""

import warnings
from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from sk_hpt import RandomSearchNN
from sk_hpt.displays import LearningCurvesDisplay
from sk_hpt.space import HiddenLayers, Integer, Real

# Halving stops most networks before they converge.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

X, y = load_digits(return_X_y=True)
space = {
    "hidden_layer_sizes": HiddenLayers(n_layers=(1, 2), units=(16, 64)),
    "activation": ["relu", "tanh"],
    "alpha": Real(1e-6, 1.0, log=True),
    "learning_rate_init": Real(1e-4, 1e-1, log=True),
    "batch_size": Integer(32, 256, log=True),
}


def timed(multi_fidelity):
    """Return a fitted search, and how long the fit took in seconds."""
    search = RandomSearchNN(
        MLPClassifier(max_iter=54, random_state=0),
        space,
        n_iter=27,
        n_jobs=2,
        random_state=0,
        multi_fidelity=multi_fidelity,
    )
    started = perf_counter()
    search.fit(X / 16, y)
    return search, perf_counter() - started


# %%
# The full search first, then halving.

full, full_seconds = timed(None)
halving, halving_seconds = timed("halving")
epochs = halving.cv_results_["n_epochs"]
for name, search, seconds in (
    ("full", full, full_seconds),
    ("halving", halving, halving_seconds),
):
    index = search.best_index_
    error = search.cv_results_["std_test_score"][index] / np.sqrt(search.n_splits_)
    print(f"{name}: {search.best_score_:.4f} ± {error:.4f} in {seconds:.1f} s, trial {index}")
print(f"halving trained {epochs.sum()} of at most {27 * 5 * 54} epochs")

# %%
# ``status`` tells complete trials from pruned ones. A pruned trial has no mean score and ranks
# behind all complete trials, so that the best trial is always a complete one.

status = halving.cv_results_["status"]
complete = status == "complete"
print(complete.sum(), "complete,", (status == "pruned").sum(), "pruned")
same = (
    halving.cv_results_["mean_test_score"][complete]
    == full.cv_results_["mean_test_score"][complete]
)
print("the same scores:", same.all())

# %%
# For each trial, the next plot compares the number of epochs in the halving search with the score
# in the full search. Halving spends most of its epochs on good trials.

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
truth = full.cv_results_["mean_test_score"]
for mask, marker, label in ((~complete, "o", "pruned"), (complete, "D", "complete")):
    ax.scatter(epochs[mask], truth[mask], marker=marker, label=f"{label} ({mask.sum()})")
ax.set(xscale="log", xlabel="epochs that halving trained, over all folds")
ax.set_xticks(np.unique(epochs), map(str, np.unique(epochs)))
ax.minorticks_off()
ax.set(ylabel="mean accuracy of the full search")
ax.legend(loc="lower right")

# %%
# The learning curves of the halving search end where trials were pruned.

LearningCurvesDisplay.from_search(halving)
plt.show()
