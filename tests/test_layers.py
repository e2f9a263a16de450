"""Arrows between the folders go one way, and private names stay in one file."""

import ast
from importlib import resources

import pytest

PACKAGE = resources.files("sk_hpt")

ALLOWED = {
    "_types": set(),
    "_sklearn": set(),
    "_stop_request": set(),
    "_networks": set(),
    "_trials": set(),
    "_reporting": {"_sklearn", "_stop_request", "_trials"},
    "space": {"_networks"},
    "_surrogate": set(),
    "_proposers": {"_networks", "_trials", "_surrogate", "space"},
    "journal": {"_trials"},
    "fidelity": {"_trials"},
    "training": {"_networks", "_sklearn"},
    "_evaluation": {"_networks", "_sklearn", "_stop_request", "_trials", "_reporting", "training"},
    "_search": {
        "_evaluation",
        "_networks",
        "_proposers",
        "_reporting",
        "_sklearn",
        "_stop_request",
        "_trials",
        "fidelity",
        "journal",
        "space",
    },
    "displays": set(),  # they read the attributes of a fitted search, ours or scikit-learn's
    "__init__": {"_search", "displays", "fidelity", "journal", "space", "training"},
}
"""What each part of the package may import of the others."""


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE), ast.parse(path.read_text(encoding="utf-8"))


def imports(tree):
    """Every import as (module, name); name is None for ``import module``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from ((node.module, alias.name) for alias in node.names)


def part_of(path):
    return path.parts[0] if len(path.parts) > 1 else path.stem


def test_every_part_is_listed():
    assert {part_of(path) for path, _ in modules()} == set(ALLOWED)


@pytest.mark.parametrize("path, tree", modules(), ids=lambda value: str(value)[:40])
def test_arrows_go_one_way(path, tree):
    part = part_of(path)
    for module, name in imports(tree):
        if module == "sk_hpt":
            module = f"sk_hpt.{name}"
        if module.startswith("sk_hpt."):
            other = module.split(".")[1]
            assert other in {part, "_types"} | ALLOWED[part], f"{path} imports {module}"


def test_there_is_no_cycle():
    done = set()
    while len(done) < len(ALLOWED):
        free = {part for part, others in ALLOWED.items() if others <= done} - done
        assert free, f"a cycle among {set(ALLOWED) - done}"
        done |= free


def test_private_folders_are_entered_by_their_door():
    """What stands in another private folder is imported from the folder, not from its modules.

    The door of a public folder lists what users may import; what the package itself needs of it
    comes from its modules.
    """
    for path, tree in modules():
        for module, _ in imports(tree):
            names = module.split(".")
            if names[0] == "sk_hpt" and len(names) > 2 and names[1].startswith("_"):
                assert names[1] == part_of(path), f"{path} imports {module}"


def test_only_one_module_knows_scikit_learns_private_names():
    for path, tree in modules():
        for module, name in imports(tree):
            private = any(part.startswith("_") for part in [*module.split("."), name or ""])
            if module.split(".")[0] in ("sklearn", "joblib", "scipy", "numpy") and private:
                allowed = path.name == "_sklearn.py" or str(path) == "training/_hook.py"
                assert allowed, f"{path} imports {name} from {module}"


def test_runtime_dependencies_are_the_five():
    allowed = {"sk_hpt", "sklearn", "numpy", "scipy", "joblib", "threadpoolctl"}
    import sys

    for path, tree in modules():
        for module, _ in imports(tree):
            top = module.split(".")[0]
            optional = {"matplotlib"} if part_of(path) == "displays" else set()
            known = allowed | optional | sys.stdlib_module_names
            assert top in known, f"{path} imports {module}"


def is_for_type_checkers(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def test_matplotlib_is_imported_by_what_draws_when_it_draws():
    for path, tree in modules():
        inside = (ast.FunctionDef, ast.ClassDef)
        outside = [
            node
            for node in tree.body
            if not isinstance(node, inside) and not is_for_type_checkers(node)
        ]
        for module, _ in imports(ast.Module(outside, [])):
            assert module.split(".")[0] != "matplotlib", f"{path} imports {module}"
