"""Warning about choices that an estimator refuses when it is fitted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sk_hpt._sklearn import refused_values
from sk_hpt._types import Estimator
from sk_hpt._warn import hint_user
from sk_hpt.space import Categorical, Space
from sk_hpt.space._dimension import Dimension
from sk_hpt.space._distribution import END_PROBABILITY, Distribution

MAX_CHECKED = 10_000
"""Number of choices of a parameter, evenly spaced, that are checked (at most twice this many)."""

MAX_NAMED = 5
"""Number of refused choices of a parameter that are named."""


def warn_if_refused(spaces: Iterable[Space], estimator: Estimator) -> None:
    """Warn once of all choices, and bounds of ranges, that the estimator or a step will refuse.

    As in scikit-learn's searches, these fits fail and the others go on.
    """
    steps = estimator.get_params(deep=True)
    described: dict[str, None] = {}  # in order, each once
    for subspace in (each for space in spaces for each in space.subspaces):
        for name, dimension in subspace.dimensions.items():
            step, _, parameter = name.rpartition("__")
            owners = _owners(step, estimator, steps, subspace.dimensions)
            text = _describe(name, parameter, dimension, owners)
            if text:
                described[text] = None
    if described:
        hint_user(f"Some choices will fail, because the estimator refuses {'; '.join(described)}.")


def _owners(
    step: str,
    estimator: Estimator,
    steps: Mapping[str, object],
    dimensions: Mapping[str, Dimension],
) -> list[object]:
    """Return the estimators that may have the parameters of a step: several if it is searched."""
    if not step:
        return [estimator]
    replaced_by = dimensions.get(step)
    if isinstance(replaced_by, Categorical):
        return list(replaced_by.choices)
    return [steps.get(step)]


def _describe(name: str, parameter: str, dimension: Dimension, owners: list[object]) -> str:
    """Return the values that all owners refuse, and what is accepted; empty if there are none."""
    values, is_sample = _values(dimension)
    accepted: dict[str, None] = {}
    for owner in owners:
        values, accepts = refused_values(owner, parameter, values)
        accepted[f"{type(owner).__name__} accepts {accepts}"] = None
    if not values:
        return ""
    named = ", ".join(f"{value!r:.60}" for value in values[:MAX_NAMED])
    n_more = len(values) - MAX_NAMED
    more = "" if n_more <= 0 else " and others" if is_sample else f" and {n_more} more"
    return f"{name}={named}{more} ({', '.join(accepted)})"


def _values(dimension: Dimension) -> tuple[list[object], bool]:
    """Return all choices, or about the least and the largest number of a range.

    Of very many choices only a sample is returned, which the second value tells.
    """
    if isinstance(dimension, Distribution):
        # Without the outermost values, which are hardly ever drawn.
        ends = (END_PROBABILITY, 1 - END_PROBABILITY)
        return [dimension.decode(end) for end in ends] if dimension.has_quantiles else [], False
    values = dimension.grid(2)
    step = max(1, len(values) // MAX_CHECKED)
    return [values[index] for index in range(0, len(values), step)], step > 1
