"""Trials and results as the content of a journal's rows, and back."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sk_hpt._trials import FitResult, LearningCurve, Trial
from sk_hpt._types import Scores
from sk_hpt.journal._fingerprint import value_digest
from sk_hpt.journal._log import Entry
from sk_hpt.journal._values import Json, decode, encode, from_text, to_text

Place = tuple[int, int]
"""A fold, and how far below the top its training was when this was found."""


@dataclass
class Memory:
    """What the rows of a journal say.

    ``trials`` are the settings, encoded, by number; ``results`` by number and then in the order
    in which they came, the last of them after ``seconds`` of the search. Of trials below
    ``n_settled`` the search is done with the folds.
    """

    search: dict[str, Json] | None = None
    trials: dict[int, Json] = field(default_factory=dict)
    results: dict[int, dict[Place, FitResult]] = field(default_factory=dict)
    n_settled: int = 0
    seconds: float = 0.0

    def take_in(self, entry: Entry) -> None:
        """Read one more row.

        Raises
        ------
        ValueError, KeyError, TypeError
            If it says nothing that a journal says.
        """
        content = from_text(entry.content)
        if entry.kind == "search":
            self.search = content
        elif entry.kind == "trial":
            self.trials[int(content["trial"])] = content["params"]
        elif entry.kind == "result":
            result = _decoded(content)
            self.results.setdefault(result.trial, {})[place_of(result)] = result
            self.seconds = max(self.seconds, result.finish_time)
        elif entry.kind == "settled":
            self.n_settled = int(content)
        else:
            raise ValueError(f"{entry.kind!r} is no kind of row.")


def search_entry(search: Mapping[str, Json]) -> Entry:
    """What a search is, and how it began."""
    return Entry("search", to_text(search))


def trial_entry(trial: Trial, params: Json) -> Entry:
    """The setting of a trial."""
    return Entry("trial", to_text({"trial": trial.number, "params": params}))


def settled_entry(n_trials: int) -> Entry:
    """That nothing more will come of the trials before this one."""
    return Entry("settled", to_text(n_trials))


def result_entry(result: FitResult) -> Entry:
    """The result of a fit, or of its way so far."""
    content: dict[str, Json] = {
        "trial": result.trial,
        "fold": result.fold,
        "fit_time": _number(result.fit_time),
        "score_time": _number(result.score_time),
        "n_epochs": int(result.n_epochs),
        "finish_time": _number(result.finish_time),
    }
    for name in ("test_scores", "train_scores"):
        scores = getattr(result, name)
        if scores is not None:
            content[name] = _encoded_scores(scores)
    if not result.has_converged:
        content["has_converged"] = False
    if result.error is not None:
        content["error"] = result.error
    if result.rung_scores:
        content["rung_scores"] = [
            [int(below), _encoded_scores(scores)] for below, scores in result.rung_scores.items()
        ]
    if result.curve is not None:
        content["loss"] = _packed(result.curve.loss)
        if result.curve.validation is not None:
            content["validation"] = _packed(result.curve.validation)
    return Entry("result", to_text(content))


def place_of(result: FitResult) -> Place:
    """Where a result stands."""
    return result.fold, 0 if result.is_complete else min(result.rung_scores, default=0)


def encoded_params(params: Mapping[str, Any]) -> Json:
    """A setting as JSON."""
    return encode(dict(params), value_digest)


def are_same_params(one: Json, other: Json) -> bool:
    """Whether two encoded settings are the same; texts of objects may differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        if "object" in one:
            return bool(one["object"][1] == other["object"][1])
        return all(are_same_params(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(are_same_params, one, other))
    return type(one) is type(other) and one == other


def _decoded(content: Json) -> FitResult:
    return FitResult(
        int(content["trial"]),
        int(content["fold"]),
        float(decode(content["fit_time"])),
        float(decode(content["score_time"])),
        _decoded_scores(content.get("test_scores")),
        _decoded_scores(content.get("train_scores")),
        content.get("error"),
        {int(below): cast("Scores", _decoded_scores(s)) for below, s in content["rung_scores"]}
        if "rung_scores" in content
        else {},
        int(content["n_epochs"]),
        bool(content.get("has_converged", True)),
        curve=_decoded_curve(content),
        finish_time=float(decode(content["finish_time"])),
    )


def _decoded_curve(content: Json) -> LearningCurve | None:
    if "loss" not in content:
        return None
    validation = _unpacked(content["validation"]) if "validation" in content else None
    return LearningCurve(_unpacked(content["loss"]), validation)


def _packed(values: NDArray[np.float32]) -> str:
    """Base64 of little-endian float32: half as long as numbers in JSON, and exact."""
    return base64.b64encode(values.astype("<f4").tobytes()).decode()


def _unpacked(text: str) -> NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(text, validate=True), "<f4").astype(np.float32)


def _encoded_scores(scores: Scores) -> Json:
    if isinstance(scores, dict):
        return {"dict": [[str(name), _number(score)] for name, score in scores.items()]}
    return _number(scores)


def _number(value: Any) -> Json:
    return encode(value if type(value) in (bool, int, float) else float(value), repr)


def _decoded_scores(content: Json) -> Scores | None:
    scores = decode(content)
    numbers = scores.values() if isinstance(scores, dict) else [scores]
    if not all(isinstance(number, (int, float)) or number is None for number in numbers):
        raise ValueError(f"{content!r} are no scores.")
    return cast("Scores | None", scores)
