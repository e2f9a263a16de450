"""Values as JSON that gives them back exactly, and nothing else.

Plain values stay what they are in JSON; an object with one key says what JSON has no word for:
``{"tuple": [...]}``, ``{"dict": [[key, value], ...]}``, ``{"float": "nan"}``,
``{"numpy": ["float64", ...]}``. Of all other values, estimators or callables, there is
``{"object": [text, digest]}``: the text is for reading and the digest tells two of them apart;
the value itself comes from the space. Nothing is ever executed to read them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np

Json = Any
"""What :mod:`json` reads and writes."""

MAX_TEXT = 500
"""Characters that are kept of the text of an object."""

_NUMPY = {
    name: getattr(np, name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64"),
    )
}


class ObjectText(str):
    """The text of a value that is not kept itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Without quotes: it is no str."""
        return str(self)


def encode(value: Any, digest: Callable[[Any], str]) -> Json:
    """A value as JSON.

    Parameters
    ----------
    value : object
        Any value.
    digest : callable
        Gives what tells a value that is not plain from others.
    """
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if type(value) is list:
        return [encode(each, digest) for each in value]
    if type(value) is tuple:
        return {"tuple": [encode(each, digest) for each in value]}
    if type(value) is dict:
        return {"dict": [[encode(k, digest), encode(v, digest)] for k, v in value.items()]}
    if type(value) is np.str_:
        return {"numpy": ["str", str(value)]}
    if isinstance(value, np.generic) and value.dtype.name in _NUMPY:
        return {"numpy": [value.dtype.name, encode(value.item(), digest)]}
    # A function's text has its address, which changes.
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", str(value))
    return {"object": [text[:MAX_TEXT], digest(value)]}


def decode(value: Json) -> Any:
    """The value that was encoded; its text, of one that is not plain.

    Raises
    ------
    ValueError
        If it is nothing that :func:`encode` returns.
    """
    if isinstance(value, list):
        return [decode(each) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) != 1:
        raise ValueError(f"{value!r} is no encoded value.")
    ((kind, content),) = value.items()
    if kind == "float" and content in ("nan", "inf", "-inf"):
        return float(content)
    if kind == "tuple" and isinstance(content, list):
        return tuple(decode(each) for each in content)
    if kind == "dict" and _are_pairs(content):
        return {decode(key): decode(each) for key, each in content}
    if kind == "numpy" and _are_pairs([content]) and content[0] in (*_NUMPY, "str"):
        return _numpy_scalar(content[0], decode(content[1]))
    if kind == "object" and _are_pairs([content]) and isinstance(content[0], str):
        return ObjectText(content[0])
    raise ValueError(f"{value!r} is no encoded value.")


def to_text(value: Json) -> str:
    """JSON as text, the same for what is the same."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def from_text(text: str) -> Json:
    """JSON from text.

    Raises
    ------
    ValueError
        If it is none.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("There are too many brackets in it.") from None


def _are_pairs(content: Json) -> bool:
    return isinstance(content, list) and all(
        isinstance(pair, list) and len(pair) == 2 for pair in content
    )


def _numpy_scalar(name: str, value: Any) -> Any:
    try:
        return np.str_(value) if name == "str" else _NUMPY[name](value)
    except (OverflowError, TypeError) as error:
        raise ValueError(f"{value!r} is no {name}.") from error
