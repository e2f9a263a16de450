"""Panels with one parameter each, whose vertical axis is the score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sk_hpt.displays import _style

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

N_COLUMNS = 3
"""Number of panels next to each other."""

LONG_CHOICES = 24
"""With more characters than this, the names of the choices are rotated."""


def parameter_panels(ax: Axes | Sequence[Axes] | None, n_panels: int) -> list[Axes]:
    """Return the given axes, one for each parameter; for None those of a new figure.

    Raises
    ------
    ValueError
        If there are more or fewer axes than parameters.
    """
    n_columns = min(N_COLUMNS, n_panels)
    n_rows = -(-n_panels // n_columns)
    size = (max(3.4 * n_columns, 5.0), 2.7 * n_rows + 0.6)
    panels = _style.as_panels(ax, n_panels, n_columns, figsize=size, sharey=True)
    if len(panels) != n_panels:
        raise ValueError(
            f"ax has {len(panels)} axes, and must have {n_panels}, one for each "
            "parameter. Pass as many, or select parameters with parameters=."
        )
    return panels


def label_choices(ax: Axes, choices: Sequence[str]) -> None:
    """Label the positions 0, 1, ... of the horizontal axis with choices."""
    style: _style.Style = {}
    if sum(map(len, choices)) > LONG_CHOICES:
        style = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"}
    ax.set_xticks(range(len(choices)), choices, fontsize="small", **style)
    ax.set_xlim(-0.5, len(choices) - 0.5)


def finish(
    panels: Sequence[Axes], score_label: str, handles: Sequence[Artist], *, is_new: bool
) -> None:
    """Add the label of the scores and a legend, for a new figure below all of it."""
    if is_new:
        panels[0].figure.supylabel(score_label, fontsize="medium")
    else:
        panels[0].set_ylabel(score_label)
    where = panels[0].figure if is_new else panels[0]
    _style.legend_below(where, handles, n_columns=min(len(panels) + 1, 4))
