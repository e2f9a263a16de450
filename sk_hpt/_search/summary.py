"""Summary of a fitted search, as text and as HTML."""

from __future__ import annotations

import numbers
from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from joblib.logger import short_format_time
from sklearn.utils.validation import check_is_fitted

from sk_hpt._networks import MAX_AUTO_BATCH, find_network
from sk_hpt._reporting import NOISE_ERRORS, encodable
from sk_hpt._search.best import deciding_metric
from sk_hpt._search.parameters import SearchParameters
from sk_hpt._sklearn import DiagramMixin
from sk_hpt._stop_request import StopReason
from sk_hpt._trials import scored_metrics, short_names, trial_status
from sk_hpt._types import CVResults, Floats, Rows

MAX_SHOWN_TRIALS = 10
"""Largest number of trials in the table."""

MAX_VALUE_WIDTH = 40
"""Largest number of characters of a parameter's value."""


class SummaryMixin(DiagramMixin, SearchParameters):
    """Summary of a fitted search, for a terminal and under the diagram in a notebook."""

    cv_results_: CVResults
    finish_times_: Floats
    n_splits_: int
    stop_reason_: StopReason
    ensemble_indices_: Rows
    ensemble_score_: float

    def summary(self) -> str:
        """Return why the search stopped and the scores of the best trials, as text.

        In a notebook, a fitted search shows the same summary under scikit-learn's diagram.

        Returns
        -------
        summary : str
            Two lines about the search and a table of the ten best trials. If one of the trials
            has the estimator's own parameters, another line says how much better the best trial is
            on the same folds, with the standard error of the difference. The last line before the
            table has the score of the ensemble, if there is one.

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
        All 2 trials finished in ...s.
        <BLANKLINE>
        rank  score (mean +/- std)  fit (s)  alpha
        1     ... +/- ...
        """
        check_is_fitted(self, "cv_results_")
        return as_text(summarise(self))

    def _below_the_diagram(self) -> str:
        """Return the summary as HTML, or nothing before `fit`."""
        return as_html(summarise(self)) if hasattr(self, "cv_results_") else ""


@dataclass(frozen=True)
class Summary:
    """Lines about a search and the cells of the table of its best trials.

    Parameters
    ----------
    title : str
        Class of the search, names of the hyperparameters and number of folds.
    stop : str
        Reason why the search stopped and number of trials that did not succeed.
    notes : list of str
        How the best trial compares with the estimator's own parameters, if these are a complete
        trial, and the score of the ensemble, if there is one.
    columns : list of str
        Headings of the table.
    rows : list of list of str
        Cells of the table, the best trial first.
    n_more : int
        Number of trials that are not in the table.
    """

    title: str
    stop: str
    notes: list[str]
    columns: list[str]
    rows: list[list[str]]
    n_more: int


def summarise(search: SummaryMixin) -> Summary:
    """Return the summary of a fitted search."""
    results = search.cv_results_
    metric = deciding_metric(search.refit, scored_metrics(results))
    order = _order(results, metric)[:MAX_SHOWN_TRIALS]
    labels = short_names(name for each in results["params"] for name in each)
    means, stds = (results[f"{name}_test_{metric}"][order] for name in ("mean", "std"))
    columns = {
        "rank": [str(rank) for rank in results[f"rank_test_{metric}"][order]],
        f"{metric} (mean ± std)": [
            # Trials without a mean score, such as failed ones, have an empty cell.
            "" if np.isnan(mean) else f"{mean:.4g} ± {std:.2g}"
            for mean, std in zip(means, stds, strict=True)
        ],
    }
    if "status" in results:
        columns["status"] = [trial_status(results, metric)[row] for row in order]
        has_resource = "n_resources" in results
        amounts = results["n_resources" if has_resource else "n_epochs"][order]
        columns["resources" if has_resource else "epochs"] = [str(amount) for amount in amounts]
    if hasattr(search, "ensemble_indices_"):
        columns["member"] = ["yes" if row in search.ensemble_indices_ else "" for row in order]
    columns["fit (s)"] = [f"{seconds:.2g}" for seconds in results["mean_fit_time"][order]]
    for name, short_name in labels.items():
        # Trials from different sub-spaces have different parameters.
        columns[short_name] = [_short_text(results["params"][row].get(name, "")) for row in order]
    return Summary(
        f"{type(search).__name__}: hyperparameters {', '.join(labels.values())}; "
        f"{search.n_splits_} folds",
        _stop_sentence(search, metric),
        [each for each in (_comparison(search, metric), _ensemble_sentence(search)) if each],
        list(columns),
        [list(row) for row in zip(*columns.values(), strict=True)],
        len(results["params"]) - len(order),
    )


def as_text(summary: Summary) -> str:
    """Return the summary for a terminal, which may not know more than ASCII."""
    table = [[cell.replace("±", "+/-") for cell in row] for row in (summary.columns, *summary.rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]
    more = [f"... and {summary.n_more} more"] if summary.n_more else []
    head = [each.replace("±", "+/-") for each in (summary.title, summary.stop, *summary.notes)]
    return encodable("\n".join([*head, "", *lines, *more]))


def as_html(summary: Summary) -> str:
    """Return the summary for a notebook, in the colours and fonts of the notebook."""
    cell = "padding: 0.15em 0.7em; text-align: left; white-space: nowrap"
    heads = "".join(f'<th style="{cell}">{escape(text)}</th>' for text in summary.columns)
    rows = "".join(
        "<tr>" + "".join(f'<td style="{cell}">{escape(text)}</td>' for text in row) + "</tr>"
        for row in summary.rows
    )
    notes = "".join(f"<div>{escape(note)}</div>" for note in summary.notes)
    more = f"<div>... and {summary.n_more} more</div>" if summary.n_more else ""
    return (
        '<div class="sk-hpt-summary" style="margin-top: 0.7em; overflow-x: auto">'
        f"<div><b>{escape(summary.title)}</b></div><div>{escape(summary.stop)}</div>"
        f"{notes}"
        '<table style="margin: 0.4em 0; border-collapse: collapse; color: inherit">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{more}</div>"
    )


def _order(results: CVResults, metric: str) -> Rows:
    """Return the rows in the order of their ranks; of equal ranks, those with more epochs first."""
    ranks = results[f"rank_test_{metric}"]
    # lexsort sorts by the last key first.
    return np.lexsort((-results.get("n_epochs", np.zeros(len(ranks))), ranks))


def _stop_sentence(search: SummaryMixin, metric: str) -> str:
    """Return a sentence that says why the search stopped, and how many trials did not succeed."""
    n_trials = len(search.cv_results_["params"])
    seconds = short_format_time(float(np.max(search.finish_times_, initial=0.0))).strip()
    reason = {
        "completed": f"All {n_trials} trials finished in {seconds}",
        "no_improvement": f"Stopped after {seconds} with {n_trials} trials, because nothing better "
        "is expected",
        "timeout": f"Stopped by timeout={search.timeout} s with {n_trials} trials",
        "interrupted": f"Stopped by Ctrl-C after {seconds} with {n_trials} trials",
        "callback": f"Stopped by a callback after {seconds} with {n_trials} trials",
    }[search.stop_reason_]
    counts = Counter(trial_status(search.cv_results_, metric))
    parts = [
        f"{counts[each]} {each}" for each in ("pruned", "unfinished", "failed") if counts[each]
    ]
    return "; ".join([reason, *parts]) + "."


def _comparison(search: SummaryMixin, metric: str) -> str:
    """Return a sentence that compares the best trial with the estimator's own parameters."""
    results = search.cv_results_
    own = _row_of_own_params(search)
    if own is not None and trial_status(results, metric)[own] == "pruned":
        return "A trial with the estimator's own parameters was pruned."
    scores = np.array([results[f"split{i}_test_{metric}"] for i in range(search.n_splits_)])
    best = int(results[f"rank_test_{metric}"].argmin())
    if own is None or not np.isfinite(scores[:, [best, own]]).all():
        return ""
    if best == own:
        return "The estimator's own parameters are the best trial."
    # The same folds: their difficulty cancels out in the differences.
    differences = scores[:, best] - scores[:, own]
    sentence = (
        f"The best trial is {differences.mean():.3g} better by {metric} than the estimator's own "
        "parameters"
    )
    if len(differences) == 1:
        return f"{sentence}."
    error = float(differences.std(ddof=1)) / np.sqrt(len(differences))
    sentence = sentence.replace(" better", f" ± {error:.2g} better")
    is_noise = differences.mean() <= NOISE_ERRORS * error
    return f"{sentence}, which is within the noise." if is_noise else f"{sentence}."


def _ensemble_sentence(search: SummaryMixin) -> str:
    """Return a sentence with the cross-validated score of the ensemble."""
    if np.isnan(getattr(search, "ensemble_score_", np.nan)):
        return ""
    n_members = len(search.ensemble_indices_)
    return f"The average of the {n_members} members scores {search.ensemble_score_:.4g}."


def _row_of_own_params(search: SummaryMixin) -> int | None:
    """Return the row of the trial with the estimator's own parameters; None if there is none."""
    own = search.estimator.get_params()
    prefix, _ = find_network(search.estimator)
    for row, params in enumerate(search.cv_results_["params"]):
        if all(
            _is_same(own.get(name), value, is_batch=name == f"{prefix}batch_size")
            for name, value in params.items()
        ):
            return row
    return None


def _is_same(one: Any, other: Any, is_batch: bool = False) -> bool:
    """Return whether two values of a parameter are the same."""
    if is_batch:
        # scikit-learn cuts both off at the number of rows.
        one, other = (MAX_AUTO_BATCH if each == "auto" else each for each in (one, other))
    if isinstance(one, numbers.Number) and isinstance(other, numbers.Number):
        return bool(one == other)
    return repr(one) == repr(other)  # arrays and estimators have no single truth value


def _short_text(value: Any) -> str:
    """Return the value of a parameter as one line of limited width."""
    if isinstance(value, float):
        return f"{value:.4g}"
    text = " ".join(str(value).split())
    return text if len(text) <= MAX_VALUE_WIDTH else f"{text[: MAX_VALUE_WIDTH - 3]}..."
