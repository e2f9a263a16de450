"""The examples in docstrings, README and docs do what they say."""

import ast
import doctest
import importlib
import inspect
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


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name):
    with np.printoptions(legacy=False):
        results = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert results.failed == 0


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_pages(page):
    text = page.read_text(encoding="utf-8")
    namespace = {}
    for block in re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL):
        exec(compile(block, str(page), "exec"), namespace)


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
