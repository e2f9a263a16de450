import re
import warnings

import numpy as np
import pytest
import sklearn
from scipy import stats
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import ConvergenceWarning, FitFailedWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt._search.refused_choices import warn_if_refused
from sk_hpt._sklearn import refused_values
from sk_hpt.space import Integer, Real, parse_space

NETWORK = MLPClassifier((3,), max_iter=3, random_state=0)


def warned(space, estimator=NETWORK):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_if_refused([parse_space(space)], estimator)
    return [str(warning.message) for warning in caught]


@pytest.mark.parametrize(
    "space, named",
    [
        ({"activation": ["relu", "sigmoid"]}, r"activation='sigmoid' \(MLPClassifier .*'logistic'"),
        ({"solver": ["adamw"]}, r"solver='adamw' \(.*'sgd'"),
        ({"alpha": [-1, 0.0, np.nan]}, r"alpha=-1, nan \(.* a float in the range \[0\.0, inf\)"),
        ({"learning_rate_init": np.array([0.0, 0.1])}, r"learning_rate_init=.*0\.0.* \("),
        ({"hidden_layer_sizes": ["wide", (3,)]}, r"hidden_layer_sizes='wide' \(.*array-like or"),
        ({"alpha": Real(-1.0, 1.0)}, r"alpha=-1\.0 \("),
        ({"max_iter": Integer(0, 9)}, r"max_iter=0 \("),
        ({"alpha": stats.norm()}, r"alpha=-\d.* \("),
        ({"alpha": list(range(-9, 9))}, r"alpha=-9, -8, -7, -6, -5 and 4 more \("),
        ([{"alpha": [-1]}, {"alpha": [-1], "tol": ["a"]}], r"refuses alpha=-1 [^;]*; tol='a'"),
    ],
)
def test_names_what_is_refused_and_what_is_accepted(space, named):
    (message,) = warned(space)
    assert message.startswith("Some choices will fail") and re.search(named, message)


@pytest.mark.parametrize(
    "space",
    [
        {"alpha": [0, 1e-3], "activation": np.array(["relu", "tanh"]), "solver": ("adam",)},
        {"learning_rate_init": stats.uniform(0, 0.1)},  # 0 itself is hardly ever drawn
        {"hidden_layer_sizes": [(3,), 3, [3, 4], np.array([3])], "random_state": [None, 0]},
    ],
)
def test_says_nothing_of_what_is_accepted(space):
    assert not warned(space)


def test_finds_the_network_and_other_steps_in_an_estimator():
    pipe = make_pipeline(StandardScaler(), NETWORK)
    (message,) = warned(
        {"mlpclassifier__activation": ["sigmoid"], "standardscaler__with_mean": ["maybe"]}, pipe
    )
    assert "MLPClassifier accepts" in message and "StandardScaler accepts" in message
    target = TransformedTargetRegressor(MLPRegressor())
    assert "regressor__alpha=-1" in warned({"regressor__alpha": [-1]}, target)[0]


def test_steps_that_are_searched_decide_themselves():
    pipe = Pipeline([("scale", None), ("model", NETWORK)])
    assert not warned({"model": [SVC(), "passthrough"], "model__C": [1.0]}, pipe)
    assert not warned({"model": [SVC(), MLPClassifier()], "model__tol": [0.0, 1.0]}, pipe)
    assert "model__C=-1" in warned({"model": [SVC()], "model__C": [-1, 1]}, pipe)[0]


def test_classes_with_their_own_rules_are_left_alone():
    class Own(MLPClassifier):
        def fit(self, X, y):
            return self

    assert not warned({"activation": ["swish"]}, Own())
    with sklearn.config_context(skip_parameter_validation=True):
        assert not warned({"activation": ["swish"]})


@pytest.mark.parametrize("search_class", [GridSearchNN, RandomSearchNN, BayesSearchNN])
def test_one_warning_per_search_and_the_other_trials_run(search_class, iris):
    budget = {} if search_class is GridSearchNN else {"n_iter": 3, "random_state": 0}
    search = search_class(NETWORK, {"alpha": [-1.0, -2.0, 1.0]}, cv=2, refit=False, **budget)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.fit(*iris)
    hints = [each for each in caught if "Some choices will fail" in str(each.message)]
    assert len(hints) == 1 and hints[0].filename == __file__
    assert any(each.category is FitFailedWarning for each in caught)
    assert np.isfinite(search.cv_results_["mean_test_score"]).sum() == 1


@pytest.mark.filterwarnings(f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning")
def test_ends_no_search_where_warnings_are_errors(iris):
    with pytest.raises(ValueError, match="All the 2 fits failed"):
        GridSearchNN(NETWORK, {"alpha": [-1.0]}, cv=2).fit(*iris)


def test_pairs_of_spaces_are_one_search(iris):
    pairs = [({"alpha": [-1.0]}, 1), ({"alpha": [-2.0]}, 1)]
    with (
        pytest.warns(UserWarning, match="alpha=-1.0 .*; alpha=-2.0"),
        pytest.raises(ValueError, match="All the 4 fits failed"),
    ):
        BayesSearchNN(NETWORK, pairs, cv=2).fit(*iris)


def test_of_very_many_choices_some_are_checked(monkeypatch):
    n_checked = []

    def count(owner, parameter, values):
        n_checked.append(len(values))
        return refused_values(owner, parameter, values)

    monkeypatch.setattr("sk_hpt._search.refused_choices.refused_values", count)
    space = parse_space({"alpha": np.full(10**6, -1.0)})
    with pytest.warns(UserWarning, match=r"the estimator refuses alpha=.* and others \("):
        warn_if_refused([space], MLPClassifier())
    assert n_checked == [10_000]
