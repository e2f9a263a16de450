"""Wrong constants are found at ``fit``, before anything is trained."""

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt._evaluation import FitRunner
from sk_hpt.fidelity import Halving, Race

BAD = [
    ("hyperband", ValueError, "multi_fidelity='hyperband' must be None, 'race', 'halving', or"),
    (
        3,
        ValueError,
        "multi_fidelity=3 must be None, 'race', 'halving', or a Race or Halving object",
    ),
    (Race, ValueError, "must be None, 'race'"),
    (Race(min_folds=0), ValueError, "min_folds=0 of Race must be at least 1"),
    (Race(min_folds=1.5), TypeError, "min_folds=1.5 of Race must be an int"),
    (Race(margin=-1.0), ValueError, "margin=-1.0 of Race must be at least 0"),
    (Race(margin="1"), TypeError, "margin='1' of Race must be a number"),
    (Halving(factor=1.5), ValueError, "factor=1.5 of Halving must be at least 2"),
    (Halving(factor="3"), TypeError, "factor='3' of Halving must be a number"),
    (Halving(factor=np.nan), ValueError, "factor=nan of Halving"),
    (Halving(min_epochs=0), ValueError, "min_epochs=0 of Halving must be at least 1"),
    (Halving(min_epochs=2.5), TypeError, "min_epochs=2.5 of Halving must be an int"),
    (Halving(min_epochs=19), ValueError, "min_epochs=19 of Halving is above max_iter=18.*lower"),
    (Halving(trend=-1.0), ValueError, "trend=-1.0 of Halving must be at least 0"),
    (Halving(n_rungs=-1), ValueError, "n_rungs=-1 of Halving must be at least 0"),
    (Halving(min_promoted=0), ValueError, "min_promoted=0 of Halving must be at least 1"),
    (Halving(n_folds=0), ValueError, "n_folds=0 of Halving must be at least 1"),
]


@pytest.mark.parametrize("search_class", [GridSearchNN, RandomSearchNN, BayesSearchNN])
@pytest.mark.parametrize("multi_fidelity, error, message", BAD, ids=repr)
def test_bad_multi_fidelity(search_class, multi_fidelity, error, message, iris, monkeypatch):
    def nothing_may_run(self, fits):
        raise AssertionError("a fit was run")

    monkeypatch.setattr(FitRunner, "run", nothing_may_run)
    network = MLPClassifier((5,), max_iter=18, random_state=0)
    search = search_class(network, {"alpha": [1e-4, 1e-2]}, multi_fidelity=multi_fidelity)
    if search_class is not GridSearchNN:
        search.set_params(n_iter=2)
    with pytest.raises(error, match=message):
        search.fit(*iris)
    assert not hasattr(search, "cv_results_")
