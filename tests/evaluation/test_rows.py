import numpy as np
import pytest
from sklearn import config_context
from sklearn.svm import SVC
from sklearn.utils.metaestimators import _safe_split

from sk_hpt._evaluation import rows

TRAIN, TEST = np.array([3, 1, 0]), np.array([2, 4])


def assert_like_scikit_learn(estimator, X, y, train=TRAIN, test=TEST):
    got = rows.take_rows(estimator, X, y, train, test)
    for (X_got, y_got), wanted in zip(
        got,
        (_safe_split(estimator, X, y, train), _safe_split(estimator, X, y, test, train)),
        strict=True,
    ):
        assert type(X_got) is type(wanted[0])
        np.testing.assert_array_equal(X_got, wanted[0])
        # the layout decides how BLAS rounds
        assert getattr(X_got, "flags", None) == getattr(wanted[0], "flags", None)
        np.testing.assert_array_equal(y_got, wanted[1])


@pytest.mark.parametrize("order", ["C", "F"])
def test_plain_arrays(order):
    X = np.asarray(np.arange(10.0).reshape(5, 2), order=order)
    assert_like_scikit_learn(SVC(), X, np.arange(5))
    assert_like_scikit_learn(SVC(), X, np.ones((5, 2)))
    assert_like_scikit_learn(SVC(), X, None)
    assert_like_scikit_learn(SVC(), X, None, train=np.arange(5) > 2, test=np.arange(5) < 2)
    with config_context(array_api_dispatch=False):
        assert_like_scikit_learn(SVC(), X.astype(np.float32), np.arange(5))


def test_anything_else():
    assert_like_scikit_learn(SVC(), [[0.0], [1.0], [2.0], [3.0], [4.0]], list("abcde"))
    assert_like_scikit_learn(SVC(), np.ma.masked_array(np.ones((5, 1))), np.arange(5))
    assert_like_scikit_learn(SVC(kernel="precomputed"), np.arange(25.0).reshape(5, 5), np.arange(5))


def test_a_copy_each_time():
    """An estimator may overwrite what it is given."""
    X = np.zeros((5, 1))
    (X_train, _), _ = rows.take_rows(SVC(), X, None, TRAIN, TEST)
    X_train += 1
    assert X.sum() == 0
