"""Workers that the system kills, under loky."""

import numpy as np
import pytest
from estimators import KillsItsWorker
from joblib import parallel_config
from sklearn.exceptions import FitFailedWarning

from sk_hpt import GridSearchNN

pytestmark = pytest.mark.slow

SECONDS = [0.0, 0.01, 0.02, 0.03, 0.04, 0.05]


def search_of(paths, **options):
    grid = [{"seconds": [seconds]} for seconds in SECONDS]
    for path, point in zip(paths, grid, strict=False):
        point["path"] = [str(path)]
    return GridSearchNN(KillsItsWorker(), grid, cv=2, **options)


def test_a_killed_fit_is_done_once_more(tmp_path, iris):
    with parallel_config(backend="loky", n_jobs=2):
        search = search_of([tmp_path / "first"]).fit(*iris)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert (tmp_path / "first").exists()


def test_one_that_is_killed_again_has_failed_and_no_other(tmp_path, iris):
    search = search_of([tmp_path / "first"], refit=False)
    search.param_grid[0]["always"] = [True]
    with (
        parallel_config(backend="loky", n_jobs=2),
        pytest.warns(FitFailedWarning, match="2 fits failed.*\n(.*\n)*.*worker process.*killed"),
        pytest.warns(UserWarning, match="non-finite"),
    ):
        search.fit(*iris)
    assert np.isfinite(search.cv_results_["mean_test_score"]).tolist() == [False] + [True] * 5


def test_or_raises(tmp_path, iris):
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    search = search_of([tmp_path / "first"], error_score="raise")
    search.param_grid[0]["always"] = [True]
    with parallel_config(backend="loky", n_jobs=2), pytest.raises(TerminatedWorkerError):
        search.fit(*iris)
