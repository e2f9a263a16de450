"""Routing of the parameters of `fit` to the estimator, the scorer and the splitter."""

from __future__ import annotations

from inspect import Parameter, signature

from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline
from sklearn.utils import Bunch
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing

from sk_hpt._evaluation import check_weights_are_scored
from sk_hpt._search.parameters import SearchParameters
from sk_hpt._sklearn import router_owner, routing_enabled
from sk_hpt._types import Estimator, Params, Scorer


def metadata_router(search: SearchParameters, scorer: Scorer) -> MetadataRouter:
    """Return the routes that a search offers if metadata routing is enabled."""
    to_fit = MethodMapping().add(caller="fit", callee="fit")
    to_split = MethodMapping().add(caller="fit", callee="split")
    # The scorer is called by fit, on the folds, and by the search's own `score`.
    to_score = MethodMapping().add(caller="score", callee="score").add(caller="fit", callee="score")
    return (
        MetadataRouter(owner=router_owner(search))
        .add(estimator=search.estimator, method_mapping=to_fit)
        .add(scorer=scorer, method_mapping=to_score)
        .add(splitter=search.cv, method_mapping=to_split)
    )


def route_params(search: SearchParameters, params: Params, scorer: Scorer) -> Bunch:
    """Return the parameters of `fit` as ``estimator.fit``, ``scorer.score``, ``splitter.split``.

    Without metadata routing, ``groups`` goes to the splitter and everything else to the
    estimator; ``sample_weight`` also goes to the scorer, unless it does not support weights.
    """
    _check_callbacks(search, params, scorer)
    if routing_enabled():
        return process_routing(search, "fit", **params)
    fit_params = dict(params)
    groups = fit_params.pop("groups", None)
    score_params = {}
    weights = fit_params.get("sample_weight")
    if weights is not None and check_weights_are_scored(scorer, search):
        score_params["sample_weight"] = weights
    return Bunch(
        estimator=Bunch(fit=fit_params),
        splitter=Bunch(split={"groups": groups}),
        scorer=Bunch(score=score_params),
    )


def _check_callbacks(search: SearchParameters, params: Params, scorer: Scorer) -> None:
    """Raise a TypeError for callbacks as scikit-optimize's `fit` takes them, unless they are used.

    As metadata they may be requested, or be a parameter of the estimator's own `fit`.
    """
    for name in {"callback", "callbacks"} & params.keys():
        if routing_enabled():
            is_taken = name in metadata_router(search, scorer).consumes("fit", [name])
        else:
            is_taken = _takes(search.estimator, name)
        if not is_taken:
            raise TypeError(
                f"{type(search).__name__}.fit takes no {name}: to limit the time, set the "
                f"parameter timeout, and to watch or stop a search, pass callbacks of scikit-learn "
                "1.9 or later to set_callbacks before fit."
            )


def _takes(estimator: Estimator, name: str) -> bool:
    """Return whether an estimator's `fit` takes a parameter."""
    if isinstance(estimator, Pipeline):
        return False  # its parameters have the prefix of a step
    if isinstance(estimator, TransformedTargetRegressor):
        return estimator.regressor is not None and _takes(estimator.regressor, name)
    parameters = signature(estimator.fit).parameters
    return name in parameters or any(
        each.kind is Parameter.VAR_KEYWORD for each in parameters.values()
    )
