"""Values that are restored exactly, and texts that are refused."""

import contextlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sk_hpt.journal._values import ObjectText, decode, encode, from_text, to_text

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.floats().map(np.float64)
    | st.floats(width=32).map(np.float32)
    | st.integers(-(2**63), 2**63 - 1).map(np.int64)
    | st.booleans().map(np.bool_)
    | st.text().map(np.str_)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text() | st.integers() | st.tuples(st.integers()), inner)
    ),
    max_leaves=10,
)


def no_digest(value):
    raise AssertionError(f"{value!r} is plain")


@given(VALUES)
def test_plain_values_are_restored_exactly(value):
    back = decode(from_text(to_text(encode(value, no_digest))))
    assert repr(back) == repr(value) and type(back) is type(value)


@given(st.recursive(SCALARS.filter(lambda v: not isinstance(v, np.generic)), st.lists).map(repr))
def test_any_text_is_decoded_or_refused(text):
    with contextlib.suppress(ValueError):
        decode(from_text(text))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"numpy": ["object", 1]}',
        '{"numpy": ["int8", 1000]}',
        '{"float": "1e5"}',
        '{"import": "os"}',
        '{"a": 1, "b": 2}',
        '{"dict": [1]}',
        "9" * 5000,
    ],
)
def test_other_json_is_refused(text):
    with pytest.raises(ValueError):
        decode(from_text(text))


def test_other_objects_are_stored_as_text_and_digest():
    encoded = encode({"f": math.sin, "x": [lambda: 0]}, lambda value: "abc")
    text = to_text(encoded)
    assert "0x" not in text and text.count("abc") == 2
    back = decode(encoded)
    assert isinstance(back["f"], ObjectText) and repr(back["f"]) == "<built-in function sin>"
