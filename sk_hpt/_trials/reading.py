"""Reading ``cv_results_``, of the searches here and of scikit-learn's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sk_hpt._types import CVResults


def scored_metrics(results: CVResults) -> list[str]:
    """Return the names of the metrics, in their order."""
    prefix = "mean_test_"
    return [name.removeprefix(prefix) for name in results if name.startswith(prefix)]


def trial_status(results: CVResults, metric: str) -> NDArray[np.object_]:
    """Return how each trial ended: "complete", "pruned", "unfinished" or "failed".

    Results without multi-fidelity have no ``status``. All of their trials were trained in full,
    and those without a mean score have failed.
    """
    if "status" in results:
        return np.asarray(results["status"], dtype=object)
    means = np.asarray(results[f"mean_test_{metric}"], dtype=np.float64)
    return np.where(np.isnan(means), "failed", "complete").astype(object)


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Return for each name the one without the steps of a Pipeline, unless two have the same."""
    last = {name: name.rpartition("__")[2] for name in names}
    n_found = Counter(last.values())
    return {name: each if n_found[each] == 1 else name for name, each in last.items()}
