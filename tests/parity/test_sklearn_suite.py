"""scikit-learn's own tests of its searches, run on ours.

The module of tests is executed a second time with our classes in the place of scikit-learn's.
"""

import importlib.util
import sys

import pytest
import sklearn
import sklearn.model_selection
from sklearn.model_selection.tests import test_search

from sk_hpt import GridSearchNN, RandomSearchNN

# scikit-learn's tests are written for its own warning filters.
pytestmark = pytest.mark.filterwarnings("ignore")

with pytest.MonkeyPatch.context() as patch:
    patch.setattr(sklearn.model_selection, "GridSearchCV", GridSearchNN)
    patch.setattr(sklearn.model_selection, "RandomizedSearchCV", RandomSearchNN)
    _spec = importlib.util.spec_from_file_location("sklearn_search_suite", test_search.__file__)
    _suite = importlib.util.module_from_spec(_spec)
    sys.modules[_spec.name] = _suite  # for pickle
    _spec.loader.exec_module(_suite)

NOT_OURS = {
    # about classes and private functions that are not replaced
    "test_custom_run_search",
    "test__custom_fit_no_run_search",
    "test_yield_masked_array_for_each_param",
    "test_yield_masked_array_no_runtime_warning",
    "test_parameter_grid",
    "test_param_sampler",
    "test_parameters_sampler_replacement",
    "test_validate_parameter_input",
}

if tuple(map(int, sklearn.__version__.split(".")[:2])) < (1, 9):
    NOT_OURS.add("test_random_search_bad_cv")  # the words of its error are 1.9's in ours

globals().update(
    {
        name: test
        for name, test in vars(_suite).items()
        if name.startswith("test_") and name not in NOT_OURS
    }
)
