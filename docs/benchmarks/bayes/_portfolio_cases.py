"""What `learn_portfolio.py` learns from: scores of a pool of settings on many cases.

A case is a task, a number of epochs and a metric; its scores are put on a scale from 0, the
median of one random setting, to 1, the best of the pool.
"""

import re
from dataclasses import dataclass

import numpy as np
from _portfolio_pool import (
    CLASSIFICATION,
    EPOCHS,
    HAND_PICKED,
    LARGE,
    LBFGS_ITERATIONS,
    N_HOLD_OUTS,
    REGRESSION,
    done,
    hold_out,
    is_regression,
    pool,
)

FEWEST_UPDATES = 20
"""Nobody trains less than this."""
WORST = -1.0
"""What a score is at least: how bad a failure is does not matter."""


@dataclass(frozen=True)
class Cases:
    """Scores of a solver's pool of settings on the cases.

    Attributes
    ----------
    solver : str
        The solver.
    scores : ndarray of shape (n_settings, n_cases)
        0 is the median of one random setting, 1 the best.
    sources : ndarray of shape (n_cases,)
        The data set that the case was made from.
    targets : ndarray of shape (n_cases,)
        "continuous", "binary" or "multiclass".
    epochs, rows : ndarray of shape (n_cases,)
        Of training.
    weights : ndarray of shape (n_cases,)
        Tasks weigh the same, however many cases they have.
    """

    solver: str
    scores: np.ndarray
    sources: np.ndarray
    targets: np.ndarray
    epochs: np.ndarray
    rows: np.ndarray
    weights: np.ndarray

    @property
    def updates(self):
        """Updates of the weights there would be with scikit-learn's own batch size."""
        return self.epochs * np.ceil(self.rows / 200)

    @property
    def random_scores(self):
        """Scores of those settings that were drawn at random."""
        return self.scores[len(HAND_PICKED[self.solver]) :]

    def __getitem__(self, chosen):
        rest = (self.sources, self.targets, self.epochs, self.rows, self.weights)
        return Cases(self.solver, self.scores[:, chosen], *(each[chosen] for each in rest))


def source(task):
    """The data set that a task was made from."""
    return re.split("[@:]", task)[0]


def target_type(task):
    """The type of what is predicted."""
    if is_regression(task):
        return "continuous"
    return "binary" if len(np.unique(hold_out(task, 0)[2])) == 2 else "multiclass"


def load_cases(solver):
    """The cases of a solver, of all runs that there are."""
    runs = done()
    columns = []
    for task in [*CLASSIFICATION, *REGRESSION, *LARGE]:
        losses = mean_losses(runs, task, solver)
        if losses is None:
            continue
        epochs = LBFGS_ITERATIONS if solver == "lbfgs" else EPOCHS
        n_cases, n_rows = losses[0].size, len(hold_out(task, 0)[0])
        for at in range(losses.shape[1]):
            for metric in range(losses.shape[2]):
                scores = normalise(losses[:, at, metric], len(HAND_PICKED[solver]))
                case = (source(task), target_type(task), epochs[at], n_rows, 1 / n_cases)
                if scores is not None:
                    columns.append((scores, *case))
    scores, *rest = zip(*columns, strict=True)
    cases = Cases(solver, np.transpose(scores), *map(np.array, rest))
    return cases if solver == "lbfgs" else cases[cases.updates >= FEWEST_UPDATES]


def mean_losses(runs, task, solver):
    """Losses over the hold-outs that are done, shape (n_settings, n_epochs, n_metrics).

    Infinite where a run diverged; None if no hold-out is done.
    """
    settings = range(len(pool(solver)))
    folds = [
        fold
        for fold in range(N_HOLD_OUTS)
        if all((task, fold, solver, index) in runs for index in settings)
    ]
    if not folds:
        return None
    losses = [[runs[task, fold, solver, index] for index in settings] for fold in folds]
    shape = np.shape(next(scores for scores in losses[0] if scores))
    failed = np.full(shape, np.inf)
    filled = np.array([[scores or failed for scores in of_fold] for of_fold in losses])
    return np.where(np.isnan(filled), np.inf, filled).mean(axis=0)


def normalise(losses, n_hand_picked):
    """Scores from WORST to 1; None where the settings do not differ."""
    best, median = np.min(losses), np.median(losses[n_hand_picked:])
    if not np.isfinite(median) or median - best <= 1e-3 * median:
        return None
    return np.maximum((median - losses) / (median - best), WORST)
