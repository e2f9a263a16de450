"""Trials of a journal, for reading."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sk_hpt._trials import FitResult, RungScores
from sk_hpt._types import Floats, PathLike, Scores
from sk_hpt.journal._records import JournalState
from sk_hpt.journal._sqlite import read_state
from sk_hpt.journal._values import decode


def read(path: PathLike) -> list[dict[str, Any]]:
    """Return the trials in a journal, also while the search runs.

    Parameters
    ----------
    path : str or PathLike
        The file that a search had as its ``journal``. Nothing is written to it, and nothing in
        it is executed.

    Returns
    -------
    trials : list of dict
        A record for each trial, from which :class:`pandas.DataFrame` makes a table:

        - ``number``: the number of the trial.
        - ``params``, and ``param_*`` for each parameter: its value. Of values that are not plain,
          such as estimators or functions, this is the text.
        - ``status``: ``"complete"``, ``"pruned"``, ``"failed"``, or ``"unfinished"`` for a trial
          that may get more results.
        - ``split*_test_*`` and ``mean_test_*`` for each metric: the scores, NaN where a fold is
          missing or failed. The mean is NaN, then, too. ``split*_train_*`` and ``mean_train_*``
          if training scores were computed.
        - ``n_epochs``: epochs of training, of all folds together.
        - ``n_resources``: in a halving search with another resource than epochs, the amount that
          all fits of the trial took together.
        - ``rung*_n_epochs`` and ``rung*_test_*`` for each rung of a halving search and each metric:
          the epochs of training until the rung (with another resource ``rung*_n_resources``), and
          the mean score over the folds that were scored there, NaN for trials that were not.
        - ``fit_time``, ``score_time``: seconds, of all folds together.
        - ``finish_time``: seconds from the beginning of the search to the last result.
        - ``error``: the first traceback, or None.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError, OSError
        If the file is not a journal, is damaged, or cannot be read.

    Examples
    --------
    >>> import os, tempfile
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from sk_hpt import GridSearchNN
    >>> from sk_hpt.journal import read
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "search.db")
    ...     search = GridSearchNN(SVC(), {"C": [0.1, 1.0]}, journal=path)
    ...     _ = search.fit(*load_iris(return_X_y=True))
    ...     trials = read(path)
    >>> [(trial["param_C"], trial["status"]) for trial in trials]
    [(0.1, 'complete'), (1.0, 'complete')]
    >>> bool(trials[1]["mean_test_score"] == search.cv_results_["mean_test_score"][1])
    True
    """
    file = Path(os.path.realpath(path))
    if not file.exists():
        raise FileNotFoundError(f"The journal {file} does not exist. Give the path of a file.")
    state, _ = read_state(file)
    n_folds = state.search.n_folds if state.search is not None else 0
    on_rungs = _rung_columns(state, n_folds)
    return [
        _record(number, state, n_folds) | {name: float(on_rungs[name][row]) for name in on_rungs}
        for row, number in enumerate(sorted(state.trials))
    ]


def _record(number: int, state: JournalState, n_folds: int) -> dict[str, Any]:
    params = decode(state.trials[number])
    # The results of a fold arrive rung by rung, so the last one is the furthest.
    arrived = state.results.get(number, {})
    latest = {fold: result for (fold, _), result in arrived.items()}
    n_resources = sum(result.n_resources for result in arrived.values())
    results = [latest[fold] for fold in sorted(latest)]
    return {
        "number": number,
        "params": params,
        **{f"param_{name}": value for name, value in params.items()},
        "status": _status(results, n_folds, is_over=number < state.n_ended),
        **_score_columns("test", {each.fold: each.test_scores for each in results}, n_folds),
        **_score_columns("train", {each.fold: each.train_scores for each in results}, n_folds),
        "n_epochs": sum(result.n_epochs for result in results),
        **({"n_resources": n_resources} if n_resources else {}),
        "fit_time": sum(result.fit_time for result in results),
        "score_time": sum(result.score_time for result in results),
        "finish_time": max((result.finish_time for result in results), default=np.nan),
        "error": next((result.error for result in results if result.error is not None), None),
    }


def _rung_columns(state: JournalState, n_folds: int) -> dict[str, Floats]:
    """Return the columns of the scores on rungs, one row per trial."""
    numbers = np.array(sorted(state.trials), dtype=np.intp)
    results = [each for number in numbers for each in state.results.get(number, {}).values()]
    scored = [scores for each in results for scores in each.rung_scores.values()]
    n_levels = 1 + max((rung.level for each in results for rung in each.rung_scores), default=-1)
    columns: dict[str, Floats] = {}
    for metric in dict.fromkeys(metric for scores in scored for metric in _by_metric(scores)):
        rungs = RungScores(n_folds, n_levels)
        rungs.grow(int(numbers.max()) + 1)
        score_of = partial(_score_of, metric)
        for result in results:
            rungs.record(result, score_of)
        columns |= rungs.columns(numbers, metric)
    return columns


def _score_of(metric: str, scores: Scores) -> float:
    return _by_metric(scores).get(metric, np.nan)


def _by_metric(scores: Scores) -> dict[str, float]:
    return scores if isinstance(scores, dict) else {"score": scores}


def _status(results: Sequence[FitResult], n_folds: int, is_over: bool) -> str:
    if any(result.error is not None for result in results):
        return "failed"
    if len(results) == n_folds and all(result.is_complete for result in results):
        return "complete"
    return "pruned" if is_over else "unfinished"


def _score_columns(
    part: str, scores: Mapping[int, Scores | None], n_folds: int
) -> dict[str, float]:
    """Return the columns of the test or training scores, which are given by fold."""
    by_metric: dict[str, Floats] = {}
    for fold, score in scores.items():
        if score is not None:
            for metric, value in _by_metric(score).items():
                by_metric.setdefault(metric, np.full(n_folds, np.nan))[fold] = value
    columns: dict[str, float] = {}
    for metric, values in by_metric.items():
        columns |= {f"split{i}_{part}_{metric}": float(value) for i, value in enumerate(values)}
        columns[f"mean_{part}_{metric}"] = float(np.mean(values))
    return columns
