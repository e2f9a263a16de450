"""The description of settings and data that tells one search from another.

Settings and data are described as JSON that is the same in every process: small values as they
are, data by a digest of the content. Two descriptions are compared part by part, so that an error
can name what differs.

Data are not hashed with :func:`joblib.hash`. It hashes a pickle, which depends on more than the
content. Equal data have different hashes if they differ in memory layout (C or Fortran order, or
a view with strides), in the index of a data frame or how its columns are grouped in blocks, in the
chunks of a polars frame, in the order of a sparse matrix's indices, or if equal items of a list or
an object array are the same object in one of them: ``hash([t, t]) != hash([t, copy of t])`` for a
tuple, Decimal or Timestamp ``t``. Masked arrays raise an error. Bringing the data into one form
is most of the code below, and after that a digest is as short, and as fast: 9 ms for (200000, 5)
floats, where joblib takes 11 ms, and 0.22 s for 200,000 strings with either.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import sparray, spmatrix

from sk_hpt.journal._values import Json, encode, to_text

IGNORED_PARAMETERS = {"verbose", "n_jobs", "memory"}
"""Parameters of scikit-learn's estimators that do not change results."""

PLAIN_TYPES = {str, int, bool, type(None)}
"""Types whose values are their own descriptions."""

MAX_DEPTH = 20
"""Levels of nested objects that are described."""

MAX_SUMMARY_LENGTH = 60
"""Number of characters of a description that an error shows."""

DATA_KINDS = {"array", "frame", "list", "sparse"}
"""Keys of the descriptions of data, which begin with a type and a shape."""

WHOLE_KINDS = DATA_KINDS | {"bytes", "float", "numpy", "set"}
"""Keys of the descriptions that are compared as a whole."""


class Difference(NamedTuple):
    """A part in which two descriptions differ."""

    name: str
    one: Json
    other: Json

    def __str__(self) -> str:
        """Return the difference in words: the first is that in the journal."""
        stored, new = summarize(self.one), summarize(self.other)
        if stored == new:
            return f"{self.name} ({new} with other content)"
        return f"{self.name} ({stored} in the journal, {new} now)"


def digest(*parts: str | bytes | memoryview) -> str:
    """Return a text that tells these parts from others."""
    found = hashlib.blake2b(digest_size=16)
    for part in parts:
        found.update(part.encode() if isinstance(part, str) else part)
        found.update(b"\0")
    return found.hexdigest()


def digest_value(value: object, parents: tuple[int, ...] = ()) -> str:
    """Return a text that tells a value from others."""
    return digest(to_text(describe(value, parents)))


def describe(value: object, parents: tuple[int, ...] = ()) -> Json:
    """Return JSON that is the same for equal values, in every process.

    Parameters
    ----------
    value : object
        Any value.
    parents : tuple of int
        Identities of the objects that contain the value. A value that contains itself is
        described by its type.
    """
    if id(value) in parents or len(parents) > MAX_DEPTH:
        return _name(type(value))
    parents = (*parents, id(value))
    if isinstance(value, dict):
        return _describe_dict(value, parents)
    if isinstance(value, (list, tuple)):
        items = _describe_items(value, parents)
        return items if isinstance(value, list) else {"tuple": items}
    if isinstance(value, (set, frozenset)):
        # Sorted, because the order of a set depends on the hash seed of the process.
        return {"set": [*sorted(to_text(describe(item, parents)) for item in value)]}
    if value is None or isinstance(value, (bool, int, float, str, np.generic)):
        return encode(value, repr)
    if inspect.isroutine(value) or inspect.isclass(value):
        return _name(value)
    if isinstance(value, bytes):
        return {"bytes": digest(value)}
    return _describe_data(value, parents) or _describe_object(value, parents)


def describe_data(data: object) -> Json:
    """Return the description of data. Of a list, which may be long, it is a digest."""
    if isinstance(data, (list, tuple)):
        return {"list": [type(data).__name__, [len(data)], digest_value(data)]}
    return describe(data)


def differences(one: Json, other: Json, name: str = "") -> Iterator[Difference]:
    """Return the parts in which two descriptions differ."""
    if isinstance(one, dict) and isinstance(other, dict) and _have_same_parts(one, other):
        for key in one:
            # ("tuple" is a key of ours, and no part of the name.)
            suffix = "" if key == "tuple" else f".{key}" if name else key
            yield from differences(one[key], other[key], f"{name}{suffix}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for i, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{name}[{i}]")
    elif type(one) is not type(other) or one != other:
        yield Difference(name, one, other)


def summarize(description: Json) -> str:
    """Return a description in a few words, for an error."""
    match description:
        case {**items} if len(items) == 1 and DATA_KINDS & items.keys():
            ((kind, content),) = items.items()
            if isinstance(content, list):
                return f"{kind} of {content[0]} {content[1]}"
        case {"class": str(name)}:
            return f"{name.split('.')[-1]}(...)"
    text = to_text(description)
    if len(text) <= MAX_SUMMARY_LENGTH:
        return text
    return f"{text[: MAX_SUMMARY_LENGTH - 3]}..."


def _have_same_parts(one: dict[str, Json], other: dict[str, Json]) -> bool:
    return one.keys() == other.keys() and WHOLE_KINDS.isdisjoint(one)


def _describe_items(items: Sequence[object], parents: tuple[int, ...]) -> list[Json]:
    # Strings and numbers are their own descriptions, and each object is described once: a column
    # has one object for all of its missing values.
    known: dict[int, Json] = {}
    described: list[Json] = []
    for item in items:
        if type(item) in PLAIN_TYPES:
            described.append(cast("Json", item))
            continue
        if id(item) not in known:
            known[id(item)] = describe(item, parents)
        described.append(known[id(item)])
    return described


def _describe_dict(items: Mapping[Any, object], parents: tuple[int, ...]) -> dict[str, Json]:
    named = {_key(key): item for key, item in items.items()}
    return {name: describe(named[name], parents) for name in sorted(named)}


def _describe_object(value: object, parents: tuple[int, ...]) -> dict[str, Json]:
    return {"class": _name(type(value)), **_describe_dict(_parts(value), parents)}


def _parts(value: object) -> Mapping[str, object]:
    """Return what tells an object from others of its class."""
    if isinstance(value, functools.partial):
        return {"call": [value.func, value.args, value.keywords]}
    if hasattr(value, "get_params"):
        params = value.get_params(deep=False)
        return {name: params[name] for name in params if name not in IGNORED_PARAMETERS}
    if dataclasses.is_dataclass(value):
        # Only the fields: a cached_property adds other attributes.
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if hasattr(value, "dist") and hasattr(value, "args") and hasattr(value, "kwds"):
        # A frozen distribution of scipy.stats, whose class says less than its family.
        family = getattr(value.dist, "name", None) or _name(type(value.dist))
        return {"class": family, "args": [value.args, value.kwds]}
    if isinstance(value, np.random.RandomState):
        return {"state": digest_value(value.get_state(legacy=False))}
    if isinstance(value, np.random.Generator):
        return {"state": digest_value(value.bit_generator.state)}
    if getattr(value, "__dict__", None):
        return vars(value)
    # A text with an address would be another one in the next process.
    text = repr(value)
    return {} if " at 0x" in text else {"text": text}


def _describe_data(data: object, parents: tuple[int, ...]) -> dict[str, Json] | None:
    """Return the type, the shape and a digest of data; None if it is something else.

    The index of a frame or a series is left out: it has no influence on a search.
    """
    if isinstance(data, np.ndarray):
        return _describe_array(data, parents)
    if sparse.issparse(data):
        return _describe_sparse(data)
    if hasattr(data, "columns") and hasattr(data, "shape"):
        cells: Any = getattr(data, "iloc", data)  # of pandas or polars
        content = [list(data.columns), *(cells[:, i] for i in range(data.shape[1]))]
        return {"frame": [_name(type(data)), list(data.shape), digest_value(content, parents)]}
    if hasattr(data, "dtype") and hasattr(data, "shape") and hasattr(data, "__array__"):
        kind = f"{_name(type(data))} {data.dtype}"
        parts = _column_parts(data)
        found = digest_value(np.asarray(data) if parts is None else parts, parents)
        return {"array": [kind, list(data.shape), found]}
    return None


def _column_parts(column: Any) -> list[Any] | None:
    """Return arrays that say the same as a column of pandas or polars together with its dtype.

    None if :func:`numpy.asarray` serves. Of the types below it makes objects, each of which takes
    microseconds to describe, or floats, which are not exact for large integers.
    """
    array, dtype = getattr(column, "array", column), column.dtype
    match type(dtype).__name__:
        case "DatetimeTZDtype":
            return [array.tz_convert(None)]  # in UTC
        case "PeriodDtype":
            return [array.asi8]
        case "IntervalDtype":
            return [array.left, array.right]
        case "CategoricalDtype" if _column_parts(array.categories) is not None:
            return [array.categories, array.codes]
        case "ArrowDtype" if str(dtype).startswith("timestamp"):
            return [array.to_numpy(dtype=dtype.numpy_dtype)]  # in UTC
        case "ArrowDtype" if str(dtype).startswith(("date", "time", "decimal")):
            return [array.astype("string")]
        case "Time":  # of polars, as the next one
            return [column.to_physical()]
        case "Decimal":
            return [column.cast(str)]
    return _known_and_missing(column)


def _known_and_missing(column: Any) -> list[Any] | None:
    """Return the values of a nullable column, and which are missing; None if none is."""
    array, dtype = getattr(column, "array", column), column.dtype
    if hasattr(dtype, "numpy_dtype") and dtype.kind in "biuf" and array.isna().any():
        zero = dtype.numpy_dtype.type(0)
        return [array.to_numpy(dtype=dtype.numpy_dtype, na_value=zero), array.isna()]
    if hasattr(column, "null_count") and column.null_count() and dtype.is_integer():  # polars
        return [column.fill_null(0), column.is_null()]
    return None


def _describe_array(array: NDArray[Any], parents: tuple[int, ...]) -> dict[str, Json]:
    kind: list[Json] = [str(array.dtype), list(array.shape)]
    if array.dtype.hasobject:
        return {"array": [*kind, digest_value(array.ravel().tolist(), parents)]}
    if isinstance(array, np.ma.MaskedArray):
        # What lies below the mask has no influence.
        kind.append(digest(np.ascontiguousarray(np.ma.getmaskarray(array)).data))
        array = array.filled()
    # As bytes, because some types, such as datetime64, do not offer theirs.
    flat = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    return {"array": [*kind, digest(flat.data)]}


def _describe_sparse(matrix: spmatrix | sparray) -> dict[str, Json]:
    # In one form: rows, sorted indices of 64 bits, without duplicates.
    canonical = matrix.tocsr().copy()
    canonical.sum_duplicates()
    parts = (canonical.indptr.astype(np.int64), canonical.indices.astype(np.int64), canonical.data)
    digests = [digest(np.ascontiguousarray(part).data) for part in parts]
    return {"sparse": [matrix.format, str(matrix.dtype), list(matrix.shape), *digests]}


def _name(value: object) -> str:
    """Return the qualified name of a class or a function.

    Our own have the name of the package alone, such as ``sk_hpt.Race``: they may move within the
    package, and a journal must still recognise them.
    """
    module = getattr(value, "__module__", None) or ""
    if module.startswith("sk_hpt."):
        module = "sk_hpt"
    name = value.__qualname__ if hasattr(value, "__qualname__") else repr(value)
    return f"{module}.{name}"


def _key(key: object) -> str:
    return key if isinstance(key, str) else f"{type(key).__name__} {to_text(describe(key))}"
