"""Check an installation that was made without a C compiler: searches work and warn once.

``python -I check_without_engine.py``, in the environment that has it.
"""

import warnings
from importlib.util import find_spec

from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

import sk_hpt

assert find_spec("sk_hpt.training._engine") is None, "there is an engine"

X, y = load_iris(return_X_y=True)
X = StandardScaler().fit_transform(X)
network = MLPClassifier((10,), learning_rate_init=0.01, max_iter=500, random_state=0)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for _ in range(2):
        search = sk_hpt.RandomSearchNN(
            network, {"alpha": [1e-3, 1e-1]}, n_iter=2, cv=2, random_state=0
        ).fit(X, y)
messages = [str(warning.message) for warning in caught]
assert len(messages) == 1 and "engine is not used" in messages[0], messages
assert search.best_score_ > 0.9, search.best_score_
print(f"sk_hpt {sk_hpt.__version__} works without an engine, and says so: {messages[0]}")
