"""The searches that `score_at_time.py` compares, each with a clock beside it.

A method is a function of a `Problem` and a `Clock`. It tells the clock of every trial that it has
trained in full on all folds, at that moment, with the scores: what was trained in part is no
result. All use the problem's number of workers and refit nothing. A search that could go on for
ever ends after the problem's seconds. To add a method, add it to METHODS.
"""

import json
import multiprocessing
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from _problem import ACTIVATIONS, ALPHAS, BATCHES, RATES, SPACE, WIDTHS, NotedAccuracy
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.metrics import accuracy_score
from sklearn.model_selection import HalvingRandomSearchCV, RandomizedSearchCV
from sklearn.neural_network import MLPClassifier

from sk_hpt import BayesSearchNN, RandomSearchNN
from sk_hpt._proposers import portfolio_points
from sk_hpt._trials import ResultsTable
from sk_hpt.space import parse_space

LEFT_OUT = Path(__file__).parents[1] / "bayes" / "portfolio_leave_one_out.json"
FACTOR = 3
FOR_EVER = 100_000
"""Trials of a search that its time ends."""


def common(problem, scoring):
    """Options of every search in scikit-learn's manner."""
    return {
        "cv": problem.cv,
        "scoring": scoring,
        "refit": False,
        "error_score": "raise",
        "return_train_score": False,  # which HalvingRandomSearchCV would do
        "n_jobs": problem.n_jobs,
    }


def randomized_search(problem, clock):
    scorer = NotedAccuracy(clock)
    search = RandomizedSearchCV(
        problem.network(),
        SPACE,
        n_iter=problem.n_iter,
        random_state=problem.seed,
        **common(problem, scorer),
    )
    scorer.report(search.fit(*problem.rows), problem.max_iter)


def halving_random_search(problem, clock, n_rungs):
    """Ends at `max_iter` epochs; the first of `n_rungs` rungs has as many as it comes out.

    With fewer than ``FACTOR ** (n_rungs - 1)`` settings it has fewer rungs, ends before, and
    finds nothing that counts.
    """
    scorer = NotedAccuracy(clock)
    search = HalvingRandomSearchCV(
        problem.network(),
        SPACE,
        resource="max_iter",
        n_candidates=problem.n_iter,
        factor=FACTOR,
        min_resources=max(1, problem.max_iter // FACTOR ** (n_rungs - 1)),
        max_resources=problem.max_iter,
        random_state=problem.seed,
        **common(problem, scorer),
    )
    scorer.report(search.fit(*problem.rows), problem.max_iter)


class FlatClassifier(MLPClassifier):
    """A network whose shape is four numbers: scikit-optimize knows no choice of tuples."""

    def __init__(
        self,
        depth=1,
        width_1=100,
        width_2=100,
        width_3=100,
        activation="relu",
        alpha=0.0001,
        learning_rate_init=0.001,
        batch_size="auto",
        max_iter=200,
        random_state=None,
    ):
        super().__init__(
            activation=activation,
            alpha=alpha,
            learning_rate_init=learning_rate_init,
            batch_size=batch_size,
            max_iter=max_iter,
            random_state=random_state,
        )
        self.depth = depth
        self.width_1 = width_1
        self.width_2 = width_2
        self.width_3 = width_3

    def fit(self, X, y):
        widths = int(self.width_1), int(self.width_2), int(self.width_3)
        self.hidden_layer_sizes = widths[: self.depth]
        return super().fit(X, y)


def skopt_search(problem, clock):
    """scikit-optimize's BayesSearchCV with its defaults."""
    from skopt import BayesSearchCV
    from skopt.callbacks import DeadlineStopper
    from skopt.space import Categorical, Integer, Real

    width = Integer(*WIDTHS, prior="log-uniform")
    space = {
        "depth": Integer(1, 3),
        "width_1": width,
        "width_2": width,
        "width_3": width,
        "activation": Categorical(ACTIVATIONS),
        "alpha": Real(*ALPHAS, prior="log-uniform"),
        "learning_rate_init": Real(*RATES, prior="log-uniform"),
        "batch_size": Integer(*BATCHES, prior="log-uniform"),
    }
    scorer = NotedAccuracy(clock)
    search = BayesSearchCV(
        FlatClassifier(max_iter=problem.max_iter, random_state=problem.seed),
        space,
        n_iter=FOR_EVER,
        random_state=problem.seed,
        **common(problem, scorer),
    )
    # It compares the time that is left with that of the last trial, and ends a little early.
    search.fit(*problem.rows, callback=DeadlineStopper(problem.seconds))
    scorer.report(search, problem.max_iter)


def optuna_hyperband(problem, clock):
    """TPE with Optuna's HyperbandPruner: an epoch of `partial_fit` on every fold at a time."""
    import optuna

    classes = np.unique(problem.rows[1])

    def train(trial, folds):
        params = suggest(trial)
        # A generator in place of the seed, with which each call would shuffle in the same way.
        seeds = [np.random.RandomState(problem.seed) for _ in folds]
        networks = [problem.network(**params, random_state=seed) for seed in seeds]
        for epoch in range(1, problem.max_iter + 1):
            scores = []
            for network, (X_train, y_train, X_test, y_test) in zip(networks, folds, strict=True):
                network.partial_fit(X_train, y_train, classes=classes)
                scores.append(accuracy_score(y_test, network.predict(X_test)))
            trial.report(np.mean(scores), epoch)
            if trial.should_prune():
                raise optuna.TrialPruned
        return scores

    first = max(1, problem.max_iter // FACTOR**3)
    pruner = optuna.pruners.HyperbandPruner(first, problem.max_iter, FACTOR)
    sampler = partial(optuna.samplers.TPESampler, multivariate=True)
    run_optuna(problem, clock, train, sampler, pruner)


def optuna_gp(problem, clock):
    """Optuna's Gaussian process; every trial is trained in full."""
    import optuna

    def train(trial, folds):
        network = problem.network(**suggest(trial))
        return [network.fit(X, y).score(X_test, y_test) for X, y, X_test, y_test in folds]

    run_optuna(problem, clock, train, optuna.samplers.GPSampler, optuna.pruners.NopPruner())


def run_optuna(problem, clock, train, make_sampler, pruner):
    """Run as many processes as there are workers on one study, as Optuna's documentation has it."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    X, y = problem.rows
    folds = [(X[i], y[i], X[j], y[j]) for i, j in problem.cv.split(X, y)]

    def objective(trial):
        scores = train(trial, folds)
        trial.set_user_attr("known", (clock.now(), scores))
        return np.mean(scores)

    def optimize(worker):
        # Two workers with the same seed would try the same settings.
        study.sampler = make_sampler(seed=problem.seed + 1000 * worker)
        study.optimize(objective, timeout=problem.seconds - clock.now()[0])

    with TemporaryDirectory() as folder:
        file = optuna.storages.journal.JournalFileBackend(f"{folder}/study.log")
        storage = optuna.storages.JournalStorage(file) if problem.n_jobs > 1 else None
        study = optuna.create_study(direction="maximize", pruner=pruner, storage=storage)
        others = [
            multiprocessing.get_context("fork").Process(target=optimize, args=(worker,))
            for worker in range(1, problem.n_jobs)
        ]
        for process in others:
            process.start()
        optimize(0)
        for process in others:
            process.join()
        known = [trial.user_attrs["known"] for trial in study.trials if "known" in trial.user_attrs]
    for seconds, scores in sorted(known):
        clock.note(scores, seconds)


def suggest(trial):
    """A setting, as Optuna's users write it."""
    depth = trial.suggest_int("depth", 1, 3)
    widths = [trial.suggest_int(f"width_{i}", *WIDTHS, log=True) for i in range(1, depth + 1)]
    return {
        "hidden_layer_sizes": tuple(widths),
        "activation": trial.suggest_categorical("activation", ACTIVATIONS),
        "alpha": trial.suggest_float("alpha", *ALPHAS, log=True),
        "learning_rate_init": trial.suggest_float("learning_rate_init", *RATES, log=True),
        "batch_size": trial.suggest_int("batch_size", *BATCHES, log=True),
    }


def random_search_nn(problem, clock, n_iter=None, **options):
    """As many trials as RandomizedSearchCV has, or another number."""
    search = RandomSearchNN(
        problem.network(),
        SPACE,
        n_iter=n_iter or problem.n_iter,
        random_state=problem.seed,
        **common(problem, "accuracy"),
        **options,
    )
    with noting_complete_trials(clock):
        search.fit(*problem.rows)


def bayes_search_nn(problem, clock, **options):
    """Until the time is over, from settings that were learned without this data set."""
    search = BayesSearchNN(
        problem.network(),
        SPACE,
        n_iter=FOR_EVER,
        timeout=problem.seconds,
        random_state=problem.seed,
        initial_points=learned_elsewhere(problem),
        **common(problem, "accuracy"),
        **options,
    )
    with noting_complete_trials(clock):
        search.fit(*problem.rows)


def learned_elsewhere(problem):
    """The settings to open with, had this data set not been learned from; None if it was not."""
    name = problem.data.partition(":")[0]
    table = json.loads(LEFT_OUT.read_text("utf-8")).get(name)
    if table is None:
        return None
    X, y = problem.rows
    n_classes = len(np.unique(y))
    return portfolio_points(parse_space(SPACE), problem.network(), len(X), n_classes, table)


@contextmanager
def noting_complete_trials(clock):
    """Within this context the clock hears of our searches' trials.

    A scorer that keeps the time would not do: ours shares the rows of a fold among networks
    only with scorers of which it knows that they look at predictions alone.
    """
    record = ResultsTable.record

    def record_and_note(table, result):
        record(table, result)
        if table.is_complete(result.trial):
            (scores,) = table.fold_scores([table.trials[result.trial]])
            clock.note(scores)

    ResultsTable.record = record_and_note
    try:
        yield
    finally:
        ResultsTable.record = record


HALVINGS = tuple(f"RandomSearchNN, halving {n_iter}" for n_iter in (20, 40, 80, 160))
METHODS = {
    "RandomizedSearchCV": randomized_search,
    "HalvingRandomSearchCV": partial(halving_random_search, n_rungs=3),
    "Optuna TPE, Hyperband": optuna_hyperband,
    "Optuna GP": optuna_gp,
    "skopt BayesSearchCV": skopt_search,
    "RandomSearchNN": random_search_nn,
    **{
        name: partial(random_search_nn, n_iter=int(name.split()[-1]), multi_fidelity="halving")
        for name in HALVINGS
    },
    "BayesSearchNN": bayes_search_nn,
    "BayesSearchNN, halving": partial(bayes_search_nn, multi_fidelity="halving"),
}
LIBRARIES = ("scikit-learn", "numpy", "scipy", "optuna", "scikit-optimize", "torch")
