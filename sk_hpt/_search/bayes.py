"""Settings that a surrogate of the score holds to be worth a trial."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from sk_hpt._proposers import BayesProposer, SequentialProposer
from sk_hpt._search.base import BaseSearchNN
from sk_hpt._search.opening import count_classes, open_search
from sk_hpt._sklearn import Interval, num_samples
from sk_hpt.journal import Origin
from sk_hpt.space import Space
from sk_hpt.space._parse import check_coordinates


class BayesSearchNN(BaseSearchNN):
    """Bayesian optimisation over a space, by cross-validation.

    Each trial is chosen by what the trials before it have scored: a Gaussian process learns how
    the score depends on the parameters, and the next setting is the one that it expects to
    improve most on the best. The first trials of a network are settings that are known to do
    well on many data sets, among them the estimator's own. For 10 to 50 trials, where each is
    dear. Written like scikit-optimize's ``BayesSearchCV``.

    Parameters
    ----------
    estimator : estimator object
        What to tune; it is cloned, never fitted itself. Any scikit-learn estimator will do; it
        needs a ``score`` method, or `scoring` must be given.
    search_spaces : dict, list of dicts or list of (dict, int), default=None
        For each parameter what may be tried: a dimension of :mod:`sk_hpt.space`, a frozen
        scipy.stats distribution, a list of choices, or a range: ``(low, high)`` or
        ``(low, high, "log-uniform")``, of integers if both are. Several dicts are sub-spaces of
        which each trial uses one; pairs ``(dict, n_iter)`` are searched one after the other,
        each with as many trials. scikit-optimize's own dimensions are taken too. None is
        :func:`sk_hpt.space.default_space`.
    n_iter : int, default=50
        Number of trials; fewer, with a warning, if the space has fewer settings.
    n_points : int, default=1
        Trials that are chosen at a time, each as if those before it had scored as expected.
        More keep more workers busy (`n_points` times the folds fits run at a time) and cost
        little in what is found.
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
        Seed; an int gives the same trials at each `fit`, whatever `n_jobs`.
    initial_points : list of dicts, or dict, default=None
        Settings to try first, in place of the learned ones; or the ``cv_results_`` of an earlier
        search, whose scores inform this one as noisy observations and whose best is tried
        first.

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
    optimizer_time_ : float
        Seconds that choosing the trials took.
    surrogate_ : Posterior
        What is believed of the score after the search: ``surrogate_.predict(candidates)``
        returns the mean and the standard deviation for a list of settings.

    See Also
    --------
    RandomSearchNN : Settings drawn at random.
    sk_hpt.space.default_space : What is searched when nothing is given.

    Notes
    -----
    With several metrics `refit` must name the one to optimise. With ``n_points=1`` only the
    folds of one trial run at a time: `n_jobs` beyond their number has no effect.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sk_hpt import BayesSearchNN
    >>> X, y = load_iris(return_X_y=True)
    >>> network = MLPClassifier(solver="lbfgs", max_iter=1000, random_state=0)
    >>> search = BayesSearchNN(
    ...     network,
    ...     {"alpha": (0.1, 100.0, "log-uniform"), "hidden_layer_sizes": [(2,), (4,), (8,)]},
    ...     n_iter=8, random_state=0,
    ... ).fit(X, y)
    >>> len(search.cv_results_["params"])
    8
    >>> mean, std = search.surrogate_.predict([search.best_params_])
    >>> bool(abs(mean[0] - search.best_score_) < 0.1)
    True
    """

    _needs_one_metric = "BayesSearchNN learns from one metric"
    _parameter_constraints = {
        **BaseSearchNN._parameter_constraints,
        "search_spaces": [dict, list, None],
        "n_iter": [Interval(numbers.Integral, 1, None, closed="left")],
        "n_points": [Interval(numbers.Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "initial_points": [list, dict, "array-like", None],
    }

    def __init__(
        self,
        estimator: Any,
        search_spaces: Any = None,
        *,
        n_iter: int = 50,
        n_points: int = 1,
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
        self.search_spaces = search_spaces
        self.n_iter = n_iter
        self.n_points = n_points
        self.random_state = random_state
        self.initial_points = initial_points

    def _make_proposer(self, X: Any, y: Any, origin: Origin) -> BayesProposer | SequentialProposer:
        proposers = [
            self._proposer(*each, origin.random_state, X, y) for each in self._spaces(X, origin)
        ]
        return proposers[0] if len(proposers) == 1 else SequentialProposer(proposers)

    def _keep_what_was_learned(self, proposer: BayesProposer | SequentialProposer) -> None:
        self.surrogate_ = proposer.posterior()
        self.optimizer_time_ = proposer.seconds

    def _spaces(self, X: Any, origin: Origin) -> list[tuple[Space, int, int | None]]:
        """What is searched, apart from each other, for how many trials now and at first."""
        described = self.search_spaces
        if not isinstance(described, list) or not any(map(_is_pair, described)):
            return [(self._parse(described, X), self.n_iter, origin.n_iter)]
        given = [
            (*each, each[1]) if _is_pair(each) else (each, self.n_iter, origin.n_iter)
            for each in described
        ]
        for space, n_iter, _ in given:
            if not isinstance(n_iter, numbers.Integral) or n_iter < 1:
                raise ValueError(
                    f"The number of trials of the space {space!r} must be an integer of at least "
                    f"1, got {n_iter!r}."
                )
        return [(self._parse(space, X), int(n_iter), begun) for space, n_iter, begun in given]

    def _parse(self, space: Any, X: Any, *, sampled: bool = True, ranges: bool = True) -> Space:
        parsed = super()._parse(space, X, sampled=sampled, ranges=ranges)
        check_coordinates(parsed)
        return parsed

    def _proposer(
        self, space: Space, n_iter: int, n_begun: int | None, random_state: Any, X: Any, y: Any
    ) -> BayesProposer:
        size = num_samples(X), count_classes(y)
        start, earlier = open_search(
            self.initial_points, space, self.estimator, *size, self._metric
        )
        return BayesProposer(space, n_iter, self.n_points, random_state, start, earlier, n_begun)


def _is_pair(described: Any) -> bool:
    """Whether this is a space with a number of trials of its own."""
    return isinstance(described, tuple) and len(described) == 2
