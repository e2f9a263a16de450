"""Sphinx configuration: ``pip install ".[docs]" && sphinx-build -W docs docs/_build``.

The build runs the examples. Nothing is fetched from the network, by the build or by the site.
"""

import inspect
import re
import warnings
from importlib import import_module

from sk_hpt import __version__

project = "sk_hpt"
copyright = "the sk_hpt developers"
version = release = __version__
extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "_templates", "benchmarks", "sg_execution_times.rst"]
templates_path = ["_templates"]
autosummary_generate = True
autodoc_typehints = "none"  # numpydoc's entries say the types in words
myst_heading_anchors = 4
numpydoc_show_class_members = False  # _templates/autosummary/class.rst shows whole docstrings
# Parameters that are documented and not there, or in another order;
# sections that numpydoc does not know, or in another order; returns without a word.
numpydoc_validation_checks = {"GL06", "GL07", "PR02", "PR03", "RT03"}


DIMENSION = ["contains", "grid", "rvs"]
MEMBERS = {
    **dict.fromkeys(("Real", "Integer", "Categorical", "HiddenLayers"), DIMENSION),
    "Space": ["sample", "grid", "contains", "encode", "decode", "n_columns", "size"],
    "Race": [],
    "Halving": [],
    "TrainingRun": ["advance", "epochs", "epoch", "estimator", "finish"],
}
"""Methods and properties for users of the classes whose others only the search calls.

The pages of all other classes show every method and property.
"""


def methods_of(module, name, methods):
    """The methods on the page of a class. One of `MEMBERS` that is not there fails the build."""
    documented = getattr(import_module(module), name)
    members = MEMBERS.get(name, [method for method in methods if method != "__init__"])
    return [name for name in members if not is_property(getattr(documented, name, None))]


def properties_of(module, name):
    """The properties of a class that have an entry neither in its Parameters nor its Attributes."""
    documented = getattr(import_module(module), name)
    entries = re.findall(r"^(\w+) :", inspect.getdoc(documented), flags=re.MULTILINE)
    properties = [name for name, _ in inspect.getmembers(documented, is_property)]
    shown = MEMBERS.get(name, [name for name in properties if not name.startswith("_")])
    return [name for name in properties if name in shown and name not in entries]


def is_property(member):
    return isinstance(member, property)


autosummary_context = {"methods_of": methods_of, "properties_of": properties_of}
html_theme = "furo"
html_title = "sk_hpt"
html_favicon = "images/favicon.svg"
html_show_sphinx = False
html_copy_source = False
EXAMPLES = [
    *("quickstart", "displays", "regression", "custom_scoring", "nested_cross_validation"),
    *("common_hyperparameters", "bayes_known_points", "multi_fidelity"),
    *("resume_killed_search", "dask_cluster"),
]
"""In the order of the gallery."""


class GalleryOrder:
    """Sorts the examples as `EXAMPLES`; one that is missing there is an error."""

    def __init__(self, folder):
        pass

    def __call__(self, filename):
        return EXAMPLES.index(filename.removeprefix("plot_").removesuffix(".py"))


suppress_warnings = ["config.cache"]  # of the order, which is a class
sphinx_gallery_conf = {
    "within_subsection_order": GalleryOrder,
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "remove_config_comments": True,
    "show_memory": False,
    "write_computation_times": False,
    "capture_repr": ("_repr_html_", "__repr__"),
}
warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")  # plt.show()
