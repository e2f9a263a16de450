import numpy as np

from sk_hpt._trials import scored_metrics, short_names, trial_status


def test_metrics_are_those_with_a_mean():
    results = {"mean_fit_time": [1.0], "mean_test_f1": [0.5], "mean_test_roc_auc": [0.7]}
    assert scored_metrics(results) == ["f1", "roc_auc"]


def test_without_a_status_trials_without_a_score_have_failed():
    results = {"mean_test_score": np.array([0.5, np.nan])}
    assert trial_status(results, "score").tolist() == ["complete", "failed"]
    results["status"] = np.array(["pruned", "complete"], dtype=object)
    assert trial_status(results, "score").tolist() == ["pruned", "complete"]


def test_short_names_are_unique():
    names = ["net__alpha", "scale__with_mean", "pca__alpha", "C"]
    assert short_names(names) == {
        "net__alpha": "net__alpha",
        "scale__with_mean": "with_mean",
        "pca__alpha": "pca__alpha",
        "C": "C",
    }
