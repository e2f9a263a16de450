"""What a fitted search says of itself, as text and as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from joblib.logger import short_format_time
from sklearn.utils.validation import check_is_fitted

from sk_hpt._sklearn import DiagramMixin

MOST_TRIALS = 10
"""Trials in the table."""

WIDEST = 40
"""Characters of a value."""


class SummaryMixin(DiagramMixin):
    """What a fitted search says of itself."""

    def summary(self) -> str:
        """Say why the search stopped and how the best trials did, in a few lines of text.

        In a notebook a fitted search shows the same under scikit-learn's diagram.

        Returns
        -------
        summary : str
            Two sentences, and a table of the ten best trials.

        Raises
        ------
        NotFittedError
            If the search is not fitted.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from sk_hpt import GridSearchNN
        >>> network = MLPClassifier(solver="lbfgs", max_iter=1000, random_state=0)
        >>> search = GridSearchNN(network, {"alpha": [0.1, 1.0]}, cv=3)
        >>> print(search.fit(*load_iris(return_X_y=True)).summary())
        GridSearchNN: hyperparameters alpha; 3 folds
        All 2 trials are done, in ...s.
        <BLANKLINE>
        rank  score (mean ± std)  fit (s)  alpha
        1     ... ± ...
        """
        check_is_fitted(self, "cv_results_")
        return as_text(summarised(self))

    def _below_the_diagram(self) -> str:
        return as_html(summarised(self)) if hasattr(self, "cv_results_") else ""


@dataclass(frozen=True)
class Summary:
    """Sentences, and the table of the best trials as texts.

    Parameters
    ----------
    title : str
        What was searched, and how.
    stop : str
        Why the search stopped, and what became of its trials.
    columns : list of str
        Heads of the table.
    rows : list of list of str
        The trials, the best first.
    n_more : int
        Trials that are not in the table.
    """

    title: str
    stop: str
    columns: list[str]
    rows: list[list[str]]
    n_more: int


def summarised(search: Any) -> Summary:
    """The summary of a fitted search."""
    results = search.cv_results_
    metric = _metric(search, results)
    order = _order(results, metric)[:MOST_TRIALS]
    varying = _varying(results["params"])
    columns = {"rank": [str(rank) for rank in results[f"rank_test_{metric}"][order]]}
    head = "score" if metric == "score" else metric
    columns[f"{head} (mean ± std)"] = [
        "" if np.isnan(mean) else f"{mean:.4g} ± {std:.2g}"
        for mean, std in zip(
            results[f"mean_test_{metric}"][order],
            results[f"std_test_{metric}"][order],
            strict=True,
        )
    ]
    if "status" in results:
        columns["status"] = [str(status) for status in results["status"][order]]
        columns["epochs"] = [str(int(np.sum(epochs))) for epochs in results["n_epochs"][order]]
    columns["fit (s)"] = [f"{seconds:.2g}" for seconds in results["mean_fit_time"][order]]
    for name, head in varying.items():
        columns[head] = [_short(results["params"][row].get(name, "")) for row in order]
    return Summary(
        f"{type(search).__name__}: hyperparameters {', '.join(varying.values())}; "
        f"{search.n_splits_} folds",
        _ending(search, results, metric),
        list(columns),
        [list(row) for row in zip(*columns.values(), strict=True)],
        len(results["params"]) - len(order),
    )


def as_text(summary: Summary) -> str:
    """The summary for a terminal."""
    table = [summary.columns, *summary.rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]
    more = [f"... and {summary.n_more} more"] if summary.n_more else []
    return "\n".join([summary.title, summary.stop, "", *lines, *more])


def as_html(summary: Summary) -> str:
    """The summary for a notebook; colours and fonts are the notebook's."""
    cell = "padding: 0.15em 0.7em; text-align: left; white-space: nowrap"
    heads = "".join(f'<th style="{cell}">{escape(text)}</th>' for text in summary.columns)
    rows = "".join(
        "<tr>" + "".join(f'<td style="{cell}">{escape(text)}</td>' for text in row) + "</tr>"
        for row in summary.rows
    )
    more = f"<div>... and {summary.n_more} more</div>" if summary.n_more else ""
    return (
        '<div class="sk-hpt-summary" style="margin-top: 0.7em; overflow-x: auto">'
        f"<div><b>{escape(summary.title)}</b></div><div>{escape(summary.stop)}</div>"
        '<table style="margin: 0.4em 0; border-collapse: collapse; color: inherit">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{more}</div>"
    )


def _metric(search: Any, results: Mapping[str, Any]) -> str:
    """The metric that decided; the first, where a callable or nobody did."""
    if search.multimetric_ and isinstance(search.refit, str):
        return search.refit
    heads = [name for name in results if name.startswith("mean_test_")]
    return heads[0].removeprefix("mean_test_")


def _order(results: Mapping[str, Any], metric: str) -> Any:
    """The trials by rank; of those that were dropped, who came further first."""
    ranks = results[f"rank_test_{metric}"]
    return np.lexsort((-results.get("n_epochs", np.zeros(len(ranks))), ranks))


def _ending(search: Any, results: Mapping[str, Any], metric: str) -> str:
    n_trials = len(results["params"])
    seconds = short_format_time(float(np.max(search.finish_times_, initial=0.0))).strip()
    why = {
        "completed": f"All {n_trials} trials are done, in {seconds}",
        "timeout": f"Stopped by timeout={search.timeout} s, with {n_trials} trials",
        "interrupted": f"Stopped by Ctrl-C after {seconds}, with {n_trials} trials",
        "callback": f"Stopped by a callback after {seconds}, with {n_trials} trials",
    }[search.stop_reason_]
    if "status" in results:
        n_failed = int(np.sum(results["status"] == "failed"))
    else:
        n_failed = int(np.sum(np.isnan(results[f"mean_test_{metric}"])))
    statuses = list(results.get("status", []))
    parts = [
        (statuses.count("pruned"), "dropped early"),
        (statuses.count("unfinished"), "not finished"),
        (n_failed, "failed"),
    ]
    return "; ".join([why, *(f"{count} {what}" for count, what in parts if count)]) + "."


def _varying(params: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The names of the parameters, by the shortest names that tell them apart."""
    names = list(dict.fromkeys(name for each in params for name in each))
    short = [name.rsplit("__", 1)[-1] for name in names]
    return {
        name: last if short.count(last) == 1 else name
        for name, last in zip(names, short, strict=True)
    }


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    text = " ".join(str(value).split())
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."
