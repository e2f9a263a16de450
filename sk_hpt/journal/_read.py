"""A journal for reading."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from sk_hpt._trials import FitResult
from sk_hpt._types import Scores
from sk_hpt.journal._records import Memory, Place
from sk_hpt.journal._sqlite import read_memory
from sk_hpt.journal._values import decode

Results = dict[int, FitResult]


def read(path: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """The trials in a journal, also while the search runs.

    Parameters
    ----------
    path : str or PathLike
        The file that a search had as its ``journal``. Nothing is written to it, and nothing in
        it is executed.

    Returns
    -------
    trials : list of dict
        A record per trial, for :class:`pandas.DataFrame`: ``number``, ``params`` and a
        ``param_*`` for each, ``status``, ``split*_test_*`` and ``mean_test_*`` for each metric
        (NaN where a fold is missing or failed; the mean too, then), the same for ``train`` where
        that was scored, ``n_epochs``, trained in all folds together, ``fit_time`` and
        ``score_time``, the seconds of all folds, ``finish_time``, the seconds from the beginning
        of the search to the last result, and ``error``, the first traceback or None. The status
        is ``"complete"``, ``"pruned"``, ``"failed"``, or ``"unfinished"`` for a trial of which
        more may come. Parameters that are no plain values, estimators or functions, are given as
        text.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError, OSError
        If it is no journal, is damaged, or cannot be read.

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
        raise FileNotFoundError(f"There is no journal {file}.")
    memory, _ = read_memory(file)
    n_folds = int((memory.search or {}).get("n_folds", 0))
    return [_record(number, memory, n_folds) for number in sorted(memory.trials)]


def _record(number: int, memory: Memory, n_folds: int) -> dict[str, Any]:
    params = decode(memory.trials[number])
    latest = _latest(memory.results.get(number, {}))
    errors = [result.error for result in latest.values() if result.error is not None]
    return {
        "number": number,
        "params": params,
        **{f"param_{name}": value for name, value in params.items()},
        "status": _status(latest, bool(errors), n_folds, number < memory.n_settled),
        **_scores("test", {fold: result.test_scores for fold, result in latest.items()}, n_folds),
        **_scores("train", {fold: result.train_scores for fold, result in latest.items()}, n_folds),
        "n_epochs": sum(result.n_epochs for result in latest.values()),
        "fit_time": sum(result.fit_time for result in latest.values()),
        "score_time": sum(result.score_time for result in latest.values()),
        "finish_time": max((result.finish_time for result in latest.values()), default=np.nan),
        "error": errors[0] if errors else None,
    }


def _latest(results: dict[Place, FitResult]) -> Results:
    """The last that is known of each fold."""
    latest = {fold: result for (fold, _), result in results.items()}
    return dict(sorted(latest.items()))


def _status(latest: Results, has_failed: bool, n_folds: int, is_settled: bool) -> str:
    if has_failed:
        return "failed"
    if len(latest) == n_folds and all(result.is_complete for result in latest.values()):
        return "complete"
    return "pruned" if is_settled else "unfinished"


def _scores(part: str, scores: dict[int, Scores | None], n_folds: int) -> dict[str, float]:
    """Columns of one part's scores; none where there is nothing."""
    by_metric: dict[str, dict[int, float]] = {}
    for fold, score in scores.items():
        if score is not None:
            named = score if isinstance(score, dict) else {"score": score}
            for metric, value in named.items():
                by_metric.setdefault(metric, {})[fold] = float(value)
    columns: dict[str, float] = {}
    for metric, values in by_metric.items():
        folds = [values.get(fold, np.nan) for fold in range(n_folds)]
        columns |= {f"split{i}_{part}_{metric}": value for i, value in enumerate(folds)}
        columns[f"mean_{part}_{metric}"] = float(np.mean(folds))
    return columns
