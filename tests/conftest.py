"""Fixtures and checks that all tests share."""

import os
import re
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

import sk_hpt

PACKAGE = Path(sk_hpt.__file__).parent
ENGINE = find_spec("sk_hpt.training._engine")
"""The import spec of the compiled engine, or None where there is none for this Python."""


def pytest_configure():
    """Refuse a checkout without an engine: it would hide an installation that has one."""
    if ENGINE is None and PACKAGE.parent == Path(__file__).parents[1]:
        raise pytest.UsageError(
            f"The tests would run on {PACKAGE}, which has no compiled engine. Run `pytest`, not"
            " `python -m pytest`, to test the installed package, or `pip install -e .` first."
        )
    # For the processes that tests start: BLAS threads wait for each other on a busy machine. The
    # fixture `one_blas_thread` does the same for this process.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_report_header():
    """Say which package and which engine are tested."""
    engine = ENGINE.origin if ENGINE else "none"
    return [f"package under test: {PACKAGE}", f"engine under test: {engine}"]


@pytest.fixture(autouse=True, scope="session")
def one_blas_thread():
    """The matrices here are small: threads only get into each other's way."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def iris():
    return _standardised(load_iris)


@pytest.fixture(scope="session")
def cancer():
    X, y = _standardised(load_breast_cancer)
    return X[:200], y[:200]


@pytest.fixture(scope="session")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:300] / 16, y[:300]


@pytest.fixture(scope="session")
def diabetes():
    X, y = _standardised(load_diabetes)
    return X[:200], (y[:200] - y.mean()) / y.std()


def _standardised(load):
    X, y = load(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(X))
    return StandardScaler().fit_transform(X)[order], y[order]


class Outcome:
    """What came of one fit: the search, its warnings, or its error."""

    def __init__(self, search, X, y, params):
        self.search, self.error = search, None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                search.fit(X, y, **params)
            except Exception as error:
                self.error = error
        self.warnings = sorted(self._message(warning) for warning in caught)

    def _message(self, warning):
        # What comes after names files, and who warns names itself.
        message = str(warning.message).split("Traceback")[0]
        return warning.category.__name__, _neutral(message)

    @property
    def error_message(self):
        if self.error is None:
            return None
        return type(self.error).__name__, _neutral(str(self.error).split("Traceback")[0])


def _neutral(text):
    for name in ("GridSearchCV", "RandomizedSearchCV", "GridSearchNN", "RandomSearchNN"):
        text = text.replace(name, "Search")
    return " ".join(text.split())


@pytest.fixture(scope="session")
def assert_parity():
    """Fit scikit-learn's search and ours, and compare everything but the times."""

    def check(theirs, ours, X, y=None, **params):
        theirs, ours = Outcome(theirs, X, y, params), Outcome(ours, X, y, params)
        assert ours.error_message == theirs.error_message
        assert without_hints(ours) == without_hints(theirs)
        if theirs.search.n_jobs is None:  # else theirs stay in the worker processes
            assert n_not_converged(ours) == n_not_converged(theirs)
        if theirs.error is None:
            assert_same_search(theirs.search, ours.search)
        return ours.search

    return check


@pytest.fixture(scope="session", name="assert_same_results")
def compare_results():
    return assert_same_results


HINTS = ("Some choices will fail", "The target y is far from unit scale")
"""Beginnings of warnings that only our searches have."""


def without_hints(outcome):
    return [
        (name, text)
        for name, text in outcome.warnings
        if name != "ConvergenceWarning" and not text.startswith(HINTS)
    ]


def n_not_converged(outcome):
    """Networks that scikit-learn warns of one by one, and we in one sentence."""
    texts = [text for name, text in outcome.warnings if name == "ConvergenceWarning"]
    counted = [re.match(r"(\d+) of \d+ fits reached max_iter", text) for text in texts]
    return sum(int(match[1]) if match else 1 for match in counted)


def assert_same_search(theirs, ours):
    assert_same_results(theirs.cv_results_, ours.cv_results_)
    fitted = {name for name in vars(theirs) if name.endswith("_") and not name.startswith("_")}
    assert {
        name for name in vars(ours) if name.endswith("_") and not name.startswith("_")
    } == fitted | {"stop_reason_", "learning_curves_", "finish_times_", "fit_log_"}
    for name in ("best_index_", "best_params_", "best_score_", "n_splits_", "multimetric_"):
        if name in fitted:
            assert repr(getattr(ours, name)) == repr(getattr(theirs, name)), name
            assert type(getattr(ours, name)) is type(getattr(theirs, name)), name
    assert repr(ours.scorer_) == repr(theirs.scorer_)
    if "feature_names_in_" in fitted:
        np.testing.assert_array_equal(ours.feature_names_in_, theirs.feature_names_in_)


def assert_same_results(theirs, ours):
    assert list(ours) == list(theirs)
    for name, expected in theirs.items():
        got = ours[name]
        if name == "params":
            assert repr(got) == repr(expected)
        elif not name.endswith("_time"):
            assert type(got) is type(expected) and got.dtype == expected.dtype, name
            if isinstance(expected, np.ma.MaskedArray):
                np.testing.assert_array_equal(got.mask, expected.mask)
                assert repr(got.tolist()) == repr(expected.tolist()), name
            else:
                np.testing.assert_array_equal(got, expected, err_msg=name, strict=True)
