"""The parameters that all searches have: types, defaults, constraints and descriptions.

The searches are dataclasses that inherit these parameters as fields. Their constructors are made
from the fields and only store the arguments, as scikit-learn requires. Editors and type checkers
know dataclasses. :func:`with_common_entries` copies the descriptions into the docstrings of the
searches.
"""

from __future__ import annotations

import numbers
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from inspect import cleandoc, signature
from typing import Any, ClassVar, Literal, TypeVar

import numpy as np
from sklearn.metrics import get_scorer_names

from sk_hpt._sklearn import HasMethods, Interval, MetaEstimator, StrOptions
from sk_hpt._types import CrossValidator, Estimator, PathLike, Refit, Scoring
from sk_hpt.fidelity import Halving, Race

SearchClass = TypeVar("SearchClass", bound=type)

BUDGET = ("n_iter", "n_points")
"""Parameters that say how many trials there are."""


# eq and repr: like other estimators, searches are compared by identity and printed by
# scikit-learn.
@dataclass(eq=False, repr=False)
class SearchParameters(MetaEstimator):
    """Parameters and fitted attributes that all searches have.

    Parameters
    ----------
    estimator : estimator object
        Estimator to tune; any scikit-learn estimator works. The search fits clones and leaves
        the given object unfitted. A ``score`` method is required unless `scoring` is given.
    scoring : str, callable, list, tuple or dict, default=None
        Metric or metrics for the test folds. A string or a callable ``scorer(estimator, X, y)``
        that returns a number is a single metric. A list of names, a dict of scorers or a
        callable that returns a dict are several metrics; `refit` then names the one that
        decides which trial is best. None uses the estimator's ``score`` method.
    n_jobs : int, default=None
        Number of fits that run at the same time. None means 1 unless in a
        :func:`joblib.parallel_config` context, and -1 uses all processors. The results do not
        depend on `n_jobs`.
    refit : bool, str or callable, default=True
        If True, refit the estimator with the best parameters on the whole data set, which makes
        ``best_estimator_`` and ``predict`` available. With several metrics, pass the name of the
        metric that decides which trial is best. A callable takes ``cv_results_`` and returns
        the index of the best trial.
    cv : int, cross-validation generator or iterable, default=None
        Cross-validation splits: a number of folds (stratified for a classifier), a splitter, or
        an iterable of index arrays (train, test). None means 5 folds.
    verbose : int, default=0
        Amount of output. 0 prints nothing. 1 shows one line with the number of finished fits,
        the best score so far and the estimated remaining time. From 2 on, each fit prints a
        line; from 3 on, with the fold and the scores; from 10 on, also when the fit starts.
    pre_dispatch : int or str, default="2*n_jobs"
        Number of fits that are dispatched to the workers in advance. A string is an expression
        in `n_jobs`.
    error_score : "raise" or float, default=np.nan
        Score of a fit that fails; a warning counts the failures. ``"raise"`` raises the error
        of the first failing fit instead.
    return_train_score : bool, default=False
        If True, add the scores on the training folds to ``cv_results_``.
    multi_fidelity : {"race", "halving"}, Race, Halving or None, default=None
        Rule that stops unpromising trials early. None trains every trial in full. ``"race"``
        prunes trials between folds. ``"halving"`` scores networks at intermediate epochs and
        continues training only the best. A :class:`~sk_hpt.fidelity.Race` or
        :class:`~sk_hpt.fidelity.Halving` object changes the constants of the rule;
        ``Halving(resource=...)`` halves any estimator over one of its parameters or the number
        of rows. With several metrics, `refit` must name the one that decides.
    timeout : float, default=None
        Time limit of the search in seconds. Networks stop training at the end of their current
        epoch; fits of other estimators are waited for. The best complete trial is then
        refitted, which takes additional time. None means no limit.
    journal : str or PathLike, default=None
        Path of a file that stores each fit as soon as the fit has finished. Running the same
        search with the same file again resumes a search that was stopped or killed, without
        repeating a finished fit. None stores nothing. See :mod:`sk_hpt.journal`.
    engine : {"auto", "sklearn"}, default="auto"
        Engine that trains the networks. ``"auto"`` uses the native engine, which is several
        times faster, wherever the results equal scikit-learn's to the last bit. ``"sklearn"``
        always calls the estimator's own ``fit``.
    ensemble_size : int, default=1
        Number of the best trials that are refitted and averaged. With 1, the best trial alone is
        refitted, as in scikit-learn. With more, ``best_estimator_`` is a
        :class:`~sklearn.ensemble.VotingClassifier` with a soft vote (hard where there are no
        probabilities) or a :class:`~sklearn.ensemble.VotingRegressor`. A search that prunes trains
        as many trials in full. Targets must have one output.

    Attributes
    ----------
    cv_results_ : dict of str to ndarray
        Results of the search, one row per trial, ready for :class:`pandas.DataFrame`. The
        columns are ``params``, ``param_*``, ``split*_test_*``, ``mean_test_*``, ``std_test_*``,
        ``rank_test_*``, the same for ``train`` if `return_train_score` is True, and the fit and
        score times in seconds. With `multi_fidelity`, the column ``n_epochs`` has the number of
        epochs trained in all folds together, and ``status`` is ``"complete"``, ``"pruned"`` or
        ``"failed"``; trials that are not complete rank behind all complete ones. With another
        resource, ``n_resources`` has the amount that all fits of the trial took. With halving,
        there are two columns for each rung on which a trial was scored: ``rung0_n_epochs`` and
        ``rung0_test_score`` for the lowest, ``rung1_n_epochs`` and so on. They have the epochs of
        training until then (``rung0_n_resources`` with another resource) and the mean test score
        over the folds that were scored there, NaN for trials that were not. With several metrics,
        the score is that of the deciding metric, as in ``rung0_test_accuracy``. A network that
        stopped by itself has its final score on all higher rungs.
    best_index_ : int
        Row of the best trial in ``cv_results_``. With several metrics, only available if
        `refit` is not False.
    best_params_ : dict
        Parameters of the best trial. With several metrics, only available if `refit` is not
        False.
    best_score_ : float
        Mean test score of the best trial. Not available if `refit` is a callable or, with
        several metrics, False.
    best_estimator_ : estimator
        Estimator with the best parameters, refitted on the whole data set. With `ensemble_size`
        above 1, the average of the best trials. Only available if `refit` is not False.
    ensemble_indices_ : ndarray of shape (n_members,)
        Rows of the members of the ensemble in ``cv_results_``, the best trial first. They are
        distinct networks. Only available if `ensemble_size` is above 1 and `refit` is not False.
    ensemble_score_ : float
        Mean test score of the ensemble over the folds, from the predictions that its members made
        on each fold while they were scored. Optimistic like ``best_score_``. NaN if the search was
        stopped before all of them were there. Only available if `ensemble_size` is above 1 and
        `refit` is not False.
    refit_time_ : float
        Time in seconds for refitting the best estimator on the whole data set. Only available
        if `refit` is not False.
    scorer_ : callable or dict of str to callable
        Scorer of the test folds, or a dict of scorers by name if there are several metrics.
    n_splits_ : int
        Number of cross-validation splits (folds).
    stop_reason_ : {"completed", "no_improvement", "timeout", "interrupted", "callback"}
        Reason why the search stopped: all trials were evaluated, `n_iter_no_change` ended the
        search, `timeout` was reached, Ctrl-C was pressed, or a callback requested the stop at the
        end of a fit. In the last three cases, trials without a result on every fold are left out
        of ``cv_results_`` or, if there is a ``status`` column, are marked as ``"unfinished"``. A
        callback that requests a stop after an epoch ends that fit only.
    learning_curves_ : list of list
        Learning curves, for each row of ``cv_results_`` a list with one curve per fold. Each
        curve has ``loss`` and, with ``early_stopping``, ``validation`` (otherwise None), float32
        arrays with one value per epoch. Estimators that are not scikit-learn networks trained
        in epochs have None in place of a curve.
    finish_times_ : ndarray of shape (n_trials,)
        Time when the last fit of each trial finished, in seconds since the beginning of the
        search. In a search that resumes from a `journal`, the time continues from the end of
        the earlier run.
    fit_log_ : dict of ndarray
        When and where each fit ran, ready for :class:`pandas.DataFrame`. Each row is a fit, or a
        part of one that paused on rungs, in the order of their starts. ``trial`` is the row of
        ``cv_results_`` and ``fold`` the fold. ``start`` and ``end`` are in seconds since the
        beginning of the search, as in ``finish_times_``. ``worker`` is the number of the thread or
        process that ran the fit, counted from 0 in the order of appearance. Fits of the same worker
        do not overlap: those that share one training run have equal parts of its time. Trials that
        are not in ``cv_results_``, and fits whose worker process was killed, have no rows.
    multimetric_ : bool
        True if there are several metrics.
    classes_ : ndarray of shape (n_classes,)
        Class labels. Only available for a classifier and if `refit` is not False.
    n_features_in_ : int
        Number of features seen during `fit`. Only available if `refit` is not False.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features seen during `fit`. Only available if `refit` is not False and `X`
        has feature names that are all strings.
    """

    estimator: Estimator
    # The space of each search comes here, the second argument by position.
    _: KW_ONLY
    scoring: Scoring = None
    n_jobs: int | None = None
    refit: Refit = True
    cv: CrossValidator = None
    verbose: int = 0
    pre_dispatch: int | str = "2*n_jobs"
    error_score: Literal["raise"] | float = np.nan
    return_train_score: bool = False
    multi_fidelity: Literal["race", "halving"] | Race | Halving | None = None
    timeout: float | None = None
    journal: PathLike | None = None
    engine: Literal["auto", "sklearn"] = "auto"
    ensemble_size: int = 1

    # scikit-learn's own validation reads these when fit begins.
    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "estimator": [HasMethods(["fit"])],
        "scoring": [StrOptions(set(get_scorer_names())), callable, list, tuple, dict, None],
        "n_jobs": [numbers.Integral, None],
        "refit": ["boolean", str, callable],
        "cv": ["cv_object"],
        "verbose": ["verbose"],
        "pre_dispatch": [numbers.Integral, str],
        "error_score": [StrOptions({"raise"}), numbers.Real],
        "return_train_score": ["boolean"],
        "multi_fidelity": "no_validation",  # checked by choose_fidelity
        "timeout": [Interval(numbers.Real, 0, None, closed="neither"), None],
        "journal": [str, os.PathLike, None],
        "engine": [StrOptions({"auto", "sklearn"})],
        "ensemble_size": [Interval(numbers.Integral, 1, None, closed="left")],
    }


def with_budget_first(search_class: SearchClass) -> SearchClass:
    """Move the numbers of trials in front of the other keywords of a search's signature.

    A dataclass puts inherited fields first. The order of keywords has no effect on a call, but
    readers look for the budget first, and find it there in scikit-learn's random search.
    """
    init = vars(search_class)["__init__"]
    given = signature(init)
    order = sorted(given.parameters.values(), key=lambda one: (one.kind, one.name not in BUDGET))
    init.__signature__ = given.replace(parameters=order)
    return search_class


def with_common_entries(search_class: SearchClass) -> SearchClass:
    """Add the entries of :class:`SearchParameters` to the docstring of a search.

    The search itself describes only its own parameters and attributes. Parameters are sorted in
    the order of the constructor, and common attributes come before those of the search.
    """
    if sys.flags.optimize >= 2:  # there are no docstrings under python -OO
        return search_class
    own, common = (_sections(each.__doc__ or "") for each in (search_class, SearchParameters))
    parameters = _entries(common, "Parameters") | _entries(own, "Parameters")
    attributes = _entries(common, "Attributes") | _entries(own, "Attributes")
    sections = {
        "": own[""],
        "Parameters": "\n".join(parameters[name] for name in signature(search_class).parameters),
        "Attributes": "\n".join(attributes.values()),
    }
    # The sections after these, such as the examples, are the search's own.
    sections |= {title: text for title, text in own.items() if title not in sections}
    search_class.__doc__ = "\n\n".join(
        f"{title}\n{'-' * len(title)}\n{text}".lstrip("\n") for title, text in sections.items()
    )
    return search_class


def _sections(docstring: str) -> dict[str, str]:
    """Return the sections of a numpydoc docstring by title; the text before them has none."""
    # With a group in the pattern, the titles are in the result: title, text, title, text, ...
    introduction, *rest = re.split(r"^(.+)\n-{3,}\n", cleandoc(docstring), flags=re.MULTILINE)
    sections = {"": introduction, **dict(zip(rest[::2], rest[1::2], strict=True))}
    return {title: text.strip("\n") for title, text in sections.items()}


def _entries(sections: Mapping[str, str], title: str) -> dict[str, str]:
    """Return the entries of a section, ``name : type`` and an indented text, by name."""
    # An entry begins at a line that is not indented.
    entries = re.split(r"\n(?=\S)", sections.get(title, ""))
    return {entry.partition(" : ")[0]: entry for entry in entries if entry}
