"""The searches that `time_to_quality.py` compares, each with a clock beside it.

A method is a function of a `Problem` and a `Clock`. It tells the clock of every trial that it has
trained in full on all folds, at that moment, with the scores: what was trained in part is no
result. All run on one core and refit nothing. To add a method, add it to METHODS.
"""

import json
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
from _problem import ACTIVATIONS, ALPHAS, BATCHES, RATES, SPACE, WIDTHS, NotedAccuracy
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.metrics import accuracy_score
from sklearn.model_selection import (
    GridSearchCV,
    HalvingRandomSearchCV,
    ParameterSampler,
    RandomizedSearchCV,
)
from sklearn.neural_network import MLPClassifier

from sk_hpt import BayesSearchNN, RandomSearchNN
from sk_hpt._proposers import portfolio_points
from sk_hpt._trials import ResultsTable
from sk_hpt.space import parse_space

LEFT_OUT = Path(__file__).parents[1] / "bayes" / "portfolio_leave_one_out.json"
FACTOR = 3
N_KEPT = 3
"""How many settings are trained in full after one epoch of all."""


def common(problem, scoring):
    """Options of every search in scikit-learn's manner."""
    return {
        "cv": problem.cv,
        "scoring": scoring,
        "refit": False,
        "error_score": "raise",
        "return_train_score": False,  # which HalvingRandomSearchCV would do
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
    scorer.report(search.fit(*problem.rows))


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
    search.fit(*problem.rows)
    complete = search.cv_results_["n_resources"] == problem.max_iter
    scorer.report(search, complete)


def best_after_one_epoch(problem, clock):
    """Train all for an epoch, and the best of them in full."""
    settings = list(ParameterSampler(SPACE, problem.n_iter, random_state=problem.seed))
    grid = [{name: [value] for name, value in setting.items()} for setting in settings]
    accuracy = common(problem, "accuracy")
    first = GridSearchCV(problem.network(max_iter=1), grid, **accuracy).fit(*problem.rows)
    kept = np.argsort(-first.cv_results_["mean_test_score"], kind="stable")[:N_KEPT]
    scorer = NotedAccuracy(clock)
    grid = [grid[i] for i in kept]
    search = GridSearchCV(problem.network(), grid, **common(problem, scorer))
    scorer.report(search.fit(*problem.rows))


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
        n_iter=problem.n_iter,
        random_state=problem.seed,
        **common(problem, scorer),
    )
    scorer.report(search.fit(*problem.rows))


def optuna_hyperband(problem, clock):
    """TPE with Optuna's HyperbandPruner: an epoch of `partial_fit` on every fold at a time.

    It looks at as many settings as it can in a third of the epochs of `n_iter` full trainings:
    that takes it about as long as RandomizedSearchCV, for it scores every epoch, and
    `partial_fit` does not stop by `tol`.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    X, y = problem.rows
    folds = [(X[i], y[i], X[j], y[j]) for i, j in problem.cv.split(X, y)]
    classes = np.unique(y)

    def objective(trial):
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
        clock.note(scores)
        return np.mean(scores)

    def stop_when_spent(study, trial):
        n_epochs = sum(trial.last_step for trial in study.get_trials(deepcopy=False))
        if n_epochs >= problem.n_iter * problem.max_iter / 3:
            study.stop()

    first = max(1, problem.max_iter // FACTOR**3)
    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.TPESampler(multivariate=True, seed=problem.seed),
        pruner=optuna.pruners.HyperbandPruner(first, problem.max_iter, FACTOR),
    )
    study.optimize(objective, callbacks=[stop_when_spent])


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


def ours(problem, clock, search_class=RandomSearchNN, **options):
    search = search_class(
        problem.network(),
        SPACE,
        n_iter=problem.n_iter,
        random_state=problem.seed,
        **common(problem, "accuracy"),
        **options,
    )
    with noting_complete_trials(clock):
        search.fit(*problem.rows)


def bayes_search_nn(problem, clock, **options):
    """Opens with settings that were learned without this data set."""
    start = learned_elsewhere(problem)
    ours(problem, clock, BayesSearchNN, initial_points=start, **options)


def learned_elsewhere(problem):
    """The settings that BayesSearchNN opens with, had it not seen this data set."""
    name = problem.data.partition(":")[0]
    table = json.loads(LEFT_OUT.read_text("utf-8"))[name]
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


METHODS = {
    "RandomizedSearchCV": randomized_search,
    "HalvingRandomSearchCV, 3 rungs": partial(halving_random_search, n_rungs=3),
    "HalvingRandomSearchCV, 4 rungs": partial(halving_random_search, n_rungs=4),
    "best 3 after one epoch": best_after_one_epoch,
    "Optuna TPE, Hyperband": optuna_hyperband,
    "skopt BayesSearchCV": skopt_search,
    "RandomSearchNN": ours,
    "RandomSearchNN, race": partial(ours, multi_fidelity="race"),
    "RandomSearchNN, halving": partial(ours, multi_fidelity="halving"),
    "BayesSearchNN": bayes_search_nn,
    "BayesSearchNN, halving": partial(bayes_search_nn, multi_fidelity="halving"),
}
LIBRARIES = ("scikit-learn", "numpy", "scipy", "optuna", "scikit-optimize")
