"""Values as JSON that restores them exactly, and never executes anything.

What JSON has a type for is written as it is. Everything else is an object with a single key:

=================================================  ============================================
``{"tuple": [value, ...]}``                        a tuple
``{"dict": [[key, value], ...]}``                  a dict, whose keys need not be strings
``{"float": "nan"}``                               a float that JSON cannot write
``{"numpy": ["float64", value]}``                  a numpy scalar
``{"object": {"text": ..., "digest": ...}}``       any other value, such as an estimator
=================================================  ============================================

Other values are not restored: readers of the journal see their text, two of them are compared by
their digests, and the search takes the values themselves from its space.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""A value that :mod:`json` reads and writes."""

MAX_TEXT_LENGTH = 500
"""Number of characters that are stored of the text of an object."""

NUMPY_SCALARS: dict[str, Callable[[object], np.generic]] = {
    name: getattr(np, name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64"),
    )
} | {"str": np.str_}
"""Types of the numpy scalars that are restored, by name."""


class ObjectText(str):
    """The text of a value that is not restored itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the text without quotes, because the value was not a string."""
        return str(self)


def encode(value: object, digest: Callable[[object], str]) -> Json:
    """Return a value as JSON.

    Parameters
    ----------
    value : object
        Any value.
    digest : callable
        Returns a text that tells a value that cannot be restored from others.

    Returns
    -------
    encoded : Json
        What :func:`decode` restores the value from.
    """
    # The types are compared exactly: a subclass would not be restored as one.
    if value is None or type(value) is bool or type(value) is int or type(value) is str:
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if type(value) is list:
        return [encode(item, digest) for item in value]
    if type(value) is tuple:
        return {"tuple": [encode(item, digest) for item in value]}
    if type(value) is dict:
        return {"dict": [[encode(k, digest), encode(v, digest)] for k, v in value.items()]}
    if type(value) is np.str_:
        return {"numpy": ["str", str(value)]}
    if isinstance(value, np.generic) and value.dtype.name in NUMPY_SCALARS:
        return {"numpy": [value.dtype.name, encode(value.item(), digest)]}
    # The text of a function contains an address, which changes from process to process.
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", str(value))
    return {"object": {"text": text[:MAX_TEXT_LENGTH], "digest": digest(value)}}


def decode(value: Json) -> Any:
    """Return the value that was encoded, or an :class:`ObjectText` in its place.

    Raises
    ------
    ValueError
        If :func:`encode` cannot have returned `value`.
    """
    if isinstance(value, list):
        return list(map(decode, value))
    if not isinstance(value, dict):
        return value
    try:
        ((kind, content),) = value.items()
        return _restore(kind, content)
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(f"{value!r} is not an encoded value.") from error


def _restore(kind: str, content: Json) -> Any:
    match kind, content:
        case "float", "nan" | "inf" | "-inf" as text:
            return float(text)
        case "tuple", list(items):
            return tuple(map(decode, items))
        case "dict", list(pairs):
            return dict(map(decode, pairs))
        case "numpy", [str(name), scalar] if name in NUMPY_SCALARS:
            return NUMPY_SCALARS[name](decode(scalar))
        case "object", {"text": str(text)}:
            return ObjectText(text)
    raise ValueError(f"{kind!r} is not a kind of value.")


def to_text(value: Json) -> str:
    """Return JSON as text, which is the same for equal values."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def from_text(text: str) -> Any:
    """Return the JSON that a text contains.

    Raises
    ------
    ValueError
        If the text is not JSON.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("The text has too many nested brackets.") from None
