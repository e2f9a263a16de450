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
        "journal",
        "space",
    }
    assert set(sk_hpt.space.__all__) == {
        "Categorical",
        "HiddenLayers",
        "Integer",
        "Real",
        "Space",
        "default_space",
        "parse_space",
    }


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
