"""Searches, trials and results as the rows of a journal, and back.

=============  ================================================================
kind of row    content, as JSON
=============  ================================================================
``search``     the fields of :class:`SearchRecord`; the first row
``trial``      the number of a trial and its parameters
``result``     a :class:`~sk_hpt._trials.FitResult`, without what is the default
``round_end``  the number of trials whose rounds are over
=============  ================================================================
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from sk_hpt._trials import FitResult, Job, LearningCurve, Rung, Trial
from sk_hpt._types import Scores
from sk_hpt.journal._file import Row
from sk_hpt.journal._fingerprint import digest_value
from sk_hpt.journal._values import Json, decode, encode, from_text, to_text

ResultKey: TypeAlias = tuple[int, Rung | None]
"""A fold, and the rung at which training paused; None where training ended."""


@dataclass(frozen=True)
class SearchRecord:
    """How the search began that a journal belongs to.

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
    """What the rows of a journal say together.

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
    seconds : float
        Duration of the search up to the last result.
    """

    search: SearchRecord | None = None
    trials: dict[int, Json] = field(default_factory=dict)
    results: dict[int, dict[ResultKey, FitResult]] = field(default_factory=dict)
    n_ended: int = 0
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
            case _:
                raise ValueError(f"{row.kind!r} is not a kind of row.")


def search_row(search: SearchRecord) -> Row:
    """Return the row of a search."""
    return Row("search", to_text(asdict(search)))


def trial_row(trial: Trial, params: Json) -> Row:
    """Return the row of a trial with these encoded parameters."""
    return Row("trial", to_text({"trial": trial.number, "params": params}))


def round_end_row(n_trials: int) -> Row:
    """Return the row that says that the rounds of the first trials are over."""
    return Row("round_end", to_text(n_trials))


def result_row(result: FitResult) -> Row:
    """Return the row of a result."""
    content: dict[str, Json] = {
        "trial": result.trial,
        "fold": result.fold,
        "fit_time": _encode_number(result.fit_time),
        "score_time": _encode_number(result.score_time),
        "n_epochs": int(result.n_epochs),
        "finish_time": _encode_number(result.finish_time),
    }
    if result.test_scores is not None:
        content["test_scores"] = _encode_scores(result.test_scores)
    if result.train_scores is not None:
        content["train_scores"] = _encode_scores(result.train_scores)
    if not result.has_converged:
        content["has_converged"] = False
    if result.error is not None:
        content["error"] = result.error
    if result.rung_scores:
        content["rung_scores"] = [
            [_encode_rung(rung), _encode_scores(scores)]
            for rung, scores in result.rung_scores.items()
        ]
    if result.curve is not None:
        content["loss"] = _pack(result.curve.loss)
        if result.curve.validation is not None:
            content["validation"] = _pack(result.curve.validation)
    return Row("result", to_text(content))


def result_key(result: FitResult) -> ResultKey:
    """Return the fold of a result, and the rung at which training paused."""
    # Scores are entered as training reaches the rungs, so the last one is where it paused.
    last = list(result.rung_scores)[-1] if result.rung_scores else None
    return result.fold, None if result.is_complete else last


def job_key(job: Job) -> ResultKey:
    """Return the key of the result that a job asks for."""
    return job.fold, job.rungs[-1] if job.rungs else None


def encode_params(params: Mapping[str, Any]) -> Json:
    """Return hyperparameters as JSON."""
    return encode(dict(params), digest_value)


def _encode_rung(rung: Rung) -> Json:
    return [rung.level, rung.epoch, rung.halfway]


def _decode_rung(content: Any) -> Rung:
    level, epoch, halfway = content
    return Rung(int(level), int(epoch), bool(halfway))


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
            _decode_rung(rung): _decode_scores(scores)
            for rung, scores in content.get("rung_scores", [])
        },
        int(content["n_epochs"]),
        bool(content.get("has_converged", True)),
        curve=_decode_curve(content),
        finish_time=float(decode(content["finish_time"])),
    )


def _decode_curve(content: dict[str, Any]) -> LearningCurve | None:
    if "loss" not in content:
        return None
    validation = _unpack(content["validation"]) if "validation" in content else None
    return LearningCurve(_unpack(content["loss"]), validation)


def _pack(values: NDArray[np.float32]) -> str:
    """Return base64 of little-endian float32: half as long as numbers in JSON, and exact."""
    return base64.b64encode(values.astype("<f4").tobytes()).decode()


def _unpack(text: str) -> NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(text, validate=True), "<f4").astype(np.float32)


def _encode_scores(scores: Scores) -> Json:
    if isinstance(scores, dict):
        return {"dict": [[str(name), _encode_number(score)] for name, score in scores.items()]}
    return _encode_number(scores)


def _encode_number(value: float) -> Json:
    # Scores may be numpy scalars, or anything that has a float.
    return encode(value if type(value) in (bool, int, float) else float(value), repr)


def _decode_scores(content: Json) -> Scores:
    scores = decode(content)
    numbers = scores.values() if isinstance(scores, dict) else [scores]
    if not all(isinstance(number, (int, float)) for number in numbers):
        raise ValueError(f"{content!r} are not scores.")
    return cast("Scores", scores)
