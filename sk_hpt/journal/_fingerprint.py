"""What tells one search from another.

Settings and data are described as JSON that does not depend on where objects lie in memory: small
values as they are, data by a digest of their content. Two descriptions are compared leaf by
leaf, so that an error can name what differs.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import sparse

from sk_hpt.journal._values import Json, encode, to_text

WITHOUT_INFLUENCE = {"verbose", "n_jobs", "memory"}
"""Parameters of estimators that change no result, in scikit-learn's vocabulary."""

MOST_SHOWN = 60
"""Characters of a description that an error shows."""

DEEPEST = 20
"""Objects within objects that are looked into."""

LEAVES = {"array", "bytes", "float", "frame", "list", "numpy", "set", "sparse"}
"""What a description has of things that are compared as a whole."""


def digest(*parts: Any) -> str:
    """What tells these bytes or texts from others, as text."""
    found = hashlib.blake2b(digest_size=16)
    for part in parts:
        found.update(part.encode() if isinstance(part, str) else part)
        found.update(b"\0")
    return found.hexdigest()


def value_digest(value: Any) -> str:
    """What tells one value of a parameter from others."""
    return digest(to_text(describe(value)))


def describe(value: Any, above: tuple[int, ...] = ()) -> Json:
    """JSON that is the same for what is the same, in every process.

    Objects `above`, by their identities, are not looked into again.
    """
    if id(value) in above or len(above) > DEEPEST:
        return _name(type(value))
    within = functools.partial(describe, above=(*above, id(value)))
    if isinstance(value, dict):
        return {_key(key): within(each) for key, each in sorted(value.items(), key=_order)}
    if isinstance(value, (list, tuple)):
        inner = [within(each) for each in value]
        return inner if isinstance(value, list) else {"tuple": inner}
    if isinstance(value, (set, frozenset)):
        return {"set": sorted(to_text(within(each)) for each in value)}
    if value is None or isinstance(value, (bool, int, float, str, np.generic)):
        return encode(value, repr)
    if inspect.isroutine(value) or inspect.isclass(value):
        return _name(value)
    if isinstance(value, bytes):
        return {"bytes": digest(value)}
    if isinstance(value, np.ndarray):
        return _described_array(value, within)
    if sparse.issparse(value):
        return _described_sparse(value)
    if hasattr(value, "shape") and hasattr(value, "columns"):
        return _described_frame(value, within)
    if hasattr(value, "__array__") and hasattr(value, "dtype"):
        # a series, or an array of another library; an index has no influence
        content = digest(to_text(within(np.asarray(value))))
        return {"array": [f"{_name(type(value))} {value.dtype}", list(value.shape), content]}
    return _described_object(value, within)


def described_data(data: Any) -> Json:
    """The description of data; of lists, which may be long, a digest."""
    whole = describe(data)
    if isinstance(data, (list, tuple)):
        return {"list": [type(data).__name__, [len(data)], digest(to_text(whole))]}
    return whole


def differences(there: Json, here: Json, name: str = "") -> Iterator[tuple[str, Json, Json]]:
    """Where two descriptions differ: the place, and what either has there."""
    if _has_parts(there) and isinstance(here, dict) and there.keys() == here.keys():
        for key in there:
            dot = "" if key == "tuple" else f".{key}" if name else key
            yield from differences(there[key], here[key], f"{name}{dot}")
    elif isinstance(there, list) and isinstance(here, list) and len(there) == len(here):
        for i, (one, other) in enumerate(zip(there, here, strict=True)):
            yield from differences(one, other, f"{name}[{i}]")
    elif type(there) is not type(here) or there != here:
        yield name, there, here


def shown(value: Json) -> str:
    """A description in short."""
    if isinstance(value, dict) and len(value) == 1:
        ((kind, content),) = value.items()
        if kind in ("array", "frame", "list", "sparse"):
            return f"{kind} of {content[0]} {content[1]}"
    if isinstance(value, dict) and isinstance(value.get("class"), str):
        return f"{value['class'].split('.')[-1]}(...)"
    text = to_text(value)
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 3]}..."


def check_repeatable(cv: Any) -> None:
    """Raise unless a splitter gives the same folds another time."""
    shuffles = getattr(cv, "shuffle", True)
    if shuffles and getattr(cv, "random_state", 0) is None:
        raise ValueError(
            f"cv={cv!r} splits differently at each fit, so a search with a journal could not be "
            "resumed. Give it a random_state."
        )


def _has_parts(description: Json) -> bool:
    return isinstance(description, dict) and LEAVES.isdisjoint(description)


def _described_object(value: Any, within: Any) -> Json:
    kind = _name(type(value))
    if isinstance(value, functools.partial):
        return {"class": kind, "call": within([value.func, value.args, value.keywords])}
    if hasattr(value, "get_params"):
        params = value.get_params(deep=False)
        return {"class": kind} | {
            name: within(each)
            for name, each in sorted(params.items())
            if name not in WITHOUT_INFLUENCE
        }
    if dataclasses.is_dataclass(value):
        # By fields: what a cached_property adds is none.
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {"class": kind} | within(fields)
    if all(hasattr(value, name) for name in ("dist", "args", "kwds")):
        # frozen, of scipy.stats
        distribution = getattr(value.dist, "name", None) or _name(type(value.dist))
        return {"class": distribution, "args": within([value.args, value.kwds])}
    if isinstance(value, np.random.RandomState):
        return {"class": kind, "state": value_digest(value.get_state(legacy=False))}
    if isinstance(value, np.random.Generator):
        return {"class": kind, "state": value_digest(value.bit_generator.state)}
    inner = getattr(value, "__dict__", None)
    if inner:
        return {"class": kind} | within(dict(inner))
    return {"class": kind} if " at 0x" in repr(value) else {"class": kind, "text": repr(value)}


def _described_array(array: Any, within: Any) -> Json:
    kind = [str(array.dtype), list(array.shape)]
    if array.dtype.hasobject:
        return {"array": [*kind, digest(to_text(within(array.ravel().tolist())))]}
    if isinstance(array, np.ma.MaskedArray):
        kind.append(digest(np.ascontiguousarray(np.ma.getmaskarray(array)).data))
        array = array.filled()
    # As unsigned bytes: not every dtype (datetime64 for one) has a buffer.
    flat = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    return {"array": [*kind, digest(flat.data)]}


def _described_sparse(matrix: Any) -> Json:
    canonical = matrix.tocsr().copy()
    canonical.sum_duplicates()
    parts = (canonical.indptr.astype(np.int64), canonical.indices.astype(np.int64), canonical.data)
    digests = [digest(np.ascontiguousarray(part).data) for part in parts]
    return {"sparse": [matrix.format, str(matrix.dtype), list(matrix.shape), *digests]}


def _described_frame(frame: Any, within: Any) -> Json:
    """A data frame of pandas or polars by its columns; an index has no influence."""
    numbers = range(frame.shape[1])
    columns = [frame.iloc[:, i] if hasattr(frame, "iloc") else frame[:, i] for i in numbers]
    kinds = [str(column.dtype) for column in columns]
    content = [within(column.to_numpy()) for column in columns]
    whole = to_text([within(list(frame.columns)), kinds, content])
    return {"frame": [_name(type(frame)), list(frame.shape), digest(whole)]}


def _name(value: Any) -> str:
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', repr(value))}"


def _key(key: Any) -> str:
    return key if isinstance(key, str) else f"{type(key).__name__} {to_text(describe(key))}"


def _order(item: tuple[Any, Any]) -> str:
    return _key(item[0])
