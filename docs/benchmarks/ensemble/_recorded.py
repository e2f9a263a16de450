"""Searches recorded with everything that choices after the search can depend on.

Each record has, for all trials of a search, the predictions on the folds and on test rows after a
refit. So every choice of a trial, every ensemble and every early end can be judged without training
again.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from shared.datasets import load
from sklearn.base import clone
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from sk_hpt import BayesSearchNN, RandomSearchNN

HALVES = {
    "choosing": ("banana", "chess", "vowel", "contraceptive"),
    "confirming": ("ring", "marketing", "tic-tac-toe", "mammographic"),
}
METRICS = ("accuracy", "log-loss")
N_TRIALS, N_FOLDS, N_ROWS, MAX_TEST = 30, 5, 400, 3000
NETWORK = make_pipeline(StandardScaler(), MLPClassifier(random_state=0))
FOLDER = Path(__file__).parents[1] / ".cache" / "recorded_searches"


@dataclass
class Record:
    """A recorded search, scored by a metric; larger scores are better.

    Attributes
    ----------
    fold_scores : ndarray of shape (n_trials, n_folds)
    folds, test : ndarray of shape (n_trials, n_rows, n_classes)
        Probabilities of the training rows, out of fold, and of the test rows after a refit.
    rechecked : ndarray of shape (5, 10)
        Scores of the five best distinct trials on two more splits.
    posterior : ndarray of shape (n_trials,)
        The surrogate's posterior means; 0 for a random search.
    seeds : ndarray of shape (4, n_test_rows, n_classes)
        The winner with other random states.
    """

    metric: str
    classes: np.ndarray
    y_train: np.ndarray
    y_test: np.ndarray
    fold_scores: np.ndarray
    folds: np.ndarray
    test: np.ndarray
    default: np.ndarray
    rechecked: np.ndarray
    posterior: np.ndarray
    seeds: np.ndarray
    fit_times: np.ndarray
    params: list

    @property
    def means(self):
        """Mean fold scores of the trials."""
        return self.fold_scores.mean(axis=1)

    @property
    def rows(self):
        """Distinct trials, the best first; equal networks predict the same."""
        order = np.argsort(-self.means, kind="stable")
        return list({self.folds[row].tobytes(): int(row) for row in order[::-1]}.values())[::-1]

    def test_score(self, probabilities):
        """Score of the probabilities of the test rows."""
        return score(self.metric, probabilities, self.y_test, self.classes)

    def out_of_fold_score(self, rows, metric=None):
        """Score of the average of some trials on the training rows, out of fold."""
        average = self.folds[rows].mean(axis=0)
        return score(metric or self.metric, average, self.y_train, self.classes)


def score(metric, probabilities, y, classes):
    """Accuracy, or the negative log-loss."""
    codes = np.searchsorted(classes, y)
    if metric == "accuracy":
        return float(np.mean(probabilities.argmax(axis=1) == codes))
    shares = np.asarray(probabilities, dtype=float)
    shares = shares / shares.sum(axis=1, keepdims=True)
    return -log_loss(codes, shares, labels=np.arange(len(classes)))


def recorded(kind, metric, data, seed):
    """Return a record, made now if there is none; random searches serve all metrics."""
    stored = METRICS[0] if kind == "random" else metric
    path = FOLDER / f"{kind}_{stored}_{data}_{seed}.npz"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        _record(kind, stored, data, seed, path)
    return _load(path, metric, is_rescored=stored != metric)


class Recorder:
    """Scores by a metric and keeps the probabilities."""

    def __init__(self, metric):
        self.metric, self.kept = metric, []

    def __call__(self, estimator, X, y):
        """Score and keep."""
        probabilities = estimator.predict_proba(X)
        self.kept.append(probabilities.astype(np.float32))
        return score(self.metric, probabilities, y, estimator.classes_)


def _record(kind, metric, data, seed, path):
    X, y = load(data)
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, train_size=N_ROWS, stratify=y, random_state=seed
    )
    X_test, y_test = X_test[:MAX_TEST], y_test[:MAX_TEST]
    recorder = Recorder(metric)
    search_class = BayesSearchNN if kind == "bayes" else RandomSearchNN
    options = {"n_iter": N_TRIALS, "random_state": seed, "refit": False}
    search = search_class(NETWORK, cv=N_FOLDS, scoring=recorder, **options)
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        search.fit(X_train, y_train)
        results = search.cv_results_
        folds = np.empty((N_TRIALS, N_ROWS, recorder.kept[0].shape[1]), dtype=np.float32)
        splits = list(StratifiedKFold(N_FOLDS).split(X_train, y_train))
        for number, kept in enumerate(recorder.kept):
            trial, fold = divmod(number, N_FOLDS)
            folds[trial, splits[fold][1]] = kept

        def refitted(params):
            network = clone(NETWORK).set_params(**params).fit(X_train, y_train)
            return network.predict_proba(X_test).astype(np.float32)

        means = results["mean_test_score"]
        order = np.argsort(-means, kind="stable")
        rows = list({folds[row].tobytes(): row for row in order[::-1]}.values())[::-1]
        best = results["params"][rows[0]]
        seed_name = "mlpclassifier__random_state"
        np.savez_compressed(
            path,
            yt=y_train,
            ye=y_test,
            oof=folds,
            test=np.stack([refitted(params) for params in results["params"]]),
            seeds=np.stack([refitted({**best, seed_name: k}) for k in range(1, 5)]),
            again=np.array(
                [_rechecked(results["params"][r], metric, X_train, y_train) for r in rows[:5]]
            ),
            default=refitted({}),
            post=(
                search.surrogate_.predict(results["params"])[0]
                if kind == "bayes"
                else np.zeros(N_TRIALS)
            ),
            fs=np.stack([results[f"split{j}_test_score"] for j in range(N_FOLDS)], axis=1),
            fit=results["mean_fit_time"],
            params=np.array([repr(params) for params in results["params"]]),
        )


def _rechecked(params, metric, X, y):
    """Scores on two more splits."""
    network = clone(NETWORK).set_params(**params)
    return [
        Recorder(metric)(clone(network).fit(X[train], y[train]), X[test], y[test])
        for repetition in (1, 2)
        for train, test in StratifiedKFold(N_FOLDS, shuffle=True, random_state=repetition).split(
            X, y
        )
    ]


def _load(path, metric, is_rescored):
    stored = np.load(path)
    y_train, folds = stored["yt"], stored["oof"]
    classes = np.unique(y_train)
    fold_scores = stored["fs"]
    if is_rescored:
        splits = [test for _, test in StratifiedKFold(N_FOLDS).split(folds[0], y_train)]
        fold_scores = np.array(
            [[score(metric, each[t], y_train[t], classes) for t in splits] for each in folds]
        )
    return Record(
        metric,
        classes,
        y_train,
        stored["ye"],
        fold_scores,
        folds,
        stored["test"],
        stored["default"],
        None if is_rescored else stored["again"],
        stored["post"],
        None if is_rescored else stored["seeds"],
        stored["fit"],
        # Written by `_record` from plain numbers, tuples and names.
        [eval(text) for text in stored["params"]],
    )
