"""Arrows between the folders go one way, and private names stay in one file."""

import ast
from importlib import resources

import pytest

PACKAGE = resources.files("sk_hpt")

ALLOWED = {
    "_compat": set(),
    "_ending": set(),
    "_epochs": set(),
    "_trial": set(),
    "_failures": {"_ending", "_results"},
    "_cv_results": {"_trial"},
    "_results": {"_trial", "_cv_results"},
    "_progress": {"_epochs", "_results"},
    "_callbacks": {"_compat"},
    "space": {"_trial"},
    "surrogate": set(),
    "proposers": {"_trial", "space", "surrogate"},
    "journal": {"_trial"},
    "fidelity": {"_trial", "_results"},
    "training": set(),
    "evaluation": {"_trial", "_compat", "_callbacks", "_ending", "_epochs", "training"},
    "_loop": {
        "_ending",
        "_trial",
        "_results",
        "_progress",
        "proposers",
        "fidelity",
        "evaluation",
        "journal",
    },
    "search": {
        "_callbacks",
        "_compat",
        "_ending",
        "_epochs",
        "_failures",
        "_loop",
        "_progress",
        "_results",
        "_trial",
        "evaluation",
        "fidelity",
        "journal",
        "proposers",
        "space",
    },
    "displays": set(),  # they read the attributes of a fitted search, ours or scikit-learn's
    "__init__": {"fidelity", "journal", "search", "space"},
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
            assert other == part or other in ALLOWED[part], f"{path} imports {module}"


def test_there_is_no_cycle():
    done = set()
    while len(done) < len(ALLOWED):
        free = {part for part, others in ALLOWED.items() if others <= done} - done
        assert free, f"a cycle among {set(ALLOWED) - done}"
        done |= free


def test_a_part_is_entered_by_its_door():
    """What is in another folder is imported from the folder, not from a module inside."""
    for path, tree in modules():
        for module, _ in imports(tree):
            names = module.split(".")
            if names[0] == "sk_hpt" and len(names) > 2:
                assert names[1] == part_of(path), f"{path} imports {module}"


def test_only_compat_knows_scikit_learns_private_names():
    for path, tree in modules():
        for module, name in imports(tree):
            private = any(part.startswith("_") for part in [*module.split("."), name or ""])
            if module.split(".")[0] in ("sklearn", "joblib", "scipy", "numpy") and private:
                allowed = path.name == "_compat.py" or str(path) == "training/_hook.py"
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


def test_matplotlib_is_imported_by_what_draws_when_it_draws():
    for path, tree in modules():
        inside = (ast.FunctionDef, ast.ClassDef)
        outside = [node for node in tree.body if not isinstance(node, inside)]
        for module, _ in imports(ast.Module(outside, [])):
            assert module.split(".")[0] != "matplotlib", f"{path} imports {module}"
