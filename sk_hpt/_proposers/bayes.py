"""Settings that a surrogate of the score holds to be worth a trial."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_random_state
from threadpoolctl import ThreadpoolController

from sk_hpt._proposers.base import Proposer
from sk_hpt._proposers.earlier import EarlierTrials
from sk_hpt._proposers.posterior import Posterior
from sk_hpt._surrogate import (
    Columns,
    Surrogate,
    fit_surrogate,
    propose,
    rung_means,
    same_points,
    spread_points,
)
from sk_hpt._trials import Trial
from sk_hpt._types import Params
from sk_hpt.space import Space

Floats = NDArray[np.float64]

ALWAYS_REFITTED = 30
"""Up to so many observations the surrogate's hyperparameters are learned at every step."""

STEPS_BETWEEN_FITS = 5
"""And from there on after so many new observations."""

N_LAST_TRIES = 4096
"""Points among which to look for one that was not tried, where the acquisition found none."""


class BayesProposer(Proposer):
    """Bayesian optimisation over a space.

    It opens with settings that it is given, filled up with a Sobol sequence where they are few,
    and then asks a surrogate of the score for the setting with the largest expected improvement.
    Settings of one round are chosen one after the other, each as if those before it had scored
    as expected.

    Parameters
    ----------
    space : Space
        What may be tried; with several sub-spaces, which of them is a dimension as well.
    n_iter : int
        How many settings to propose; fewer, with a warning, if there are no more.
    n_points : int, default=1
        Settings per round.
    random_state : int, RandomState instance or None, default=None
        Seed. What is proposed depends on it and on what was told, not on the time.
    start : sequence of dict, default=()
        Settings to begin with, in the space; of those that are alike, the first.
    earlier : EarlierTrials, optional
        Scores of an earlier search, which inform the surrogate.
    n_begun : int, optional
        `n_iter` when the search began, where it goes on with another: its opening stays the same.
    """

    def __init__(
        self,
        space: Space,
        n_iter: int,
        n_points: int = 1,
        random_state: Any = None,
        start: Iterable[Params] = (),
        earlier: EarlierTrials | None = None,
        n_begun: int | None = None,
    ) -> None:
        self._space = space
        self._columns = Columns(tuple(space.levels), ~np.array(space.ordered, dtype=bool))
        self._seed = int(check_random_state(random_state).randint(2**31))
        self._n_points = n_points
        self._n_trials = int(min(n_iter, space.size))
        if self._n_trials < n_iter:
            warnings.warn(  # in scikit-learn's words
                f"The total space of parameters {self._n_trials} is smaller than "
                f"n_iter={n_iter}. Running {self._n_trials} iterations. For exhaustive "
                "searches, use GridSearchNN.",
                UserWarning,
                stacklevel=2,
            )
        self._earlier = earlier or EarlierTrials.none(space)
        self._asked: list[Floats] = []
        self._scores: dict[int, Floats] = {}
        self._surrogate: Surrogate | None = None
        self._n_learned_from = 0
        n_at_first = self._n_trials if n_begun is None else int(min(n_begun, space.size))
        self._start = self._opening(start, n_opening(self._columns.n_columns, n_at_first))
        self.seconds = 0.0

    @property
    def n_trials(self) -> int:
        """`n_iter`, or the number of settings in a smaller space."""
        return self._n_trials

    @property
    def round_size(self) -> int:
        """`n_points`."""
        return self._n_points

    def ask(self, n: int) -> list[Params]:
        """The next settings, at most `n`; none when they are spent or nothing new is left."""
        started = time.perf_counter()
        n = min(n, self._n_trials - len(self._asked))
        # The matrices are small: threads only get into each other's and the trainings' way.
        with self._threads.limit(limits=1, user_api="blas"):
            settings = list(self._settings(n))
        self.seconds += time.perf_counter() - started
        return settings

    def tell(self, trials: Sequence[Trial], scores: Floats) -> None:
        """Take in the scores on all rungs; the surrogate learns from them when it is asked."""
        for trial, rungs in zip(trials, scores, strict=True):
            self._scores[trial.number] = rungs

    def posterior(self) -> Posterior:
        """What is believed of the score now."""
        started = time.perf_counter()
        with self._threads.limit(limits=1, user_api="blas"):
            part = (self._space, self._learn(self._rng())) if self._n_observed else None
        self.seconds += time.perf_counter() - started
        return Posterior((part,) if part else ())

    @cached_property
    def _threads(self) -> ThreadpoolController:
        # Not before it is needed: a Ctrl-C while it lists the libraries raises within ctypes, which
        # drops the exception. Once the search runs, somebody takes note of it.
        return ThreadpoolController()

    def _rng(self) -> np.random.Generator:
        # By the number of settings proposed: who replays a search gets the same proposals.
        return np.random.default_rng([self._seed, len(self._asked)])

    def _opening(self, start: Iterable[Params], n_points: int) -> list[tuple[Floats, Params]]:
        """What to begin with, in reverse: what is given, then some spread over the space."""
        points = [(self._space.encode(params), params) for params in start]
        n_columns = self._columns.n_columns
        n_missing = n_points - len(self._earlier) - len(points)
        for x in spread_points(max(0, n_missing), n_columns, self._rng()):
            params = self._space.decode(x)
            points.append((self._space.encode(params), params))
        X = np.array([x for x, _ in points]).reshape(len(points), n_columns)
        first = same_points(X, X).argmax(axis=1) == np.arange(len(points)) if points else []
        return [point for point, is_first in zip(points, first, strict=True) if is_first][::-1]

    def _settings(self, n: int) -> Iterable[Params]:
        rng = self._rng()
        surrogate: Surrogate | None = None
        for _ in range(n):
            if self._start:
                x, params = self._start.pop()
            else:
                if surrogate is None and self._n_observed:
                    surrogate = self._with_pending(self._learn(rng))
                found = self._next(surrogate, rng)
                if found is None:
                    self._stop_early()
                    return
                x, params = found, self._space.decode(found)
            self._asked.append(x)
            if surrogate is not None:
                surrogate = surrogate.condition(x)
            yield params

    def _next(self, surrogate: Surrogate | None, rng: np.random.Generator) -> Floats | None:
        """A point that was not tried, None if none is found."""
        taken = np.array(self._asked).reshape(len(self._asked), self._columns.n_columns)
        x = propose(surrogate, self._space.snap, taken, rng) if surrogate is not None else None
        if x is not None:
            return x
        spread = self._space.snap(spread_points(N_LAST_TRIES, self._columns.n_columns, rng))
        new = ~same_points(spread, taken).any(axis=1)
        return spread[new.argmax()] if new.any() else None

    def _stop_early(self) -> None:
        warnings.warn(
            f"Every setting of the space was tried: the search ends after {len(self._asked)} "
            f"of n_iter={self._n_trials} trials.",
            UserWarning,
            stacklevel=2,
        )
        self._n_trials = len(self._asked)

    @property
    def _n_observed(self) -> int:
        # Of a space of one setting without any parameter there is nothing to learn.
        return (len(self._scores) + len(self._earlier)) * (self._columns.n_columns > 0)

    def _learn(self, rng: np.random.Generator) -> Surrogate:
        """The surrogate of all that is known; smaller is better in there."""
        told = sorted(self._scores)
        X = np.array([self._asked[number] for number in told])
        # One rung and one fold of nothing, where an earlier search is all there is.
        losses = -np.array([self._scores[number] for number in told] or np.empty((0, 1, 1)))
        complete = np.isfinite(losses[:, -1]).any(axis=1)
        X, means, variances, complete = self._earlier.joined_with(X, *rung_means(losses), complete)
        new = len(means) - self._n_learned_from
        refit = len(means) <= ALWAYS_REFITTED or new >= STEPS_BETWEEN_FITS
        if refit or self._surrogate is None:
            self._n_learned_from = len(means)
        self._surrogate = fit_surrogate(
            X, means, variances, self._columns, rng, self._surrogate, refit, complete
        )
        return self._surrogate

    def _with_pending(self, surrogate: Surrogate) -> Surrogate:
        for number, x in enumerate(self._asked):
            if number not in self._scores:
                surrogate = surrogate.condition(x)
        return surrogate


def n_opening(n_columns: int, n_trials: int) -> int:
    """How many trials come before the surrogate chooses, at the least."""
    return min(max(n_columns + 1, 6), max(1, n_trials // 4))
