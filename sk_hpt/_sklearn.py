"""The one file that knows scikit-learn's versions and its private names.

What is here has no public counterpart: parameter validation with scikit-learn's messages,
splitting a data set as its searches do, the scorers inside a multi-metric scorer, and the tree
of tasks that scikit-learn 1.9's callbacks watch.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any, TypeVar

import sklearn
from sklearn.base import _fit_context
from sklearn.metrics import accuracy_score
from sklearn.metrics._scorer import (
    _BaseScorer,
    _MultimetricScorer,
    _PassthroughScorer,
    _Scorer,
)
from sklearn.utils._array_api import device, get_namespace
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils._repr_html.estimator import _VisualBlock
from sklearn.utils.metadata_routing import _raise_for_params, _routing_enabled
from sklearn.utils.metaestimators import _safe_split
from sklearn.utils.metaestimators import available_if as _available_if
from sklearn.utils.validation import _check_method_params, _num_samples

try:  # scikit-learn >= 1.9
    from sklearn.callback import AutoPropagatedCallback, CallbackContext, CallbackSupportMixin
except ImportError:

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stands in where scikit-learn has no callbacks: no ``set_callbacks``."""


class DiagramMixin:
    """Puts something under scikit-learn's diagram of an estimator in a notebook."""

    def _html_repr(self) -> str:
        return str(super()._html_repr()) + self._below_the_diagram()  # type: ignore[misc]

    def _below_the_diagram(self) -> str:
        raise NotImplementedError


__all__ = [
    "CallbackSupportMixin",
    "DiagramMixin",
    "HasMethods",
    "Interval",
    "StrOptions",
    "VisualBlock",
    "accepts_sample_weight",
    "available_if",
    "callback_context_within",
    "check_method_params",
    "fit_context",
    "has_callbacks",
    "is_accuracy",
    "is_standard_scorer",
    "num_samples",
    "raise_for_params",
    "router_owner",
    "routing_enabled",
    "safe_split",
    "scorers_by_metric",
    "split_indices",
    "start_callback_context",
    "subtask_for_worker",
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


def split_indices(X: Any, train: Any, test: Any) -> tuple[Any, Any]:
    """The two index arrays in the array namespace of `X`, on its device."""
    xp, _ = get_namespace(X)
    return xp.asarray(train, device=device(X)), xp.asarray(test, device=device(X))


def scorers_by_metric(scorer: Any) -> Mapping[str, Any] | None:
    """The scorers inside a multi-metric scorer by name; None for any other scorer."""
    return scorer._scorers if isinstance(scorer, _MultimetricScorer) else None


def is_standard_scorer(scorer: Any) -> bool:
    """Whether a scorer asks the estimator for nothing but its predictions or its own score."""
    scorers = scorer._scorers.values() if isinstance(scorer, _MultimetricScorer) else [scorer]
    return all(isinstance(each, (_BaseScorer, _PassthroughScorer)) for each in scorers)


def is_accuracy(scorer: Any) -> bool:
    """Whether a scorer gives a classifier its accuracy, without options."""
    if type(scorer) is _Scorer:
        return scorer._score_func is accuracy_score and scorer._sign == 1 and not scorer._kwargs
    return isinstance(scorer, _PassthroughScorer)


def accepts_sample_weight(scorer: Any) -> bool:
    """Whether a scorer, of one metric or of several, takes ``sample_weight``."""
    if hasattr(scorer, "_accept_sample_weight"):
        return bool(scorer._accept_sample_weight())
    return "sample_weight" in signature(scorer).parameters


def router_owner(search: Any) -> Any:
    """What a metadata router calls its owner: since scikit-learn 1.8 the object, once its name."""
    return search if VERSION >= (1, 8) else type(search).__name__


def has_callbacks(estimator: Any) -> bool:
    """Whether callbacks were set on the estimator or on one within it."""
    nested = estimator.get_params(deep=True).values() if hasattr(estimator, "get_params") else ()
    return any(hasattr(each, "_skl_callbacks") for each in (estimator, *nested))


def start_callback_context(search: Any, n_subtasks: int) -> Any:
    """The root of the tree of tasks that callbacks watch during a fit of `search`."""
    return search._init_callback_context(max_subtasks=n_subtasks)


def subtask_for_worker(root: Any, parent: Any, task_name: str, task_id: int) -> Any:
    """A subtask of `parent` that sees its ancestors but none of its siblings.

    With its siblings each task that travels to a worker would carry all the others along.
    """
    root = _without_children(root)
    parent = _without_children(parent)
    parent.parent = root
    return parent.subcontext(task_name=task_name, task_id=task_id)


def callback_context_within(estimator: Any, n_subtasks: int) -> Any:
    """A context for the fit of an estimator that does not support callbacks by itself.

    Parameters
    ----------
    estimator : estimator object
        One that is fitted within a task that callbacks watch.
    n_subtasks : int
        How many tasks its fit has at most.

    Returns
    -------
    context : CallbackContext or None
        One and the same task as that within which it is fitted, as scikit-learn has it for all
        estimators; None if no callback looks so deep.
    """
    parent = getattr(estimator, "_parent_callback_ctx", None)
    callbacks = [each for each in getattr(parent, "_callbacks", []) if _looks_below(each, parent)]
    if not callbacks:
        return None
    context = CallbackContext._from_estimator(estimator, "fit", 0, n_subtasks, True)
    context._callbacks = callbacks
    return context


def _looks_below(callback: Any, context: Any) -> bool:
    if not isinstance(callback, AutoPropagatedCallback):
        return False
    depth = callback.max_propagation_depth
    return depth is None or context._propagation_depth < depth


def _without_children(context: Any) -> Any:
    context = copy.copy(context)
    context._children_map = {}
    return context
