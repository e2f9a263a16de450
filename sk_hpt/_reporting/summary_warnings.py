"""Warnings at the end of a search: of fits that failed or did not converge, of an early end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import NoReturn

import numpy as np
from sklearn.exceptions import ConvergenceWarning, FitFailedWarning

from sk_hpt._stop_request import StopReason
from sk_hpt._trials import ResultsTable
from sk_hpt._types import ErrorScore, Floats, PathLike, Scoring
from sk_hpt._warn import warn_user
from sk_hpt._warning_filters import OURS, Silence, current_filters, silenced

NOT_CONVERGED = "Stochastic Optimizer: Maximum iterations"
"""Beginning of scikit-learn's warning that a network has not converged."""

NOISE_ERRORS = 2.0
"""A difference of this many standard errors or less is within the noise."""

OF_A_SEARCH = "[0-9]+ of [0-9]+ fits reached max_iter"
"""Beginning of the one warning of a search, which may itself be fitted by another search."""


@contextmanager
def convergence_counted() -> Iterator[Silence]:
    """Within this context networks do not warn that they have not converged.

    This holds for the networks that this thread fits, however deep they are in an estimator.
    Where the user makes errors of these warnings, they stay errors.

    Yields
    ------
    silence : Silence
        Counts the warnings.
    """
    pattern = f"{NOT_CONVERGED}|{OF_A_SEARCH}"
    if _action() == "error":
        yield Silence(pattern)
        return
    with silenced(pattern) as silence:
        yield silence


def _action() -> str:
    """Return the action that the user's filters take on scikit-learn's warning."""
    for each in current_filters():
        if each is OURS:
            continue
        action, message, category, module, _ = each
        is_meant = message is None or message.match(NOT_CONVERGED)
        if issubclass(ConvergenceWarning, category) and is_meant and module is None:
            return action
    return "default"


def report_convergence(n_unconverged: int, n_fits: int) -> None:
    """Warn once of all networks that have not converged, unless the user ignores such warnings.

    Parameters
    ----------
    n_unconverged : int
        Number of fits that reached ``max_iter`` before they stopped by themselves.
    n_fits : int
        Number of fits in all.
    """
    if n_unconverged and _action() != "ignore":
        warn_user(
            f"{n_unconverged} of {n_fits} fits reached max_iter before they had converged. Their "
            "scores count as they are; a larger max_iter may raise them.",
            ConvergenceWarning,
        )


def report_early_end(
    table: ResultsTable,
    reason: StopReason,
    n_trials: int,
    timeout: float | None,
    refit: bool,
    journal: PathLike | None = None,
) -> None:
    """Warn that a search ended before its budget was spent, or raise if no trial is complete.

    Parameters
    ----------
    table : ResultsTable
        The results.
    reason : str
        Value of ``stop_reason_``.
    n_trials : int
        Number of trials that the search would have had.
    timeout : float or None
        Seconds after which the search was to end.
    refit : bool
        Whether the best trial is refitted next.
    journal : str, PathLike or None
        File that stores the finished fits.

    Raises
    ------
    ValueError
        If no trial is complete. After Ctrl-C a KeyboardInterrupt instead.
    """
    what = {
        "timeout": f"Search stopped by timeout={timeout} s",
        "interrupted": "Search interrupted (Ctrl-C)",
        "callback": "Search stopped by a callback",
    }[reason]
    n_complete = table.n_complete
    resume = (
        'With a journal, such as journal="search.db", a search can be continued later.'
        if journal is None
        else "Run the same search with the same journal to continue it."
    )
    if not n_complete:
        if reason == "interrupted":
            raise KeyboardInterrupt
        raise ValueError(
            f"{what} before any trial had a result on every fold, so there is no trial to choose. "
            "Allow more time, or use fewer folds or epochs, and with multi_fidelity fewer trials: "
            f"it begins all of them before it completes any. {resume}"
        )
    sentences = [what, f"{n_complete} of {n_trials} trials {'is' if n_complete == 1 else 'are'}"]
    sentences[1] += " complete; refitting the best one" if refit else " complete"
    if refit:
        sentences.append(
            "Press Ctrl-C again to skip the refit"
            if reason == "interrupted"
            else "The refit takes additional time; refit=False skips it"
        )
    warn_user(f"{'. '.join(sentences)}. {resume}")


def raise_without_scores(
    table: ResultsTable, scoring: Scoring, reason: str, n_trials: int
) -> NoReturn:
    """Raise scikit-learn's words about scores that are not finite, because no trial has others.

    Parameters
    ----------
    table : ResultsTable
        The results.
    scoring : str, callable, list, tuple, dict or None
        Parameter of the search.
    reason : str
        Reason why the search needs scores.
    n_trials : int
        Number of trials that the search would have had.

    Raises
    ------
    ValueError
        Always; a TypeError if the scorer raised one.
    """
    means = np.array2string(table.fold_scores(table.trials).mean(axis=1), threshold=6)
    *_, cause = [
        f"scoring={scoring!r} returned no number",
        *table.missing_scores.error.split("\n")[-2:-1],
    ]
    kind = TypeError if cause.startswith("TypeError") else ValueError
    raise kind(
        f"One or more of the test scores are non-finite: {means}. {reason}, and after "
        f"{len(table.trials)} of {n_trials} trials none has a finite score on every fold: "
        f"{cause.rstrip('.')}. Choose another scoring than {scoring!r}, or folds that suit it."
    )


def report_failures(errors: Collection[str], n_fits: int, error_score: ErrorScore) -> None:
    """Warn of fits that failed, or raise if none succeeded, in scikit-learn's words.

    Parameters
    ----------
    errors : collection of str
        The tracebacks, in the order of the fits.
    n_fits : int
        Number of fits in all.
    error_score : float or "raise"
        The score that stands in for the missing ones.

    Raises
    ------
    ValueError
        If all fits failed.
    """
    if not errors:
        return
    rule = "-" * 80
    details = "\n".join(
        f"{rule}\n{count} fits failed with the following error:\n{error}"
        for error, count in Counter(errors).items()
    )
    if len(errors) == n_fits:
        raise ValueError(
            f"\nAll the {n_fits} fits failed.\n"
            "It is very likely that your model is misconfigured.\n"
            "You can try to debug the error by setting error_score='raise'.\n\n"
            f"Below are more details about the failures:\n{details}"
        )
    warn_user(
        f"\n{len(errors)} fits failed out of a total of {n_fits}.\n"
        "The score on these train-test partitions for these parameters"
        f" will be set to {error_score}.\n"
        "If these failures are not expected, you can try to debug them "
        "by setting error_score='raise'.\n\n"
        f"Below are more details about the failures:\n{details}",
        FitFailedWarning,
    )


def report_members(n_members: int, ensemble_size: int) -> None:
    """Warn of an ensemble that has fewer members than asked for."""
    if n_members < ensemble_size:
        warn_user(
            f"The ensemble has {n_members} members instead of ensemble_size={ensemble_size}, "
            "because no more distinct trials were complete and could be refitted. Raise the number "
            "of trials, or lower ensemble_size."
        )


def report_ensemble_score(scores: Floats, best_scores: Floats) -> None:
    """Warn of an ensemble that is worse than the best trial on the same folds, beyond the noise.

    Parameters
    ----------
    scores, best_scores : ndarray of shape (n_folds,)
        Fold scores of the ensemble and of the best trial.
    """
    differences = scores - best_scores
    n_folds = len(differences)
    if n_folds < 2:
        return
    error = differences.std(ddof=1) / np.sqrt(n_folds)
    if differences.mean() < -NOISE_ERRORS * error:
        warn_user(
            f"The ensemble scores {scores.mean():.4g} on the folds, and the best trial alone "
            f"{best_scores.mean():.4g}. Its other members are much worse: lower ensemble_size, or "
            "evaluate more trials."
        )
