"""The settings that tell a search from others, for its journal."""

from __future__ import annotations

from typing import Any

from sk_hpt._sklearn import MetaEstimator
from sk_hpt.fidelity._base import Fidelity

WITHOUT_INFLUENCE = {
    *("n_iter", "timeout", "n_jobs", "pre_dispatch", "verbose", "refit", "journal"),
    "n_iter_no_change",  # the end of the search, not its trials
    "ensemble_size",  # what it trains is not in the journal
    "random_state",  # the journal compares the random states itself
}
"""Parameters that may change when a search is resumed from its journal."""


def identity(search: MetaEstimator, fidelity: Fidelity, metric: str) -> dict[str, Any]:
    """Return what tells a search from others: not its budget, its speed or its output."""
    params = search.get_params(deep=False)
    return {
        "search": type(search),
        **{name: value for name, value in params.items() if name not in WITHOUT_INFLUENCE},
        # In place of the parameter, because "race" and Race() are the same rule.
        "multi_fidelity": fidelity,
        # `refit` may change, but not the metric that it names, if there are several.
        "metric": metric,
    }
