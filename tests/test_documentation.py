"""The examples in docstrings, README and docs do what they say."""

import doctest
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest

import sk_hpt

ROOT = Path(__file__).parents[1]
MODULES = [module.name for module in pkgutil.walk_packages(sk_hpt.__path__, "sk_hpt.")]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def names_in_the_reference():
    """Each name that docs/api.rst lists, with the module that it is listed in."""
    module = "sk_hpt"
    for line in (ROOT / "docs" / "api.rst").read_text(encoding="utf-8").splitlines():
        if found := re.match(r"\.\. currentmodule:: (.+)", line):
            module = found[1]
        elif re.fullmatch(r"   \w+", line):
            yield module, line.strip()


@pytest.mark.parametrize("module, name", names_in_the_reference())
def test_every_name_in_the_reference_has_an_example(module, name):
    documented = getattr(importlib.import_module(module), name)
    assert re.search(r"Examples\n-+\n(?s:.*)>>> ", inspect.getdoc(documented) or "")


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name):
    with np.printoptions(legacy=False):
        results = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert results.failed == 0


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages(page):
    text = page.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", text):
        linked = page.parent / target if target else page
        assert linked.exists(), f"{page.name} links to {target}"
        assert not anchor or anchor in anchors(linked), f"{page.name} links to {target}#{anchor}"
