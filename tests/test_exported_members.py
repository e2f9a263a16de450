"""What the package offers is what it means to offer."""

import importlib
import inspect
import pkgutil

import pytest

import sk_hpt
import sk_hpt.space


def test_public_names():
    assert set(sk_hpt.__all__) == {
        "BayesSearchNN",
        "GridSearchNN",
        "RandomSearchNN",
        "__version__",
        "fidelity",
        "space",
    }
    public = {"Categorical", "HiddenLayers", "Integer", "Real", "default_space", "parse_space"}
    assert public <= set(sk_hpt.space.__all__)


@pytest.mark.parametrize(
    "module", [module.name for module in pkgutil.walk_packages(sk_hpt.__path__, "sk_hpt.")]
)
def test_every_package_lists_what_it_exports(module):
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
    assert module.__all__ == sorted(module.__all__)


def test_a_name_of_a_later_version_is_not_there_yet():
    for search in (sk_hpt.GridSearchNN, sk_hpt.RandomSearchNN, sk_hpt.BayesSearchNN):
        names = inspect.signature(search).parameters
        assert "journal" not in names
