"""Settings drawn at random."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from sk_hpt._proposers import RandomProposer
from sk_hpt._search.base import BaseSearchNN
from sk_hpt._search.opening import read_initial_points
from sk_hpt._sklearn import Interval
from sk_hpt.journal._base import SearchStart


class RandomSearchNN(BaseSearchNN):
    """Search over settings drawn at random, by cross-validation.

    A drop-in for :class:`~sklearn.model_selection.RandomizedSearchCV`: same parameters,
    attributes and numbers, and with the same `random_state` the same candidates.

    Parameters
    ----------
    estimator : estimator object
        What to tune; it is cloned, never fitted itself. Any scikit-learn estimator will do; it
        needs a ``score`` method, or `scoring` must be given.
    param_distributions : dict or list of dicts, default=None
        For each parameter what to draw from: a list, tuple or array, a frozen scipy.stats
        distribution (or anything with ``rvs``), or a dimension of :mod:`sk_hpt.space`. Of
        several dicts one is drawn for each trial. With lists only, no setting comes twice.
        None is :func:`sk_hpt.space.default_space`.
    n_iter : int, default=10
        Number of trials.
    scoring : str, callable, list, tuple or dict, default=None
        How to score the test folds. A str or a callable ``scorer(estimator, X, y)`` is one
        metric; a list of names, a dict of scorers or a callable that returns a dict are several,
        and then `refit` names the one that decides. None takes the estimator's ``score``.
    n_jobs : int, default=None
        Fits that run at a time: None is 1 unless in a :func:`joblib.parallel_config`, -1 all
        cores. The results do not depend on it.
    refit : bool, str or callable, default=True
        Whether to fit the best candidate on all data afterwards, which gives
        ``best_estimator_`` and `predict`. With several metrics the name of the one that
        decides; or a callable that takes ``cv_results_`` and returns the best index.
    cv : int, cross-validation generator or iterable, default=None
        The folds: a number of (stratified, for a classifier) folds, a splitter, or an iterable
        of index arrays (train, test). None is 5 folds.
    verbose : int, default=0
        1 shows one line with the fits done, the best score so far and the time left; from 2 on
        each fit prints a line, from 3 on with its fold and scores, from 10 on also when it
        starts.
    pre_dispatch : int or str, default="2*n_jobs"
        Fits that are handed to the workers ahead of time.
    error_score : "raise" or float, default=np.nan
        Score of a fit that fails, with a warning; ``"raise"`` raises its error.
    return_train_score : bool, default=False
        Whether ``cv_results_`` has the scores on the training folds too.
    multi_fidelity : {"race", "halving"}, Race, Halving or None, default=None
        How trials that will not win are stopped early. None trains every trial in full;
        ``"race"`` drops trials between the folds; ``"halving"`` scores networks on their way and
        trains on only the best, see :mod:`sk_hpt.fidelity`. With several metrics, `refit` names
        the one that decides.
    timeout : float, default=None
        Seconds after which the search ends: networks stop at their next epoch, what is complete
        is kept, and the best is refitted, which takes its own time. A fit of another estimator
        is waited for.
    journal : str or PathLike, default=None
        A file in which each fit is kept as soon as it has finished. The same search with the same
        file goes on where it was stopped or killed, and trains no finished fit again; with a
        larger `n_iter` it goes on from where it ended. See
        :mod:`sk_hpt.journal`.
    engine : {"auto", "sklearn"}, default="auto"
        ``"auto"`` trains networks natively wherever that gives scikit-learn's bits, several
        times faster; ``"sklearn"`` always calls the estimator's own ``fit``.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws; an int gives the same trials at each `fit`.
    initial_points : list of dicts, or dict, default=None
        Settings to try first, in place of the last draws; of the ``cv_results_`` of an earlier
        search its best setting.

    Attributes
    ----------
    cv_results_ : dict of str to ndarray
        A row per trial: ``params``, ``param_*``, ``split*_test_*``, ``mean_test_*``,
        ``std_test_*``, ``rank_test_*``, the same for ``train``, and the times in seconds; makes
        a :class:`pandas.DataFrame`. With `multi_fidelity` also ``n_epochs``, trained in all
        folds together, and ``status``: ``"complete"``, ``"pruned"`` or ``"failed"``; a trial
        that is not complete ranks behind all that are.
    best_index_ : int
        Row of the best trial.
    best_params_ : dict
        Its parameters.
    best_score_ : float
        Its mean test score; not with a callable `refit`.
    best_estimator_ : estimator
        It, fitted on all data; only with `refit`.
    refit_time_ : float
        Seconds that this fit took.
    scorer_ : callable or dict of str to callable
        What scored the folds.
    n_splits_ : int
        Number of folds.
    stop_reason_ : {"completed", "timeout", "interrupted", "callback"}
        Why the search ended: its budget was spent, `timeout`, Ctrl-C, or a callback asked. In
        the last three cases trials without a result on every fold are left out of
        ``cv_results_``, or marked as ``"unfinished"`` if there is a ``status``.
    learning_curves_ : list of list
        For each row of ``cv_results_`` and each fold how the network learned: an object with
        ``loss`` and, with ``early_stopping``, ``validation`` (else None), float32 arrays with a
        value per epoch. None for whatever is not scikit-learn's network trained in epochs.
    finish_times_ : ndarray of shape (n_trials,)
        For each row of ``cv_results_`` when its last fit was done, in seconds since the search
        began. With `journal` time goes on where an earlier run of the search left off.
    multimetric_ : bool
        Whether there were several metrics.
    classes_ : ndarray of shape (n_classes,)
        Class labels; only of a classifier with `refit`.
    n_features_in_ : int
        Number of features; only with `refit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if `X` had them; only with `refit`.

    See Also
    --------
    GridSearchNN : All points of a grid.
    sk_hpt.space.default_space : What is searched when nothing is given.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.neural_network import MLPRegressor
    >>> from sk_hpt import RandomSearchNN
    >>> from sk_hpt.space import HiddenLayers, Real
    >>> X, y = load_diabetes(return_X_y=True)
    >>> network = MLPRegressor(solver="lbfgs", max_iter=1000, random_state=0)
    >>> search = RandomSearchNN(
    ...     network,
    ...     {"hidden_layer_sizes": HiddenLayers((1, 2), (2, 8)),
    ...      "alpha": Real(1e-2, 10.0, log=True)},
    ...     n_iter=4, random_state=0,
    ... ).fit(X, y)
    >>> [params["hidden_layer_sizes"] for params in search.cv_results_["params"]]
    [(4, 4), (3, 7), (6,), (2, 2)]
    """

    _parameter_constraints = {
        **BaseSearchNN._parameter_constraints,
        "param_distributions": [dict, list, None],
        "n_iter": [Interval(numbers.Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "initial_points": [list, dict, "array-like", None],
    }

    def __init__(
        self,
        estimator: Any,
        param_distributions: Any = None,
        *,
        n_iter: int = 10,
        scoring: Any = None,
        n_jobs: int | None = None,
        refit: Any = True,
        cv: Any = None,
        verbose: int = 0,
        pre_dispatch: int | str = "2*n_jobs",
        error_score: Any = np.nan,
        return_train_score: bool = False,
        multi_fidelity: Any = None,
        timeout: float | None = None,
        journal: Any = None,
        engine: str = "auto",
        random_state: Any = None,
        initial_points: Any = None,
    ) -> None:
        super().__init__(
            estimator,
            scoring=scoring,
            n_jobs=n_jobs,
            refit=refit,
            cv=cv,
            verbose=verbose,
            pre_dispatch=pre_dispatch,
            error_score=error_score,
            return_train_score=return_train_score,
            multi_fidelity=multi_fidelity,
            timeout=timeout,
            journal=journal,
            engine=engine,
        )
        self.param_distributions = param_distributions
        self.n_iter = n_iter
        self.random_state = random_state
        self.initial_points = initial_points

    def _make_proposer(self, X: Any, y: Any, search_start: SearchStart) -> RandomProposer:
        space = self._parse(self.param_distributions, X, sampled=True)
        start, _ = read_initial_points(self.initial_points, space, self._metric)
        random_state = search_start.seed if self.random_state is None else self.random_state
        return RandomProposer(space, self.n_iter, random_state, start, search_start.n_iter)
