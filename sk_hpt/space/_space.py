"""Search spaces: named dimensions, or several sets of them.

The coordinates of parameters in a :class:`SubSpace` are those of its dimensions, one behind the
other, sorted by name. A :class:`Space` of several sub-spaces has one coordinate in front that
chooses the sub-space, and then the coordinates of all sub-spaces; those of the others than the
chosen one are one half.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.model_selection import ParameterGrid, ParameterSampler
from sklearn.utils import check_random_state
from sklearn.utils.random import sample_without_replacement

from sk_hpt._types import Floats, Params, Seed
from sk_hpt._warn import warn_user
from sk_hpt.space._categorical import Categorical
from sk_hpt.space._dimension import GRID_POINTS, Dimension

MAX_REPR_LENGTH, MAX_PART_LENGTH = 200, 70
"""Number of characters of a printed space, and of one dimension in it, before they are cut."""


class SubSpace:
    """Named dimensions that vary independently of each other.

    Parameters
    ----------
    dimensions : mapping of str to Dimension
        The dimension of each parameter.
    """

    def __init__(self, dimensions: Mapping[str, Dimension]) -> None:
        # Sorted, because ParameterGrid and ParameterSampler go through names in this order.
        self.dimensions: dict[str, Dimension] = dict(sorted(dimensions.items()))
        self._columns = _columns_of(self.dimensions.values())

    def __repr__(self) -> str:
        """Return the dimensions by name, in one line; of many only the first ones."""
        parts = (f"{name!r}: {dimension}" for name, dimension in self.dimensions.items())
        return "{" + _listed([_cut(part, MAX_PART_LENGTH) for part in parts]) + "}"

    @property
    def n_columns(self) -> int:
        """Number of coordinates that encode parameters."""
        return sum(dimension.n_columns for dimension in self.dimensions.values())

    def contains(self, params: Mapping[str, Any]) -> bool:
        """Return whether `params` has just these names, with values of their dimensions."""
        return params.keys() == self.dimensions.keys() and all(
            self.dimensions[name].contains(value) for name, value in params.items()
        )

    def encode(self, params: Mapping[str, Any]) -> Floats:
        """Return the coordinates of parameters, shape (n_columns,), each in [0, 1]."""
        columns = [dimension.encode(params[name]) for name, dimension in self.dimensions.items()]
        return np.concatenate(columns) if columns else np.empty(0)

    def decode(self, x: ArrayLike) -> Params:
        """Return the parameters at coordinates `x` of shape (n_columns,)."""
        x = np.asarray(x, dtype=float)
        parts = zip(self.dimensions.items(), self._columns, strict=True)
        return {name: dimension.decode(x[columns]) for (name, dimension), columns in parts}

    @property
    def size(self) -> float:
        """Number of different parameters."""
        return math.prod(dimension.size for dimension in self.dimensions.values())

    @property
    def levels(self) -> list[Floats | None]:
        """Sorted coordinates that occur in each column; None if it is continuous."""
        return [each for dimension in self.dimensions.values() for each in dimension.levels]

    @property
    def ordered(self) -> list[bool]:
        """For each column, True if similar coordinates mean similar parameters."""
        dimensions = self.dimensions.values()
        return [each.is_ordered for each in dimensions for _ in range(each.n_columns)]

    def snap(self, X: Floats) -> Floats:
        """Move the rows of X, (m, n_columns), to the coordinates of what they decode to."""
        snapped = np.empty_like(X)
        for dimension, columns in zip(self.dimensions.values(), self._columns, strict=True):
            snapped[:, columns] = dimension.snap(X[:, columns])
        return snapped

    def grid(self, n_points: int) -> dict[str, Sequence[Any]]:
        """Return the values of each dimension on a grid."""
        return {name: dimension.grid(n_points) for name, dimension in self.dimensions.items()}

    @property
    def samplers(self) -> dict[str, Any]:
        """Objects from which scikit-learn's ParameterSampler draws."""
        return {name: dimension.sampler for name, dimension in self.dimensions.items()}


class Space:
    """One or more sub-spaces, of which each trial uses one.

    Parameters
    ----------
    subspaces : sequence of SubSpace
        The sub-spaces. Use several for conditional parameters: those that only make sense
        together belong to the same sub-space.

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
        self._n_choice_columns = int(len(self.subspaces) > 1)
        self._columns = _columns_of(self.subspaces, start=self._n_choice_columns)

    def __repr__(self) -> str:
        """Return the sub-spaces in one line; of many only the first ones."""
        return f"Space({_listed([repr(subspace) for subspace in self.subspaces])})"

    def sample(self, n: int, random_state: Seed = None) -> list[Params]:
        """Draw parameters `n` times, the same ones as scikit-learn's ParameterSampler.

        If all dimensions are lists, the draws are without replacement; if the space is then
        smaller than `n`, each point is drawn once, with scikit-learn's warning.
        """
        rng = check_random_state(random_state)
        if not self.draws_without_replacement:
            return list(self.draws(n, rng))
        grid = self.grid()
        n = limited_by_size(n, len(grid))
        return [grid[index] for index in draw_indices(len(grid), n, rng)]

    def draws(self, n: int, rng: np.random.RandomState) -> Iterator[Params]:
        """Draw `n` times with replacement; each draw is made when it is asked for."""
        samplers = [subspace.samplers for subspace in self.subspaces]
        return iter(ParameterSampler(samplers, n, random_state=rng))

    @property
    def draws_without_replacement(self) -> bool:
        """True if `sample` draws no parameters twice, because all dimensions are lists."""
        samplers = [each for subspace in self.subspaces for each in subspace.samplers.values()]
        return not any(hasattr(sampler, "rvs") for sampler in samplers)

    def grid(self, at_most: int | None = None) -> ParameterGrid:
        """Return a grid over all sub-spaces.

        Parameters
        ----------
        at_most : int, optional
            Largest size of the grid. Numeric dimensions get fewer points, down to two each, until
            the grid is small enough, or cannot be made smaller.
        """
        for n_points in range(GRID_POINTS, 1, -1):
            grid = ParameterGrid([subspace.grid(n_points) for subspace in self.subspaces])
            if at_most is None or len(grid) <= at_most:
                break
        return grid

    @property
    def n_columns(self) -> int:
        """Number of coordinates that encode parameters."""
        return self._n_choice_columns + sum(subspace.n_columns for subspace in self.subspaces)

    def contains(self, params: Mapping[str, Any]) -> bool:
        """Return whether a sub-space has just these parameters and allows their values."""
        return any(subspace.contains(params) for subspace in self.subspaces)

    def encode(self, params: Mapping[str, Any]) -> Floats:
        """Return the coordinates of parameters in the unit cube.

        Parameters
        ----------
        params : mapping of str to object
            Parameters in one of the sub-spaces.

        Returns
        -------
        x : ndarray of shape (n_columns,)
            With several sub-spaces, the first coordinate chooses the sub-space. Then come the
            coordinates in each sub-space; one half in those that were not chosen.

        Raises
        ------
        ValueError
            If no sub-space contains the parameters.
        """
        index = self._index(params)
        x = np.full(self.n_columns, 0.5)
        x[: self._n_choice_columns] = self._choice.encode(index)
        x[self._columns[index]] = self.subspaces[index].encode(params)
        return x

    def decode(self, x: ArrayLike) -> Params:
        """Return the parameters at coordinates `x` of shape (n_columns,)."""
        x = np.asarray(x, dtype=float)
        index = self._choice.decode(x[0]) if self._n_choice_columns else 0
        return self.subspaces[index].decode(x[self._columns[index]])

    @property
    def size(self) -> float:
        """Number of different parameters; infinite if a dimension has real numbers."""
        return sum(subspace.size for subspace in self.subspaces)

    @property
    def levels(self) -> list[Floats | None]:
        """Sorted coordinates that occur in each column; None if it is continuous."""
        choice = self._choice.levels * self._n_choice_columns
        return choice + [each for subspace in self.subspaces for each in subspace.levels]

    @property
    def ordered(self) -> list[bool]:
        """For each column, True if similar coordinates mean similar parameters."""
        choice = [False] * self._n_choice_columns
        return choice + [each for subspace in self.subspaces for each in subspace.ordered]

    def snap(self, X: Floats) -> Floats:
        """Move points of the unit cube to the coordinates of the parameters they decode to.

        Parameters
        ----------
        X : ndarray of shape (m, n_columns)
            Any points.

        Returns
        -------
        X : ndarray of shape (m, n_columns)
            The points after :meth:`decode` and :meth:`encode`.
        """
        if not self._n_choice_columns:
            return self.subspaces[0].snap(X)
        snapped = np.full(X.shape, 0.5)
        snapped[:, :1] = self._choice.snap(X[:, :1])
        chosen = (snapped[:, 0] * len(self.subspaces)).astype(int)
        for index, subspace in enumerate(self.subspaces):
            rows, columns = chosen == index, self._columns[index]
            snapped[rows, columns] = subspace.snap(X[rows, columns])
        return snapped

    def _index(self, params: Mapping[str, Any]) -> int:
        for index, subspace in enumerate(self.subspaces):
            if subspace.contains(params):
                return index
        raise ValueError(f"The parameters {dict(params)!r} must lie in the space.")


def draw_indices(size: int, n: int, rng: np.random.RandomState) -> list[int]:
    """Draw `n` points of a grid without replacement, in the way of ParameterSampler."""
    indices: list[int] = sample_without_replacement(size, n, random_state=rng).tolist()
    return indices


def limited_by_size(n_iter: int, size: float) -> int:
    """Return `n_iter`, or the size of a smaller space with scikit-learn's warning."""
    if size >= n_iter:
        return int(n_iter)
    warn_user(
        f"The total space of parameters {int(size)} is smaller than n_iter={n_iter}. Running "
        f"{int(size)} iterations. For exhaustive searches, use GridSearchNN."
    )
    return int(size)


def _columns_of(parts: Iterable[Dimension | SubSpace], start: int = 0) -> list[slice]:
    """Return the columns of parts that lie one behind the other."""
    edges = accumulate((part.n_columns for part in parts), initial=start)
    return [slice(*pair) for pair in pairwise(edges)]


def _listed(parts: Sequence[str]) -> str:
    """Join the first part and as many others as fit, and count the rest."""
    lengths = accumulate(len(part) + len(", ") for part in parts)
    n_shown = max(1, sum(length <= MAX_REPR_LENGTH for length in lengths))
    more = [f"and {len(parts) - n_shown} more"] if len(parts) > n_shown else []
    return ", ".join([*parts[:n_shown], *more])


def _cut(text: str, length: int) -> str:
    """Return the text in one line of at most this length."""
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: length - 3]}..."
