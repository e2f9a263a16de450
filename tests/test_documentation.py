"""The examples in docstrings, README and docs do what they say."""

import ast
import contextlib
import doctest
import importlib
import inspect
import io
import pkgutil
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from reference import listed_names

import sk_hpt

ROOT = Path(__file__).parents[1]
MODULES = [module.name for module in pkgutil.walk_packages(sk_hpt.__path__, "sk_hpt.")]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BENCHMARKS = ROOT / "docs" / "benchmarks"
PROGRAMS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in BENCHMARKS.rglob("[!_]*.py")
    if path.parent.name != "shared"
)
"""The benchmarks that can be run; their parts begin with an underscore, or are in `shared`."""


@pytest.fixture(autouse=True)
def closed():
    """Close the figures of the examples: matplotlib warns of more than twenty."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.mark.parametrize("module, name", listed_names())
def test_every_name_in_the_reference_has_an_example(module, name):
    documented = getattr(importlib.import_module(module), name)
    assert re.search(r"Examples\n-+\n(?s:.*)>>> ", inspect.getdoc(documented) or "")


@pytest.mark.parametrize("module, name", listed_names())
def test_every_method_in_the_reference_has_a_docstring(module, name):
    documented = getattr(importlib.import_module(module), name)
    members = inspect.getmembers(documented) if inspect.isclass(documented) else []
    methods = [member for name, member in members if callable(member) and not name.startswith("_")]
    assert all(inspect.getdoc(method) for method in methods)


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name):
    with np.printoptions(legacy=False):
        results = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert results.failed == 0


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_pages(page):
    if page.name == "callbacks.md" and not hasattr(sk_hpt.GridSearchNN, "set_callbacks"):
        pytest.skip("scikit-learn has callbacks from 1.9 on")
    run_blocks(page.read_text(encoding="utf-8"), page)


BLOCK = re.compile(r"^( *)```(python|text output)\n(.*?)^\1```$", flags=re.DOTALL | re.MULTILINE)
"""A program, or what the program before it prints; indented in a list."""
LENIENT = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def run_blocks(text, page):
    """Run the programs of a page in one namespace and compare what they print.

    A block that begins with ```text output is what the program before it prints. Three dots in it
    stand for any text, such as a time, and long lines may be broken.
    """
    namespace, printed = {}, ""
    for indent, kind, content in BLOCK.findall(text):
        content = re.sub(f"^{indent}", "", content, flags=re.MULTILINE)
        if kind == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out), np.printoptions(legacy=False):
                exec(compile(content, str(page), "exec"), namespace)
            printed = out.getvalue()
        else:
            is_same = doctest.OutputChecker().check_output(content, printed, LENIENT)
            assert is_same, f"{page} says\n{content}\nand its program prints\n{printed}"


def page_that_says(said):
    return f"```python\nprint(1, 'a', 3)\n```\n\n```text output\n{said}\n```\n"


@pytest.mark.parametrize("said", ["1 a 3", "1 ... 3", "1 a\n3"])
def test_a_page_may_leave_out_parts_of_what_its_programs_print(said):
    run_blocks(page_that_says(said), "this page")


@pytest.mark.parametrize("indent", ["", "  "])
@pytest.mark.parametrize("said", ["1 b 3", "1 a", ""])
def test_a_page_that_says_something_else_than_its_program_prints_fails(said, indent):
    page = re.sub("^", indent, page_that_says(said), flags=re.MULTILINE)
    with pytest.raises(AssertionError, match="its program prints"):
        run_blocks(page, "this page")


def anchors(page):
    """The headings of a page as GitHub and MyST name them in links."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    "page", [*PAGES, BENCHMARKS / "README.md"], ids=lambda page: str(page.relative_to(ROOT))
)
def test_links_between_pages(page):
    text = page.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", text):
        linked = page.parent / target if target else page
        assert linked.exists(), f"{page.name} links to {target}"
        assert not anchor or anchor in anchors(linked), f"{page.name} links to {target}#{anchor}"


def test_the_index_of_benchmarks_lists_every_program():
    index = (BENCHMARKS / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `python (\S+)` \|", index, flags=re.MULTILINE)) == PROGRAMS


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_docstring_of_a_benchmark_says_how_to_run_it(program):
    source = (ROOT / program).read_text(encoding="utf-8")
    assert f"python {program}" in ast.get_docstring(ast.parse(source))
    assert 'if __name__ == "__main__":' in source


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_programs_that_a_page_names_are_there(page):
    text = page.read_text(encoding="utf-8")
    for program in re.findall(r"\b(?:docs/)?(?:benchmarks|examples)/[\w/]+\.\w+", text):
        assert (ROOT / program).exists(), f"{page.name} names {program}"
