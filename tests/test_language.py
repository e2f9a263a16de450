"""Docstrings, messages and pages are written in plain English, with one word for one thing."""

import ast
import re
from pathlib import Path

import pytest

import sk_hpt

ROOT = Path(__file__).parents[1]
PACKAGE = Path(sk_hpt.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "docs" / "benchmarks" / "README.md",
    *sorted((ROOT / "examples").glob("*.py")),
]
RULED_OUT = {
    r"settings? who\b": "settings that",
    r"setting that\b": "trial",
    r"spared\b": "promoted",
    r"dropped\b": "pruned, or removed",
    r"hopeless\b": "unpromising",
    r"leaders?\b": "incumbent",
    r"openings?\b": "initial design",
    r"at the (least|most)\b": "at least, at most",
    r"so many\b(?! \w+ that)": "this many",
    r"(?!there)\w+ is no\b(?! (longer|more))": "is not a",
    r"dear(er|est)?\b": "expensive",
    r"was kind\b": "benefited from favourable noise",
}
"""Words that the glossary or the plain style replaces by others."""


def relative(path):
    return path.name if path.name == "README.md" else "/".join(path.parts[-2:])


def first_lines(source):
    """The first line of each docstring, those of attributes too."""
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else []:
            match statement:
                case ast.Expr(ast.Constant(str(text))):
                    yield text.strip().partition("\n")[0]


def questions(source):
    """First lines that are the subject of a sentence without a verb."""
    return [line for line in first_lines(source) if re.match(r"(Whether|What|How|Who|Why)\b", line)]


def ruled_out(text):
    """The words of a text that are ruled out, each with the word to use for it."""
    text = " ".join(text.split())
    return [
        f"{found[0]!r}: write {better!r}"
        for pattern, better in RULED_OUT.items()
        for found in re.finditer(rf"\b{pattern}", text, flags=re.IGNORECASE)
    ]


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_docstrings_begin_with_a_verb_or_a_noun(path):
    assert questions(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [*SOURCES, *PAGES], ids=relative)
def test_words(path):
    assert ruled_out(path.read_text(encoding="utf-8")) == []


def test_the_check_of_first_lines_finds_them():
    source = '"""Of a module."""\nA = 1\n"""Whether it is."""\ndef f():\n    """What it does."""\n'
    assert questions(source) == ["Whether it is.", "What it does."]


@pytest.mark.parametrize(
    "text, n_found",
    [
        ("a setting who survives is spared", 2),
        ("the leader after the\nopening", 2),
        ("at the least so many epochs", 2),
        ("the row is no copy", 1),
        ("there is no row, and it is no longer so many bytes that it matters", 0),
        ("Dear trials are dropped.", 2),
    ],
)
def test_the_check_of_words_finds_them(text, n_found):
    assert len(ruled_out(text)) == n_found
