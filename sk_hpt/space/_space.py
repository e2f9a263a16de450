"""A set of settings: named dimensions, or several such sets of which a setting uses one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.model_selection import ParameterGrid, ParameterSampler

from sk_hpt._types import Floats, Params
from sk_hpt.space._categorical import Categorical
from sk_hpt.space._dimension import GRID_POINTS, Dimension


class SubSpace:
    """Named dimensions, each free of the others.

    Parameters
    ----------
    dimensions : mapping of str to Dimension
        The values that each parameter may take.
    """

    def __init__(self, dimensions: Mapping[str, Dimension]) -> None:
        # Sorted, as scikit-learn's ParameterGrid and ParameterSampler go through them.
        self.dimensions: dict[str, Dimension] = dict(sorted(dimensions.items()))

    @property
    def n_columns(self) -> int:
        """How many coordinates encode a setting."""
        return sum(dimension.n_columns for dimension in self.dimensions.values())

    def contains(self, params: Mapping[str, Any]) -> bool:
        """Whether `params` sets just these parameters, to values that they may take."""
        return params.keys() == self.dimensions.keys() and all(
            self.dimensions[name].contains(value) for name, value in params.items()
        )

    def encode(self, params: Mapping[str, Any]) -> Floats:
        """Coordinates of a setting, shape (n_columns,), each in [0, 1]."""
        columns = [dimension.encode(params[name]) for name, dimension in self.dimensions.items()]
        return np.concatenate(columns) if columns else np.empty(0)

    def decode(self, x: ArrayLike) -> Params:
        """The setting at the coordinates `x`, shape (n_columns,)."""
        x = np.asarray(x, dtype=float)
        params: Params = {}
        start = 0
        for name, dimension in self.dimensions.items():
            params[name] = dimension.decode(x[start : start + dimension.n_columns])
            start += dimension.n_columns
        return params

    @property
    def size(self) -> float:
        """How many settings there are."""
        return math.prod(dimension.size for dimension in self.dimensions.values())

    @property
    def levels(self) -> list[Floats | None]:
        """For each column the coordinates that there are, None where it is continuous."""
        return [each for dimension in self.dimensions.values() for each in dimension.levels]

    @property
    def ordered(self) -> list[bool]:
        """For each column whether coordinates close together mean settings that are alike."""
        return [
            dimension.is_ordered
            for dimension in self.dimensions.values()
            for _ in range(dimension.n_columns)
        ]

    def snap(self, X: Floats) -> Floats:
        """Coordinates of the settings that the rows of X, (m, n_columns), decode to; as X."""
        snapped = np.empty_like(X)
        start = 0
        for dimension in self.dimensions.values():
            columns = slice(start, start + dimension.n_columns)
            snapped[:, columns] = dimension.snap(X[:, columns])
            start = columns.stop
        return snapped


class Space:
    """One or more sub-spaces; each setting belongs to one of them.

    Parameters
    ----------
    subspaces : sequence of SubSpace
        What may be tried. Several are conditional spaces: parameters that only make sense
        together stand in the same one.

    Examples
    --------
    >>> from sk_hpt.space import Integer, Real, parse_space
    >>> space = parse_space({"alpha": Real(1e-4, 1e-2, log=True), "batch_size": Integer(16, 64)})
    >>> space.n_columns
    2
    >>> space.decode([1.0, 0.5])
    {'alpha': 0.01, 'batch_size': 40}
    >>> len(space.grid())
    25
    """

    def __init__(self, subspaces: Sequence[SubSpace]) -> None:
        self.subspaces: tuple[SubSpace, ...] = tuple(subspaces)
        self._choice = Categorical(range(len(self.subspaces)))

    def sample(self, n: int, random_state: Any = None) -> list[Params]:
        """Draw `n` settings, the same ones as scikit-learn's ParameterSampler.

        Where all dimensions are lists the draws are without replacement; with fewer than `n`
        settings in all, each comes once, with scikit-learn's warning.
        """
        samplers = [
            {name: dimension.sampler for name, dimension in subspace.dimensions.items()}
            for subspace in self.subspaces
        ]
        return list(ParameterSampler(samplers, n, random_state=random_state))

    @property
    def draws_without_replacement(self) -> bool:
        """Whether `sample` gives no setting twice: where all dimensions are lists."""
        return not any(
            hasattr(dimension.sampler, "rvs")
            for subspace in self.subspaces
            for dimension in subspace.dimensions.values()
        )

    def grid(self, at_most: int | None = None) -> ParameterGrid:
        """A grid over all sub-spaces.

        Parameters
        ----------
        at_most : int, optional
            Take fewer points per numeric dimension, down to two, until the grid is no larger.
        """
        for n_points in range(GRID_POINTS, 1, -1):
            grid = ParameterGrid(
                [
                    {name: d.grid(n_points) for name, d in subspace.dimensions.items()}
                    for subspace in self.subspaces
                ]
            )
            if at_most is None or len(grid) <= at_most:
                break
        return grid

    @property
    def n_columns(self) -> int:
        """How many coordinates encode a setting."""
        return self._n_choice_columns + sum(subspace.n_columns for subspace in self.subspaces)

    def contains(self, params: Mapping[str, Any]) -> bool:
        """Return whether a sub-space has just these parameters and allows their values."""
        return any(subspace.contains(params) for subspace in self.subspaces)

    def encode(self, params: Mapping[str, Any]) -> Floats:
        """Coordinates of a setting in the unit cube.

        Parameters
        ----------
        params : mapping of str to object
            A setting of one of the sub-spaces.

        Returns
        -------
        x : ndarray of shape (n_columns,)
            With several sub-spaces, first which of them; then the coordinates in each, one half
            for those that the setting does not belong to.

        Raises
        ------
        ValueError
            If no sub-space contains the setting.
        """
        index = self._index(params)
        x = np.full(self.n_columns, 0.5)
        if self._n_choice_columns:
            x[0] = self._choice.encode(index)[0]
        x[self._columns(index)] = self.subspaces[index].encode(params)
        return x

    def decode(self, x: ArrayLike) -> Params:
        """The setting at coordinates `x` of shape (n_columns,)."""
        x = np.asarray(x, dtype=float)
        index = self._choice.decode(x[0]) if self._n_choice_columns else 0
        return self.subspaces[index].decode(x[self._columns(index)])

    @property
    def size(self) -> float:
        """How many settings there are; infinite where a number may be any real one."""
        return sum(subspace.size for subspace in self.subspaces)

    @property
    def levels(self) -> list[Floats | None]:
        """For each column the sorted coordinates that there are, None where it is continuous."""
        choice = self._choice.levels * self._n_choice_columns
        return choice + [each for subspace in self.subspaces for each in subspace.levels]

    @property
    def ordered(self) -> list[bool]:
        """For each column whether coordinates close together mean settings that are alike."""
        choice = [False] * self._n_choice_columns
        return choice + [each for subspace in self.subspaces for each in subspace.ordered]

    def snap(self, X: Floats) -> Floats:
        """Coordinates of the settings that points of the unit cube decode to.

        Parameters
        ----------
        X : ndarray of shape (m, n_columns)
            Any points.

        Returns
        -------
        X : ndarray of shape (m, n_columns)
            What :meth:`encode` gives for what :meth:`decode` makes of them.
        """
        if not self._n_choice_columns:
            return self.subspaces[0].snap(X)
        snapped = np.full(X.shape, 0.5)
        snapped[:, :1] = self._choice.snap(X[:, :1])
        chosen = (snapped[:, 0] * len(self.subspaces)).astype(int)
        for index, subspace in enumerate(self.subspaces):
            rows, columns = chosen == index, self._columns(index)
            snapped[rows, columns] = subspace.snap(X[rows, columns])
        return snapped

    @property
    def _n_choice_columns(self) -> int:
        return int(len(self.subspaces) > 1)

    def _index(self, params: Mapping[str, Any]) -> int:
        for index, subspace in enumerate(self.subspaces):
            if subspace.contains(params):
                return index
        raise ValueError(f"The setting {dict(params)!r} lies outside of the space.")

    def _columns(self, index: int) -> slice:
        start = self._n_choice_columns
        start += sum(subspace.n_columns for subspace in self.subspaces[:index])
        return slice(start, start + self.subspaces[index].n_columns)
