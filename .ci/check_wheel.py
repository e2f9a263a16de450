"""Check an installed wheel, with nothing but its dependencies.

``python -I check_wheel.py``, in the environment that has it.
"""

from importlib.metadata import files, metadata, version
from importlib.resources import as_file
from importlib.resources import files as resources
from pathlib import Path

import numpy as np
from sklearn.datasets import load_wine
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

import sk_hpt
from sk_hpt.training import start_run

installed = [str(file) for file in files("sk_hpt")]
assert not any(file.endswith((".pyx", ".pxd", ".c", ".h")) for file in installed), installed
assert not any(file.startswith("tests") for file in installed), installed
for name in ("py.typed", "_proposers/portfolio.json"):
    with as_file(resources(sk_hpt) / name) as path:
        assert Path(path).is_file(), name
description = metadata("sk_hpt").get_payload() or metadata("sk_hpt")["Description"]
assert "## Installation" in description and "](docs/" not in description, description
assert sk_hpt.__version__ == version("sk_hpt") and metadata("sk_hpt")["Keywords"]

network = MLPClassifier((10,), max_iter=300, random_state=0)
X, y = load_wine(return_X_y=True)
X = StandardScaler().fit_transform(X)
start_run(network, X, y)  # raises if the wheel has no engine that works here
grid = {"alpha": [1e-3, 1.0], "learning_rate_init": [1e-2, 1e-1]}
theirs = GridSearchCV(network, grid, cv=3).fit(X, y)
ours = sk_hpt.GridSearchNN(network, grid, cv=3, n_jobs=2).fit(X, y)
np.testing.assert_array_equal(
    ours.cv_results_["mean_test_score"], theirs.cv_results_["mean_test_score"]
)
for one, other in zip(ours.best_estimator_.coefs_, theirs.best_estimator_.coefs_, strict=True):
    np.testing.assert_array_equal(one, other)
sk_hpt.BayesSearchNN(network, n_iter=3, cv=2, random_state=0, multi_fidelity="halving").fit(X, y)
print(f"sk_hpt {sk_hpt.__version__}: the wheel is whole")
