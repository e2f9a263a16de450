"""Dependencies between the folders go one way, and private names stay in one file."""

import ast
import sys
from importlib import resources
from pathlib import Path

import pytest
import sklearn

PACKAGE = resources.files("sk_hpt")
SKLEARN = Path(sklearn.__file__).parent
OF_SKLEARN = ("neural_network", "callback", "metrics/_scorer.py", "model_selection/_search.py")
"""The parts of scikit-learn whose objects the package takes apart."""

ALLOWED = {
    "_blas": set(),
    "_types": set(),
    "_warn": set(),
    "_warning_filters": set(),
    "_sklearn": set(),
    "_stop_request": set(),
    "_networks": {"_sklearn"},
    "_trials": set(),
    "_reporting": {"_sklearn", "_stop_request", "_trials", "_warning_filters"},
    "space": {"_networks"},
    "_surrogate": set(),
    "_proposers": {"_blas", "_networks", "_trials", "_surrogate", "space"},
    "journal": {"_trials"},
    "fidelity": {"_surrogate", "_trials"},  # for the weight of the trend
    "training": {"_networks", "_sklearn"},
    "_evaluation": {
        "_blas",
        "_networks",
        "_sklearn",
        "_stop_request",
        "_trials",
        "_reporting",
        "training",
    },
    "_search": {
        "_evaluation",
        "_networks",
        "_proposers",
        "_reporting",
        "_sklearn",
        "_stop_request",
        "_trials",
        "_warning_filters",
        "fidelity",
        "journal",
        "space",
    },
    # They read public attributes, of other searches too.
    "displays": {"_trials", "_warning_filters", "space"},
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
def test_dependencies_go_one_way(path, tree):
    part = part_of(path)
    for module, name in imports(tree):
        if module == "sk_hpt":
            module = f"sk_hpt.{name}"
        if module.startswith("sk_hpt."):
            other = module.split(".")[1]
            assert other in {part, "_types", "_warn"} | ALLOWED[part], f"{path} imports {module}"


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


def is_private(name):
    return name.startswith("_") and not name.startswith("__")


def test_private_modules_and_functions_of_others_are_imported_in_one_file():
    for path, tree in modules():
        for module, name in imports(tree):
            private = any(part.startswith("_") for part in [*module.split("."), name or ""])
            if module.split(".")[0] in ("sklearn", "joblib", "scipy", "numpy") and private:
                assert path.name == "_sklearn.py", f"{path} imports {name} from {module}"


def names_of(target):
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


def defined_private_names(tree):
    """Return the private functions, classes, class variables, globals and attributes of `self`."""
    names = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                names.add(node.name)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), ctx=ast.Store()):
                names.add(node.attr)
        for statement in node.body if isinstance(node, ast.ClassDef | ast.Module) else ():
            match statement:
                case ast.Assign(targets=targets):
                    names.update(*map(names_of, targets))
                case ast.AnnAssign(target=target):
                    names |= names_of(target)
    return {name for name in names if is_private(name)}


def private_names_of_sklearn():
    paths = [path for part in OF_SKLEARN for path in (SKLEARN / part, *(SKLEARN / part).rglob("*"))]
    files = [path for path in paths if path.suffix == ".py" and "tests" not in path.parts]
    sources = [path.read_text("utf-8") for path in files]
    return set().union(*(defined_private_names(ast.parse(source)) for source in sources))


def private_attributes(tree):
    """Yield (expression, attribute) of ``x._name`` and ``getattr(x, "_name")`` for any `x`."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=value, attr=attr) if is_private(attr):
                yield value, attr
            case ast.Call(
                func=ast.Name(id="getattr" | "hasattr" | "setattr" | "delattr"),
                args=[value, ast.Constant(value=str(attr)), *_],
            ) if is_private(attr):
                yield value, attr


def foreign_attributes(sources, sklearns):
    """Yield (path, code) of each private attribute of an object that is not the package's.

    An object is the package's if it is `self`, `cls`, `super()` or one of the package's classes.
    For other objects the attribute decides: it is the package's if the package defines its name
    and scikit-learn does not.
    """
    ours = set().union(*(defined_private_names(tree) for tree in sources.values()))
    nodes = [node for tree in sources.values() for node in ast.walk(tree)]
    classes = {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    for path, tree in sources.items():
        for value, attr in private_attributes(tree):
            code = ast.unparse(value)
            if code not in {"self", "cls", "super()"} | classes and attr not in ours - sklearns:
                yield path, f"{code}.{attr}"


EXAMPLE = """
class Ours:
    _shared = 1

    def __init__(self, network):
        self._own = self._optimizer = network._optimizer
        network._best_coefs = Ours._shared

    def _method(self, other):
        return other._own + other._method() + self._inherited + getattr(other, "_random_state")
"""


def test_foreign_attributes_are_found():
    found = {code for _, code in foreign_attributes({"": ast.parse(EXAMPLE)}, {"_optimizer"})}
    assert found == {"network._optimizer", "network._best_coefs", "other._random_state"}


def test_scikit_learns_private_names_are_found():
    assert {"_random_state", "_optimizer", "_score_func", "_sign"} <= private_names_of_sklearn()


def test_private_attributes_of_others_are_used_in_one_file():
    found = foreign_attributes(dict(modules()), private_names_of_sklearn())
    outside = [f"{path}: {code}" for path, code in found if path.name != "_sklearn.py"]
    assert outside == []


def test_runtime_dependencies_are_the_five():
    allowed = {"sk_hpt", "sklearn", "numpy", "scipy", "joblib", "threadpoolctl"}
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
