"""The default space of a search fits its folds."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.model_selection import GroupKFold, PredefinedSplit, ShuffleSplit, TimeSeriesSplit
from sklearn.neural_network import MLPRegressor

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN

X, Y = load_diabetes(return_X_y=True)
X, Y = X[:100], (Y[:100] - Y.mean()) / Y.std()
GROUPS = np.repeat([0, 1], [80, 20])  # one of the training folds has 20 rows

pytestmark = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning"  # but not of batches that are clipped
)
CASES = {
    "time series": TimeSeriesSplit(5),
    "groups": GroupKFold(2),
    "folds": PredefinedSplit(GROUPS),
    "pairs": [(np.arange(20), np.arange(20, 100))],
    "short": ShuffleSplit(2, train_size=30, random_state=np.random.RandomState(0)),
}


@pytest.mark.parametrize("cv", CASES.values(), ids=CASES)
@pytest.mark.parametrize("early_stopping", [False, True])
def test_no_batch_is_larger_than_the_smallest_training_fold(cv, early_stopping):
    network = MLPRegressor(max_iter=1, random_state=0, early_stopping=early_stopping)
    for search in (
        RandomSearchNN(network, n_iter=8, cv=cv, random_state=0, refit=False),
        BayesSearchNN(network, n_iter=8, cv=cv, random_state=0, refit=False),
    ):
        search.fit(X, Y, **({"groups": GROUPS} if isinstance(cv, GroupKFold) else {}))


def test_a_generator_of_folds_is_not_used_up():
    network = MLPRegressor(max_iter=1, random_state=0)
    folds = ((np.arange(k, 100), np.arange(k)) for k in (30, 40, 50))
    search = RandomSearchNN(network, n_iter=2, cv=folds, random_state=0, refit=False)
    search.fit(X, Y)
    assert search.n_splits_ == 3


def test_folds_are_split_twice_only_for_the_default_space():
    class Counting(TimeSeriesSplit):
        n_splits_made = 0

        def split(self, *arguments, **named):
            Counting.n_splits_made += 1
            return super().split(*arguments, **named)

    network = MLPRegressor(max_iter=1, random_state=0)
    search = GridSearchNN(network, {"alpha": [1.0]}, cv=Counting(2), refit=False)
    search.fit(X, Y)
    assert Counting.n_splits_made == 1
