"""The package exports exactly the names that its API reference lists."""

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest
from reference import listed_names

import sk_hpt

FOLDERS = ("displays", "fidelity", "journal", "space", "training")
MODULES = [module.name for module in pkgutil.walk_packages(sk_hpt.__path__, "sk_hpt.")]


def test_public_folders_have_no_underscore():
    tops = {name.split(".")[1] for name in MODULES}
    assert {top for top in tops if not top.startswith("_")} == set(FOLDERS)


def test_the_package_exports_its_searches_and_public_folders():
    searches = {name for module, name in listed_names() if module == "sk_hpt"}
    assert searches == {"BayesSearchNN", "GridSearchNN", "RandomSearchNN"}
    assert set(sk_hpt.__all__) == {*searches, *FOLDERS, "__version__"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_public_folders_export_what_the_reference_lists(folder):
    exported = importlib.import_module(f"sk_hpt.{folder}").__all__
    listed = {name for module, name in listed_names() if module == f"sk_hpt.{folder}"}
    assert set(exported) == listed


@pytest.mark.parametrize("module", MODULES)
def test_every_folder_lists_what_it_imports(module):
    module = importlib.import_module(module)
    assert module.__doc__
    if not hasattr(module, "__path__"):
        return
    imported = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert set(module.__all__) == imported


SCRIPT = """
import sys
import sk_hpt
assert "sk_hpt.displays" not in sys.modules and "displays" in dir(sk_hpt)
for folder in sys.argv[1:]:
    assert getattr(sk_hpt, folder) is sys.modules[f"sk_hpt.{folder}"]
assert "matplotlib" not in sys.modules
"""


def test_the_package_imports_its_public_folders_when_they_are_used():
    subprocess.run([sys.executable, "-P", "-c", SCRIPT, *FOLDERS], check=True)


def test_other_names_are_no_attributes():
    with pytest.raises(AttributeError, match="module 'sk_hpt' has no attribute 'nothing'"):
        sk_hpt.nothing  # noqa: B018
