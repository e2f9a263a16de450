"""The one module that knows scikit-learn's versions and its private names.

What stands here has no public counterpart: parameter validation with scikit-learn's messages,
splitting a data set as its searches do, the scorers inside a multi-metric scorer, the tree of
tasks of scikit-learn 1.9's callbacks, and the state of a network that is being fitted.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from inspect import signature
from typing import Any, Self, TypeVar

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn import get_config
from sklearn.base import BaseEstimator, MetaEstimatorMixin, _fit_context
from sklearn.metrics import accuracy_score, r2_score
from sklearn.metrics._scorer import (
    _BaseScorer,
    _MultimetricScorer,
    _PassthroughScorer,
    _Scorer,
)
from sklearn.neural_network import MLPClassifier
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer
from sklearn.utils import Tags
from sklearn.utils._array_api import device, get_namespace
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions, make_constraint
from sklearn.utils._repr_html.estimator import _VisualBlock
from sklearn.utils.metadata_routing import _raise_for_params, _routing_enabled
from sklearn.utils.metaestimators import _safe_split
from sklearn.utils.metaestimators import available_if as _available_if
from sklearn.utils.validation import _check_method_params, _num_samples

from sk_hpt._types import Estimator, Fold, Matrix, Network, Params, Rows, Scorer

try:  # scikit-learn >= 1.9
    from sklearn.callback import AutoPropagatedCallback, CallbackContext, CallbackSupportMixin
except ImportError:

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stands in where scikit-learn has no callbacks: no ``set_callbacks``."""

    class CallbackContext:  # type: ignore[no-redef]
        """Stands in where scikit-learn has no callbacks."""


MYPY = False  # mypy alone takes this for True
if MYPY:
    # scikit-learn ships no types, and mypy accepts all arguments for a dataclass with a base class
    # that it does not know. So it is told here what the searches inherit.
    class MetaEstimator:
        def get_params(self, deep: bool = True) -> Params: ...
        def set_params(self, **params: Any) -> Self: ...
        def set_callbacks(self, *callbacks: Any) -> Self: ...
        def __sklearn_tags__(self) -> Tags: ...
else:

    class MetaEstimator(MetaEstimatorMixin, CallbackSupportMixin, BaseEstimator):
        """Base class of estimators that fit other estimators and support callbacks."""


class DiagramMixin(ABC):
    """Puts something under scikit-learn's diagram of an estimator in a notebook."""

    def _html_repr(self) -> str:
        return str(super()._html_repr()) + self._below_the_diagram()  # type: ignore[misc]

    @abstractmethod
    def _below_the_diagram(self) -> str:
        """Return HTML."""


# Names that other modules take from here, beside what is defined below.
__all__ = [
    "AdamOptimizer",
    "CallbackContext",
    "CallbackSupportMixin",
    "HasMethods",
    "Interval",
    "MetaEstimator",
    "SGDOptimizer",
    "StrOptions",
]

VERSION = tuple(int(part) for part in sklearn.__version__.split(".")[:2])

VisualBlock = _VisualBlock
check_method_params = _check_method_params
num_samples = _num_samples
raise_for_params = _raise_for_params
routing_enabled = _routing_enabled
safe_split = _safe_split

Method = TypeVar("Method", bound=Callable[..., Any])
Owner = TypeVar("Owner")


def fit_context(*, prefer_skip_nested_validation: bool) -> Callable[[Method], Method]:
    """Return scikit-learn's decorator of ``fit``, which type checkers see through here."""
    decorator: Callable[[Method], Method] = _fit_context(
        prefer_skip_nested_validation=prefer_skip_nested_validation
    )
    return decorator


def available_if(check: Callable[[Owner], bool]) -> Callable[[Method], Method]:
    """Return scikit-learn's decorator of optional methods, which type checkers see through here."""
    decorator: Callable[[Method], Method] = _available_if(check)
    return decorator


def refused_values(
    estimator: Estimator, name: str, values: Iterable[object]
) -> tuple[list[object], str]:
    """Return the values of a parameter that an estimator's `fit` will refuse, and what it accepts.

    None is refused if the estimator declares no constraints for the parameter, if its class has
    a `fit` of its own that does not check them, or if the user has switched validation off.
    """
    fit = getattr(type(estimator), "fit", None)
    # scikit-learn's own classes check the constraints, and so does its decorator of `fit`.
    is_checked = hasattr(fit, "__wrapped__") or getattr(fit, "__module__", "").startswith(
        "sklearn."
    )
    declared = getattr(estimator, "_parameter_constraints", {}) if is_checked else {}
    given = declared.get(name, "no_validation") if isinstance(declared, Mapping) else None
    if not isinstance(given, list) or get_config()["skip_parameter_validation"]:
        return [], ""
    constraints = [make_constraint(each) for each in given]
    refused = [v for v in values if not any(each.is_satisfied_by(v) for each in constraints)]
    return refused, " or ".join(str(each) for each in constraints if not each.hidden)


def split_indices(X: Matrix, train: Rows, test: Rows) -> Fold:
    """Return the indices of a fold in the array namespace of `X`, on its device."""
    xp, _ = get_namespace(X)
    return xp.asarray(train, device=device(X)), xp.asarray(test, device=device(X))


def scorers_by_metric(scorer: Scorer) -> Mapping[str, Scorer] | None:
    """Return the scorers inside a multi-metric scorer by name; None for any other scorer."""
    return scorer._scorers if isinstance(scorer, _MultimetricScorer) else None


def is_standard_scorer(scorer: Scorer) -> bool:
    """Return whether a scorer uses nothing of an estimator but its predictions or its score."""
    scorers = scorer._scorers.values() if isinstance(scorer, _MultimetricScorer) else [scorer]
    return all(isinstance(each, (_BaseScorer, _PassthroughScorer)) for each in scorers)


def is_own_score(scorer: Scorer, estimator: Estimator) -> bool:
    """Return whether a scorer gives a network what its `score` does: accuracy or R²."""
    if isinstance(scorer, _Scorer) and type(scorer) is _Scorer:
        own = accuracy_score if isinstance(estimator, MLPClassifier) else r2_score
        return scorer._score_func is own and scorer._sign == 1 and not scorer._kwargs
    return isinstance(scorer, _PassthroughScorer)


def accepts_sample_weight(scorer: Scorer) -> bool:
    """Return whether a scorer, of one metric or of several, takes ``sample_weight``."""
    if hasattr(scorer, "_accept_sample_weight"):
        return bool(scorer._accept_sample_weight())
    return "sample_weight" in signature(scorer).parameters


def router_owner(search: Estimator) -> Estimator | str:
    """Return the owner of a metadata router: from scikit-learn 1.8 on the object, else its name."""
    return search if VERSION >= (1, 8) else type(search).__name__


# --- Callbacks ------------------------------------------------------------------------------


def has_callbacks(estimator: Estimator) -> bool:
    """Return whether callbacks were set on the estimator or on one within it."""
    nested = estimator.get_params(deep=True).values() if hasattr(estimator, "get_params") else ()
    return any(hasattr(each, "_skl_callbacks") for each in (estimator, *nested))


def start_callback_context(search: Estimator, n_subtasks: int) -> CallbackContext:
    """Return the root of the tree of tasks that callbacks watch during a fit of a search."""
    return search._init_callback_context(max_subtasks=n_subtasks)


def subtask_for_worker(
    root: CallbackContext, parent: CallbackContext, task_name: str, task_id: int
) -> CallbackContext:
    """Return a subtask of `parent` that sees its ancestors but none of its siblings.

    With its siblings, each task that travels to a worker would carry all the others along.
    """
    root = _without_children(root)
    parent = _without_children(parent)
    parent.parent = root
    return parent.subcontext(task_name=task_name, task_id=task_id)


def callback_context_within(estimator: Estimator, n_subtasks: int) -> CallbackContext | None:
    """Return a context for the fit of an estimator that does not support callbacks by itself.

    Parameters
    ----------
    estimator : estimator object
        An estimator that is fitted within a task that callbacks watch.
    n_subtasks : int
        Maximum number of tasks of its fit.

    Returns
    -------
    context : CallbackContext or None
        The same task as the one within which the estimator is fitted, as scikit-learn has it for
        all estimators; None if no callback looks this deep.
    """
    parent = getattr(estimator, "_parent_callback_ctx", None)
    callbacks = [each for each in getattr(parent, "_callbacks", []) if _looks_below(each, parent)]
    if not callbacks:
        return None
    context = CallbackContext._from_estimator(estimator, "fit", 0, n_subtasks, True)
    context._callbacks = callbacks
    return context


def _looks_below(callback: object, context: CallbackContext) -> bool:
    if not isinstance(callback, AutoPropagatedCallback):
        return False
    depth = callback.max_propagation_depth
    return depth is None or context._propagation_depth < depth


def _without_children(context: CallbackContext) -> CallbackContext:
    context = copy.copy(context)
    context._children_map = {}
    return context


# --- Inside a network -----------------------------------------------------------------------


def as_base_class(network: Network) -> Estimator:
    """Return a network's methods as its base class has them, where scikit-learn's `fit` is.

    Tools put a `fit` of their own before it, in MLPClassifier and MLPRegressor, as MLflow does to
    log each fit.
    """
    return super(type(network), network)


def train_by_sklearn(
    network: Network,
    X: NDArray[Any],
    y: NDArray[Any],
    sample_weight: NDArray[Any] | None,
    *buffers: Any,
    **named: Any,
) -> None:
    """Run scikit-learn's own loop over epochs, on data that it has validated."""
    type(network)._fit_stochastic(network, X, y, sample_weight, *buffers, **named)


@contextmanager
def training_replaced(
    network: Network,
    train: Callable[..., None],
    validate: Callable[[], tuple[NDArray[Any], NDArray[Any]]] | None = None,
) -> Iterator[Callable[[], None]]:
    """Let a function train in place of scikit-learn's loop while a network is fitted.

    scikit-learn has no public way to replace one step of `fit`. Functions that stand on the
    instance hide the methods of its class, so all else stays scikit-learn's: parameters, messages,
    and the class itself.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        A network that nobody else uses meanwhile.
    train : callable
        Called as ``train(X, y, sample_weight, *buffers)`` with the validated data, where `fit`
        would go through the epochs.
    validate : callable, optional
        Returns the validated X and y, whatever `fit` is given.

    Yields
    ------
    restore : callable
        Gives the network its own methods back at once: for `train`, which may copy the network.
    """
    replaced = vars(network)

    def restore() -> None:
        replaced.pop("_fit_stochastic", None)
        replaced.pop("_validate_input", None)

    replaced["_fit_stochastic"] = train
    if validate is not None:
        replaced["_validate_input"] = lambda *args, **named: validate()
    try:
        yield restore
    finally:
        restore()


def has_valid_params(network: Network) -> bool:
    """Return whether a network's `fit` accepts its parameters."""
    try:
        network._validate_params()
    except ValueError:
        return False
    return True


def validate_input(network: Network, X: NDArray[Any], y: NDArray[Any]) -> tuple[Any, Any]:
    """Validate data as the network's `fit` does; this sets ``classes_`` and the like."""
    X_valid, y_valid = network._validate_input(X, y, False, True)
    return X_valid, y_valid


def make_optimizer(network: Network) -> AdamOptimizer | SGDOptimizer:
    """Make the optimizer that `fit` makes, and leave it where `fit` leaves it."""
    params = network.coefs_ + network.intercepts_
    if network.solver == "adam":
        constants = (network.beta_1, network.beta_2, network.epsilon)
        network._optimizer = AdamOptimizer(params, network.learning_rate_init, *constants)
    else:
        constants = (network.momentum, network.nesterovs_momentum, network.power_t)
        network._optimizer = SGDOptimizer(
            params, network.learning_rate_init, network.learning_rate, *constants
        )
    return network._optimizer


def generator_of(network: Network) -> np.random.RandomState:
    """Return the generator that a network draws from while it is fitted."""
    generator: np.random.RandomState = network._random_state
    return generator


def decode_classes(network: Network, y: NDArray[Any]) -> NDArray[Any]:
    """Turn indicators of classes back into labels."""
    labels: NDArray[Any] = network._label_binarizer.inverse_transform(y)
    return labels


def count_improvement(
    network: Network, validation: tuple[Any, Any, Any], score: float | None = None
) -> None:
    """Compare the epoch with the best one so far, by its loss or on the validation rows.

    `score` is that of the validation rows, if it is known.
    """
    if score is not None:
        vars(network)["_score"] = lambda *args, **named: score
    try:
        network._update_no_improvement_count(network.early_stopping, *validation)
    finally:
        vars(network).pop("_score", None)


def has_stalled(network: Network) -> bool:
    """Return whether too many epochs in a row brought no improvement."""
    return bool(network._no_improvement_count > network.n_iter_no_change)


def set_epochs_without_improvement(network: Network, n_epochs: int) -> None:
    """Set how many epochs in a row brought no improvement."""
    network._no_improvement_count = n_epochs


def restore_best_weights(network: Network) -> None:
    """With early stopping, go back to the weights that validated best."""
    if network.early_stopping:
        network.coefs_, network.intercepts_ = network._best_coefs, network._best_intercepts


class InitialState:
    """A network before its first epoch, to be trained again from there."""

    def __init__(self, network: Network) -> None:
        self._coefs = [coefs.copy() for coefs in network.coefs_]
        self._intercepts = [intercepts.copy() for intercepts in network.intercepts_]
        self._generator_state = network._random_state.get_state()

    def restore(self, network: Network, y: NDArray[Any], dtype: np.dtype[Any]) -> None:
        """Put the network back into this state."""
        widths = [len(self._coefs[0]), *map(len, self._intercepts)]
        network._initialize(y, widths, dtype)
        network.coefs_, network.intercepts_ = self._coefs, self._intercepts
        network._best_coefs = [coefs.copy() for coefs in self._coefs]
        network._best_intercepts = [intercepts.copy() for intercepts in self._intercepts]
        network._random_state.set_state(self._generator_state)
        del network._optimizer
