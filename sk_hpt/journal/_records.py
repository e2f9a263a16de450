"""Searches, trials and results as the rows of a journal, and back.

=============  ================================================================
kind of row    content, as JSON
=============  ================================================================
``search``     the fields of :class:`SearchRecord`; the first row
``trial``      the number of a trial and its parameters
``result``     a :class:`~sk_hpt._trials.FitResult`, without what is empty or the default
``round_end``  the number of trials whose rounds are over
``end``        the trial at which a search ended itself, and its `n_iter`
=============  ================================================================
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from sk_hpt._trials import FitResult, LearningCurve, Rung
from sk_hpt._types import Scores
from sk_hpt.journal._file import Row
from sk_hpt.journal._values import Json, decode, encode, from_text

ResultKey: TypeAlias = tuple[int, Rung | None]
"""A fold, and the rung at which training paused; None where training ended."""


@dataclass(frozen=True)
class SearchRecord:
    """Beginning of the search that a journal belongs to.

    Parameters
    ----------
    fields : dict
        Descriptions of the settings, the data and the folds, by name.
    seed, n_iter : int or None
        The :class:`~sk_hpt.journal._base.SearchStart`.
    n_folds : int
        The number of folds.
    versions : dict
        The versions of Python and of libraries that the trials may depend on.
    """

    fields: dict[str, Json]
    seed: int | None
    n_iter: int | None
    n_folds: int
    versions: dict[str, str]


@dataclass
class JournalState:
    """Content of all rows of a journal together.

    Parameters
    ----------
    search : SearchRecord or None
        The search, once a journal has one.
    trials : dict
        Encoded parameters by the number of the trial.
    results : dict
        Results by the number of the trial, then by fold and rung, in the order of their arrival.
    n_ended : int
        The number of trials whose rounds are over: nothing more will come of them.
    ends : dict
        The `n_iter` of searches that ended themselves, by the number of their last trial.
    seconds : float
        Duration of the search up to the last result.
    """

    search: SearchRecord | None = None
    trials: dict[int, Json] = field(default_factory=dict)
    results: dict[int, dict[ResultKey, FitResult]] = field(default_factory=dict)
    n_ended: int = 0
    ends: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0

    def apply(self, row: Row) -> None:
        """Read one more row.

        Raises
        ------
        ValueError, KeyError, TypeError
            If no journal contains such a row.
        """
        content = from_text(row.content)
        match row.kind:
            case "search":
                self.search = SearchRecord(**content)
            case "trial":
                self.trials[int(content["trial"])] = content["params"]
            case "result":
                result = _decode_result(content)
                self.results.setdefault(result.trial, {})[result_key(result)] = result
                self.seconds = max(self.seconds, result.finish_time)
            case "round_end":
                self.n_ended = int(content)
            case "end":
                self.ends[int(content["trial"])] = int(content["n_iter"])
            case _:
                raise ValueError(f"{row.kind!r} is not a kind of row.")


def encode_result(result: FitResult) -> dict[str, Json]:
    """Return the content of a result's row."""
    rung_scores: list[Json] = [
        [[rung.level, rung.n_resources, rung.halfway], _encode_scores(scores)]
        for rung, scores in result.rung_scores.items()
    ]
    content: dict[str, Json] = {
        "trial": result.trial,
        "fold": result.fold,
        "fit_time": _encode_number(result.fit_time),
        "score_time": _encode_number(result.score_time),
        "n_epochs": int(result.n_epochs),
        "n_resources": result.n_resources or None,
        "finish_time": _encode_number(result.finish_time),
        "worker": result.worker or None,
        "seconds": _encode_number(result.seconds) if result.worker else None,
        "test_scores": _encode_scores(result.test_scores),
        "train_scores": _encode_scores(result.train_scores),
        "has_converged": None if result.has_converged else False,
        "error": result.error,
        "rung_scores": rung_scores or None,
        "loss": _pack(getattr(result.curve, "loss", None)),
        "validation": _pack(getattr(result.curve, "validation", None)),
    }
    return {name: value for name, value in content.items() if value is not None}


def result_key(result: FitResult) -> ResultKey:
    """Return the fold of a result, and the rung at which training paused."""
    # Scores are entered as training reaches the rungs, so the last one is where it paused.
    last = list(result.rung_scores)[-1] if result.rung_scores else None
    return result.fold, None if result.is_complete else last


def _decode_result(content: dict[str, Any]) -> FitResult:
    return FitResult(
        int(content["trial"]),
        int(content["fold"]),
        float(decode(content["fit_time"])),
        float(decode(content["score_time"])),
        _decode_scores(content["test_scores"]) if "test_scores" in content else None,
        _decode_scores(content["train_scores"]) if "train_scores" in content else None,
        content.get("error"),
        {
            Rung(int(level), int(n_resources), bool(halfway)): _decode_scores(scores)
            for (level, n_resources, halfway), scores in content.get("rung_scores", [])
        },
        int(content["n_epochs"]),
        bool(content.get("has_converged", True)),
        int(content.get("n_resources", 0)),
        curve=_decode_curve(content),
        finish_time=float(decode(content["finish_time"])),
        # Journals of development versions have no workers.
        worker=str(content.get("worker", "")),
        seconds=float(decode(content.get("seconds", 0.0))),
    )


def _decode_curve(content: dict[str, Any]) -> LearningCurve | None:
    if "loss" not in content:
        return None
    validation = _unpack(content["validation"]) if "validation" in content else None
    return LearningCurve(_unpack(content["loss"]), validation)


def _pack(values: NDArray[np.float32] | None) -> str | None:
    """Return base64 of little-endian float32: half as long as numbers in JSON, and exact."""
    return None if values is None else base64.b64encode(values.astype("<f4").tobytes()).decode()


def _unpack(text: str) -> NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(text, validate=True), "<f4").astype(np.float32)


def _encode_scores(scores: Scores | None) -> Json:
    if isinstance(scores, dict):
        return {"dict": [[str(name), _encode_number(score)] for name, score in scores.items()]}
    return None if scores is None else _encode_number(scores)


def _encode_number(value: float) -> Json:
    # Scores may be numpy scalars, or anything that has a float.
    return encode(value if type(value) in (bool, int, float) else float(value), repr)


def _decode_scores(content: Json) -> Scores:
    scores = decode(content)
    numbers = scores.values() if isinstance(scores, dict) else [scores]
    if not all(isinstance(number, (int, float)) for number in numbers):
        raise ValueError(f"{content!r} are not scores.")
    return cast("Scores", scores)
