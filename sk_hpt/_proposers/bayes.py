"""Bayesian optimisation: trials chosen by a surrogate of the score."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from sklearn.utils import check_random_state

from sk_hpt._blas import blas_threads
from sk_hpt._proposers.base import Proposer
from sk_hpt._proposers.posterior import Posterior
from sk_hpt._proposers.warm_start import WarmStart
from sk_hpt._surrogate import (
    Encoding,
    Surrogate,
    extrapolate,
    fit_surrogate,
    propose,
    same_points,
    sobol_points,
)
from sk_hpt._trials import Trial
from sk_hpt._types import Floats, Params, Seed
from sk_hpt._warn import warn_user
from sk_hpt.space._space import Space, limited_by_size

ALWAYS_REFIT_UP_TO = 30
"""Up to this many observations, each step learns the surrogate's hyperparameters anew."""

REFIT_EVERY = 5
"""With more observations, the hyperparameters are learned anew after this many further ones."""

N_FALLBACK_POINTS = 4096
"""Number of points to search for an untried one, when the acquisition found none."""


class BayesProposer(Proposer):
    """Bayesian optimisation over a space.

    The initial design consists of the points that are given, and of a Sobol sequence if those
    are few, or fewer than the trials of the first rounds. After that, each trial is the one with
    the largest expected improvement according to a surrogate of the score. The trials of one round
    are chosen one after the other, each as if those before it had scored as expected.

    Parameters
    ----------
    space : Space
        The search space. With several sub-spaces, the choice between them is learned too.
    n_iter : int
        Number of trials; fewer, with a warning, if the space is smaller.
    n_points : int, default=1
        Trials per round.
    random_state : int, RandomState instance or None, default=None
        Seed. The proposals depend only on the seed and on the scores, not on the clock.
    initial_points : sequence of dict, default=()
        Parameters in the space to begin with; a point that is there twice is tried once.
    warm_start : WarmStart, optional
        Scores of an earlier search.
    n_iter_at_start : int, optional
        `n_iter` of the search that this one resumes, whose initial design is kept.
    must_end : callable, optional
        Says whether the search should end, which is asked before each proposal of a round.
    first_rounds : sequence of int, default=()
        Numbers of trials in the first rounds, instead of `n_points`. They end after half of the
        trials that the search began with.
    """

    def __init__(
        self,
        space: Space,
        n_iter: int,
        n_points: int = 1,
        random_state: Seed = None,
        initial_points: Iterable[Params] = (),
        warm_start: WarmStart | None = None,
        n_iter_at_start: int | None = None,
        must_end: Callable[[], bool] = lambda: False,
        first_rounds: Sequence[int] = (),
    ) -> None:
        self._space = space
        self._encoding = Encoding(tuple(space.levels), ~np.array(space.ordered, dtype=bool))
        self._seed = int(check_random_state(random_state).randint(2**31))
        self._n_points = n_points
        self._n_trials = limited_by_size(n_iter, space.size)
        self._must_end = must_end
        self._warm_start = warm_start or WarmStart.empty(space)
        self._asked: list[Floats] = []
        self._scores: dict[int, Floats] = {}
        self._surrogate: Surrogate | None = None
        self._n_at_last_refit = 0
        n_at_start = int(min(n_iter if n_iter_at_start is None else n_iter_at_start, space.size))
        # Half of the trials are left for the surrogate to choose.
        self._ends_of_rounds = [min(int(end), n_at_start // 2) for end in np.cumsum(first_rounds)]
        n_initial = initial_design_size(space.n_columns, n_at_start) - len(self._warm_start)
        if not len(self._warm_start):
            # Without any score, nothing but the design can fill the first round.
            n_initial = max([n_initial, *self._ends_of_rounds])
        # In reverse, because points are popped from the end.
        self._initial_points = self._initial_design(initial_points, n_initial)[::-1]
        self.seconds = 0.0

    @property
    def n_trials(self) -> int:
        """`n_iter`, or the size of a smaller space."""
        return self._n_trials

    @property
    def n_left(self) -> int:
        """Number of trials that were not proposed yet."""
        return self._n_trials - len(self._asked)

    @property
    def round_size(self) -> int:
        """Number of trials that are left of a first round; after the first rounds `n_points`."""
        n_asked = len(self._asked)
        return next(
            (end - n_asked for end in self._ends_of_rounds if end > n_asked), self._n_points
        )

    def ask(self, n: int) -> list[Params]:
        """Return the next parameters to try, at most `n`; none if every point was tried."""
        started = time.perf_counter()
        n = min(n, self.n_left)
        # The matrices are small: BLAS threads would only compete with the training runs.
        with blas_threads.limited():
            proposals = list(self._propose(n))
        self.seconds += time.perf_counter() - started
        return proposals

    def tell(self, trials: Sequence[Trial], scores: Floats) -> None:
        """Store the scores; the surrogate learns from them at the next :meth:`ask`."""
        for trial, rungs in zip(trials, scores, strict=True):
            self._scores[trial.number] = rungs

    def posterior(self) -> Posterior:
        """Return the posterior of the score, given all trials so far."""
        started = time.perf_counter()
        with blas_threads.limited():
            part = (self._space, self._fit_surrogate(self._rng())) if self._n_observed else None
        self.seconds += time.perf_counter() - started
        return Posterior((part,) if part else ())

    def _rng(self) -> np.random.Generator:
        # Seeded by the number of proposals, so that a search that is resumed from its journal
        # gets the same proposals again.
        return np.random.default_rng([self._seed, len(self._asked)])

    def _initial_design(
        self, initial_points: Iterable[Params], n_initial: int
    ) -> list[tuple[Floats, Params]]:
        """Return the encoded and plain initial points, filled up with a Sobol sequence."""
        points = [(self._space.encode(params), params) for params in initial_points]
        n_columns = self._space.n_columns
        for x in sobol_points(max(0, n_initial - len(points)), n_columns, self._rng()):
            params = self._space.decode(x)
            points.append((self._space.encode(params), params))
        # Keep the first of points that are equal.
        X = np.array([x for x, _ in points]).reshape(len(points), n_columns)
        is_first = same_points(X, X).argmax(axis=1) == np.arange(len(points)) if points else []
        return [point for point, keep in zip(points, is_first, strict=True) if keep]

    def _propose(self, n: int) -> Iterator[Params]:
        rng = self._rng()
        surrogate: Surrogate | None = None
        for pending in range(n):
            if self._must_end():
                return
            if self._initial_points:
                x, params = self._initial_points.pop()
            else:
                if surrogate is None and self._n_observed:
                    surrogate = self._with_pending(self._fit_surrogate(rng))
                found = self._untried_point(surrogate, rng)
                if found is None:
                    self._stop_early()
                    return
                x, params = found, self._space.decode(found)
                if surrogate is not None and not pending:
                    self._note_expected(surrogate, x)
            self._asked.append(x)
            if surrogate is not None:
                surrogate = surrogate.fantasize(x)
            yield params

    def _untried_point(
        self, surrogate: Surrogate | None, rng: np.random.Generator
    ) -> Floats | None:
        """Return the most promising point that was not tried, or None if there is none."""
        tried = np.array(self._asked).reshape(len(self._asked), self._space.n_columns)
        x = propose(surrogate, self._space.snap, tried, rng) if surrogate is not None else None
        if x is not None:
            return x
        points = self._space.snap(sobol_points(N_FALLBACK_POINTS, self._space.n_columns, rng))
        is_new = ~same_points(points, tried).any(axis=1)
        return points[is_new.argmax()] if is_new.any() else None

    def _note_expected(self, surrogate: Surrogate, x: Floats) -> None:
        """Set `expected_improvement`, that of the first trial of a round, at x."""
        self.expected_improvement = np.inf
        # The complete trials, each (n_folds,).
        complete = [rungs[-1] for rungs in self._scores.values() if np.isfinite(rungs[-1]).all()]
        best = max(complete, key=np.mean, default=np.empty(0))
        if len(best) > 1 and (error := best.std(ddof=1) / np.sqrt(len(best))) > 0:
            # Scores that are all equal have no scale: nothing suggests that others would differ.
            varies = np.ptp([scores.mean() for scores in complete]) > 0
            expected = surrogate.expected_improvement(x) if varies else 0.0
            self.expected_improvement = expected / error

    def _stop_early(self) -> None:
        warn_user(
            f"The search ends after {len(self._asked)} of n_iter={self._n_trials} trials, because "
            "every point of the space was tried. Widen the space, or reduce n_iter.",
        )
        self._n_trials = len(self._asked)

    @property
    def _n_observed(self) -> int:
        # A space without any parameter has a single point, and there is nothing to learn.
        return (len(self._scores) + len(self._warm_start)) * (self._space.n_columns > 0)

    def _fit_surrogate(self, rng: np.random.Generator) -> Surrogate:
        """Fit the surrogate to all scores; it minimises losses, which are negated scores."""
        told = sorted(self._scores)
        X = np.array([self._asked[number] for number in told])
        # Before the first trial, a warm start is all there is: no rows, one rung, one fold.
        losses = -np.array([self._scores[number] for number in told] or np.empty((0, 1, 1)))
        complete = np.isfinite(losses[:, -1]).any(axis=1)
        X, means, variances, complete = self._warm_start.append_to(
            X, *extrapolate(losses), complete
        )
        n_new = len(means) - self._n_at_last_refit
        refit = len(means) <= ALWAYS_REFIT_UP_TO or n_new >= REFIT_EVERY
        if refit or self._surrogate is None:
            self._n_at_last_refit = len(means)
        self._surrogate = fit_surrogate(
            X, means, variances, self._encoding, rng, self._surrogate, refit, complete
        )
        return self._surrogate

    def _with_pending(self, surrogate: Surrogate) -> Surrogate:
        """Return the surrogate conditioned on the trials whose scores are not known yet."""
        for number, x in enumerate(self._asked):
            if number not in self._scores:
                surrogate = surrogate.fantasize(x)
        return surrogate


def initial_design_size(n_columns: int, n_trials: int) -> int:
    """Return the least number of trials before the surrogate chooses."""
    return min(max(n_columns + 1, 6), max(1, n_trials // 4))
