"""The values of the parameters of a search."""

from sklearn.svm import SVC

from sk_hpt.displays._parameter_values import trial_labels


def test_trial_labels_have_the_parameters_that_differ():
    params = [
        {"net__alpha": 0.00012345, "net__solver": "adam", "net__sizes": (5, 5), "scale": None},
        {"net__alpha": 0.1, "net__solver": "adam", "net__sizes": (7,), "scale": SVC()},
    ]
    assert trial_labels(params) == [
        "alpha=0.000123, sizes=(5, 5), scale=None", "alpha=0.1, sizes=(7,), scale=SVC()",
    ]  # fmt: skip
    assert trial_labels([{"a__C": 1, "b__C": 2}]) == ["a__C=1, b__C=2"]
    assert trial_labels([{"x": "y" * 99}, {}])[0] == "x=" + "y" * 29 + "…"
    assert trial_labels([{"x": 1}, {"z": 2}]) == ["x=1", "z=2"]
    same_short_name = [{"a__C": 1, "b__C": each} for each in (2, 3)]
    assert trial_labels(same_short_name) == ["b__C=2", "b__C=3"]
