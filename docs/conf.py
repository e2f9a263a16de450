"""Sphinx configuration: ``pip install ".[docs]" && sphinx-build -W docs docs/_build``."""

from sk_hpt import __version__

project = "sk_hpt"
copyright = "the sk_hpt developers"
version = release = __version__
extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
]
exclude_patterns = ["_build"]
autosummary_generate = True
numpydoc_show_class_members = False
html_theme = "alabaster"
