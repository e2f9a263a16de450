import io
import sys

import pytest
from estimators import Scored

from sk_hpt import GridSearchNN
from sk_hpt._reporting import encodable


class Named(float):
    """A number with a text that few streams can show."""

    def __str__(self):
        return "→"

    def __format__(self, spec):
        return "→"


def stream(encoding):
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


def test_what_cannot_be_encoded_is_escaped():
    assert encodable("ü ± a", stream("ascii")) == "\\xfc \\xb1 a"
    assert encodable("ü ± a", stream("utf-8")) == "ü ± a"
    assert encodable("ü", object()) == encodable("ü", io.StringIO()) == "ü"


@pytest.mark.parametrize("verbose", [1, 10])
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_everything_prints_on_a_stream_of_few_characters(encoding, verbose, monkeypatch):
    """Among the choices is a text of the user's that the stream does not know."""
    shown = stream(encoding)
    monkeypatch.setattr(sys, "stdout", shown)
    space = {"value": [1.0, 2.0], "seconds": [0, Named(0.0)]}
    search = GridSearchNN(Scored(), space, cv=2, verbose=verbose)
    print(search.fit([[0.0]] * 4).summary())
    shown.seek(0)
    assert "score (mean +/- std)" in shown.read()


def test_the_summary_has_only_plain_characters_of_its_own():
    search = GridSearchNN(Scored(), {"value": [1.0, 2.0]}, cv=2).fit([[0.0]] * 4)
    assert search.summary().isascii()
    assert "±" in search._repr_html_()
