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


def in_a_fresh_process(code):
    return subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_package_imports_its_public_folders_when_they_are_used(folder):
    code = f"import sk_hpt, sys; print(sk_hpt.{folder}.__name__, 'matplotlib' in sys.modules)"
    run = in_a_fresh_process(code)
    assert run.stdout.split() == [f"sk_hpt.{folder}", "False"], run.stderr


def test_displays_are_not_imported_before_they_are_used():
    code = "import sk_hpt, sys; print('sk_hpt.displays' in sys.modules, 'displays' in dir(sk_hpt))"
    run = in_a_fresh_process(code)
    assert run.stdout.split() == ["False", "True"], run.stderr


def test_other_names_are_no_attributes():
    with pytest.raises(AttributeError, match="module 'sk_hpt' has no attribute 'nothing'"):
        sk_hpt.nothing  # noqa: B018
